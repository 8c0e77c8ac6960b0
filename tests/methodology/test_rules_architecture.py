"""Rules of step 3, each shown breaking and holding."""

import pytest

from tests.methodology.posting import example, found, ids, row, said

ALWAYS = {"3.10"}
"""What the example is warned of anyway."""


def test_3_1_a_role_without_a_client():
    blueprint = example()
    row(blueprint[3], "clients", "K2")["roles"] = ["R2", "R3"]
    assert found(blueprint, 3, "3.1") == [("clients", "", "")]
    assert said(blueprint, 3, "3.1") == ["Role “Clinic manager” (R4) uses no client."]


def test_3_1_a_visitor_needs_a_client_only_where_it_may_do_something():
    blueprint = example()
    row(blueprint[3], "clients", "K1")["roles"] = ["R1"]
    assert said(blueprint, 3, "3.1") == ["Role “Visitor” (R5) uses no client."]
    blueprint[2]["capabilities"]["F1"]["R5"] = {"value": "none"}
    assert ids(blueprint, 3) == ALWAYS


def test_3_2_a_feature_without_a_component():
    blueprint = example()
    row(blueprint[3], "components", "M3")["features"] = []
    assert found(blueprint, 3, "3.2") == [("components", "", "")]
    assert said(blueprint, 3, "3.2") == ["No component serves feature “Reminders” (F3)."]


@pytest.mark.parametrize(
    ("list_id", "key", "connections", "name"),
    [
        ("clients", "K2", {"X2"}, "client “Staff site” (K2)"),
        ("dependencies", "E1", {"X7"}, "dependency “Message carrier” (E1)"),
        ("stores", "S4", {"X12"}, "data store “Printable lists” (S4)"),
        ("components", "M4", {"X9", "X10", "X11"}, "component “History keeper” (M4)"),
    ],
)
def test_3_3_a_part_that_nothing_connects_to(list_id, key, connections, name):
    blueprint = example()
    blueprint[3]["connections"] = [
        row for row in blueprint[3]["connections"] if row["key"] not in connections
    ]
    assert (list_id, key, "") in found(blueprint, 3, "3.3")
    assert f"Nothing connects to {name}." in said(blueprint, 3, "3.3")


def test_3_4_a_connection_across_zones_without_a_control():
    blueprint = example()
    row(blueprint[3], "connections", "X1")["control"] = ""
    assert found(blueprint, 3, "3.4") == [("connections", "X1", "control")]
    assert said(blueprint, 3, "3.4") == [
        (
            "Connection X1 from client “Patient site” (K1) to component “Web front” (M1) goes from "
            "trust zone “Open internet” (Z1) to trust zone “Application” (Z2) without a control."
        )
    ]
    row(blueprint[3], "components", "M1")["zone"] = "Z1"
    assert found(blueprint, 3, "3.4") == [
        ("connections", "X3", "control"),
        ("connections", "X11", "control"),
    ]


@pytest.mark.parametrize(
    ("list_id", "key", "zone", "message"),
    [
        ("clients", "K1", "Z2", "Client “Patient site” (K1) lies in trust zone “Application” (Z2)"),
        ("dependencies", "E1", "Z3", "(E1) lies in trust zone “Patient data” (Z3)"),
        ("components", "M3", "Z1", "(M3) lies in trust zone “Open internet” (Z1)"),
    ],
)
def test_3_5_a_part_in_the_wrong_zone(list_id, key, zone, message):
    blueprint = example()
    row(blueprint[3], list_id, key)["zone"] = zone
    assert found(blueprint, 3, "3.5") == [(list_id, key, "zone")]
    trust = {"Z1": "untrusted", "Z2": "trusted", "Z3": "restricted"}[zone]
    [sentence] = said(blueprint, 3, "3.5")
    assert sentence.endswith(f"{message}, which is {trust}.")


