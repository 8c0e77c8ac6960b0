"""Forms are accepted only from this session's own pages."""

import time

import pytest

from tests.page import page_of
from tests.refusals import HTMX, JSON, assert_problem, assert_refused


def test_a_missing_token_is_refused_and_the_text_comes_back(free, nothing_changes):
    free.token()
    with nothing_changes():
        response = free.client.post("/projects", data={"name": "Typed in vain", "mode": "lean"})
    assert_refused(response, "csrf_failed")
    assert 'value="Typed in vain"' in response.text


@pytest.mark.parametrize("token", ["", "wrong", "a.b.c", "é", "\x00", "x" * 100_000, "IiI.Z.x"])
def test_a_wrong_token_is_refused(free, nothing_changes, token):
    fields = {"csrf_token": token, "name": "Typed in vain", "mode": "lean"}
    with nothing_changes():
        response = free.post("/projects", fields)
    assert_refused(response, "csrf_failed")
    assert 'value="Typed in vain"' in response.text


def test_another_sessions_token_is_refused(free, stranger, nothing_changes):
    fields = {"csrf_token": stranger.token(), "name": "Typed in vain", "mode": "lean"}
    with nothing_changes():
        assert_refused(free.post("/projects", fields), "csrf_failed")


def test_a_token_in_the_address_does_not_count(free, nothing_changes):
    with nothing_changes():
        response = free.client.post(f"/projects?csrf_token={free.token()}", data={"name": "x"})
    assert_refused(response, "csrf_failed")


def test_a_refused_step_form_holds_everything_that_was_typed(written, nothing_changes):
    fields = {
        "csrf_token": "wrong", "version": "1", "summary": "My long and careful summary",
        "goals-0-goal": "A goal that I typed", "goals-0-target": "zero",
    }  # fmt: skip
    with nothing_changes():
        response = written.owner.post(f"{written.step(1)}/draft", fields)
    assert_refused(response, "csrf_failed")
    assert "My long and careful summary" in response.text
    assert 'value="A goal that I typed"' in response.text
    assert f'action="{written.step(1)}/draft"' in response.text


def test_a_refused_sign_in_keeps_the_address_and_no_password(visitor, nothing_changes):
    fields = {"csrf_token": "wrong", "email": "typed@example.com", "password": "secret words"}
    with nothing_changes():
        response = visitor.post("/login", fields)
    assert_refused(response, "csrf_failed")
    assert "typed@example.com" in response.text
    assert "secret words" not in response.text


def test_a_refused_rename_holds_the_name(written, nothing_changes):
    with nothing_changes():
        response = written.owner.post(
            f"{written.project}/rename", {"csrf_token": "x", "name": "A better name"}
        )
    assert_refused(response, "csrf_failed")
    assert 'value="A better name"' in response.text


def test_the_form_of_a_refusal_works_at_once(free):
    page = free.post("/projects", {"csrf_token": "wrong", "name": "Kept", "mode": "lean"})
    assert_refused(page, "csrf_failed")
    form = page_of(page.text).form("/projects")
    assert free.post("/projects", form.fields).status_code == 303


def test_a_token_is_good_after_hours(free, at_time, monkeypatch):
    token = free.token()
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 9 * 3600)
    at_time(hours=9)
    response = free.post("/projects", {"csrf_token": token, "name": "Slow writer", "mode": "lean"})
    assert response.status_code == 303


def test_one_session_may_have_many_pages_open(free):
    first, second = free.page("/projects/new"), free.page("/projects/new")
    for page in (second, first):
        token = dict(page.form("/projects").fields)["csrf_token"]
        assert free.post("/billing/checkout", {"csrf_token": token}).status_code == 303


def test_as_json_and_for_htmx_it_is_refused_the_same(free, written, nothing_changes):
    free.token()
    with nothing_changes():
        assert_problem(free.client.post("/logout", headers=JSON), "csrf_failed")
        saved = written.owner.post(
            f"{written.step(1)}/draft", {"csrf_token": "x", "summary": "y"}, headers=HTMX
        )
    assert_refused(saved, "csrf_failed")
    assert 'id="save-state"' in saved.text


@pytest.mark.parametrize(
    "path", ["/logout", "/login", "/register", "/projects", "/billing/sandbox", "/billing/checkout"]
)
def test_every_form_asks_for_it(free, nothing_changes, path):
    with nothing_changes():
        response = free.client.post(path, data={"event": "paid", "name": "x", "email": "a@b.c"})
    assert_refused(response, "csrf_failed")
