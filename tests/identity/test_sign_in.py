"""Signing in: with the right words, with the wrong ones, and with hostile ones."""

import re
import time

import pytest

from devpilot.db import transaction
from devpilot.models import AccountStatus, User
from tests.conftest import PASSWORD
from tests.refusals import JSON, assert_problem, assert_refused

WRONG = "not the right password"


def words(response):
    """The page without what is new on every page, and without what was typed."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", response.text)
    return re.sub(r'value="[^"]*@example\.com"', "", text)


def test_the_right_words_lead_to_the_projects(free, visitor):
    response = visitor.post("/login", {"email": free.email, "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (303, "/projects")
    assert free.email in visitor.page("/projects").text


def test_an_address_may_be_typed_in_capitals_with_blanks_around_it(free, visitor):
    typed = f"  {free.email.upper()} "
    response = visitor.post("/login", {"email": typed, "password": PASSWORD})
    assert response.status_code == 303


def test_wrong_words_get_the_same_answer_whether_the_account_exists_or_not(
    free, visitor, nothing_changes
):
    with nothing_changes():
        known = visitor.post("/login", {"email": free.email, "password": WRONG})
        unknown = visitor.post("/login", {"email": "nobody@example.com", "password": WRONG})
    assert_refused(known, "invalid_credentials")
    assert_refused(unknown, "invalid_credentials")
    assert words(known) == words(unknown)
    assert WRONG not in known.text
    assert visitor.open("/projects").status_code == 303


def test_wrong_words_take_about_as_long_whether_the_account_exists_or_not(free, visitor):
    def seconds(email):
        """Of work: a busy machine makes everyone wait."""
        began = time.process_time()
        visitor.post("/login", {"email": email, "password": WRONG})
        return time.process_time() - began

    seconds("warm@example.com")
    known = min(seconds(free.email) for _ in range(3))
    unknown = min(seconds("nobody@example.com") for _ in range(3))
    assert unknown > known / 3
    assert known > unknown / 3


def test_as_json_wrong_words_are_a_problem(free, visitor):
    fields = {"email": free.email, "password": WRONG}
    body = assert_problem(visitor.post("/login", fields, headers=JSON), "invalid_credentials")
    assert body["service"] == "identity"


def test_the_typed_address_comes_back_after_a_refusal(visitor):
    page = visitor.post("/login", {"email": "typed@example.com", "password": WRONG}).text
    assert 'value="typed@example.com"' in page


@pytest.mark.parametrize(
    "email",
    ["", "a\x00b@example.com", "\x00", "x" * 100_000, "'; DROP TABLE user_account; --", "é\u202e",
     "a@b\n"],
)  # fmt: skip
def test_no_address_breaks_the_sign_in(visitor, nothing_changes, email):
    with nothing_changes():
        response = visitor.post("/login", {"email": email, "password": WRONG})
    assert response.status_code in {401, 422}
    assert response.headers["DevPilot-Error"] in {"invalid_credentials", "invalid_input"}


@pytest.mark.parametrize("password", ["", "\x00", "p" * 1_000_000, "é" * 2000])
def test_no_password_breaks_the_sign_in(free, visitor, nothing_changes, password):
    with nothing_changes():
        response = visitor.post("/login", {"email": free.email, "password": password})
    assert_refused(response, "invalid_credentials")


def test_an_address_of_stacked_accents_is_answered_in_time(visitor):
    hostile = "a" + "\u0301\u0316" * 8_000
    began = time.thread_time()
    response = visitor.post("/login", {"email": hostile, "password": WRONG})
    assert response.status_code in {401, 422}
    assert time.thread_time() - began < 1


def test_a_closed_account_does_not_sign_in(app, free, visitor):
    with app.app_context(), transaction() as session:
        session.get(User, free.user_id).account_status = AccountStatus.CLOSED
    response = visitor.post("/login", {"email": free.email, "password": PASSWORD})
    assert_refused(response, "invalid_credentials")
    assert free.open("/projects").status_code == 303, "its sessions are over too"


def test_the_session_is_a_new_one_after_signing_in(app, free, visitor):
    visitor.page("/login")
    before = visitor.cookie()
    token = visitor.token()
    visitor.post("/login", {"email": free.email, "password": PASSWORD})
    assert visitor.cookie() != before
    response = visitor.post("/logout", {"csrf_token": token})
    assert_refused(response, "csrf_failed")


def test_signing_in_again_ends_the_session_before(app, free):
    stolen = free.twin()
    assert stolen.open("/projects").status_code == 200
    free.post("/login", {"email": free.email, "password": PASSWORD})
    assert free.open("/projects").status_code == 200
    assert stolen.open("/projects").status_code == 303


def test_keep_me_signed_in_outlives_the_browser_and_otherwise_it_does_not(free, visitor):
    fields = {"email": free.email, "password": PASSWORD}
    short = visitor.post("/login", fields).headers["Set-Cookie"]
    long = visitor.post("/login", {**fields, "remember": "yes"}).headers["Set-Cookie"]
    assert "Expires" not in short
    assert "Max-Age" not in short
    assert "Expires" in long


def test_whoever_is_signed_in_is_led_past_the_form(free):
    response = free.open("/login?next=/usage")
    assert (response.status_code, response.headers["Location"]) == (303, "/usage")