def test_3_5_a_device_may_lie_elsewhere_and_a_dependency_in_an_untrusted_zone():
    blueprint = example()
    row(blueprint[3], "clients", "K1").update(kind="device", zone="Z2")
    row(blueprint[3], "dependencies", "E1")["zone"] = "Z1"
    row(blueprint[3], "components", "M4")["zone"] = "Z4"
    assert found(blueprint, 3, "3.5") == []


@pytest.mark.parametrize("zone", ["Z1", "Z4"])
def test_3_6_sensitive_data_in_an_unsafe_zone(zone):
    blueprint = example()
    row(blueprint[3], "stores", "S2")["zone"] = zone
    assert found(blueprint, 3, "3.6") == [("stores", "S2", "zone")]
    [message] = said(blueprint, 3, "3.6")
    assert message.startswith("Data store “Reminder queue” (S2) holds personal data and lies in ")
    row(blueprint[3], "stores", "S2")["sensitivity"] = "internal"
    assert found(blueprint, 3, "3.6") == []


def test_3_7_qualities_that_look_at_one_side_alone():
    blueprint = example()
    for quality in blueprint[3]["qualities"]:
        quality["attribute"] = "cost"
    assert found(blueprint, 3, "3.7") == [("qualities", "", "")] * 3
    assert said(blueprint, 3, "3.7") == [
        "The quality scenarios cover cost alone.",
        "No quality scenario is about availability.",
        "No quality scenario is about security, privacy or integrity.",
    ]
    for quality, attribute in zip(
        blueprint[3]["qualities"], ["availability", "security", "change"], strict=False
    ):
        quality["attribute"] = attribute
    assert ids(blueprint, 3) == ALWAYS


def test_3_8_one_name_for_two_parts():
    blueprint = example()
    row(blueprint[3], "stores", "S2")["name"] = "reminder  WORKER"
    assert found(blueprint, 3, "3.8") == [("stores", "S2", "name")]
    assert said(blueprint, 3, "3.8") == [
        "Data store “reminder  WORKER” (S2) has the same name as component “Reminder worker” (M3)."
    ]


def test_3_8_leaves_two_names_in_one_list_to_completeness():
    blueprint = example()
    row(blueprint[3], "stores", "S2")["name"] = row(blueprint[3], "stores", "S1")["name"]
    assert ids(blueprint, 3) == ALWAYS | {"unique"}


@pytest.mark.parametrize("options", ["Only this", "Only this;", "This; this ;THIS"])
def test_3_9_a_decision_without_an_alternative(options):
    blueprint = example()
    row(blueprint[3], "decisions", "D4")["options"] = options
    assert found(blueprint, 3, "3.9") == [("decisions", "D4", "options")]
    assert said(blueprint, 3, "3.9") == [
        (
            "Decision “Every reading of a patient is written before it is shown” (D4) "
            "weighs one option alone."
        )
    ]


def test_3_10_a_component_that_goes_past_the_owner_is_pointed_out():
    assert found(example(), 3, "3.10") == [("connections", "X5", "to")]
    assert said(example(), 3, "3.10") == [
        (
            "Component “Booking core” (M2) connects to data store “Reminder queue” (S2), "
            "which component “Reminder worker” (M3) owns."
        )
    ]
    blueprint = example()
    row(blueprint[3], "connections", "X5").update({"from": "S1", "to": "M4"})
    assert found(blueprint, 3, "3.10") == [("connections", "X5", "from")]
    row(blueprint[3], "connections", "X5").update({"from": "S1", "to": "M2"})
    assert ids(blueprint, 3) == set()


def test_3_11_waiting_for_a_dependency_that_blocks_is_pointed_out():
    blueprint = example()
    row(blueprint[3], "dependencies", "E1")["criticality"] = "blocks"
    assert ids(blueprint, 3) == ALWAYS
    row(blueprint[3], "connections", "X7")["mode"] = "sync"
    assert found(blueprint, 3, "3.11") == [("connections", "X7", "mode")]
    assert said(blueprint, 3, "3.11") == [
        (
            "Connection X7 from component “Reminder worker” (M3) waits for dependency "
            "“Message carrier” (E1), which blocks when it is down."
        )
    ]
