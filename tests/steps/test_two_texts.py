"""A conflict: each place that differs, and what is saved taken where its box is ticked."""

import re

import pytest

from devpilot.pages.two_texts import excerpts
from tests.page import page_of
from tests.refusals import HTMX, assert_refused
from tests.steps.typing_in import stored

PRESSED = {**HTMX, "DevPilot-Pressed": "yes"}
BOX = re.compile(r'type="checkbox" name="take" value="([^"]*)"')


def goals(*texts):
    """Typed rows of goals, each with its key or none."""
    return {
        f"goals-{at}-{name}": value
        for at, (key, text) in enumerate(texts)
        for name, value in (("key", key), ("goal", text))
        if value
    }


@pytest.fixture
def step(free, make_project):
    """A step that another tab saved after this tab opened it."""
    owned = make_project(free, example="")
    first = {"summary": "One clinic", **goals(("", "A"), ("", "B"), ("", "C"))}
    owned.owner.save(owned.revision, 1, first)
    theirs = goals(("G1", "A of theirs"), ("G2", "B"), ("G3", "C"), ("", "D"))
    owned.owner.save(owned.revision, 1, {"summary": "One clinic in Ghent", **theirs})
    return owned


MINE = {
    "summary": "One clinic in Bruges",
    "problem": "Mine",
    **goals(("G1", "A"), ("G2", "B of mine"), ("G3", "C")),
}


def typed(step, **more):
    return step.owner.post(f"{step.step(1)}/draft", {"version": "0", **MINE, **more})


def settle(step, refused, *take, **headers):
    form = page_of(refused.text).form("/draft")
    fields = [*form.fields, *(("take", place) for place in take)]
    return step.owner.post(f"{step.step(1)}/draft", fields, **headers)


def test_each_place_that_differs_can_be_taken_from_what_is_saved(step, nothing_changes):
    with nothing_changes():
        refused = typed(step)
    assert_refused(refused, "stale_version")
    assert BOX.findall(refused.text) == [
        "summary", "problem", "goals-G1-goal", "goals-G2-goal", "goals-G4",
    ]  # fmt: skip
    assert "One clinic in <mark>Ghent</mark>" in refused.text
    assert "One clinic in <mark>Bruges</mark>" in refused.text


def test_what_is_ticked_stays_as_saved_and_the_rest_is_as_typed(app, step):
    answer = settle(step, typed(step), "summary", "goals-G1-goal", "goals-G4")
    assert answer.status_code == 303
    data = stored(app, step.revision)
    assert data["summary"] == "One clinic in Ghent"
    assert data["problem"] == "Mine"
    found = [(row["key"], row["goal"]) for row in data["goals"]]
    assert found == [("G1", "A of theirs"), ("G2", "B of mine"), ("G3", "C"), ("G4", "D")]


def test_nothing_ticked_keeps_what_was_typed(app, step):
    settle(step, typed(step))
    data = stored(app, step.revision)
    assert data["summary"] == "One clinic in Bruges"
    assert [row["goal"] for row in data["goals"]] == ["A", "B of mine", "C"]


def test_a_saved_row_comes_back_to_its_place(app, step):
    mine = {"fields": "goals", **goals(("G3", "C"))}
    refused = step.owner.post(f"{step.step(1)}/draft", {"version": "0", **mine})
    assert BOX.findall(refused.text) == ["goals-G1", "goals-G2", "goals-G4"]
    settle(step, refused, "goals-G1", "goals-G4")
    keys = [row["key"] for row in stored(app, step.revision)["goals"]]
    assert keys == ["G1", "G3", "G4"]


def test_one_row_comes_back_to_a_list_that_was_emptied(app, step):
    empty = {"version": "0", "fields": "goals"}
    settle(step, step.owner.post(f"{step.step(1)}/draft", empty), "goals-G2")
    assert [row["key"] for row in stored(app, step.revision)["goals"]] == ["G2"]


def test_a_row_that_is_only_typed_has_no_box(step):
    refused = typed(step, **{"goals-3-goal": "New here"})
    assert "New here" in refused.text
    assert "goals-G5" not in BOX.findall(refused.text)


def test_what_is_taken_stays_taken_in_the_next_conflict(app, step):
    refused = typed(step)
    step.owner.save(step.revision, 1, {"problem": "Third tab"})
    again = settle(step, refused, "summary")
    assert_refused(again, "stale_version")
    assert dict(page_of(again.text).form("/draft").fields)["summary"] == "One clinic in Ghent"
    assert "summary" not in BOX.findall(again.text)


def test_a_cell_of_a_matrix_is_taken_with_its_condition(app, paying, make_project):
    owned = make_project(paying, example="wellbrook", locked=1)
    cells = stored(app, owned.revision, 2)["capabilities"]
    row, line = next((r, x) for r, x in cells.items() if any("condition" in c for c in x.values()))
    column = next(c for c, cell in line.items() if "condition" in cell)
    place = f"capabilities-{row}-{column}"
    fields = owned.owner.page(owned.step(2)).form("/draft").fields
    changed = {"version": "0", place: "none", f"{place}-condition": ""}
    pairs = [*((n, v) for n, v in fields if n not in changed), *changed.items()]
    refused = owned.owner.post(f"{owned.step(2)}/draft", pairs)
    assert BOX.findall(refused.text) == [place]
    form = page_of(refused.text).form("/draft").fields
    owned.owner.post(f"{owned.step(2)}/draft", [*form, ("take", place)])
    assert stored(app, owned.revision, 2)["capabilities"] == cells


@pytest.fixture
def roles(app, paying, make_project):
    """Step 2 of the example, and the fields of its form as this tab shows them."""
    owned = make_project(paying, example="wellbrook", locked=1)
    return owned, owned.owner.page(owned.step(2)).form("/draft").fields


