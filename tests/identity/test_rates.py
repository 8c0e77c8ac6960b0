"""Too many requests of a kind: paused for all processes, told when to try again."""

import time

import pytest

from devpilot.app import create_app
from devpilot.db import db
from tests.browser import Browser
from tests.conftest import PASSWORD, settings_for
from tests.refusals import HTMX, JSON, assert_problem, assert_refused

pytestmark = pytest.mark.slow

QUARTER, HOUR = 900, 3600


@pytest.fixture
def second_app(app, database_url, tmp_path):
    """Another process of the same installation, as far as the database can tell."""
    own = create_app(settings_for(database_url, tmp_path))
    yield own
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def early(at_time):
    """A moment just after a window of time began, so that no test runs over its end."""

    def move(seconds, windows=1):
        at_time(seconds=seconds * windows - time.time() % seconds + 1)

    return move


def knock(person, path, times, email=""):
    """Post without a good token: refused cheaply, and counted all the same."""
    fields = {"csrf_token": "x", "email": email}
    return [person.post(path, fields).headers["DevPilot-Error"] for _ in range(times)]


def test_an_address_may_try_to_sign_in_a_hundred_times_in_a_quarter_of_an_hour(
    visitor, free, early, nothing_changes
):
    early(QUARTER)
    with nothing_changes():
        codes = [knock(visitor, "/login", 1, email=f"{n}@example.com")[0] for n in range(100)]
        assert set(codes) == {"csrf_failed"}
        response = visitor.post("/login", {"email": free.email, "password": PASSWORD})
        assert_refused(response, "rate_limited")
    assert 0 < int(response.headers["Retry-After"]) <= QUARTER
    assert free.email in response.text, "what was typed comes back"
    assert PASSWORD not in response.text
    body = assert_problem(visitor.post("/login", {"email": "x"}, headers=JSON), "rate_limited")
    assert "minute" in body["detail"]
    assert visitor.post("/login", {"email": "x"}, headers=HTMX).status_code == 429
    early(QUARTER, windows=2)
    response = visitor.post("/login", {"email": free.email, "password": PASSWORD})
    assert response.status_code == 303


def test_another_address_is_not_concerned(app, visitor, free, early):
    early(QUARTER)
    knock(visitor, "/login", 101, email="x@example.com")
    free.post("/logout")
    free.client.environ_base["REMOTE_ADDR"] = "127.200.1.1"
    assert free.post("/login", {"email": free.email, "password": PASSWORD}).status_code == 303


def test_an_account_is_tried_twenty_times_from_wherever(app, free, early, nothing_changes):
    early(QUARTER)
    spellings = (free.email, free.email.upper(), f" {free.email} ")
    with nothing_changes():
        for number in range(20):
            guesser = Browser(app, f"127.201.0.{number + 1}")
            code = knock(guesser, "/login", 1, email=spellings[number % 3])
            assert code == ["csrf_failed"], number
        other = Browser(app, "127.201.1.1")
        response = other.post("/login", {"email": free.email, "password": PASSWORD})
        assert_refused(response, "rate_limited")
    assert free.open("/projects").status_code == 200, "whoever is signed in stays so"


def test_an_account_that_does_not_exist_is_paused_just_the_same(app, early):
    early(QUARTER)
    people = [Browser(app, f"127.202.0.{number + 1}") for number in range(21)]
    codes = [knock(p, "/login", 1, email="nobody-at-all@example.com")[0] for p in people]
    assert codes == ["csrf_failed"] * 20 + ["rate_limited"]


def test_all_processes_count_together(app, second_app, early):
    early(HOUR)
    here, there = Browser(app, "127.203.0.1"), Browser(second_app, "127.203.0.1")
    codes = [
        knock(person, "/register", 1, email=f"{n}@example.com")[0]
        for n in range(30)
        for person in (here, there)
    ]
    assert set(codes) == {"csrf_failed"}
    assert knock(here, "/register", 1) == knock(there, "/register", 1) == ["rate_limited"]


def test_a_refused_try_counts_too_and_a_get_does_not(visitor, early):
    early(HOUR)
    for _ in range(70):
        visitor.open("/register")
    codes = [knock(visitor, "/register", 1, email=f"{n}@example.com")[0] for n in range(61)]
    assert codes[-2:] == ["csrf_failed", "rate_limited"]
    assert visitor.open("/register").status_code == 200


def test_a_header_does_not_make_another_address(visitor, early):
    early(HOUR)
    knock(visitor, "/register", 60)
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        response = visitor.post("/register", {"csrf_token": "x"}, headers={name: "9.9.9.9"})
        assert_refused(response, "rate_limited")


def test_creating_projects_is_counted_for_each_session(paying, stranger, early):
    early(HOUR)
    codes = [
        paying.client.post("/projects", headers=JSON).headers["DevPilot-Error"] for _ in range(300)
    ]
    assert set(codes) == {"csrf_failed"}
    response = paying.post("/projects", {"name": "Typed name", "mode": "lean"})
    assert_refused(response, "rate_limited")
    assert "Typed name" in response.text
    stranger.client.environ_base |= paying.client.environ_base
    assert stranger.post("/projects", {"name": "x", "mode": "lean"}).status_code == 303


def test_restarting_is_counted_for_each_session(paying, make_project, early, nothing_changes):
    owned = make_project(paying, locked=2)
    early(HOUR)
    path = f"{owned.step(1)}/restart"
    codes = [paying.client.post(path, headers=JSON).headers["DevPilot-Error"] for _ in range(120)]
    assert set(codes) == {"csrf_failed"}
    fields = {"version": str(paying.version(owned.revision))}
    with nothing_changes():
        assert_refused(paying.post(path, fields), "rate_limited")


def test_signing_up_is_no_second_way_to_try_an_account(app, free, early, nothing_changes):
    """With an account's own password a sign-up signs in, so its tries count together."""
    early(QUARTER)
    people = [Browser(app, f"127.204.0.{number + 1}") for number in range(21)]
    for person in people[:20]:
        knock(person, "/login", 1, email=free.email)
    with nothing_changes():
        fields = {"email": free.email, "password": PASSWORD}
        assert_refused(people[20].post("/register", fields), "rate_limited")
