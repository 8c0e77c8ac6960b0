"""Creating an account."""

import contextlib
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from devpilot.db import reading
from devpilot.models import Plan, Subscription, Usage, User, UserSession
from devpilot.services import identity
from tests.conftest import PASSWORD
from tests.refusals import assert_refused

PAGE = "/register"


def of_email(app, entity, email):
    with app.app_context(), reading() as session:
        user = select(User.id).where(User.email == identity.normalise_email(email))
        column = User.id if entity is User else entity.user_id
        found = session.scalars(select(entity).where(column.in_(user))).all()
        session.expunge_all()
        return found


def address(visitor, text="someone"):
    return f"{text}.{visitor.client.environ_base['REMOTE_ADDR']}.{id(visitor)}@example.com"


def test_a_new_account_is_signed_in_and_on_the_free_plan(app, visitor):
    email = address(visitor)
    response = visitor.post(PAGE, {"email": email, "password": PASSWORD})
    assert response.status_code == 303
    assert response.headers["Location"] == "/projects"
    assert visitor.page("/projects").headings == ["Projects"]
    (subscription,) = of_email(app, Subscription, email)
    with app.app_context(), reading() as session:
        assert session.get(Plan, subscription.plan_id).code == "free"
    (usage,) = of_email(app, Usage, email)
    assert (usage.type, usage.count) == ("storage", 0)


def test_the_password_is_kept_as_argon2id_with_enough_memory(app, visitor):
    email = address(visitor)
    visitor.post(PAGE, {"email": email, "password": PASSWORD})
    (user,) = of_email(app, User, email)
    assert user.password_hash.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert PASSWORD not in user.password_hash


@pytest.mark.parametrize("length", [12, 1024])
def test_a_password_of_a_permitted_length_is_taken(visitor, length):
    response = visitor.post(PAGE, {"email": address(visitor), "password": "é" * length})
    assert response.status_code == 303


@pytest.mark.parametrize("length", [0, 11, 1025, 100_000])
def test_a_password_of_another_length_is_refused(visitor, nothing_changes, length):
    with nothing_changes():
        response = visitor.post(PAGE, {"email": address(visitor), "password": "p" * length})
    assert_refused(response, "invalid_input")
    assert "12" in response.text or "1024" in response.text


@pytest.mark.parametrize(
    "email",
    [
        "", " ", "plain", "@example.com", "a@", "a@nodot", "a b@example.com", "a\n@example.com",
        "a\x00b@example.com", "a\x1bb@example.com", "a@.", f"{'x' * 250}@example.com",
        "ﬃ" * 200 + "@example.com", "ΐ" * 100 + "@example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_comes_back(visitor, nothing_changes, email):
    with nothing_changes():
        response = visitor.post(PAGE, {"email": email, "password": PASSWORD})
    assert_refused(response, "invalid_input")
    assert PASSWORD not in response.text


def test_an_address_is_one_account_however_it_is_spelt(app, visitor):
    email = address(visitor, "josé.strasse")
    visitor.post(PAGE, {"email": email, "password": PASSWORD})
    for spelling in (email.upper(), unicodedata.normalize("NFD", email), email.title()):
        response = visitor.post(PAGE, {"email": spelling, "password": "another long password"})
        assert_refused(response, "invalid_input")
    assert len(of_email(app, User, email)) == 1


def test_a_taken_address_with_another_password_is_refused(free, visitor, nothing_changes):
    with nothing_changes():
        response = visitor.post(PAGE, {"email": free.email, "password": "not theirs at all"})
    assert_refused(response, "invalid_input")
    assert visitor.open("/projects").status_code == 303


def test_a_taken_address_with_its_own_password_signs_in(app, free, visitor):
    response = visitor.post(PAGE, {"email": free.email, "password": PASSWORD})
    assert response.status_code == 303
    assert free.email in visitor.page("/projects").text
    assert len(of_email(app, User, free.email)) == 1


def test_signing_up_ends_the_session_that_the_browser_had(app, free):
    response = free.post(PAGE, {"email": address(free), "password": PASSWORD})
    assert response.status_code == 303
    assert of_email(app, UserSession, free.email) == []


def test_two_sign_ups_with_one_address_at_once_make_one_account(app, make_person, monkeypatch):
    people = [make_person("free") for _ in range(2)]
    email = address(people[0])
    find, both_looked = identity.find_by_email, threading.Barrier(2)

    def find_slowly(wanted):
        """Each sign-up looks twice; the second look of both is made at the same time."""
        found = find(wanted)
        with contextlib.suppress(threading.BrokenBarrierError):
            both_looked.wait(timeout=1)
        return found

    for person in people:
        person.token()
    monkeypatch.setattr(identity, "find_by_email", find_slowly)

    def sign_up(person):
        return person.post(PAGE, {"email": email, "password": PASSWORD}).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(sign_up, people))
    assert set(statuses) <= {303, 422}, statuses
    with app.app_context(), reading() as session:
        counted = select(func.count()).where(User.email == identity.normalise_email(email))
        assert session.scalar(counted) == 1


def test_whoever_is_signed_in_is_led_past_the_form(free):
    response = free.open(PAGE)
    assert (response.status_code, response.headers["Location"]) == (303, "/projects")
