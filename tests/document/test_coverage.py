"""From goals to proof: the chain of a blueprint, and every kind of gap in it."""

import copy

import pytest

from devpilot.document.coverage import coverage
from devpilot.methodology import EXAMPLES

FULL = EXAMPLES["doorstep"].steps


@pytest.fixture
def full():
    return copy.deepcopy(FULL)


@pytest.mark.parametrize("code", ["wellbrook", "doorstep"])
def test_a_finished_blueprint_has_no_gap(code):
    found = coverage(EXAMPLES[code].steps)
    assert found.gaps == 0
    assert [one.goal.key for one in found.goals] == [
        row["key"] for row in EXAMPLES[code].steps[1]["goals"]
    ]
    assert len(found.invariants) == len(EXAMPLES[code].steps[4]["invariants"])


def test_lean_mode_takes_the_component_and_the_proof_of_step_4():
    steps = EXAMPLES["wellbrook"].steps
    kept = coverage(steps).invariants[0]
    row = steps[4]["invariants"][0]
    assert kept.enforced[0].startswith(row["enforced_by"])
    assert kept.proved == (row["proof"],)


def test_only_features_of_the_first_release_count(full):
    later = {row["key"] for row in full[1]["features"] if row["release"] == "later"}
    lines = [line.feature.key for one in coverage(full).goals for line in one.lines]
    assert later
    assert not later & set(lines)


def test_a_goal_that_nothing_serves(full):
    full[1]["goals"].append({"key": "G9", "goal": "Another", "measure": "x", "target": "1"})
    found = coverage(full)
    assert found.gaps == 1
    assert found.goals[-1].lines[0].feature is None


def test_a_feature_without_a_workflow(full):
    feature = coverage(full).goals[0].lines[0].feature.key
    for row in full[4]["workflows"]:
        row["features"] = [key for key in row["features"] if key != feature]
    found = coverage(full)
    lines = [line for one in found.goals for line in one.lines if line.feature.key == feature]
    assert lines
    assert all(not line.workflows for line in lines)
    assert found.gaps >= len(lines)


@pytest.mark.parametrize(
    ("order", "list_id", "column", "part"),
    [(7, "enforcement", "invariant", "enforced"), (9, "proof", "proves", "proved")],
)
def test_an_invariant_that_is_not_enforced_or_proved(full, order, list_id, column, part):
    full[order][list_id] = [row for row in full[order][list_id] if row[column] != "V1"]
    found = coverage(full)
    assert found.gaps == 1
    assert getattr(found.invariants[0], part) == ()


def test_an_invariant_that_no_workflow_meets(full):
    full[3]["components"].append({"key": "M99", "name": "Elsewhere"})
    full[4]["invariants"][0]["enforced_by"] = "M99"
    assert [one.invariant.key for one in coverage(full).unreached] == ["V1"]


def test_drafts_with_holes_never_trip_it():
    assert coverage({}).goals == ()
    hollow = {
        order: {
            name: [{"key": row["key"]} for row in value] if isinstance(value, list) else value
            for name, value in data.items()
        }
        for order, data in FULL.items()
    }
    assert coverage(hollow).gaps
