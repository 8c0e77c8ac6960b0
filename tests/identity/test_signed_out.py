"""What happens to whoever is not signed in, and to what they had typed."""

import re

import pytest

from tests.conftest import PASSWORD
from tests.page import page_of
from tests.refusals import HTMX, JSON, assert_problem, assert_refused


def session_lost(person):
    """End the person's session under their hands; their page and cookie stay."""
    person.twin().post("/logout")


def pairs_of(page, action):
    return page.form(action).fields


@pytest.mark.parametrize(
    "path", ["/projects", "/projects/new?example=wellbrook", "/usage", "/billing"]
)
def test_a_page_leads_to_the_sign_in_and_back(free, visitor, path):
    response = visitor.open(path)
    assert response.status_code == 303
    assert response.headers["DevPilot-Error"] == "authentication_required"
    assert response.headers["Location"].startswith("/login?next=%2F")
    page = visitor.page(response.headers["Location"])
    fields = page.form("/login").filled(email=free.email, password=PASSWORD)
    assert visitor.post("/login", fields).headers["Location"] == path


def test_htmx_is_sent_to_the_sign_in_as_a_whole_page(visitor):
    response = visitor.open(
        "/projects", headers={**HTMX, "HX-Current-URL": "http://localhost/usage?a=b"}
    )
    assert response.status_code == 401
    assert response.headers["DevPilot-Error"] == "authentication_required"
    assert response.headers["HX-Redirect"] == "/login?next=%2Fusage%3Fa%3Db"


@pytest.mark.parametrize("current", ["", "x", "http://evil.example//evil.example", "é\udcff"])
def test_htmx_with_any_current_address_stays_on_the_site(visitor, current):
    headers = {**HTMX, "HX-Current-URL": current.encode("utf-8", "replace").decode("latin-1")}
    response = visitor.open("/projects", headers=headers)
    assert response.status_code == 401
    assert response.headers["HX-Redirect"].startswith("/login?next=")


def test_json_gets_a_problem_for_a_page_and_for_a_form(visitor, nothing_changes):
    with nothing_changes():
        assert_problem(visitor.open("/projects", headers=JSON), "authentication_required")
        posted = visitor.post("/projects", {"name": "x"}, headers=JSON)
    assert_problem(posted, "authentication_required")


def test_a_form_post_is_answered_with_a_sign_in_that_carries_it(written, nothing_changes):
    owner = written.owner
    fields = {"version": "1", "summary": "Typed for an hour", "fields": ["summary", "goals"]}
    session_lost(owner)
    with nothing_changes():
        response = owner.post(f"{written.step(1)}/draft", fields)
    assert_refused(response, "authentication_required")
    carried = pairs_of(page_of(response.text), "/login")
    names = [value for name, value in carried if name == "carried-name"]
    values = [value for name, value in carried if name == "carried-value"]
    assert list(zip(names, values, strict=True)) == [
        ("version", "1"), ("summary", "Typed for an hour"), ("fields", "summary"),
        ("fields", "goals"),
    ]  # fmt: skip
    assert "csrf_token" not in names


def test_after_the_sign_in_the_text_is_offered_and_one_press_saves_it(app, written):
    owner = written.owner
    page = owner.page(written.step(1))
    form = page.form("/draft").filled(summary="Typed for an hour")
    session_lost(owner)
    refused = page_of(owner.post(f"{written.step(1)}/draft", form).text)
    fields = refused.form("/login").filled(email=owner.email, password=PASSWORD)
    offered = owner.post("/login", fields)
    assert offered.status_code == 200
    again = page_of(offered.text).form("/draft")
    assert sorted(pair for pair in again.fields if pair[0] != "csrf_token") == sorted(
        pair for pair in form if pair[0] not in {"csrf_token", "idempotency_key"}
    )
    assert owner.post(again.action, again.fields).status_code == 303
    assert "Typed for an hour" in owner.open(written.step(1)).text


def test_a_wrong_password_on_the_way_loses_nothing(written):
    owner = written.owner
    session_lost(owner)
    refused = page_of(owner.post(f"{written.step(1)}/draft", {"summary": "Kept through it"}).text)
    fields = refused.form("/login").filled(email=owner.email, password="a wrong password")
    again = owner.post("/login", fields)
    assert_refused(again, "invalid_credentials")
    assert ("carried-value", "Kept through it") in pairs_of(page_of(again.text), "/login")


def test_the_text_is_not_offered_to_another_person(written, stranger):
    owner = written.owner
    session_lost(owner)
    refused = page_of(
        owner.post(f"{written.step(1)}/draft", {"summary": "Only for the owner"}).text
    )
    fields = refused.form("/login").filled(email=stranger.email, password=PASSWORD)
    response = owner.post("/login", fields)
    assert response.status_code == 303
    assert "Only for the owner" not in response.text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/projects", "/login", "/nowhere", "", "x", "/\x00",
     "/projects/../login", "//projects", "/usage"],
)  # fmt: skip
def test_carried_text_is_never_offered_to_another_address(free, visitor, target):
    fields = {
        "email": free.email, "password": PASSWORD, "carried-from": target,
        "carried-name": "name", "carried-value": "x",
    }  # fmt: skip
    response = visitor.post("/login", fields)
    assert response.status_code == 303


@pytest.mark.slow
def test_a_form_of_many_rows_is_carried_whole(written):
    owner = written.owner
    rows = {
        f"steps-{n}-{column}": f"{column} {n}" for n in range(150) for column in ("action", "new")
    }
    fields = {"version": "1", **{k: v.replace(" ", "-") for k, v in rows.items()}}
    more = {f"edges-{n}-{column}": "x" for n in range(100) for column in ("case", "expected")}
    session_lost(owner)
    response = owner.post(f"{written.step(4)}/draft", {**fields, **more})
    carried = pairs_of(page_of(response.text), "/login")
    names = [value for name, value in carried if name == "carried-name"]
    assert set(names) == {*fields, *more}
    signed = page_of(response.text).form("/login").filled(email=owner.email, password=PASSWORD)
    offered = page_of(owner.post("/login", signed).text).form("/draft")
    assert {name for name, _ in offered.fields} >= {*fields, *more}


def test_a_post_to_a_page_that_is_gone_still_shows_the_text(visitor):
    response = visitor.post("/projects/nowhere", {"summary": "Text & <tags>"})
    assert_refused(response, "not_found")
    assert "Text &amp; &lt;tags&gt;" in response.text
    assert not re.search("<tags>", response.text)
