import json

import pytest

from devpilot.document import NotABlueprint, Snapshot, blueprint_json, build, no_layout
from devpilot.methodology import canonical


def written(snapshot):
    return json.loads(blueprint_json(snapshot))


def test_a_snapshot_survives_its_own_json(finished):
    assert Snapshot.from_json(written(finished)) == finished
    assert Snapshot.from_json(finished.to_json()) == finished


def test_the_blueprint_is_canonical_and_names_its_steps_by_code(finished):
    content = blueprint_json(finished)
    document = json.loads(content)
    assert canonical(document) == content
    assert list(document["steps"]) == sorted(["definition", "model", "architecture", "workflows"])
    assert document["format"] == "devpilot-blueprint"
    assert document["template_version"] == 2


def test_the_blueprint_records_the_warnings_that_were_accepted(with_data):
    snapshot = with_data(1, problem="Slots are kept in a spreadsheet and get lost.")
    (warning,) = [w for w in written(snapshot)["warnings"] if w["rule"] == "1.4"]
    assert (warning["step"], warning["field"], warning["row"]) == (1, "problem", "")
    assert warning["message"]


@pytest.mark.parametrize("missing", [1, 4])
def test_only_a_revision_with_every_step_becomes_an_export(finished, missing):
    steps = {order: data for order, data in finished.steps.items() if order != missing}
    with pytest.raises(NotABlueprint, match="has the steps"):
        build(
            Snapshot("A", "lean", 1, finished.revision_id, finished.completed_at, steps), no_layout
        )


def test_a_draft_does_not_become_an_export(finished):
    with pytest.raises(NotABlueprint, match="not completed"):
        build(Snapshot("A", "lean", 1, finished.revision_id, "", finished.steps), no_layout)


def _set(*path: str | int, to):
    def change(document):
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = to

    return change


MALFORMED = {
    "another format": _set("format", to="something else"),
    "no project": _set("project", to=None),
    "a name that is no text": _set("project", "name", to=["A"]),
    "an unknown mode": _set("revision", "mode", to="medium"),
    "revision number zero": _set("revision", "number", to=0),
    "revision number true": _set("revision", "number", to=True),
    "a revision id with markup": _set("revision", "id", to="<b>"),
    "a time without a zone": _set("revision", "completed_at", to="2026-11-22T14:03:00"),
    "steps as a list": _set("steps", to=[]),
    "an unknown step": _set("steps", "dreams", to={}),
    "a step that is a list": _set("steps", "model", to=[]),
    "an unknown field": _set("steps", "model", "mood", to="good"),
    "text where a list belongs": _set("steps", "model", "roles", to="R1"),
    "a number where text belongs": _set("steps", "definition", "summary", to=3),
    "text beyond its limit": _set("steps", "definition", "summary", to="a" * 901),
    "an option that is not offered": _set("steps", "model", "business_model", to="luck"),
    "an option in a list": _set("steps", "model", "business_model", to=["internal"]),
    "a row that is no object": _set("steps", "model", "roles", 0, to=None),
    "a row without a key": _set("steps", "model", "roles", 0, "key", to=""),
    "a row with another list's letter": _set("steps", "model", "roles", 0, "key", to="F1"),
    "a row with an emoji as its key": _set("steps", "model", "roles", 0, "key", to="R\U0001f600"),
    "a row with another row's key": _set("steps", "model", "roles", 0, "key", to="R2"),
    "a row with a column too many": _set("steps", "model", "roles", 0, "shoe", to="42"),
    "yes or no as text": _set("steps", "model", "roles", 0, "pays", to="yes"),
    "a reference that is a list": _set("steps", "workflows", "workflows", 0, "actor", to=["R1"]),
    "references that are no list": _set("steps", "workflows", "workflows", 0, "features", to="F1"),
    "a reference that is no key": _set("steps", "workflows", "workflows", 0, "actor", to="<b>"),
    "a matrix that is a list": _set("steps", "model", "capabilities", to=[]),
    "a matrix row with an emoji as its key": _set(
        "steps", "model", "capabilities", "\U0001f600", to={"R1": {"value": "own"}}
    ),
    "a matrix cell that is text": _set("steps", "model", "capabilities", "F1", "R1", to="own"),
    "a matrix cell with an unknown value": _set(
        "steps", "model", "capabilities", "F1", "R1", "value", to="some"
    ),
    "a matrix cell with a third member": _set(
        "steps", "model", "capabilities", "F1", "R1", "why", to="so"
    ),
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_blueprint_is_refused_with_a_sentence(finished, change):
    document = written(finished)
    change(document)
    with pytest.raises(NotABlueprint, match=r"\.$"):
        Snapshot.from_json(document)


@pytest.mark.parametrize("value", [None, 3, "text", [], {}])
def test_what_is_not_even_an_object_is_refused(value):
    with pytest.raises(NotABlueprint):
        Snapshot.from_json(value)
