"""Saving a draft: what stays, what is replaced, what is emptied."""

import pytest

from tests.page import page_of
from tests.refusals import HTMX, assert_refused
from tests.steps.typing_in import goal, row_keys, storage_held, storage_used, stored


@pytest.fixture
def empty(free, make_project):
    return make_project(free, example="")


def test_what_is_typed_is_saved_and_shown_again(app, empty):
    fields = {"summary": "A <b>system</b>\r\nof “two” lines", **goal(0, "Fewer calls")}
    response = empty.owner.save(empty.revision, 1, fields)
    assert response.status_code == 303
    assert response.headers["Location"] == empty.step(1)
    assert stored(app, empty.revision)["summary"] == "A <b>system</b>\nof “two” lines"
    form = dict(empty.owner.page(empty.step(1)).form("/draft").fields)
    assert form["summary"] == "A <b>system</b>\nof “two” lines"
    assert form["goals-0-goal"] == "Fewer calls"
    assert form["goals-0-key"] == "G1"


def test_what_a_post_does_not_mention_stays(app, empty):
    empty.owner.save(empty.revision, 1, {"summary": "Stays", **goal(0)})
    empty.owner.save(empty.revision, 1, {"problem": "New"})
    data = stored(app, empty.revision)
    assert (data["summary"], data["problem"], len(data["goals"])) == ("Stays", "New", 1)


def test_a_field_that_is_named_and_absent_is_emptied(app, empty):
    empty.owner.save(empty.revision, 1, {"summary": "Goes", "problem": "Stays", **goal(0)})
    empty.owner.save(empty.revision, 1, {"fields": ["summary", "goals"]})
    assert stored(app, empty.revision) == {"problem": "Stays"}


def test_a_list_that_is_mentioned_is_replaced(app, empty):
    empty.owner.save(empty.revision, 1, {**goal(0, "One"), **goal(1, "Two")})
    empty.owner.save(empty.revision, 1, {**goal(0, "Two, changed"), "goals-0-key": "G2"})
    rows = stored(app, empty.revision)["goals"]
    assert [(row["key"], row["goal"]) for row in rows] == [("G2", "Two, changed")]


def test_a_removed_rows_key_is_never_given_out_again(app, empty):
    empty.owner.save(empty.revision, 1, {**goal(0, "One"), **goal(1, "Two")})
    empty.owner.save(empty.revision, 1, {"fields": "goals"})
    empty.owner.save(empty.revision, 1, goal(0, "Three"))
    assert [row["key"] for row in stored(app, empty.revision)["goals"]] == ["G3"]
    assert row_keys(app, empty.revision) == ["G1", "G2", "G3"]


def test_a_blank_row_is_dropped_and_gets_no_key(app, empty):
    blank = goal(0, "", measure=" ", target="")
    empty.owner.save(empty.revision, 1, {**blank, **goal(5, "Real")})
    assert [row["key"] for row in stored(app, empty.revision)["goals"]] == ["G1"]


def test_a_row_of_one_post_may_be_referred_to_by_its_name(app, empty):
    feature = {"features-0-name": "Booking", "features-0-goals": "Fewer calls"}
    empty.owner.save(empty.revision, 1, {**feature, **goal(0, "Fewer calls")})
    assert stored(app, empty.revision)["features"][0]["goals"] == ["G1"]


def test_a_reference_to_nothing_is_refused_and_the_typed_words_come_back(empty, nothing_changes):
    fields = {"features-0-name": "Booking", "features-0-goals": "No such goal", **goal(0, "Only")}
    with nothing_changes():
        response = empty.owner.save(empty.revision, 1, fields)
    assert_refused(response, "invalid_input")
    assert "No such goal" in response.text
    assert 'value="Booking"' in response.text


def test_an_equal_draft_is_a_success_at_any_version(empty, nothing_changes):
    fields = {"summary": "The same", **goal(0, "One"), "goals-0-key": "G1"}
    first = {key: value for key, value in fields.items() if not key.endswith("-key")}
    empty.owner.save(empty.revision, 1, first)
    with nothing_changes():
        for version in ("1", "2", "999999999"):
            path = f"{empty.step(1)}/draft"
            assert empty.owner.post(path, {**fields, "version": version}).status_code == 303


def test_every_save_that_changes_something_raises_the_version_by_one(empty):
    before = empty.owner.version(empty.revision)
    empty.owner.save(empty.revision, 1, {"summary": "One"})
    empty.owner.save(empty.revision, 1, {"summary": "One"})
    empty.owner.save(empty.revision, 1, {"summary": "Two"})
    assert empty.owner.version(empty.revision) == before + 2


def test_a_stale_save_is_refused_and_shows_both_texts(empty, nothing_changes):
    path = f"{empty.step(1)}/draft"
    version = str(empty.owner.version(empty.revision))
    empty.owner.save(empty.revision, 1, {"summary": "Saved by the other tab"})
    fields = {"version": version, "summary": "Typed in this tab", "problem": "Unsaved problem"}
    with nothing_changes():
        response = empty.owner.post(path, fields)
    assert_refused(response, "stale_version")
    page = page_of(response.text)
    assert dict(page.form("/draft").fields)["summary"] == "Typed in this tab"
    assert dict(page.form("/draft").fields)["problem"] == "Unsaved problem"
    assert "Saved by the other tab" in page.text


