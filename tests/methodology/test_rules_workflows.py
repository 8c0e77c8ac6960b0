"""Rules of step 4, each shown breaking and holding."""

import pytest

from tests.methodology.posting import example, found, ids, row, said

ALWAYS = {"4.11"}
"""What the example is warned of anyway."""


def change(key, thing, start, end, allowed="allowed"):
    row = {"key": key, "thing": thing, "from": start, "to": end}
    return {**row, "allowed": allowed, "guard": "Checked"}


def test_4_1_a_feature_without_a_workflow():
    blueprint = example()
    row(blueprint[4], "workflows", "W5")["features"] = ["F1"]
    assert found(blueprint, 4, "4.1") == [("workflows", "", "")]
    assert said(blueprint, 4, "4.1") == ["No workflow realises feature “Clinician hours” (F5)."]


def test_4_2_an_actor_that_may_not():
    blueprint = example()
    row(blueprint[4], "workflows", "W7").update(actor="R3", features=["F3", "F4", "F7"])
    assert found(blueprint, 4, "4.2") == [("workflows", "W7", "actor")]
    assert said(blueprint, 4, "4.2") == [
        (
            "Role “Clinician” (R3) acts in workflow “Nightly contacts arrive” (W7) "
            "and holds none on feature “Reminders” (F3)."
        )
    ]


def test_4_2_a_step_by_a_role_that_may_not_is_said_once_per_workflow():
    blueprint = example()
    for key in ("H1", "H4"):
        row(blueprint[4], "steps", key)["by"] = "R4"
    assert found(blueprint, 4, "4.2") == [("steps", "H1", "by")]
    assert "(R4) acts in workflow “Patient books a slot” (W1)" in said(blueprint, 4, "4.2")[0]


@pytest.mark.parametrize(
    ("key", "touches", "name"),
    [
        ("H2", "M3", "component “Reminder worker” (M3)"),
        ("H2", "S1", "data store “Appointment database” (S1)"),
        ("H2", "E1", "dependency “Message carrier” (E1)"),
    ],
)
def test_4_3_a_step_along_no_connection(key, touches, name):
    blueprint = example()
    row(blueprint[4], "steps", key)["touches"] = touches
    assert found(blueprint, 4, "4.3") == [("steps", key, "touches")]
    assert said(blueprint, 4, "4.3") == [
        f"Component “Web front” (M1) acts on {name}, and no connection joins the two."
    ]


def test_4_3_either_direction_will_do_and_clients_and_roles_are_free():
    blueprint = example()
    row(blueprint[4], "steps", "H3").update(by="M2", touches="E2")  # X8 leads from E2 to M2
    row(blueprint[4], "steps", "H2").update(by="M2", touches="K2")
    row(blueprint[4], "steps", "H5").update(by="M2", touches="M2")
    row(blueprint[4], "steps", "H1").update(by="R1", touches="S3")
    assert ids(blueprint, 4) == ALWAYS


def test_4_4_a_condition_without_a_permission_branch():
    blueprint = example()
    row(blueprint[4], "branches", "J3")["roles"] = ["R1"]
    assert found(blueprint, 4, "4.4") == [("branches", "", "")]
    assert said(blueprint, 4, "4.4") == [
        (
            "Role “Clinician” (R3) may use feature “Day list” (F4) only if a condition holds, "
            "and no permission branch says what happens if not."
        )
    ]
    row(blueprint[4], "branches", "J2").update(workflow="W7", roles=["R3", "R1"])
    assert found(blueprint, 4, "4.4") == []


def test_4_4_without_any_branch_every_condition_is_open():
    blueprint = example()
    del blueprint[4]["branches"]
    assert len(found(blueprint, 4, "4.4")) == 2


def test_4_5_a_workflow_that_is_not_told():
    blueprint = example()
    blueprint[4]["steps"] = [
        step for step in blueprint[4]["steps"] if step["key"] not in {"H23", "H20", "H21", "H22"}
    ]
    blueprint[4]["failures"] = [
        failure for failure in blueprint[4]["failures"] if failure["workflow"] != "W5"
    ]
    assert found(blueprint, 4, "4.5") == [
        ("steps", "", ""), ("steps", "", ""), ("failures", "", ""),
    ]  # fmt: skip
    assert said(blueprint, 4, "4.5") == [
        "Workflow “Manager reviews history” (W6) has no happy-path step.",
        "Workflow “Nightly contacts arrive” (W7) has 1 happy-path step.",
        "Workflow “Clinician blocks time” (W5) has no failure.",
    ]


@pytest.mark.parametrize("criticality", ["blocks", "degrades"])
def test_4_6_a_dependency_that_never_fails(criticality):
    blueprint = example()
    row(blueprint[3], "dependencies", "E1")["criticality"] = criticality
    row(blueprint[4], "failures", "O3")["cause"] = "M3"
    assert found(blueprint, 4, "4.6") == [("failures", "", "")]
    assert said(blueprint, 4, "4.6") == [
        (
            "No failure is caused by dependency “Message carrier” (E1), "
            f"whose criticality is {criticality}."
        )
    ]
    row(blueprint[3], "dependencies", "E1")["criticality"] = "cosmetic"
    assert ids(blueprint, 4) == ALWAYS


