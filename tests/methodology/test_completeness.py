"""What every lock asks of every step: that it is filled in."""

import pytest

from devpilot.methodology import FULL, LEAN, STEPS, Reference, Rows, Severity, check, definition
from tests.methodology.posting import EXAMPLE_STEPS, example, found, full_example, row, said


@pytest.mark.parametrize(("make", "order"), EXAMPLE_STEPS)
def test_the_examples_have_no_error_in_any_step(make, order):
    assert [f for f in check(make(), order) if f.severity is Severity.ERROR] == []


def test_the_warnings_of_the_examples_are_these():
    assert [(f.rule, f.field, f.row) for order in LEAN for f in check(example(), order)] == [
        ("3.10", "connections", "X5"),
        ("4.11", "workflows", "W3"),
    ]
    assert [(f.rule, f.field, f.row) for order in FULL for f in check(full_example(), order)] == [
        ("3.10", "connections", "X14"),
        ("6.9", "operations", "OP5"),
        ("6.8", "operations", "OP11"),
        ("7.7", "enforcement", "EF4"),
    ]


def test_an_empty_step_asks_for_its_required_fields_and_says_nothing_else():
    assert [(f.rule, f.field) for f in check({}, 1)] == [
        ("required", "summary"),
        ("required", "problem"),
        ("rows", "goals"),
        ("rows", "features"),
        ("rows", "non_goals"),
        ("rows", "boundaries"),
        ("rows", "assumptions"),
        ("rows", "constraints"),
    ]
    for step in STEPS:
        assert {f.rule for f in check({}, step.order)} <= {"required", "rows"}


def test_an_empty_cell_is_named_with_its_row():
    blueprint = example()
    row(blueprint[1], "goals", "G2")["target"] = ""
    [finding] = check(blueprint, 1)
    assert (finding.rule, finding.field, finding.row, finding.column) == (
        "required", "goals", "G2", "target",
    )  # fmt: skip
    assert finding.message == "“Target” of goal “Fewer missed appointments” (G2) is empty."
    assert finding.step == 1


def test_an_unnamed_row_is_called_by_its_key():
    blueprint = example()
    row(blueprint[1], "features", "F8")["name"] = ""
    assert said(blueprint, 1, "required") == ["“Name” of feature F8 is empty."]


def test_a_choice_says_what_to_choose_and_a_reference_what_to_name():
    blueprint = example()
    row(blueprint[3], "clients", "K1").update(kind="", zone="", roles=["R1", "R5"])
    mends = [finding.mend for finding in check(blueprint, 3) if finding.rule == "required"]
    assert mends == [
        "Choose one of: web, mobile, desktop, cli, api-client, device.",
        "Name a trust zone.",
    ]


def test_too_few_and_too_many_rows():
    blueprint = example()
    blueprint[1]["features"] = [row(blueprint[1], "features", "F1")]
    assert said(blueprint, 1, "rows") == [
        "“Features: first release and later” has 1 row; it needs at least 2."
    ]
    blueprint = example()
    goal = blueprint[1]["goals"][0]
    blueprint[1]["goals"] = [{**goal, "key": f"G{n}"} for n in range(1, 10)]
    assert said(blueprint, 1, "rows") == [
        "“Goals and how they are measured” has 9 rows; it takes at most 7."
    ]


def test_optional_lists_may_be_absent_and_their_rows_are_judged():
    blueprint = example()
    blueprint[1]["deferred"] = [{"key": "Y1", "question": "When", "why": "", "decide_before": "M"}]
    assert found(blueprint, 1, "required") == [("deferred", "Y1", "why")]


def test_a_reference_leads_to_a_row_that_exists():
    blueprint = example()
    row(blueprint[1], "features", "F3")["goals"] = ["G2", "G9", "G8"]
    assert said(blueprint, 1, "reference") == [
        (
            "“Serves goals” of feature “Reminders” (F3) refers to G9, G8, "
            "which are no goal of this blueprint."
        )
    ]
    blueprint = example()
    row(blueprint[4], "workflows", "W1")["actor"] = "S1"
    assert said(blueprint, 4, "reference") == [
        (
            "“Actor” of workflow “Patient books a slot” (W1) refers to data store "
            "“Appointment database” (S1), which is no role, dependency or component "
            "of this blueprint."
        )
    ]