def test_the_form_of_a_conflict_can_be_sent_as_it_is(app, empty):
    path = f"{empty.step(1)}/draft"
    version = str(empty.owner.version(empty.revision))
    empty.owner.save(empty.revision, 1, {"summary": "Saved by the other tab"})
    refused = empty.owner.post(path, {"version": version, "summary": "Chosen in the end"})
    form = page_of(refused.text).form("/draft")
    assert empty.owner.post(path, form.fields).status_code == 303
    assert stored(app, empty.revision)["summary"] == "Chosen in the end"


def test_a_conflict_shows_saved_rows_that_this_tab_never_saw(empty):
    path = f"{empty.step(1)}/draft"
    version = str(empty.owner.version(empty.revision))
    empty.owner.save(empty.revision, 1, goal(0, "Added by the other tab"))
    response = empty.owner.post(path, {"version": version, **goal(0, "Added by this tab")})
    assert_refused(response, "stale_version")
    assert "Added by the other tab" in response.text
    assert "Added by this tab" in response.text


@pytest.mark.parametrize("text", ["é" * 900, "a" * 900, "\U0001f600" * 900])
def test_a_limit_counts_characters_and_storage_counts_bytes(app, empty, text):
    assert empty.owner.save(empty.revision, 1, {"summary": text}).status_code == 303
    assert stored(app, empty.revision)["summary"] == text
    assert storage_used(app, empty.owner.user_id) == storage_held(app, empty.owner.user_id)


def test_text_is_stored_in_one_spelling(app, empty):
    empty.owner.save(empty.revision, 1, {"summary": "cafe\u0301  \r\nend \r\n\r\n"})
    assert stored(app, empty.revision)["summary"] == "café\nend"


def test_what_no_longer_applies_is_kept_aside_counted_and_comes_back(app, free, make_project):
    owned = make_project(free, locked=1)
    before = stored(app, owned.revision, 2)["plans"]
    owned.owner.save(owned.revision, 2, {"business_model": "internal"})
    assert "plans" not in stored(app, owned.revision, 2)
    assert storage_used(app, free.user_id) == storage_held(app, free.user_id)
    owned.owner.save(owned.revision, 2, {"business_model": "subscription"})
    assert stored(app, owned.revision, 2)["plans"] == before
    assert storage_used(app, free.user_id) == storage_held(app, free.user_id)


def test_the_whole_form_sent_as_it_stands_changes_nothing(free, make_project, nothing_changes):
    owned = make_project(free, locked=2)
    form = free.page(owned.step(3)).form("/draft")
    with nothing_changes():
        assert free.post(form.action, form.fields).status_code == 303


def test_a_save_by_pause_answers_small(empty):
    fields = {"summary": "Typing", **goal(3, "New row", new="token-3"), "fields": "summary"}
    response = empty.owner.save(empty.revision, 1, fields, headers=HTMX)
    assert response.status_code == 200
    assert "<form" not in response.text
    assert "<main" not in response.text
    assert 'id="save-state"' in response.text
    version = empty.owner.version(empty.revision)
    assert f'name="version" id="version" value="{version}" hx-swap-oob="true"' in response.text
    assert 'id="k-goals-3" name="goals-3-key" value="G1" hx-swap-oob="true"' in response.text
    assert 'id="checks"' in response.text
    assert "HX-Request" in response.headers["Vary"]
    assert len(response.data) < 12_000


def test_a_pressed_save_draws_what_shows_other_rows_again(written):
    """The page may have passed over it before, because somebody was typing there."""
    path, fields = f"{written.step(1)}/draft", {"version": "1"}
    by_pause = written.owner.post(path, fields, headers=HTMX)
    pressed = written.owner.post(path, fields, headers={**HTMX, "DevPilot-Pressed": "yes"})
    drawn = 'id="f-features" hx-swap-oob="true"'
    assert drawn not in by_pause.text
    assert drawn in pressed.text


def test_a_refused_save_by_pause_leaves_the_form_alone(empty, nothing_changes):
    with nothing_changes():
        response = empty.owner.save(empty.revision, 1, {"summary": "x" * 901}, headers=HTMX)
    assert_refused(response, "invalid_input")
    assert "<form" not in response.text
    assert 'href="#summary"' in response.text


def test_a_blank_row_that_is_asked_for_lives_in_the_page_alone(empty, nothing_changes):
    with nothing_changes():
        page = empty.owner.page(f"{empty.step(1)}?blank=features")
    names = [name for name, _ in page.form("/draft").fields]
    assert "features-0-name" in names
    assert any(name.endswith("-new") for name in names)


@pytest.mark.parametrize(
    "blank", ["nothing", "summary", "", "goals%00", "é", "x" * 5000, "goals-0"]
)
def test_any_other_word_for_a_blank_row_is_harmless(empty, blank):
    assert empty.owner.open(f"{empty.step(1)}?blank={blank}").status_code == 200
