"""Rows by buttons: add, remove and move, each a submit button of the form."""

import re

import pytest

from tests.page import page_of
from tests.refusals import HTMX, assert_refused
from tests.steps.typing_in import goal, goals, press, row_keys, stored


def test_add_saves_what_is_typed_and_leads_to_a_blank_row(app, three):
    response = press(three, "add", "goals", summary="Typed before adding")
    assert response.status_code == 303
    assert response.headers["Location"] == f"{three.step(1)}?blank=goals#goals-3-goal"
    assert stored(app, three.revision)["summary"] == "Typed before adding"
    page = three.owner.page(response.headers["Location"])
    assert "goals-3-goal" in [name for name, _ in page.form("/draft").fields]


def test_remove_takes_one_row_away_and_saves_the_rest(app, three):
    assert press(three, "remove", "goals-1", goals__0__goal="One, changed").status_code == 303
    assert goals(app, three) == [("G1", "One, changed"), ("G3", "Three")]


def test_the_last_row_can_be_removed(app, three):
    for _ in range(3):
        assert press(three, "remove", "goals-0").status_code == 303
    assert "goals" not in stored(app, three.revision)


def test_move_exchanges_two_rows_and_keeps_their_keys(app, three):
    press(three, "move", "goals-0-down", goals__1__goal="Two, changed")
    assert goals(app, three) == [("G2", "Two, changed"), ("G1", "One"), ("G3", "Three")]
    press(three, "move", "goals-2-up")
    assert goals(app, three) == [("G2", "Two, changed"), ("G3", "Three"), ("G1", "One")]


@pytest.mark.parametrize("button", ["goals-0-up", "goals-2-down"])
def test_moving_beyond_the_end_changes_nothing(app, three, button):
    assert press(three, "move", button).status_code == 303
    assert [key for key, _ in goals(app, three)] == ["G1", "G2", "G3"]


def test_buttons_work_without_the_rows_too(app, three):
    path = f"{three.step(1)}/draft"
    version = str(three.owner.version(three.revision))
    three.owner.post(path, {"version": version, "remove": "goals-0"})
    assert [key for key, _ in goals(app, three)] == ["G2", "G3"]


def test_rows_posted_with_gaps_are_moved_by_their_order(app, three):
    rows = {**goal(4, "One"), **goal(40, "Two")}
    fields = {**rows, "goals-4-key": "G1", "goals-40-key": "G2", "move": "goals-40-up"}
    assert three.owner.save(three.revision, 1, fields).status_code == 303
    assert [key for key, _ in goals(app, three)] == ["G2", "G1"]


def test_a_reference_to_a_removed_row_survives_in_the_draft(app, three):
    feature = {"features-0-name": "Booking", "features-0-goals": ["G1", "G2"]}
    three.owner.save(three.revision, 1, feature)
    assert press(three, "remove", "goals-0").status_code == 303
    assert stored(app, three.revision)["features"][0]["goals"] == ["G1", "G2"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("add", "nothing"), ("add", "summary"), ("add", "goals-0"), ("add", ""),
        ("remove", "goals"), ("remove", "goals-x"), ("remove", "goals-99"), ("remove", "goals--1"),
        ("remove", "goals-٣"), ("remove", "goals-" + "9" * 4000), ("remove", "goals-0-goal"),
        ("move", "goals-0"), ("move", "goals-0-left"), ("move", "goals-00-up"), ("move", "\x00"),
    ],
)  # fmt: skip
def test_a_button_for_no_row_is_refused(three, nothing_changes, name, value):
    with nothing_changes():
        response = three.owner.save(three.revision, 1, {"summary": "Typed", name: value})
    assert_refused(response, "invalid_input")
    assert "Typed" in response.text


def test_two_buttons_at_once_are_refused(three, nothing_changes):
    with nothing_changes():
        for fields in ({"add": "goals", "remove": "goals-0"}, {"remove": ["goals-0", "goals-1"]}):
            assert_refused(three.owner.save(three.revision, 1, fields), "invalid_input")


