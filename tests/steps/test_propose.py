"""Rows that earlier steps imply: offered in the form, added by one press, editable after it."""

import pytest

from devpilot.methodology import EXAMPLES, definition
from devpilot.methodology.proposals import proposals
from tests.page import page_of
from tests.refusals import assert_refused
from tests.steps.typing_in import stored

EXAMPLE = EXAMPLES["wellbrook"].steps


def without(order, list_id):
    return {
        **{earlier: data for earlier, data in EXAMPLE.items() if earlier < order},
        order: {name: value for name, value in EXAMPLE[order].items() if name != list_id},
    }


def test_what_is_complete_is_offered_nothing():
    assert [proposals(EXAMPLE, order) for order in EXAMPLE] == [{}, {}, {}, {}]


def test_a_failure_for_each_dependency_that_matters():
    offered = proposals(without(4, "failures"), 4)["failures"]
    matter = [d for d in EXAMPLE[3]["dependencies"] if d["criticality"] in {"blocks", "degrades"}]
    assert [one.cells["cause"] for one in offered] == [row["key"] for row in matter]
    assert [one.cells["recovery"] for one in offered] == [row["if_down"] for row in matter]
    assert matter[0]["name"] in offered[0].because


def test_a_business_rule_for_each_binding_constraint():
    offered = proposals(without(2, "business_rules"), 2)["business_rules"]
    kinds = {row["key"]: row["kind"] for row in EXAMPLE[1]["constraints"]}
    wanted = [key for key, kind in kinds.items() if kind in {"legal", "budget"}]
    assert [one.cells["from"] for one in offered] == wanted


def test_a_text_that_is_too_long_for_its_column_is_cut():
    blueprint = without(4, "failures")
    blueprint[3] = {**EXAMPLE[3], "dependencies": [{**EXAMPLE[3]["dependencies"][0]}]}
    blueprint[3]["dependencies"][0].update(name="N" * 60, criticality="blocks", if_down="x" * 300)
    limit = definition(4).field("failures").by_id["recovery"].limit
    assert len(proposals(blueprint, 4)["failures"][0].cells["recovery"]) <= limit


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_drafts_with_holes_never_trip_it(order):
    """Rows without a single cell, and lists that are not there."""
    hollow = {
        one: {
            name: [{"key": row["key"]} for row in value] if isinstance(value, list) else value
            for name, value in data.items()
        }
        for one, data in EXAMPLE.items()
    }
    proposals(hollow, order)
    proposals({}, order)


@pytest.fixture
def hollow(paying, make_project):
    """The example with step 4 open and its failures gone."""
    owned = make_project(paying, locked=3)
    assert paying.save(owned.revision, 4, {"fields": "failures"}).status_code == 303
    return owned


def propose(owned, list_id, **fields):
    return owned.owner.save(owned.revision, 4, {"propose": list_id, **fields})


def test_the_form_offers_them_and_one_press_adds_them(app, hollow):
    page = hollow.owner.page(hollow.step(4))
    offered = proposals(without(4, "failures"), 4)["failures"]
    assert f"{len(offered)} rows follow from what is written elsewhere" in page.text
    assert offered[0].because in page.text
    response = propose(hollow, "failures")
    assert response.status_code == 303
    assert response.headers["Location"].endswith("#failures-0-workflow")
    rows = stored(app, hollow.revision, 4)["failures"]
    assert [row["cause"] for row in rows] == [one.cells["cause"] for one in offered]
    assert "follow from what is written" not in hollow.owner.page(hollow.step(4)).text


def test_what_is_typed_is_saved_with_them(app, hollow):
    text = "A sentence that was typed beside it."
    first = EXAMPLE[4]["workflows"][0]
    fields = {f"workflows-0-{name}": value for name, value in first.items()} | {
        "workflows-0-after": text
    }
    assert propose(hollow, "failures", **fields).status_code == 303
    assert stored(app, hollow.revision, 4)["workflows"][0]["after"] == text


@pytest.mark.parametrize("list_id", ["workflows", "nothing"])
def test_where_nothing_is_implied(hollow, nothing_changes, list_id):
    with nothing_changes():
        refused = propose(hollow, list_id)
        assert_refused(refused, "invalid_input")
    if list_id == "workflows":
        assert "Earlier steps imply no further rows" in page_of(refused.text).text
