"""A removed row comes back by one button: where it stood, under its key, as it was typed."""

import uuid

import pytest
from sqlalchemy import select

from devpilot.db import reading
from devpilot.models import Step, StepContent
from devpilot.models.step import EMPTY
from tests.page import page_of
from tests.refusals import assert_refused
from tests.steps.typing_in import goal, goals, press, row_keys, stored


def offered(owned):
    """The button that brings a row back, as the page shows it."""
    buttons = owned.owner.page(owned.step(1)).form("/draft").buttons
    return [b["aria-label"] for b in buttons if b.get("name") == "restore"]


def kept(app, owned):
    return _texts(app, owned, StepContent.removed, "")


def aside(app, owned):
    return _texts(app, owned, StepContent.aside, EMPTY)


def _texts(app, owned, column, nothing):
    wanted = uuid.UUID(owned.revision.rsplit("/", 1)[-1])
    statement = select(column).join(Step).where(Step.revision_id == wanted)
    with app.app_context(), reading() as session:
        return {text for text in session.scalars(statement) if text != nothing}


def test_a_removed_row_comes_back_where_it_stood(app, three, stays_sound):
    assert offered(three) == []
    press(three, "remove", "goals-1")
    assert offered(three) == ["Undo, bring back goal “Two” (G2)"]
    response = press(three, "restore", "goals", goals__0__goal="One, changed")
    assert response.status_code == 303
    assert response.headers["Location"].endswith("#goals-1-goal")
    assert goals(app, three) == [("G1", "One, changed"), ("G2", "Two"), ("G3", "Three")]
    assert offered(three) == []
    assert kept(app, three) == set()


def test_it_comes_back_as_it_was_typed_last(app, three):
    press(three, "remove", "goals-2", goals__2__goal="Three, typed and never saved")
    press(three, "restore", "goals")
    assert goals(app, three)[2] == ("G3", "Three, typed and never saved")


def test_it_comes_back_into_a_list_that_is_shorter_now(app, three):
    press(three, "remove", "goals-2")
    for version in range(2):
        fields = {"goals-0-key": "G1", **goal(0, f"One {version}")}
        three.owner.save(three.revision, 1, fields)
    press(three, "restore", "goals")
    assert goals(app, three) == [("G1", "One 1"), ("G3", "Three")]


def test_the_only_row_comes_back_into_an_empty_list(app, free, make_project):
    owned = make_project(free, example="")
    owned.owner.save(owned.revision, 1, goal(0, "One"))
    press(owned, "remove", "goals-0")
    assert "goals" not in stored(app, owned.revision)
    press(owned, "restore", "goals")
    assert goals(app, owned) == [("G1", "One")]


def test_references_to_it_and_its_own_come_back(app, three):
    feature = {"features-0-name": "Booking", "features-0-goals": ["G1", "G2"]}
    three.owner.save(three.revision, 1, feature)
    for list_id in ("features", "goals"):
        press(three, "remove", f"{list_id}-0")
        press(three, "restore", list_id)
    assert stored(app, three.revision)["features"][0]["goals"] == ["G1", "G2"]
    assert row_keys(app, three.revision) == ["F1", "G1", "G2", "G3"]


@pytest.mark.parametrize("whole", [True, False], ids=["a whole form", "the button alone"])
@pytest.mark.usefixtures("stays_sound")
@pytest.mark.parametrize("place", [0, 1])
def test_its_cells_of_the_matrix_come_back(app, free, make_project, whole, place):
    """A role is a column of the matrix: what it may do is nothing that one types twice."""
    owned = make_project(free, locked=1)
    before = stored(app, owned.revision, 2)

    def press(*button):
        form = free.page(owned.step(2)).form("/draft").filled() if whole or not button else []
        fields = form or [("version", str(free.version(owned.revision)))]
        response = free.post(f"{owned.step(2)}/draft", [*fields, *button])
        assert response.status_code == 303

    press(("remove", f"roles-{place}"))
    press()
    assert stored(app, owned.revision, 2)["capabilities"] != before["capabilities"]
    press(("restore", "roles"))
    assert stored(app, owned.revision, 2) == before


def test_a_new_row_that_was_removed_before_any_save_comes_back(app, three):
    version = three.owner.version(three.revision)
    new = [("goals-0-new", "some-token"), ("goals-0-goal", "Never saved"), ("goals-0-key", "")]
    three.owner.post(
        f"{three.step(1)}/draft", [("version", str(version)), *new, ("remove", "goals-0")]
    )
    press(three, "restore", "goals")
    assert ("G4", "Never saved") in goals(app, three)


