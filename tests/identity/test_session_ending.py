"""A session about to end says so on every page and after a save, and goes on by a password."""

import pytest

from tests.conftest import PASSWORD
from tests.page import page_of
from tests.refusals import HTMX, assert_refused

WARNING = "You will be signed out at"


@pytest.fixture
def late(app, free, make_project, at_time):
    """Someone whose session, in use all the time, has twenty minutes left."""
    owned = make_project(free)
    hours = app.extensions["devpilot_settings"].session_absolute_hours
    for share in (0.3, 0.6, 0.9):
        at_time(hours=hours * share)
        free.open("/usage")
    assert WARNING not in free.open("/usage").text
    at_time(hours=hours, minutes=-20)
    return owned


def test_every_page_says_so_and_a_password_keeps_the_session(late, at_time, app):
    page = late.owner.page(late.step(1))
    assert WARNING in page.text
    form = page.form("/login")
    response = late.owner.post(form.action, form.filled(password=PASSWORD))
    assert response.status_code == 303
    assert response.headers["Location"] == late.step(1)
    assert WARNING not in late.owner.page(late.step(1)).text
    at_time(hours=app.extensions["devpilot_settings"].session_absolute_hours, minutes=30)
    assert late.owner.open(late.step(1)).status_code == 200


def test_a_save_by_pause_says_so_in_place(late):
    response = late.owner.save(late.revision, 1, {"summary": "Typed"}, headers=HTMX)
    drawn = page_of(response.text)
    assert WARNING in drawn.text
    assert ("next", late.step(1)) in drawn.form("/login").fields


def test_a_wrong_password_leaves_the_session_as_it_is(late, nothing_changes):
    form = late.owner.page(late.step(1)).form("/login")
    with nothing_changes():
        response = late.owner.post(form.action, form.filled(password="another password"))
    assert_refused(response, "invalid_credentials")
    assert late.owner.open(late.step(1)).status_code == 200


def test_strangers_are_told_nothing(visitor):
    assert WARNING not in visitor.open("/").text