def test_a_token_means_one_row_for_ever(app, three):
    path = f"{three.step(1)}/draft"
    fields = {
        "version": str(three.owner.version(three.revision)), **goal(7, "Four", new="random-token")
    }  # fmt: skip
    assert three.owner.post(path, fields).status_code == 303
    for _ in range(3):
        assert three.owner.post(path, fields).status_code == 303, "an equal draft"
    assert goals(app, three) == [("G4", "Four")]
    assert row_keys(app, three.revision) == ["G1", "G2", "G3", "G4"]


def test_a_token_finds_its_row_after_it_was_changed_and_removed(app, three):
    three.owner.save(three.revision, 1, goal(0, "Four", new="random-token"))
    three.owner.save(three.revision, 1, {**goal(0, "Changed"), "goals-0-key": "G4"})
    three.owner.save(three.revision, 1, {"fields": "goals"})
    three.owner.save(three.revision, 1, goal(5, "Back", new="random-token"))
    assert goals(app, three) == [("G4", "Back")]


def test_one_token_for_two_rows_is_refused(three, nothing_changes):
    rows = {**goal(0, "A", new="same"), **goal(1, "B", new="same")}
    with nothing_changes():
        assert_refused(three.owner.save(three.revision, 1, rows), "invalid_input")


def test_another_projects_token_means_nothing_here(app, paying, make_project):
    first, second = (make_project(paying, example="") for _ in range(2))
    for owned in (first, second):
        paying.save(owned.revision, 1, {**goal(0, "A", new="one"), **goal(1, "B", new="two")})
        assert [key for key, _ in goals(app, owned)] == ["G1", "G2"]
    paying.save(second.revision, 1, goal(0, "C", new="three"))
    assert row_keys(app, first.revision) == ["G1", "G2"]


@pytest.mark.parametrize(
    "key", ["G4", "F1", "G0", "G01", "g1", "G" + "9" * 400, "G1\x00", "'", "Y1"]
)
def test_a_key_that_was_never_given_out_is_refused(three, nothing_changes, key):
    with nothing_changes():
        response = three.owner.save(three.revision, 1, {**goal(0, "X"), "goals-0-key": key})
    assert_refused(response, "invalid_input")


def test_a_key_twice_is_refused(three, nothing_changes):
    rows = {**goal(0, "A"), **goal(1, "B"), "goals-0-key": "G1", "goals-1-key": "G1"}
    with nothing_changes():
        assert_refused(three.owner.save(three.revision, 1, rows), "invalid_input")


@pytest.mark.parametrize("token", ["a b", "x" * 65, "é", "\x00", "<b>", "a/b"])
def test_a_token_of_another_shape_is_refused(three, nothing_changes, token):
    with nothing_changes():
        response = three.owner.save(three.revision, 1, goal(0, "X", new=token))
    assert_refused(response, "invalid_input")


def test_for_htmx_a_button_answers_with_the_rows(app, three):
    form = three.owner.page(three.step(1)).form("/draft")
    response = three.owner.post(form.action, [*form.fields, ("move", "goals-0-down")], headers=HTMX)
    assert response.status_code == 200
    assert response.headers["HX-Retarget"] == "#main"
    keys = re.findall(r'name="goals-\d-key" value="(\w+)"', response.text)
    assert keys == ["G2", "G1", "G3"]
    assert response.text.count("autofocus") == 1
    assert page_of(response.text).form("/draft")


def test_for_htmx_add_answers_with_a_blank_row(three):
    form = three.owner.page(three.step(1)).form("/draft")
    response = three.owner.post(form.action, [*form.fields, ("add", "goals")], headers=HTMX)
    assert 'name="goals-3-goal"' in response.text
    assert 'name="goals-3-new"' in response.text


def test_enter_in_a_field_saves_and_removes_nothing(three):
    first = three.owner.page(three.step(1)).form("/draft").buttons[0]
    assert "name" not in first
    assert "formaction" not in first


