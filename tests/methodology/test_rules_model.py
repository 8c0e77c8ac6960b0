"""Rules of step 2, each shown breaking and holding."""

import pytest

from tests.methodology.posting import example, found, ids, row, said


def cells(blueprint):
    return blueprint[2]["capabilities"]


def test_2_1_an_if_without_its_condition():
    blueprint = example()
    cells(blueprint)["F4"]["R3"]["condition"] = ""
    assert found(blueprint, 2, "2.1") == [("capabilities", "F4", "R3")]
    assert said(blueprint, 2, "2.1") == [
        (
            "Role “Clinician” (R3) may use feature “Day list” (F4) only if a condition "
            "holds, and the condition is not stated."
        )
    ]
    del cells(blueprint)["F4"]["R3"]["condition"]
    assert ids(blueprint, 2) == {"2.1"}


def test_2_2_a_feature_that_is_open_to_nobody():
    blueprint = example()
    cells(blueprint)["F6"]["R4"] = {"value": "none"}
    assert found(blueprint, 2, "2.2") == [("capabilities", "F6", "R1")]
    assert said(blueprint, 2, "2.2") == ["Every role holds none on feature “Change history” (F6)."]


@pytest.mark.parametrize("value", ["own", "all"])
def test_2_3_a_visitor_that_acts(value):
    blueprint = example()
    cells(blueprint)["F3"]["R5"] = {"value": value}
    assert found(blueprint, 2, "2.3") == [("capabilities", "F3", "R5")]
    assert said(blueprint, 2, "2.3") == [
        f"Role “Visitor” (R5) is a visitor and holds {value} on feature “Reminders” (F3)."
    ]


def test_2_3_a_visitor_may_look_and_may_have_a_condition():
    blueprint = example()
    cells(blueprint)["F3"]["R5"] = {"value": "if", "condition": "with the link of a message"}
    assert ids(blueprint, 2) == set()


@pytest.mark.parametrize("model", ["subscription", "usage", "one-off", "marketplace"])
def test_2_4_a_paid_model_has_someone_who_pays(model):
    blueprint = example()
    blueprint[2]["business_model"] = model
    assert ids(blueprint, 2) == set()
    row(blueprint[2], "roles", "R4")["pays"] = False
    assert found(blueprint, 2, "2.4") == [("roles", "R1", "pays")]
    assert said(blueprint, 2, "2.4") == [f"The business model is {model}, and no role pays."]


@pytest.mark.parametrize("model", ["internal", "funded", "none"])
def test_2_4_an_unpaid_model_has_nobody_who_pays(model):
    blueprint = example()
    blueprint[2]["business_model"] = model
    row(blueprint[2], "roles", "R1")["pays"] = True
    assert found(blueprint, 2, "2.4") == [("roles", "R1", "pays"), ("roles", "R4", "pays")]
    assert said(blueprint, 2, "2.4")[1] == (
        f"Role “Clinic manager” (R4) pays, but the business model is {model}."
    )
    for role in blueprint[2]["roles"]:
        role["pays"] = False
    assert ids(blueprint, 2) == set()


def test_2_5_a_legal_or_budget_constraint_that_nothing_carries():
    blueprint = example()
    row(blueprint[2], "business_rules", "L1")["from"] = []
    row(blueprint[2], "business_rules", "L2")["from"] = []
    assert found(blueprint, 2, "2.5") == [("business_rules", "", "")]
    [message] = said(blueprint, 2, "2.5")
    assert message.startswith("No business rule carries the legal constraint “Appointment data")
    assert message.endswith("(C1).")
    row(blueprint[2], "business_rules", "L3")["from"] = ["C1"]
    [message] = said(blueprint, 2, "2.5")
    assert "budget constraint" in message
    assert "(C3)" in message


def test_2_6_abuse_by_an_outsider_and_by_someone_who_signs_in():
    blueprint = example()
    for abuse in blueprint[2]["abuse"]:
        abuse["by"] = "automated client"
    assert found(blueprint, 2, "2.6") == [("abuse", "", ""), ("abuse", "", "")]
    outsider, insider = said(blueprint, 2, "2.6")
    assert outsider == "No abuse by an outsider is considered."
    assert insider == (
        "No abuse by an insider or a paying customer is considered, "
        "and role “Patient” (R1) signs in."
    )
    blueprint[2]["abuse"][0]["by"] = "outsider"
    blueprint[2]["abuse"][1]["by"] = "paying customer"
    assert ids(blueprint, 2) == set()


def test_2_6_where_only_visitors_come_an_outsider_is_enough():
    blueprint = example()
    for abuse in blueprint[2]["abuse"]:
        abuse["by"] = "outsider"
    assert len(found(blueprint, 2, "2.6")) == 1
    for role in blueprint[2]["roles"]:
        role["kind"] = "visitor"
    assert found(blueprint, 2, "2.6") == []


def test_2_7_a_role_that_may_do_nothing_is_pointed_out():
    blueprint = example()
    cells(blueprint)["F1"]["R5"] = {"value": "none"}
    assert found(blueprint, 2, "2.7") == [("capabilities", "F1", "R5")]
    assert said(blueprint, 2, "2.7") == ["Role “Visitor” (R5) holds none on every mvp feature."]


def test_2_8_two_roles_that_may_act_on_everything_are_pointed_out():
    blueprint = example()
    cells(blueprint)["F1"]["R4"] = {"value": "all"}
    assert found(blueprint, 2, "2.8") == [("capabilities", "F1", "R4")]
    assert said(blueprint, 2, "2.8") == [
        (
            "Role “Receptionist” (R2) and role “Clinic manager” (R4) may each act on any record "
            "of feature “Find and book a slot” (F1)."
        )
    ]