def test_a_reference_to_a_row_that_an_earlier_step_lost_is_found():
    blueprint = example()
    del blueprint[2]["roles"][0]
    assert ("clients", "K1", "roles") in found(blueprint, 3, "reference")
    assert ("workflows", "W1", "actor") in found(blueprint, 4, "reference")


@pytest.mark.parametrize(
    "text",
    ["TBD", "Ask TODO first", "x FIXME.", "what???", "Why ????", "Lorem  Ipsum dolor", "(TBD)"],
)
def test_a_placeholder_is_found(text):
    blueprint = example()
    blueprint[1]["summary"] = text
    row(blueprint[1], "constraints", "C2")["constraint"] = text
    assert found(blueprint, 1, "placeholder") == [
        ("summary", "", ""),
        ("constraints", "C2", "constraint"),
    ]


@pytest.mark.parametrize("text", ["tbd", "Todo", "TODOS", "STBD", "why??", "lorem", "TBD_X"])
def test_what_only_looks_like_a_placeholder_is_not(text):
    blueprint = example()
    blueprint[1]["summary"] = text
    assert found(blueprint, 1, "placeholder") == []


def test_placeholders_are_found_in_conditions_and_optional_cells():
    blueprint = example()
    blueprint[2]["capabilities"]["F2"]["R1"]["condition"] = "TBD by law"
    assert said(blueprint, 2, "placeholder") == [
        (
            "The condition of feature “Move or cancel own booking” (F2) and role “Patient” (R1) "
            "still says TBD."
        )
    ]
    row(blueprint[3], "connections", "X3")["control"] = "TODO"
    assert found(blueprint, 3, "placeholder") == [("connections", "X3", "control")]


def test_every_cell_of_a_matrix_is_asked_for_once_per_row():
    blueprint = example()
    del blueprint[2]["capabilities"]["F3"]
    del blueprint[2]["capabilities"]["F5"]["R2"]
    assert found(blueprint, 2, "matrix") == [
        ("capabilities", "F3", "R1"),
        ("capabilities", "F5", "R2"),
    ]
    assert said(blueprint, 2, "matrix")[1] == (
        "“Role capability matrix” does not say yet what holds for feature “Clinician hours” (F5) "
        "and role “Receptionist” (R2)."
    )


def test_cells_of_later_features_and_of_rows_that_are_gone_are_ignored():
    blueprint = example()
    blueprint[2]["capabilities"]["F7"] = {"R1": {"value": "if", "condition": "TBD"}}
    blueprint[2]["capabilities"]["F1"]["R99"] = {"value": "all"}
    assert check(blueprint, 2) == ()


def test_names_are_unique_within_their_list_case_aside():
    blueprint = example()
    row(blueprint[1], "features", "F5")["name"] = "REMINDERS"
    assert found(blueprint, 1, "unique") == [("features", "F5", "name")]
    assert said(blueprint, 1, "unique") == [
        "Feature “REMINDERS” (F5) has the same name as feature “Reminders” (F3)."
    ]
    row(blueprint[1], "goals", "G2")["goal"] = row(blueprint[1], "goals", "G1")["goal"]
    assert len(found(blueprint, 1, "unique")) == 1


def test_names_of_attributes_are_unique_within_their_entity():
    blueprint = full_example()
    row(blueprint[7], "attributes", "AT10")["name"] = "STATUS"
    assert found(blueprint, 7, "unique") == []
    row(blueprint[7], "attributes", "AT10")["entity"] = "EN1"
    assert found(blueprint, 7, "unique") == [("attributes", "AT10", "name")]
    assert said(blueprint, 7, "unique") == [
        "Attribute “STATUS” (AT10) has the same name as attribute “status” (AT1)."
    ]
    for key in ("AT1", "AT10"):
        row(blueprint[7], "attributes", key)["entity"] = ""
    assert found(blueprint, 7, "unique") == []


