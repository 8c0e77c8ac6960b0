"""Rules of step 5, each shown breaking and holding."""

import pytest

from tests.methodology.posting import found, full_example, ids, row, said


def without_interface():
    blueprint = full_example()
    for client in blueprint[3]["clients"]:
        client["kind"] = "cli"
    for field in ("surfaces", "visibility", "surface_states", "commitments"):
        del blueprint[5][field]
    blueprint[5].update(has_interface="no", absence="Everything is done by API and command line.")
    return blueprint


@pytest.mark.parametrize("kind", ["web", "mobile", "desktop"])
def test_5_1_a_client_with_a_screen_is_an_interface(kind):
    blueprint = without_interface()
    row(blueprint[3], "clients", "K1")["kind"] = kind
    row(blueprint[3], "clients", "K2")["kind"] = kind
    assert found(blueprint, 5, "5.1") == [("has_interface", "", "")]
    assert said(blueprint, 5, "5.1") == [
        (
            "There is to be no interface, but step 3 has client “Dashboard” (K1) "
            "and client “Receiver portal” (K2)."
        )
    ]


def test_5_1_without_an_interface_there_is_a_mechanism():
    blueprint = without_interface()
    assert ids(blueprint, 5) == set()
    del blueprint[5]["mechanisms"]
    assert found(blueprint, 5, "5.1") == [("mechanisms", "", "")]
    assert said(blueprint, 5, "5.1") == [
        "There is to be no interface, and no mechanism either: nobody can use it."
    ]


def test_5_1_with_an_interface_no_mechanism_is_needed():
    blueprint = full_example()
    del blueprint[5]["mechanisms"]
    assert ids(blueprint, 5) == set()


def test_5_2_to_5_5_are_judged_only_where_there_is_an_interface():
    blueprint = full_example()
    blueprint[5].update(
        surfaces=blueprint[5]["surfaces"][5:6], commitments=blueprint[5]["commitments"][1:]
    )
    assert ids(blueprint, 5) == {"5.2", "5.3", "5.5", "reference"}
    blueprint[5].update(has_interface="no", absence="None.")
    assert ids(blueprint, 5) == {"5.1"}


def test_5_2_a_client_without_a_surface():
    blueprint = full_example()
    for key in ("SF7", "SF8"):
        row(blueprint[5], "surfaces", key)["client"] = "K1"
    assert found(blueprint, 5, "5.2") == []
    row(blueprint[5], "surfaces", "SF9")["client"] = "K4"
    assert found(blueprint, 5, "5.2") == [("surfaces", "", "")]
    assert said(blueprint, 5, "5.2") == ["Client “Receiver portal” (K2) has no surface."]
    row(blueprint[3], "clients", "K2")["kind"] = "device"
    assert found(blueprint, 5, "5.2") == []


def test_5_3_a_workflow_that_nobody_can_get_to():
    blueprint = full_example()
    row(blueprint[5], "surfaces", "SF8")["workflows"] = ["W5"]
    assert found(blueprint, 5, "5.3") == [("surfaces", "", "")]
    assert said(blueprint, 5, "5.3") == [
        (
            "No surface reaches workflow “Endpoint is registered and proved” (W3), "
            "whose actor is role “Receiver developer” (R4)."
        )
    ]


def test_5_3_what_a_system_or_a_part_does_needs_no_surface():
    blueprint = full_example()
    reached = {key for row in blueprint[5]["surfaces"] for key in row["workflows"]}
    assert not reached & {"W1", "W2", "W11"}
    row(blueprint[2], "roles", "R3")["kind"] = "person"
    assert [message[:56] for message in said(blueprint, 5, "5.3")] == [
        "No surface reaches workflow “Tenant posts an event” (W1)"
    ]


@pytest.mark.parametrize("held", ["none", "view"])
def test_5_4_a_role_that_acts_where_it_may_not(held):
    blueprint = full_example()
    blueprint[2]["capabilities"]["F7"]["R2"] = {"value": held}
    assert found(blueprint, 5, "5.4") == [("visibility", "SF5", "R2")]
    assert said(blueprint, 5, "5.4") == [
        (
            "Role “Tenant administrator” (R2) acts on surface “Plan and account” (SF5), "
            "and holds only none or view on the mvp features of the workflows behind it."
        )
    ]
    blueprint[5]["visibility"]["SF5"]["R2"] = {"value": "read"}
    assert ids(blueprint, 5) == set()


def test_5_4_one_feature_that_it_may_act_on_is_enough():
    blueprint = full_example()
    blueprint[2]["capabilities"]["F2"]["R5"] = {"value": "none"}
    assert found(blueprint, 5, "5.4") == []
    blueprint[2]["capabilities"]["F3"]["R5"] = {"value": "none"}
    assert found(blueprint, 5, "5.4") == [("visibility", "SF10", "R5")]


def test_5_4_a_later_feature_gives_no_right():
    blueprint = full_example()
    row(blueprint[1], "features", "F7")["release"] = "later"
    assert found(blueprint, 5, "5.4") == [("visibility", "SF5", "R2")]


def test_5_4_on_a_surface_without_workflows_anyone_may_act():
    blueprint = full_example()
    blueprint[5]["visibility"]["SF6"]["R6"] = {"value": "act"}
    assert ids(blueprint, 5) == set()


def test_5_5_nothing_is_promised_to_whoever_needs_it_most():
    blueprint = full_example()
    row(blueprint[5], "commitments", "SC1")["kind"] = "print"
    assert found(blueprint, 5, "5.5") == [("commitments", "", "")]
    assert said(blueprint, 5, "5.5") == ["No commitment is about accessibility."]