def test_a_row_in_which_nothing_stands_is_not_kept(app, three):
    press(three, "remove", "goals-0")
    form = three.owner.page(f"{three.step(1)}?blank=goals").form("/draft")
    three.owner.post(form.action, [*form.filled(), ("remove", "goals-2")])
    assert offered(three) == ["Undo, bring back goal “One” (G1)"]


def test_other_saves_and_buttons_leave_the_offer(app, three):
    press(three, "remove", "goals-0")
    three.owner.save(three.revision, 1, {"summary": "Other"})
    press(three, "add", "goals")
    press(three, "move", "goals-0-down")
    assert offered(three) == ["Undo, bring back goal “One” (G1)"]


def test_the_offer_ends_with_the_lock(app, paying, make_project):
    owned = make_project(paying)
    press(owned, "remove", "goals-2")
    press(owned, "restore", "goals")
    press(owned, "remove", "non_goals-2")
    assert kept(app, owned)
    assert owned.owner.lock(owned.revision, 1).status_code == 303
    assert kept(app, owned) == set()


def test_the_lock_that_ends_it_keeps_what_stands_aside(app, paying, make_project):
    owned = make_project(paying, example="doorstep")
    owned.owner.lock_up_to(owned.revision, 7)
    usual = stored(app, owned.revision, 8)["choice"]
    for fields in ({"choice": "none", "no_ai_cost": "confirmed"}, {"choice": usual}):
        assert owned.owner.save(owned.revision, 8, fields).status_code == 303
    before = aside(app, owned)
    assert before
    owned.owner.save(owned.revision, 8, {"remove": "deferred-0"})
    assert kept(app, owned)
    response = owned.owner.lock(owned.revision, 8)
    assert response.status_code == 303, page_of(response.text).text[:1500]
    assert (kept(app, owned), aside(app, owned)) == (set(), before)


def test_without_a_removed_row_it_is_refused(three, nothing_changes):
    with nothing_changes():
        response = three.owner.save(three.revision, 1, {"summary": "Typed", "restore": "goals"})
        assert_refused(response, "invalid_input")
        assert "Typed" in response.text
        press_other = three.owner.save(three.revision, 1, {"restore": "nothing"})
        assert_refused(press_other, "invalid_input")


def test_a_row_of_another_list_is_refused(three, nothing_changes):
    press(three, "remove", "goals-0")
    with nothing_changes():
        response = three.owner.save(three.revision, 1, {"restore": "features"})
    assert_refused(response, "invalid_input")


def test_a_row_that_is_back_already_is_refused(app, three, nothing_changes):
    press(three, "remove", "goals-0")
    fields = {**goal(0, "By hand"), "goals-0-key": "G1"}
    assert three.owner.save(three.revision, 1, fields).status_code == 303
    with nothing_changes():
        assert_refused(press(three, "restore", "goals"), "invalid_input")


@pytest.mark.parametrize(
    "hostile", ["\x00", "\ud800", "<script>", "x" * 100_000, "${{7*7}}", '"],[{'], ids=repr
)
def test_hostile_text_in_a_removed_row_harms_nothing(app, three, hostile):
    version = three.owner.version(three.revision)
    body = [
        ("version", str(version)), ("goals-0-key", "G1"),
        ("goals-0-goal", hostile.encode("utf-8", "surrogatepass").decode("utf-8", "replace")),
        ("goals-0-bogus", "x" * 10), ("remove", "goals-0"),
    ]  # fmt: skip
    assert three.owner.post(f"{three.step(1)}/draft", body).status_code == 303
    assert "<script>" not in three.owner.page(three.step(1)).html.split("<main")[1]
    assert all(len(text) < 20_100 and "bogus" not in text for text in kept(app, three))
    version = three.owner.version(three.revision)
    response = three.owner.post(
        f"{three.step(1)}/draft", [("version", str(version)), ("restore", "goals")]
    )
    assert response.status_code in {303, 422}


@pytest.mark.parametrize("row", [0, 1])
def test_a_refused_removal_shows_the_row_as_it_was_sent(three, nothing_changes, row):
    """Else the row would be gone from the form, and the next save would take it out for good."""
    fields = {f"goals-{index}-key": f"G{index + 1}" for index in range(3)}
    for index, name in enumerate(("One", "Two", "Three")):
        fields |= goal(index, name)
    with nothing_changes():
        refused = three.owner.save(
            three.revision, 1, {**fields, "summary": "x" * 1000, "remove": f"goals-{row}"}
        )
        assert_refused(refused, "invalid_input")
    shown = dict(page_of(refused.text).form("/draft").fields)
    assert [shown[f"goals-{index}-goal"] for index in range(3)] == ["One", "Two", "Three"]