def test_a_number_may_be_zero_and_not_empty():
    blueprint = full_example()
    row(blueprint[10], "recovery", "RC1").update(rpo_minutes=0, rto_minutes="")
    assert said(blueprint, 10, "required") == [
        (
            "“Minutes until it is back” of recovery plan "
            "“Log shipped each minute to a second country, daily full cop…” (RC1) is empty."
        )
    ]


def test_a_row_without_any_text_is_called_by_its_key():
    blueprint = full_example()
    row(blueprint[7], "relations", "RL1")["to"] = ""
    assert said(blueprint, 7, "required") == ["“To” of relationship RL1 is empty."]


def test_a_reference_into_a_list_that_does_not_apply_leads_nowhere():
    blueprint = full_example()
    blueprint[8].update(choice="simple automation", no_ai_cost="confirmed")
    assert ("caps", "CP1", "subject") in found(blueprint, 8, "reference")


def test_a_field_with_a_condition_is_asked_only_while_it_holds():
    blueprint = example()
    del blueprint[2]["plans"]
    assert found(blueprint, 2, "rows") == [("plans", "", "")]
    blueprint[2]["business_model"] = "internal"
    assert found(blueprint, 2, "rows") == []
    blueprint[2]["plans"] = [{"key": "P1", "name": "TBD"}]
    assert {f.rule for f in check(blueprint, 2)} == {"2.4"}


def cells_of(data, order):
    """List, number of the row, column and cells, for every cell of a step."""
    for field in definition(order).fields:
        if isinstance(field, Rows):
            for number, cells in enumerate(data.get(field.id, ())):
                for column in field.columns:
                    yield field.id, number, column, cells


def spoiled(make, order, places, worse):
    """Each place with the findings that are new while its cell holds what `worse` says."""
    blueprint = make()
    known = check(blueprint, order)
    for list_id, _, column, cells in places(blueprint[order], order):
        kept, cells[column.id] = cells[column.id], worse(cells[column.id])
        now = check(blueprint, order)
        cells[column.id] = kept
        places_known = {(f.rule, f.field, f.row) for f in known}
        new = [f for f in now if (f.rule, f.field, f.row) not in places_known]
        yield (list_id, cells["key"], column.id), new


def empty(cell):
    return [] if isinstance(cell, list) else ""


def required_cells(data, order):
    return [
        place
        for place in cells_of(data, order)
        if place[2].required and not isinstance(place[3][place[2].id], bool)
    ]


def reference_cells(data, order):
    return [place for place in cells_of(data, order) if isinstance(place[2], Reference)]


@pytest.mark.parametrize(("make", "order"), EXAMPLE_STEPS)
def test_an_empty_cell_is_reported_once_and_by_no_rule(make, order):
    for where, new in spoiled(make, order, required_cells, empty):
        assert [(f.rule, (f.field, f.row, f.column)) for f in new] == [("required", where)]


@pytest.mark.parametrize(("make", "order"), EXAMPLE_STEPS)
def test_a_dangling_reference_is_reported_once_and_by_no_rule(make, order):
    def dangle(cell):
        return ["R999"] if isinstance(cell, list) else "R999"

    for where, new in spoiled(make, order, reference_cells, dangle):
        assert [(f.rule, (f.field, f.row, f.column)) for f in new] == [("reference", where)]


@pytest.mark.parametrize(
    ("make", "order", "matrix"),
    [
        (example, 2, "capabilities"),
        (full_example, 2, "capabilities"),
        (full_example, 5, "visibility"),
    ],
)
def test_an_undecided_matrix_cell_is_reported_once_and_by_no_rule(make, order, matrix):
    blueprint = make()
    for key, line in blueprint[order][matrix].items():
        for column in list(line):
            kept = line.pop(column)
            [finding] = check(blueprint, order)
            assert (finding.rule, finding.row, finding.column) == ("matrix", key, column)
            line[column] = kept
