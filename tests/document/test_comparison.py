"""Changes by field and row, and who refers to whom."""

import copy

import pytest

from devpilot.document.comparison import Kind, changes, mentions, row_keys
from devpilot.methodology import EXAMPLES, STEPS

WELLBROOK = EXAMPLES["wellbrook"].steps


@pytest.fixture
def other():
    return copy.deepcopy(dict(WELLBROOK))


def found(order, after):
    return [
        (c.field, c.row, c.column, c.kind, c.before, c.after)
        for c in changes(order, WELLBROOK, after)
    ]


@pytest.mark.parametrize("order", sorted(WELLBROOK))
def test_nothing_changed(order, other):
    assert changes(order, WELLBROOK, other) == ()


def test_a_text(other):
    other[1]["problem"] = "Another problem."
    assert found(1, other) == [
        ("Problem", "", "", Kind.CHANGED, WELLBROOK[1]["problem"], "Another problem.")
    ]


def test_a_field_that_is_emptied_and_one_that_is_new(other):
    del other[1]["summary"]
    assert found(1, other)[0][3:] == (Kind.REMOVED, WELLBROOK[1]["summary"], "")
    back = [(c.kind, c.before, c.after) for c in changes(1, other, WELLBROOK)]
    assert back == [(Kind.ADDED, "", WELLBROOK[1]["summary"])]


def test_a_cell(other):
    other[1]["goals"][1]["target"] = "0"
    row = WELLBROOK[1]["goals"][1]
    assert found(1, other) == [
        ("Goals and how they are measured", row["key"], "Target", Kind.CHANGED, row["target"], "0")
    ]


def test_rows_that_come_and_go(other):
    gone = other[1]["non_goals"].pop(0)
    new = {"key": "N99", "statement": "Payroll", "why": "Others do it."}
    other[1]["non_goals"].append(new)
    assert found(1, other) == [
        ("Non-goals", gone["key"], "", Kind.REMOVED, gone["statement"], ""),
        ("Non-goals", "N99", "", Kind.ADDED, "", "Payroll"),
    ]


def test_the_order_of_rows(other):
    other[1]["goals"].reverse()
    keys = [row["key"] for row in WELLBROOK[1]["goals"]]
    assert [(row[2], row[4], row[5]) for row in found(1, other)] == [
        ("Order", ", ".join(keys), ", ".join(reversed(keys)))
    ]


def test_references_are_named_as_each_side_names_them(other):
    row = other[3]["clients"][0]
    role = WELLBROOK[2]["roles"][0]
    other[2]["roles"][0]["name"] = "Someone else"
    row["roles"] = [key for key in row["roles"] if key != role["key"]] or [
        other[2]["roles"][1]["key"]
    ]
    change = next(one for one in changes(3, WELLBROOK, other) if one.field == "Clients")
    assert f"{role['key']} {role['name']}" in change.before
    assert role["key"] not in change.after.split()


def test_a_matrix_cell_and_its_condition(other):
    matrix = other[2]["capabilities"]
    feature = next(iter(matrix))
    role = next(iter(matrix[feature]))
    matrix[feature][role] = {"value": "if", "condition": "on Mondays"}
    change = changes(2, WELLBROOK, other)[0]
    assert (change.row, change.after) == (feature, "if: on Mondays")
    assert change.column.startswith(f"{role} ")


def test_a_row_or_column_that_went_is_not_told_again_by_the_matrix(other):
    feature = next(iter(other[2]["capabilities"]))
    del other[2]["capabilities"][feature]
    assert changes(2, WELLBROOK, other) == ()


def test_a_field_that_no_longer_applies(other):
    other[2]["business_model"] = "none"
    kinds = {(c.field, c.kind) for c in changes(2, WELLBROOK, other)}
    assert ("Business model", Kind.CHANGED) in kinds
    assert any(kind is Kind.REMOVED for field, kind in kinds if field.startswith("Plans")) == bool(
        WELLBROOK[2].get("plans")
    )


def test_mentions_lead_from_each_reference_to_its_rows():
    keys = row_keys(1, WELLBROOK[1])
    all_found = mentions(WELLBROOK, keys, (2, 3, 4))
    assert all_found
    assert {target.key for mention in all_found for target in mention.targets} <= keys
    assert any(
        mention.field == "Role capability matrix" and not mention.row for mention in all_found
    )
    workflow = next(mention for mention in all_found if mention.row.startswith("W"))
    assert workflow.column == "Realises features"
    assert workflow.name


def test_nobody_mentions_what_is_not_there():
    assert mentions(WELLBROOK, {"G99"}, (2, 3, 4)) == ()


def test_it_never_fails_on_a_draft():
    """Every step against an empty one, both ways, and cells left empty."""
    empty = {step.order: {} for step in STEPS}
    for order in WELLBROOK:
        assert changes(order, WELLBROOK, empty)
        assert changes(order, empty, WELLBROOK)