def three_goals():
    """The three rows as their form posts them."""
    fields = {}
    for index, name in enumerate(("One", "Two", "Three")):
        fields |= {f"goals-{index}-key": f"G{index + 1}", **goal(index, name)}
    return fields


def test_a_row_goes_to_the_place_that_is_typed(app, three):
    fields = {"move": "goals-2-to", "place-goals-2": "1", **three_goals()}
    assert three.owner.save(three.revision, 1, fields).status_code == 303
    assert [key for key, _ in goals(app, three)] == ["G3", "G1", "G2"]


def test_a_stored_row_goes_to_the_place_that_is_typed(app, three):
    fields = {"move": "goals-0-to", "place-goals-0": "99"}
    response = three.owner.save(three.revision, 1, fields)
    assert response.headers["Location"].endswith("#goals-2-goal")
    assert [key for key, _ in goals(app, three)] == ["G2", "G3", "G1"]


@pytest.mark.parametrize("place", ["", "0", "-1", "x", "1.5", "٣", "9" * 40])
def test_a_place_that_is_none_is_said(three, nothing_changes, place):
    fields = {"move": "goals-0-to", "place-goals-0": place, "summary": "Typed"}
    with nothing_changes():
        refused = three.owner.save(three.revision, 1, fields)
        assert_refused(refused, "invalid_input")
    assert refused.text.count("Type the number of the place") == 2, "at the top and in its row"
    assert "Typed" in refused.text


def test_places_that_are_posted_without_their_button_change_nothing(three, nothing_changes):
    with nothing_changes():
        fields = {"place-goals-0": "3", **three_goals()}
        assert three.owner.save(three.revision, 1, fields).status_code == 303


@pytest.mark.parametrize("name", ["place-", "place-goals", "place-summary-0", "place-goals-x"])
def test_a_place_of_no_row_is_an_unknown_field(three, nothing_changes, name):
    with nothing_changes():
        assert_refused(three.owner.save(three.revision, 1, {name: "1"}), "invalid_input")


@pytest.mark.parametrize("typed", [True, False])
def test_a_duplicate_has_a_key_of_its_own(app, three, typed):
    fields = {"duplicate": "goals-0", **(three_goals() if typed else {})}
    response = three.owner.save(three.revision, 1, fields)
    assert response.status_code == 303
    assert response.headers["Location"].endswith("#goals-3-goal")
    assert row_keys(app, three.revision) == ["G1", "G2", "G3", "G4"]
    rows = stored(app, three.revision)["goals"]
    assert {**rows[3], "key": ""} == {**rows[0], "key": ""}


def test_a_duplicate_of_references_and_of_nothing(app, written, nothing_changes):
    assert written.owner.save(written.revision, 1, {"duplicate": "features-0"}).status_code == 303
    rows = stored(app, written.revision)["features"]
    assert {**rows[-1], "key": ""} == {**rows[0], "key": ""}
    with nothing_changes():
        for value in ("features-99", "features", "features-0-1", "summary-0"):
            refused = written.owner.save(written.revision, 1, {"duplicate": value})
            assert_refused(refused, "invalid_input")


def test_a_full_list_takes_no_duplicate(three, nothing_changes):
    for _ in range(4):
        three.owner.save(three.revision, 1, {"duplicate": "goals-0"})
    with nothing_changes():
        refused = three.owner.save(three.revision, 1, {"duplicate": "goals-0"})
        assert_refused(refused, "invalid_input")


def test_a_row_that_no_column_names_is_called_by_what_tells_it_apart(paying, make_project):
    owned = make_project(paying, example="doorstep", locked=8)
    page = paying.page(owned.step(9))
    titles = re.findall(r'<span class="row-label">([^<]*)</span>', page.html)
    assert not [title for title in titles if title.startswith("compatibility check")]
    assert any("PostgreSQL" in title and " · " in title for title in titles)
