"""Which revision is the active one, and what only the active one may do."""

import pytest

from tests.refusals import assert_refused
from tests.revisions.test_new import open_new, revisions_of


@pytest.fixture
def two(completed):
    """A completed revision and its copy, which is the active one."""
    open_new(completed)
    return completed


def active(app, owned):
    return [revision.is_active for revision in revisions_of(app, owned)]


def test_exactly_one_is_active(app, two):
    assert active(app, two) == [False, True]
    response = two.owner.post(f"{two.revision}/activate")
    assert response.status_code == 303
    assert response.headers["Location"] == two.project
    assert active(app, two) == [True, False]


def test_the_page_offers_it_for_the_others_alone(two):
    page = two.owner.page(two.project)
    forms = [form.action for form in page.forms if form.action.endswith("/activate")]
    assert forms == [f"{two.revision}/activate"]


def test_what_the_page_showed_is_what_becomes_active(two, nothing_changes):
    owner = two.owner
    form = owner.page(two.project).form("/activate").fields
    owner.post(f"{two.revision}/activate", form)
    shown = str(owner.version(two.revision))
    assert ("version", shown) in form
    with nothing_changes():
        later = {"version": str(int(shown) + 1)}
        assert_refused(owner.post(f"{two.revision}/activate", later), "stale_version")
        assert_refused(owner.post(f"{two.revision}/activate", {"version": ""}), "invalid_input")


def test_activating_the_active_one_changes_nothing(app, two, nothing_changes):
    two.owner.post(f"{two.revision}/activate")
    with nothing_changes():
        assert two.owner.post(f"{two.revision}/activate").status_code == 303


def test_only_the_active_one_is_worked_on(app, two, nothing_changes):
    copy = f"/revisions/{revisions_of(app, two)[1].id}"
    with nothing_changes():
        assert_refused(two.owner.lock(two.revision, 1), "revision_invalid_state")
        assert_refused(two.owner.post(f"{two.revision}/exports"), "export_ineligible")
    two.owner.post(f"{two.revision}/activate")
    assert two.owner.post(f"{two.revision}/exports").status_code == 303
    with nothing_changes():
        assert_refused(two.owner.lock(copy, 1), "revision_invalid_state")
        assert_refused(two.owner.save(copy, 1, {"summary": "x"}), "revision_invalid_state")
    assert "Make it the active one" in two.owner.page(f"{copy}/steps/1").text


def test_needs_no_plan_but_an_active_project(app, two, nothing_changes):
    two.owner.post("/billing/sandbox", {"event": "period_ended"})
    assert two.owner.post(f"{two.revision}/activate").status_code == 303
    copy = f"/revisions/{revisions_of(app, two)[1].id}"
    two.owner.post(f"{two.project}/delete")
    with nothing_changes():
        assert_refused(two.owner.post(f"{copy}/activate"), "project_deleted")


def test_the_same_form_again_after_another_choice_changes_nothing(app, two, nothing_changes):
    form = two.owner.page(two.project).form("/activate")
    two.owner.post(form.action, form.fields)
    copy = f"/revisions/{revisions_of(app, two)[1].id}"
    two.owner.post(f"{copy}/activate")
    with nothing_changes():
        assert two.owner.post(form.action, form.fields).status_code == 303
    assert active(app, two) == [False, True]


def test_unknown_fields_are_named(two, nothing_changes):
    with nothing_changes():
        refused = two.owner.post(f"{two.revision}/activate", {"surprise": "x"})
        assert_refused(refused, "invalid_input")