def test_4_7_edge_cases_that_look_at_one_side_alone():
    blueprint = example()
    for edge in blueprint[4]["edges"]:
        edge["kind"] = "empty"
    assert found(blueprint, 4, "4.7") == [("edges", "", "")] * 3
    assert said(blueprint, 4, "4.7") == [
        "The edge cases cover empty alone.",
        "No edge case is about concurrency.",
        "No edge case is about a timeout, or something late or lost.",
    ]
    for edge, kind in zip(blueprint[4]["edges"], ["lost", "concurrency", "limit"], strict=False):
        edge["kind"] = kind
    assert ids(blueprint, 4) == ALWAYS


def test_4_8_a_thing_that_never_starts():
    blueprint = example()
    row(blueprint[4], "transitions", "T9")["allowed"] = "forbidden"
    [message] = said(blueprint, 4, "4.8")
    assert message == "Reminder has no allowed change from (start)."
    assert found(blueprint, 4, "4.8") == [("transitions", "T9", "from")]


def test_4_8_a_thing_that_starts_twice():
    blueprint = example()
    blueprint[4]["transitions"].append(change("T15", "reminder", "(START)", "Sending"))
    assert found(blueprint, 4, "4.8") == [("transitions", "T15", "from")]
    assert said(blueprint, 4, "4.8") == ["Reminder starts twice: as Due (T9) and as Sending (T15)."]


def test_4_8_a_state_that_is_never_reached():
    blueprint = example()
    blueprint[4]["transitions"] += [
        change("T15", "Appointment", "Lost", "Found"),
        change("T16", "Appointment", "Found", "Lost"),
    ]
    assert found(blueprint, 4, "4.8") == [
        ("transitions", "T15", "from"),
        ("transitions", "T15", "to"),
    ]
    assert said(blueprint, 4, "4.8")[0] == (
        "Appointment never gets to Lost: no allowed changes lead there from (start)."
    )


def test_4_8_a_forbidden_change_of_no_state():
    blueprint = example()
    row(blueprint[4], "transitions", "T8")["to"] = "Canceled"
    assert found(blueprint, 4, "4.8") == [("transitions", "T8", "to")]
    assert said(blueprint, 4, "4.8") == [
        (
            "T8 forbids a change of Appointment that names Canceled, "
            "which is no state of its allowed changes."
        )
    ]
    row(blueprint[4], "transitions", "T8").update({"from": "(start)", "to": "cancelled"})
    assert ids(blueprint, 4) == ALWAYS


def test_4_8_a_change_that_is_allowed_and_forbidden():
    blueprint = example()
    blueprint[4]["transitions"].append(change("T15", "Reminder", "Due", "Sending", "forbidden"))
    assert found(blueprint, 4, "4.8") == [("transitions", "T15", "allowed")]
    assert said(blueprint, 4, "4.8") == [
        "The change of Reminder from Due to Sending is allowed (T10) and forbidden (T15)."
    ]


@pytest.mark.parametrize("hedge", ["should", "USUALLY", "normally", "try to", "try  to"])
def test_4_9_an_invariant_that_hedges(hedge):
    blueprint = example()
    row(blueprint[4], "invariants", "V3")["statement"] = f"Reminders {hedge} go out once"
    assert found(blueprint, 4, "4.9") == [("invariants", "V3", "statement")]
    assert said(blueprint, 4, "4.9") == [
        f"Invariant “Reminders {hedge} go out once” (V3) says “{hedge}”."
    ]
    row(blueprint[4], "invariants", "V3")["statement"] = "Shoulders are never abnormally retryto"
    assert ids(blueprint, 4) == ALWAYS


def test_4_10_a_thing_without_a_forbidden_change_is_pointed_out():
    blueprint = example()
    blueprint[4]["transitions"] = [
        row for row in blueprint[4]["transitions"] if row["key"] != "T14"
    ]
    assert found(blueprint, 4, "4.10") == [("transitions", "T9", "thing")]
    assert said(blueprint, 4, "4.10") == ["No change of Reminder is forbidden."]


def test_4_11_a_workflow_that_is_closed_to_someone_without_a_word_is_pointed_out():
    assert found(example(), 4, "4.11") == [("workflows", "W3", "")]
    assert said(example(), 4, "4.11") == [
        (
            "Workflow “Reminder goes out” (W3) is closed to role “Clinician” (R3), "
            "and no permission branch says what they see."
        )
    ]
    blueprint = example()
    row(blueprint[4], "branches", "J2")["workflow"] = "W3"
    assert "W3" not in [where[1] for where in found(blueprint, 4, "4.11")]
    blueprint = example()
    row(blueprint[2], "roles", "R3")["kind"] = "system"
    assert found(blueprint, 4, "4.11") == []
