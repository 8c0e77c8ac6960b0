"""Restart from a step: the page before it, the cascade, what it costs, and who may not."""

import uuid

import pytest
from sqlalchemy import select

from devpilot.db import reading
from devpilot.models import EventKind, Revision, RevisionEvent, Usage, UsageType
from devpilot.states import RevisionStatus
from tests.observing import observed
from tests.pipeline.asking import tail
from tests.refusals import HTMX, JSON, assert_problem, assert_refused
from tests.steps.typing_in import statuses, stored

MOST_STATEMENTS = 14
"""Of a restart in a completed revision, holding its rows on PostgreSQL included."""


def restart(owned, order, **fields):
    version = {"version": str(owned.owner.version(owned.revision))}
    return owned.owner.post(f"{owned.step(order)}/restart", {**version, **fields})


def restarts_used(app, user_id):
    statement = select(Usage.count).where(Usage.user_id == user_id, Usage.type == UsageType.RESTART)
    with app.app_context(), reading() as session:
        return sum(session.scalars(statement))


def revision_of(app, owned):
    with app.app_context(), reading() as session:
        return session.get_one(Revision, uuid.UUID(tail(owned.revision)))


def story(app, owned):
    statement = (
        select(RevisionEvent)
        .where(RevisionEvent.revision_id == uuid.UUID(tail(owned.revision)))
        .order_by(RevisionEvent.version, RevisionEvent.at)
    )
    with app.app_context(), reading() as session:
        return [(event.kind, event.step_order) for event in session.scalars(statement)]


def test_the_step_becomes_a_draft_and_what_stands_on_it_is_invalidated(app, completed):
    before = stored(app, completed.revision, 2), stored(app, completed.revision, 4)
    response = restart(completed, 2)
    assert response.status_code == 303
    assert response.headers["Location"] == completed.step(2)
    assert statuses(app, completed.revision) == ["locked", "draft", "invalidated", "invalidated"]
    assert (stored(app, completed.revision, 2), stored(app, completed.revision, 4)) == before
    revision = revision_of(app, completed)
    assert (revision.status, revision.completed_at) == (RevisionStatus.DRAFT, None)
    assert revision.reopened_from is None
    assert restarts_used(app, completed.owner.user_id) == 1
    assert story(app, completed)[-1] == (EventKind.RESTARTED, 2)


def test_only_locked_steps_are_invalidated(app, paying, make_project):
    owned = make_project(paying, locked=2)
    assert restart(owned, 1).status_code == 303
    assert statuses(app, owned.revision) == ["draft", "invalidated", "draft", "draft"]


def test_the_last_step_alone(app, completed):
    assert restart(completed, 4).status_code == 303
    assert statuses(app, completed.revision) == ["locked", "locked", "locked", "draft"]
    assert completed.owner.lock(completed.revision, 4).status_code == 303
    assert revision_of(app, completed).status is RevisionStatus.COMPLETED
    kinds = [kind for kind, _ in story(app, completed)]
    assert kinds == [
        EventKind.CREATED, EventKind.COMPLETED, EventKind.RESTARTED, EventKind.COMPLETED,
    ]  # fmt: skip


def test_an_invalidated_step_is_edited_and_stays_so_until_it_is_locked(app, completed):
    restart(completed, 1)
    completed.owner.lock(completed.revision, 1)
    assert completed.owner.save(completed.revision, 2, {"fields": "deferred"}).status_code == 303
    assert statuses(app, completed.revision)[1] == "invalidated"
    assert completed.owner.lock(completed.revision, 2).status_code == 303
    assert statuses(app, completed.revision) == ["locked", "locked", "invalidated", "invalidated"]


def test_the_sequence_holds_for_invalidated_steps(completed, nothing_changes):
    restart(completed, 1)
    with nothing_changes():
        refused = completed.owner.lock(completed.revision, 3)
        assert_refused(refused, "step_out_of_sequence")


def test_the_page_says_everything_beforehand_and_changes_nothing(completed, nothing_changes):
    completed.owner.post(f"{completed.revision}/exports")
    with nothing_changes():
        page = completed.owner.page(f"{completed.step(2)}/restart")
    for words in (
        "Step 2, Users & Business Model, is reopened",
        "Step 3, High-Level Architecture, is invalidated",
        "Step 4, Product Workflows, is invalidated",
        "Revision 1 is no longer completed",
        "1 of this month’s 20 restarts; 19 will be left",
        "Step 1 stays locked",
        "shown as made before the restart",
    ):
        assert words in page.text, words
    # The client “Clinic screen” of step 3 names roles of step 2.
    assert "Step 3, Clients K1" in page.text
    assert [b for f in page.forms for b in f.buttons if f.action.endswith("/restart")]


@pytest.mark.parametrize("part", ["free", "expired"])
def test_whoever_does_not_pay_sees_the_consequences_and_no_button(
    app, make_person, make_project, nothing_changes, part
):
    person = make_person(part)
    owned = make_project(person, locked=2)
    page = person.page(f"{owned.step(1)}/restart")
    assert "Restarting from a step needs Pro." in page.text
    assert "Step 2, Users & Business Model, is invalidated" in page.text
    assert not [form for form in page.forms if form.action.endswith("/restart")]
    with nothing_changes():
        assert_refused(restart(owned, 1), "subscription_required")


