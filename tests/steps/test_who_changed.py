"""A conflict tells who changed each place since the form was opened, and keeps both changes.

The form carries fingerprints of what it showed. What only the other tab changed is ticked, so
that “Save draft” on the page of two texts undoes nothing that this tab left alone.
"""

import re

import pytest

from devpilot.methodology import STEPS, canonical, fingerprints
from devpilot.methodology.examples import EXAMPLES
from tests.page import page_of
from tests.refusals import HTMX, assert_refused
from tests.steps.test_two_texts import goals
from tests.steps.typing_in import stored

BOX = re.compile(r'type="checkbox" name="take" value="([^"]*)"( checked)?')
OPENED = re.compile(r'name="opened" id="opened" value="([^"]*)" hx-swap-oob="true"')


@pytest.fixture
def step(free, make_project):
    owned = make_project(free, example="")
    owned.owner.save(
        owned.revision, 1, {"summary": "One", **goals(("", "A"), ("", "B"), ("", "C"))}
    )
    return owned


def opened(step, order=1):
    """The fields of the form as this tab shows them."""
    return step.owner.page(step.step(order)).form("/draft")


def draft(step, fields, order=1, **options):
    return step.owner.post(f"{step.step(order)}/draft", fields, **options)


def elsewhere(step, fields):
    """Another tab saves."""
    assert draft(step, fields).status_code == 303


def boxes(answer):
    assert_refused(answer, "stale_version")
    return {place: bool(ticked) for place, ticked in BOX.findall(answer.text)}


def settled(app, step, answer, order=1):
    """What the step holds after “Save draft” with the boxes as they came."""
    assert draft(step, page_of(answer.text).form("/draft").fields, order).status_code == 303
    return stored(app, step.revision, order)


def found(data):
    return [(row["key"], row["goal"]) for row in data["goals"]]


def test_what_only_one_tab_changed_is_kept_whichever_tab_it_was(app, step):
    mine = opened(step).filled(problem="Mine", goals__1__goal="B of mine")
    elsewhere(step, opened(step).filled(summary="Theirs", goals__0__goal="A of theirs"))
    refused = draft(step, mine)
    assert boxes(refused) == {
        "summary": True, "problem": False, "goals-G1-goal": True, "goals-G2-goal": False,
    }  # fmt: skip
    assert "A place that you left alone is ticked already." in page_of(refused.text).text
    data = settled(app, step, refused)
    assert (data["summary"], data["problem"]) == ("Theirs", "Mine")
    assert found(data) == [("G1", "A of theirs"), ("G2", "B of mine"), ("G3", "C")]


def test_what_both_changed_is_not_ticked(app, step):
    mine = opened(step).filled(summary="Mine", goals__0__goal="A of mine")
    elsewhere(step, opened(step).filled(summary="Theirs", goals__0__goal="A of theirs"))
    refused = draft(step, mine)
    assert boxes(refused) == {"summary": False, "goals-G1-goal": False}
    text = page_of(refused.text).text
    assert text.count("Typed here too:") == 2
    assert "ticked already" not in text
    assert settled(app, step, refused)["summary"] == "Mine"


def test_two_cells_of_one_row_are_told_apart(app, step):
    mine = opened(step).filled(goals__0__target="200 a day")
    elsewhere(step, opened(step).filled(goals__0__goal="A of theirs"))
    refused = draft(step, mine)
    assert boxes(refused) == {"goals-G1-goal": True, "goals-G1-target": False}
    row = settled(app, step, refused)["goals"][0]
    assert (row["goal"], row["target"]) == ("A of theirs", "200 a day")


def without(form, index):
    return [pair for pair in form.fields if not pair[0].startswith(f"goals-{index}-")]


def test_a_row_that_went_elsewhere_and_was_left_alone_here_goes(app, step):
    mine = opened(step).filled(problem="Mine")
    elsewhere(step, without(opened(step), 1))
    refused = draft(step, mine)
    assert boxes(refused) == {"problem": False, "goals-G2": True}
    assert found(settled(app, step, refused)) == [("G1", "A"), ("G3", "C")]


def test_a_row_that_went_elsewhere_and_was_changed_here_stays_unless_its_box_is_ticked(app, step):
    mine = opened(step).filled(goals__1__goal="B of mine")
    elsewhere(step, without(opened(step), 1))
    refused = draft(step, mine)
    assert boxes(refused) == {"goals-G2": False}
    again = opened(step).fields
    assert found(settled(app, step, refused)) == [("G1", "A"), ("G2", "B of mine"), ("G3", "C")]
    assert [n for n, _ in again if n.endswith("-goal")] == ["goals-0-goal", "goals-1-goal"]


def test_the_only_row_goes_too(app, free, make_project):
    step = make_project(free, example="")
    step.owner.save(step.revision, 1, {"summary": "One", **goals(("", "A"))})
    mine = opened(step).filled(problem="Mine")
    elsewhere(step, without(opened(step), 0))
    refused = draft(step, mine)
    assert boxes(refused) == {"problem": False, "goals-G1": True}
    assert "goals" not in settled(app, step, refused)