def send(owned, fields, *take):
    return owned.owner.post(f"{owned.step(2)}/draft", [*fields, *(("take", one) for one in take)])


def old(fields):
    return [*(pair for pair in fields if pair[0] != "version"), ("version", "0")]


def test_a_cell_that_only_one_side_filled_in_is_a_difference(app, roles):
    owned, fields = roles
    cells = stored(app, owned.revision, 2)["capabilities"]
    row = next(iter(cells))
    blank = [(n, "" if n.startswith(f"capabilities-{row}-") else v) for n, v in old(fields)]
    refused = send(owned, blank)
    assert BOX.findall(refused.text) == [f"capabilities-{row}-{column}" for column in cells[row]]
    form = page_of(refused.text).form("/draft").fields
    assert send(owned, form, *BOX.findall(refused.text)).status_code == 303
    assert stored(app, owned.revision, 2)["capabilities"] == cells


def test_a_row_is_taken_with_what_stands_for_it_in_a_matrix(app, roles):
    owned, fields = roles
    before = stored(app, owned.revision, 2)
    at = len(before["roles"]) - 1
    key = before["roles"][at]["key"]
    without = [
        (n, v) for n, v in old(fields)
        if not n.startswith(f"roles-{at}-") and key not in n.split("-")[1:3]
    ]  # fmt: skip
    refused = send(owned, without)
    assert f"roles-{key}" in BOX.findall(refused.text)
    assert not any(key in box.split("-")[2:] for box in BOX.findall(refused.text))
    form = page_of(refused.text).form("/draft").fields
    assert send(owned, form, *BOX.findall(refused.text)).status_code == 303
    assert stored(app, owned.revision, 2) == before


def test_a_cell_is_not_taken_into_a_matrix_that_the_post_does_not_mention(app, roles):
    owned, _ = roles
    before = stored(app, owned.revision, 2)["capabilities"]
    row = next(iter(before))
    version = str(owned.owner.version(owned.revision))
    place = f"capabilities-{row}-{next(iter(before[row]))}"
    fields = [("version", version), ("business_model", "none")]
    assert send(owned, fields, place).status_code == 303
    assert stored(app, owned.revision, 2)["capabilities"] == before


def test_a_reference_is_taken_though_its_row_is_not(app, step):
    """What it then refers to is no row any more, and the checks say so."""
    feature = {"features-0-name": "Booking", "features-0-goals": "G4"}
    step.owner.save(step.revision, 1, feature)
    mine = {"features-0-key": "F1", "features-0-name": "Booking", "features-0-goals": "G1"}
    refused = typed(step, **mine)
    answer = settle(step, refused, "features-F1-goals")
    assert answer.status_code == 303
    assert stored(app, step.revision)["features"][0]["goals"] == ["G4"]
    assert "refers to G4, which is no goal" in step.owner.open(step.step(1)).text


@pytest.mark.parametrize(
    "place",
    ["nothing", "goals", "goals-G9", "goals-G1-nothing", "goals-G9-goal", "goals-G1-goal-x",
     "summary-1", "\u202e"],
)  # fmt: skip
def test_a_place_that_is_not_there_is_refused(step, place, nothing_changes):
    refused = typed(step)
    with nothing_changes():
        answer = settle(step, refused, place)
    assert_refused(answer, "invalid_input")
    form = dict(page_of(answer.text).form("/draft").fields)
    assert form["summary"] == "One clinic in Bruges"


@pytest.mark.slow
@pytest.mark.timeout(20)
@pytest.mark.parametrize("place", ["goals-G{}", "goals-G1-x{}", "capabilities-{}-F1", "summary"])
def test_very_many_boxes_are_answered_in_time(step, place):
    pairs = [(f"goals-{at}-key", f"G{at}") for at in range(9000)]
    take = [("take", place.format(at)) for at in range(9000)]
    answer = step.owner.post(f"{step.step(1)}/draft", [("version", "0"), *pairs, *take])
    assert answer.status_code in {409, 422}
    assert len(answer.text) < 1_000_000


def test_a_row_is_not_taken_into_a_list_that_the_post_does_not_mention(app, step):
    before = stored(app, step.revision)["goals"]
    step.owner.save(step.revision, 1, {"summary": "Other", "take": "goals-G1"})
    assert stored(app, step.revision)["goals"] == before


def test_the_answer_to_a_settled_conflict_is_the_whole_step(step):
    answer = settle(step, typed(step), "summary", headers=PRESSED)
    assert answer.headers["HX-Retarget"] == "#main"
    assert "What is saved now" not in answer.text
    assert "One clinic in Ghent" in answer.text


def test_a_locked_step_shows_what_differs_and_offers_no_box(paying, make_project, nothing_changes):
    owned = make_project(paying, example="wellbrook", locked=1)
    with nothing_changes():
        refused = paying.post(f"{owned.step(1)}/draft", {"version": "0", "summary": "Other"})
    assert_refused(refused, "step_locked")
    assert "Typed here:</p><p>Other</p>" in refused.text
    assert 'name="take"' not in refused.text


def test_long_texts_are_cut_to_what_differs():
    one, other = excerpts("a " * 200 + "b" + " c" * 200, "a " * 200 + "d e" + " c" * 200)
    assert (one.part, other.part) == ("b", "d e")
    assert one.before.startswith("… a")
    assert one.after.endswith("c …")
    assert max(len(one.before), len(one.after)) <= 64


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [("", "x", ("", "x")), ("x y", "x", (" y", "")), ("a b a", "a b a b a", ("", " b a"))],
)
def test_an_excerpt_marks_the_words_that_differ(one, other, parts):
    found = excerpts(one, other)
    assert tuple(text.part for text in found) == parts