def test_the_limit_of_the_month(app, completed, nothing_changes, at_time):
    use_up(app, completed.owner)
    page = completed.owner.page(f"{completed.step(1)}/restart")
    assert "The Pro plan has 20 restarts a month, and 20 of 20 are used." in page.text
    assert "The count begins again on" in page.text
    assert not [form for form in page.forms if form.action.endswith("/restart")]
    with nothing_changes():
        assert_refused(restart(completed, 1), "quota_exceeded")
    assert "20 of 20 restarts" in completed.owner.page("/usage").text


def use_up(app, person):
    """Restart and lock again until the month's restarts are used."""
    owned = person.create_project("Used", example="wellbrook")
    revision = person.revision_of(owned)
    for _ in range(20):
        person.lock(revision, 1)
        version = {"version": str(person.version(revision))}
        assert person.post(f"{revision}/steps/1/restart", version).status_code == 303
    assert restarts_used(app, person.user_id) == 20


def test_below_a_deleted_project(completed, nothing_changes):
    completed.owner.post(f"{completed.project}/delete")
    with nothing_changes():
        assert_refused(restart(completed, 1), "project_deleted")
    assert "This project is deleted" in completed.owner.page(f"{completed.step(1)}/restart").text


@pytest.mark.parametrize("order", [3, 4])
def test_a_step_that_is_not_locked(paying, make_project, nothing_changes, order):
    owned = make_project(paying, locked=2)
    with nothing_changes():
        assert_refused(restart(owned, order), "step_not_locked")


def test_of_a_revision_that_is_not_the_active_one(completed, nothing_changes):
    owner = completed.owner
    assert owner.post(f"{completed.project}/revisions").status_code == 303
    with nothing_changes():
        assert_refused(restart(completed, 1), "revision_invalid_state")


def test_of_a_completed_revision_while_another_is_a_draft(completed, nothing_changes):
    owner = completed.owner
    owner.post(f"{completed.project}/revisions")
    assert owner.post(f"{completed.revision}/activate").status_code == 303
    with nothing_changes():
        refused = restart(completed, 1)
        assert_refused(refused, "revision_invalid_state")
    assert "one draft at a time" in refused.text


def test_without_a_version_or_with_another_field(completed, nothing_changes):
    with nothing_changes():
        path = f"{completed.step(1)}/restart"
        missing = completed.owner.post(path, {}, headers=JSON)
        assert_problem(missing, "invalid_input")
        assert_refused(restart(completed, 1, surprise="x"), "invalid_input")
        assert_refused(completed.owner.post(path, {"version": "x"}), "invalid_input")


def test_what_was_shown_is_what_happens_or_nothing_does(completed, nothing_changes):
    """A page from before someone else's restart and lock is told so, and shows what is true."""
    old = completed.owner.page(f"{completed.step(1)}/restart").form("/restart").fields
    restart(completed, 4)
    with nothing_changes():
        refused = completed.owner.post(f"{completed.step(1)}/restart", old)
        assert_refused(refused, "stale_version")
    assert "Step 4, Product Workflows, is invalidated" not in refused.text


def test_the_same_form_again_is_one_restart(app, completed):
    form = completed.owner.page(f"{completed.step(2)}/restart").form("/restart").fields
    first = completed.owner.post(f"{completed.step(2)}/restart", form)
    again = completed.owner.post(f"{completed.step(2)}/restart", form)
    assert first.headers["Location"] == again.headers["Location"] == completed.step(2)
    assert restarts_used(app, completed.owner.user_id) == 1
    assert [kind for kind, _ in story(app, completed)].count(EventKind.RESTARTED) == 1


def test_a_second_restart_without_its_key_finds_the_step_open(app, completed, nothing_changes):
    restart(completed, 2)
    with nothing_changes():
        assert_refused(restart(completed, 2), "step_not_locked")
    assert restarts_used(app, completed.owner.user_id) == 1


def test_refused_by_htmx_the_page_is_a_fragment(completed):
    path = f"{completed.step(1)}/restart"
    response = completed.owner.post(path, {"version": "999"}, headers=HTMX)
    assert response.headers["DevPilot-Error"] == "stale_version"
    assert "<!doctype" not in response.text


def test_an_export_stays_and_is_marked(completed):
    made = completed.owner.post(f"{completed.revision}/exports").headers["Location"]
    restart(completed, 3)
    assert completed.owner.open(f"{made}/download").status_code == 200
    assert "Made before the restart" in completed.owner.page(completed.project).text
    for order in (3, 4):
        completed.owner.lock(completed.revision, order)
    newer = completed.owner.post(f"{completed.revision}/exports").headers["Location"]
    assert newer != made
    assert completed.owner.page(completed.project).text.count("Made before the restart") == 1


@pytest.mark.parametrize("example", ["wellbrook", "doorstep"])
def test_the_number_of_statements_does_not_depend_on_what_is_written(
    app, paying, make_project, example
):
    """Four steps or ten, 100 rows or 700. The unit of work writes the steps in one to three
    statements, as their ids are sorted. What counts the rate has a transaction of its own.
    """
    owned = make_project(paying, example=example, locked=10 if example == "doorstep" else 4)
    version = {"version": str(paying.version(owned.revision))}
    with observed(app) as seen:
        assert paying.post(f"{owned.step(1)}/restart", version).status_code == 303
    asked = [statement for statement in seen.statements if "rate_counter" not in statement]
    assert MOST_STATEMENTS - 3 <= len(asked) <= MOST_STATEMENTS
    assert set(statuses(app, owned.revision)) == {"draft", "invalidated"}