def test_a_row_that_came_elsewhere_comes_and_one_that_went_here_stays_away(app, step):
    mine = without(opened(step), 1)
    elsewhere(step, [*opened(step).fields, ("goals-3-goal", "D of theirs")])
    refused = draft(step, mine)
    assert boxes(refused) == {"goals-G2": False, "goals-G4": True}
    keys = [key for key, _ in found(settled(app, step, refused))]
    assert keys == ["G1", "G3", "G4"]


def test_a_new_row_of_each_tab_is_kept(app, step):
    mine = [*opened(step).fields, ("goals-3-goal", "D of mine")]
    elsewhere(step, [*opened(step).fields, ("goals-3-goal", "D of theirs")])
    refused = draft(step, mine)
    assert boxes(refused) == {"goals-G4": True}
    goals_now = [goal for _, goal in found(settled(app, step, refused))]
    assert sorted(goals_now) == ["A", "B", "C", "D of mine", "D of theirs"]


def test_a_cell_of_a_matrix(app, paying, make_project):
    step = make_project(paying, example="wellbrook", locked=1)
    cells = stored(app, step.revision, 2)["capabilities"]
    row, line = next(iter(cells.items()))
    one, other = list(line)[:2]
    new = {c: "none" if line[c]["value"] == "all" else "all" for c in (one, other)}
    place = f"capabilities-{row}-"
    mine, theirs = (
        opened(step, 2).filled(**{f"{place}{c}": new[c], f"{place}{c}-condition": None})
        for c in (one, other)
    )
    assert draft(step, theirs, 2).status_code == 303
    refused = draft(step, mine, 2)
    assert boxes(refused) == {f"{place}{one}": False, f"{place}{other}": True}
    now = settled(app, step, refused, 2)["capabilities"][row]
    assert {c: now[c]["value"] for c in (one, other)} == new


def test_what_was_put_aside_elsewhere_is_not_emptied_here(app, paying, make_project):
    """Fields that do not apply any more keep their text for the day they apply again."""
    step = make_project(paying, example="wellbrook", locked=1)
    plans = stored(app, step.revision, 2)["plans"]
    mine = opened(step, 2).filled(roles__0__name="Somebody")
    theirs = opened(step, 2).filled(business_model="none")
    assert draft(step, theirs, 2).status_code == 303
    assert "plans" not in stored(app, step.revision, 2)
    refused = draft(step, mine, 2)
    assert boxes(refused)["business_model"]
    assert not any(place.startswith("plans") for place in boxes(refused))
    data = settled(app, step, refused, 2)
    assert (data["business_model"], data["roles"][0]["name"]) == ("none", "Somebody")
    step.owner.save(step.revision, 2, {"business_model": "subscription"})
    assert stored(app, step.revision, 2)["plans"] == plans


def test_a_save_by_pause_takes_the_fingerprints_along(app, step):
    """The form that stays on the page was opened anew by each of its own saves."""
    mine = opened(step)
    answer = draft(step, mine.filled(problem="Mine"), headers=HTMX)
    prints = OPENED.search(answer.text)[1]
    assert prints == dict(opened(step).fields)["opened"] != dict(mine.fields)["opened"]


@pytest.mark.parametrize(
    "text", ["", "=", "summary", "goals-G1=a=b  =", "\0\u202e=x", "a=b " * 9000]
)
def test_any_text_for_fingerprints_is_read(step, text, nothing_changes):
    mine = opened(step).filled(opened=text, problem="Mine")
    elsewhere(step, opened(step).filled(summary="Theirs"))
    with nothing_changes():
        answer = draft(step, mine)
    assert set(boxes(answer)) == {"summary", "problem"}


def test_a_form_without_them_has_nothing_ticked(step):
    mine = opened(step).filled(opened=None, problem="Mine")
    elsewhere(step, opened(step).filled(summary="Theirs"))
    assert boxes(draft(step, mine)) == {"summary": False, "problem": False}


def test_another_refusal_does_not_make_an_old_form_new(app, step, nothing_changes):
    """Else the next save would go over what another tab saved and nobody has seen."""
    mine = opened(step).filled(problem="Mine", goals__0__goal="x" * 5000)
    elsewhere(step, opened(step).filled(summary="Theirs"))
    with nothing_changes():
        refused = draft(step, mine)
    assert_refused(refused, "invalid_input")
    mended = page_of(refused.text).form("/draft").filled(goals__0__goal="A of mine")
    again = draft(step, mended)
    assert boxes(again) == {"summary": True, "problem": False, "goals-G1-goal": False}
    data = settled(app, step, again)
    assert (data["summary"], data["problem"]) == ("Theirs", "Mine")


@pytest.mark.parametrize("order", range(1, 11))
def test_each_place_of_the_example_has_a_fingerprint_that_comes_back(order):
    data = EXAMPLES["doorstep"].steps[order]
    known = fingerprints.read(fingerprints.written(order, canonical(data).decode()))
    assert known == fingerprints.of(order, data)
    rows = [field for field in STEPS[order - 1].fields if field.kind == "list"]
    for field in rows:
        for row in data.get(field.id, ()):
            place = f"{field.id}-{row['key']}"
            cells = [fingerprints.at(order, known, f"{place}-{c.id}") for c in field.columns]
            assert "".join(cells) == fingerprints.at(order, known, place)
            assert all(cells)
