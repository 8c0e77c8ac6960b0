"""Opening a new revision: the copy, what stays as it was, and who may not."""

import re
import uuid

import pytest
from sqlalchemy import select, update

from devpilot.db import reading, transaction
from devpilot.models import Plan, PlanCode, Revision, Step, StepContent
from tests.pipeline.asking import tail
from tests.refusals import assert_refused
from tests.steps.typing_in import statuses, storage_held, storage_used, stored


def open_new(owned, **fields):
    return owned.owner.post(f"{owned.project}/revisions", fields)


def revisions_of(app, owned):
    statement = (
        select(Revision)
        .where(Revision.project_id == uuid.UUID(tail(owned.project)))
        .order_by(Revision.number)
    )
    with app.app_context(), reading() as session:
        return list(session.scalars(statement))


def document_of(owned):
    """The first revision as its readers see it, without the page's frame and its tokens."""
    return owned.owner.page(owned.revision).html.partition("<article")[2]


def texts_of(app, revision_id):
    statement = (
        select(Step.order, StepContent.data, StepContent.aside)
        .join(StepContent, StepContent.step_id == Step.id)
        .where(Step.revision_id == revision_id)
        .order_by(Step.order)
    )
    with app.app_context(), reading() as session:
        return [tuple(row) for row in session.execute(statement)]


def test_it_is_a_copy_with_every_step_a_draft(app, completed):
    before = texts_of(app, uuid.UUID(tail(completed.revision)))
    response = open_new(completed)
    assert response.status_code == 303
    old, new = revisions_of(app, completed)
    assert response.headers["Location"] == f"/revisions/{new.id}/steps/1"
    assert (new.number, new.mode, new.status.value, new.is_active) == (2, old.mode, "draft", True)
    assert new.cloned_from == 1
    assert statuses(app, f"/revisions/{new.id}") == ["draft"] * 4
    assert texts_of(app, new.id) == before
    assert storage_used(app, completed.owner.user_id) == storage_held(app, completed.owner.user_id)


def test_the_old_one_stays_completed_and_is_not_touched(app, completed):
    before = revisions_of(app, completed)[0]
    read = document_of(completed)
    open_new(completed)
    new = revisions_of(app, completed)[1]
    completed.owner.save(f"/revisions/{new.id}", 1, {"summary": "Written in the copy."})
    old = revisions_of(app, completed)[0]
    assert (old.status, old.completed_at, old.version) == (
        before.status, before.completed_at, before.version,
    )  # fmt: skip
    assert not old.is_active
    assert document_of(completed) == read
    assert stored(app, completed.revision)["summary"] != "Written in the copy."


def test_row_keys_go_on_where_they_were(app, completed):
    open_new(completed)
    new = f"/revisions/{revisions_of(app, completed)[1].id}"
    last = max(int(row["key"][1:]) for row in stored(app, new)["non_goals"])
    fields = {"non_goals-9-statement": "Another", "non_goals-9-why": "Because", "add": "non_goals"}
    rows = {
        f"non_goals-{i}-{name}": value
        for i, row in enumerate(stored(app, new)["non_goals"])
        for name, value in row.items()
    }
    assert completed.owner.save(new, 1, {**rows, **fields}).status_code == 303
    assert stored(app, new)["non_goals"][-1]["key"] == f"N{last + 1}"


def test_the_page_says_everything_beforehand(completed, nothing_changes):
    with nothing_changes():
        page = completed.owner.page(f"{completed.project}/revisions/new")
    assert "The text of revision 1" in page.text
    assert "Revision 1 stays completed and does not change." in page.text
    assert re.search(r"The copy adds [\d,]+ bytes", page.text)
    form = page.form("/revisions")
    assert completed.owner.post(form.action, form.fields).status_code == 303


def test_the_story_tells_where_it_came_from(completed):
    open_new(completed)
    text = completed.owner.page(completed.project).text
    assert "Created as a copy of revision 1" in text
    assert "Not the active revision: it can be read." in text


