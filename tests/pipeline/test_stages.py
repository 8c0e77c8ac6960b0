"""The order of the stages as it is seen from outside: the earlier refusal wins."""

import uuid

import pytest

from devpilot.db import transaction
from devpilot.models import Usage, UsageType
from tests.pipeline.asking import logged
from tests.refusals import assert_refused


def fill_storage(app, person):
    """Leave no byte of the plan's storage."""
    with app.app_context(), transaction() as session:
        row = session.query(Usage).filter_by(user_id=person.user_id, type=UsageType.STORAGE).one()
        row.count = 100 * 1024 * 1024


@pytest.fixture
def ended(free):
    """A person whose session is over, with the page still open and its token good."""
    free.twin().post("/logout")
    return free


def test_the_gate_comes_before_everything(visitor, nothing_changes):
    path = f"/revisions/{uuid.uuid4()}/steps/1/draft"
    with nothing_changes():
        refused = visitor.post(path, {"csrf_token": "wrong", "version": "x", "bogus": "x"})
    assert_refused(refused, "csrf_failed")


def test_who_is_asking_comes_before_what_is_asked_for(ended, nothing_changes):
    with nothing_changes():
        for path in (f"/projects/{uuid.uuid4()}/rename", f"/revisions/{uuid.uuid4()}/steps/1/lock"):
            refused = ended.post(path, {"bogus": "x"})
            assert_refused(refused, "authentication_required")


def test_ownership_comes_before_subscription_and_fields(free, written, nothing_changes):
    """Step 4 is above the free person's plan, the key is malformed, the fields are unknown."""
    fields = {"bogus": "x", "version": "x", "idempotency_key": "é"}
    with nothing_changes():
        assert_refused(free.post(f"{written.step(4)}/lock", fields), "not_found")
        assert_refused(free.post(f"{written.revision}/exports", fields), "not_found")


def test_subscription_comes_before_quota(app, paying, make_project, nothing_changes):
    owned = make_project(paying, locked=3)
    form = paying.page(owned.step(4)).form("/draft")
    grown = [*form.fields, ("deferred-9-question", "A row that needs room")]
    fill_storage(app, paying)
    with nothing_changes():
        assert_refused(paying.post(form.action, grown), "quota_exceeded")
    paying.post("/billing/sandbox", {"event": "period_ended"})
    with nothing_changes():
        assert_refused(paying.post(form.action, grown), "subscription_required")


def test_subscription_comes_before_the_deleted_project(expired, make_project, nothing_changes):
    owned = make_project(expired, locked=3)
    expired.post(f"{owned.project}/delete")
    with nothing_changes():
        assert_refused(expired.lock(owned.revision, 4), "subscription_required")
        assert_refused(expired.post(f"{owned.revision}/exports"), "subscription_required")


def test_quota_comes_before_the_state(app, paying, make_project, nothing_changes):
    """The project is deleted, the step out of sequence, the version old: storage is said."""
    owner, written = paying, make_project(paying, example="")
    version = str(owner.version(written.revision))
    fields = {"version": version, "roles-0-name": "A role that needs room"}
    owner.post(f"{written.project}/delete")
    fill_storage(app, owner)
    with nothing_changes():
        assert_refused(owner.post(f"{written.step(2)}/draft", fields), "quota_exceeded")


def test_quota_comes_before_the_fields(free, nothing_changes):
    free.create_project()
    with nothing_changes():
        refused = free.post("/projects", {"name": "", "mode": "huge", "bogus": "x"})
    assert_refused(refused, "quota_exceeded")


def test_a_deleted_project_comes_before_its_completed_revision(completed, nothing_changes):
    owner = completed.owner
    owner.post(f"{completed.project}/delete")
    with nothing_changes():
        for action in ("draft", "lock"):
            response = owner.post(f"{completed.step(1)}/{action}", {"bogus": "x"})
            assert_refused(response, "project_deleted")
        response = owner.post(f"{completed.revision}/exports", {"bogus": "x"})
        assert_refused(response, "project_deleted")
        renamed = owner.post(f"{completed.project}/rename", {"name": "", "bogus": "x"})
        assert_refused(renamed, "project_deleted")


def test_the_revisions_state_comes_before_the_no_op_and_the_locked_step(completed, nothing_changes):
    with nothing_changes():
        lock_again = completed.owner.lock(completed.revision, 1)
        assert_refused(lock_again, "revision_invalid_state")
        saved = completed.owner.save(completed.revision, 1, {"bogus": "x"})
        assert_refused(saved, "revision_invalid_state")


def test_the_no_op_lock_comes_before_the_old_version(free, make_project, nothing_changes):
    owned = make_project(free, locked=2)
    with nothing_changes():
        again = free.post(f"{owned.step(1)}/lock", {"version": "1"})
    assert again.status_code == 303


def test_the_locked_step_comes_before_malformed_and_old(free, make_project, nothing_changes):
    owned = make_project(free, locked=2)
    fields = {"version": "1", "summary": "x" * 901, "bogus": "x"}
    with nothing_changes():
        for action in ("draft", "lock"):
            response = free.post(f"{owned.step(1)}/{action}", fields)
            assert_refused(response, "step_locked")


def test_the_sequence_comes_before_malformed_and_old(free, make_project, nothing_changes):
    owned = make_project(free)
    fields = {"version": "999", "roles-0-name": "x" * 5000, "bogus": "x"}
    with nothing_changes():
        for order in (2, 3):
            for action in ("draft", "lock"):
                response = free.post(f"{owned.step(order)}/{action}", fields)
                assert_refused(response, "step_out_of_sequence")


def test_malformed_comes_before_old(free, make_project, nothing_changes):
    owned = make_project(free)
    with nothing_changes():
        for action in ("draft", "lock"):
            fields = {"version": "999", "summary": "x" * 901}
            assert_refused(free.post(f"{owned.step(1)}/{action}", fields), "invalid_input")


def test_old_comes_before_what_does_not_validate(free, make_project, nothing_changes):
    owned = make_project(free, example="")
    with nothing_changes():
        assert_refused(free.post(f"{owned.step(1)}/lock", {"version": "999"}), "stale_version")
        fields = {"version": "999", "summary": "Typed"}
        assert_refused(free.post(f"{owned.step(1)}/lock", fields), "stale_version")


def test_malformed_comes_before_export_eligibility(written, nothing_changes):
    with nothing_changes():
        response = written.owner.post(f"{written.revision}/exports", {"bogus": "x"})
        assert_refused(response, "invalid_input")
        keyed = written.owner.post(f"{written.revision}/exports", {"idempotency_key": "é"})
        assert_refused(keyed, "invalid_input")


def test_every_refusal_is_logged_with_its_stage_and_without_content(
    app, free, make_project, monkeypatch
):

    owned = make_project(free, locked=3)
    with logged(monkeypatch) as lines:
        free.save(owned.revision, 4, {"workflows-0-name": "Secret"})
        free.save(owned.revision, 1, {"summary": "Secret"})
    assert [(line["stage"], line["code"]) for line in lines] == [
        ("subscription", "subscription_required"),
        ("state invariants", "step_locked"),
    ]
    assert {line["user"] for line in lines} == {str(free.user_id)}
    assert "Secret" not in str(lines)
