"""Sessions: signing out, expiry, and what of them is stored."""

import hashlib
import re

from sqlalchemy import func, select

from devpilot import gate
from devpilot.db import reading
from devpilot.models import UserSession
from tests.conftest import PASSWORD


def sessions_of(app, person):
    with app.app_context(), reading() as session:
        statement = select(UserSession).where(UserSession.user_id == person.user_id)
        found = session.scalars(statement).all()
        session.expunge_all()
        return found


def token_of(person):
    with person.client.session_transaction() as cookie:
        return cookie[gate.TOKEN]


def test_signing_out_leads_to_the_front_page(app, free):
    response = free.post("/logout")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert free.open("/projects").status_code == 303
    assert sessions_of(app, free) == []


def test_a_copied_cookie_is_dead_after_signing_out(free):
    stolen = free.twin()
    assert stolen.open("/projects").status_code == 200
    free.post("/logout")
    assert stolen.open("/projects").status_code == 303
    assert stolen.open("/usage").headers["DevPilot-Error"] == "authentication_required"


def test_signing_out_in_one_browser_leaves_the_other_signed_in(free, visitor):
    visitor.email = free.email
    visitor.sign_in(PASSWORD)
    free.post("/logout")
    assert visitor.open("/projects").status_code == 200


def test_only_a_hash_of_the_token_is_stored(app, free):
    token = token_of(free)
    (session,) = sessions_of(app, free)
    assert session.token_hash == hashlib.sha256(token.encode()).hexdigest()
    stored = [getattr(session, column.key) for column in UserSession.__table__.columns]
    assert token not in stored


def test_a_token_that_was_never_given_out_signs_nobody_in(free):
    free.take_session("x" * 43)
    assert free.open("/projects").status_code == 303


def test_a_cookie_signed_with_another_key_signs_nobody_in(free):
    name = free.app.config["SESSION_COOKIE_NAME"]
    value = free.cookie()
    # Not the last character: some of its bits are padding, and changing those changes nothing.
    changed = value[:-5] + ("A" if value[-5] != "A" else "B") + value[-4:]
    free.client.set_cookie(name, changed)
    assert free.open("/projects").status_code == 303
    for junk in ("", "x", ".", "a.b.c", "é", "\x7f" * 10, "e30.Zz.x"):
        free.client.set_cookie(name, junk)
        assert free.open("/projects").status_code == 303


def test_a_session_that_nobody_uses_ends(free, at_time):
    at_time(hours=335)
    assert free.open("/projects").status_code == 200
    at_time(hours=336 * 2)
    assert free.open("/projects").status_code == 303


def test_a_session_in_use_goes_on_beyond_the_idle_limit(free, at_time):
    for day in (10, 20):
        at_time(days=day)
        assert free.open("/projects").status_code == 200, f"day {day}"


def test_a_session_ends_at_its_absolute_limit_in_any_case(free, at_time):
    for hours in (300, 600, 719):
        at_time(hours=hours)
        free.open("/projects")
    at_time(hours=721)
    assert free.open("/projects").status_code == 303


def test_the_last_use_is_written_at_most_every_five_minutes(app, free, at_time):
    (before,) = sessions_of(app, free)
    free.open("/projects")
    (soon,) = sessions_of(app, free)
    assert soon.seen_at == before.seen_at
    at_time(minutes=6)
    free.open("/projects")
    (later,) = sessions_of(app, free)
    assert later.seen_at > before.seen_at


def test_each_sign_in_makes_a_session_of_its_own(app, free, visitor):
    visitor.email = free.email
    visitor.sign_in(PASSWORD)
    assert len({session.token_hash for session in sessions_of(app, free)}) == 2
    assert token_of(free) != token_of(visitor)


def test_a_visitor_makes_no_session_row(app, visitor):
    def count():
        with app.app_context(), reading() as session:
            return session.scalar(select(func.count()).select_from(UserSession))

    before = count()
    visitor.page("/login")
    visitor.post("/login", {"email": "nobody@example.com", "password": "wrong wrong wrong"})
    assert count() == before


def test_the_cookie_does_not_hold_who_one_is(free):
    with free.client.session_transaction() as cookie:
        held = dict(cookie)
    assert set(held) <= {gate.TOKEN, "csrf_token"}
    assert not re.search(str(free.user_id), str(held))