@pytest.mark.parametrize("part", ["free", "expired"])
def test_whoever_does_not_pay(app, make_person, make_project, nothing_changes, part):
    owned = make_project(make_person(part), locked=1)
    page = owned.owner.page(f"{owned.project}/revisions/new")
    assert "Opening a new revision needs Pro." in page.text
    assert not [form for form in page.forms if form.action.endswith("/revisions")]
    with nothing_changes():
        assert_refused(open_new(owned), "subscription_required")


def test_while_there_is_a_draft(written, nothing_changes):
    page = written.owner.page(f"{written.project}/revisions/new")
    assert "still a draft" in page.text
    assert not [form for form in page.forms if form.action.endswith("/revisions")]
    with nothing_changes():
        assert_refused(open_new(written), "revision_invalid_state")


def test_twice_is_once(completed, nothing_changes):
    open_new(completed)
    with nothing_changes():
        assert_refused(open_new(completed), "revision_invalid_state")


def test_the_same_form_again_leads_to_the_same_revision(app, completed, nothing_changes):
    form = completed.owner.page(f"{completed.project}/revisions/new").form("/revisions")
    first = completed.owner.post(form.action, form.fields)
    with nothing_changes():
        again = completed.owner.post(form.action, form.fields)
    assert first.headers["Location"] == again.headers["Location"]


def test_in_a_deleted_project(completed, nothing_changes):
    completed.owner.post(f"{completed.project}/delete")
    with nothing_changes():
        assert_refused(open_new(completed), "project_deleted")


def test_a_mode_that_is_not_offered_and_a_field_that_is_none(completed, nothing_changes):
    with nothing_changes():
        assert_refused(open_new(completed, mode="huge"), "invalid_input")
        assert_refused(open_new(completed, number="7"), "invalid_input")


@pytest.fixture
def limited(app):
    """Pro with one revision for each project, and little storage, while a test runs."""

    def set_limits(**values):
        with app.app_context(), transaction() as session:
            session.execute(update(Plan).where(Plan.code == PlanCode.PRO).values(**values))

    yield set_limits
    set_limits(revisions_per_project=None, storage_bytes=100 * 1024 * 1024)


def test_the_plans_limit_of_revisions(completed, limited, nothing_changes):
    limited(revisions_per_project=1)
    with nothing_changes():
        refused = open_new(completed)
        assert_refused(refused, "quota_exceeded")
    assert "1 revision for each project, and 1 of 1" in refused.text


def test_the_copy_must_fit_into_the_storage(app, completed, limited, nothing_changes):
    limited(storage_bytes=storage_used(app, completed.owner.user_id) + 1)
    page = completed.owner.page(f"{completed.project}/revisions/new")
    assert "This would store" in page.text
    assert not [form for form in page.forms if form.action.endswith("/revisions")]
    with nothing_changes():
        assert_refused(open_new(completed), "quota_exceeded")


def test_a_lean_revision_may_go_on_as_a_full_one(app, completed):
    before = texts_of(app, uuid.UUID(tail(completed.revision)))
    page = completed.owner.page(f"{completed.project}/revisions/new")
    form = page.form("/revisions")
    assert dict(form.fields)["mode"] == "lean"
    response = completed.owner.post(form.action, form.filled(mode="full"))
    assert response.status_code == 303
    old, new = revisions_of(app, completed)
    assert (old.mode.value, new.mode.value) == ("lean", "full")
    assert statuses(app, f"/revisions/{new.id}") == ["draft"] * 10
    copied = texts_of(app, new.id)
    assert copied[:4] == before
    assert {(data, aside) for _, data, aside in copied[4:]} == {("{}", "{}")}
    assert storage_used(app, completed.owner.user_id) == storage_held(app, completed.owner.user_id)


def test_a_full_revision_never_becomes_lean(paying, make_project, nothing_changes):
    owned = make_project(paying, example="doorstep", locked=10)
    assert "mode" not in dict(
        paying.page(f"{owned.project}/revisions/new").form("/revisions").fields
    )
    with nothing_changes():
        assert_refused(open_new(owned, mode="lean"), "invalid_input")
    assert open_new(owned, mode="full").status_code == 303
