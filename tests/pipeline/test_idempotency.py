"""A form sent twice: the first answer again, and one effect."""

import pytest
from sqlalchemy import select

from devpilot.db import reading
from devpilot.models import IdempotencyKey, Project
from tests.refusals import assert_refused

NEW = {"name": "Clinic", "mode": "lean", "example": ""}


def names_of(app, person):
    with app.app_context(), reading() as session:
        return session.scalars(select(Project.name).where(Project.user_id == person.user_id)).all()


def keys_of(app, person):
    with app.app_context(), reading() as session:
        rows = select(IdempotencyKey).where(IdempotencyKey.user_id == person.user_id)
        found = session.scalars(rows).all()
        session.expunge_all()
        return found


def test_the_same_key_answers_as_the_first_time_did(app, free, nothing_changes):
    first = free.post("/projects", {**NEW, "idempotency_key": "k"})
    with nothing_changes():
        for _ in range(3):
            again = free.post("/projects", {**NEW, "idempotency_key": "k"})
            assert (again.status_code, again.headers["Location"]) == (
                303, first.headers["Location"],
            )  # fmt: skip
    assert names_of(app, free) == ["Clinic"]


def test_a_replay_is_answered_though_the_same_would_be_refused_now(free, nothing_changes):
    """A free person's second project is refused; the first one, sent twice, is not."""
    first = free.post("/projects", {**NEW, "idempotency_key": "k"})
    assert_refused(free.post("/projects", {**NEW, "idempotency_key": "other"}), "quota_exceeded")
    with nothing_changes():
        again = free.post("/projects", {**NEW, "idempotency_key": "k"})
    assert again.headers["Location"] == first.headers["Location"]


@pytest.mark.parametrize(
    "other", [{**NEW, "name": "Other"}, {**NEW, "bogus": "x"}, {"name": "Clinic", "mode": "lean"}]
)
def test_the_same_key_with_other_fields_is_refused(paying, nothing_changes, other):
    paying.post("/projects", {**NEW, "idempotency_key": "k"})
    with nothing_changes():
        assert_refused(paying.post("/projects", {**other, "idempotency_key": "k"}), "invalid_input")


def test_the_same_key_for_another_action_or_row_is_refused(paying, make_project, nothing_changes):
    one, two = (make_project(paying, example="") for _ in range(2))
    paying.post(f"{one.project}/delete", {"idempotency_key": "k"})
    with nothing_changes():
        for path in (f"{two.project}/delete", f"{one.project}/restore", f"{two.revision}/exports"):
            assert_refused(paying.post(path, {"idempotency_key": "k"}), "invalid_input")


def test_without_a_key_a_form_works_each_time(app, paying):
    for key in ({}, {"idempotency_key": ""}):
        for _ in range(2):
            assert paying.post("/projects", {**NEW, **key}).status_code == 303
    assert len(names_of(app, paying)) == 4
    assert keys_of(app, paying) == []


def test_a_refusal_is_not_remembered(app, free):
    bad = free.post("/projects", {**NEW, "name": "", "idempotency_key": "k"})
    assert_refused(bad, "invalid_input")
    assert keys_of(app, free) == []
    assert free.post("/projects", {**NEW, "idempotency_key": "k"}).status_code == 303


def test_a_refused_lock_may_be_mended_and_sent_again(free, make_project):
    owned = make_project(free)
    refused = free.lock(owned.revision, 1, {"summary": "", "idempotency_key": "k"})
    assert_refused(refused, "step_validation_failed")
    mended = free.lock(owned.revision, 1, {"summary": "Mended", "idempotency_key": "k"})
    assert mended.status_code == 303


def test_another_persons_equal_key_is_another_key(app, free, stranger):
    mine = free.post("/projects", {**NEW, "idempotency_key": "k"})
    theirs = stranger.post("/projects", {**NEW, "idempotency_key": "k"})
    assert theirs.status_code == 303
    assert mine.headers["Location"] != theirs.headers["Location"]
    assert names_of(app, stranger) == ["Clinic"]


def test_a_key_of_another_persons_form_answers_nothing_about_it(written, stranger):
    path = f"{written.project}/delete"
    written.owner.post(path, {"idempotency_key": "k"})
    assert_refused(stranger.post(path, {"idempotency_key": "k"}), "not_found")


def test_what_is_remembered_is_where_it_led_and_no_content(app, free):
    free.post("/projects", {**NEW, "name": "A secret name", "idempotency_key": "k"})
    (row,) = keys_of(app, free)
    assert row.location.startswith("/projects/")
    assert "secret" not in f"{row.location} {row.fingerprint} {row.key}"


def test_a_key_is_remembered_for_seven_days(app, paying, at_time, nothing_changes):
    first = paying.post("/projects", {**NEW, "idempotency_key": "k"})
    at_time(days=6, hours=23, minutes=59)
    with nothing_changes():
        again = paying.post("/projects", {**NEW, "idempotency_key": "k"})
    assert again.headers["Location"] == first.headers["Location"]


def test_after_seven_days_a_key_is_new(app, paying, at_time):
    first = paying.post("/projects", {**NEW, "idempotency_key": "k"})
    at_time(days=7, minutes=1)
    later = paying.post("/projects", {**NEW, "name": "Later", "idempotency_key": "k"})
    assert later.status_code == 303
    assert later.headers["Location"] != first.headers["Location"]
    assert sorted(names_of(app, paying)) == ["Clinic", "Later"]


def test_every_form_of_a_page_carries_a_key_of_its_own(written):
    owner = written.owner
    pages = ("/projects/new", written.project, f"{written.project}/delete", written.step(1))
    for path in pages:
        keys = [dict(form.fields).get("idempotency_key") for form in owner.page(path).forms]
        given = [key for key in keys if key]
        assert given, path
        assert len(set(given)) == len(given), path
        newer = [dict(form.fields).get("idempotency_key") for form in owner.page(path).forms]
        assert not set(given) & set(newer), path
