"""Another user's row answers exactly as a row that does not exist."""

import re
import uuid

import pytest

from tests.ai_server import AiServer
from tests.ai_server.behind import behind
from tests.operations.filled import suggestion_of
from tests.pipeline.asking import endpoints, logged, tail
from tests.refusals import HTMX, JSON

NEW_EACH_TIME = re.compile(r'name="(csrf_token|idempotency_key)" value="[^"]+"')
FIELDS = {"name": "Typed", "summary": "Typed for an hour", "version": "1", "event": "paid"}


@pytest.fixture
def exported(completed):
    """The identifiers of everything that a completed and exported project consists of."""
    owner = completed.owner
    response = owner.post(f"{completed.revision}/exports")
    assert response.status_code == 303
    open_step = f"{owner.new_revision()}/steps/1"
    with AiServer() as server, behind(owner.app, server):
        assert owner.post(f"{open_step}/suggestions/agreement").status_code == 303
        assert owner.post(f"{open_step}/suggestions").status_code == 303
    return {
        "suggestion_id": tail(suggestion_of(owner, open_step)),
        "project_id": tail(completed.project),
        "revision_id": tail(completed.revision),
        "export_id": tail(response.headers["Location"]),
        "order": "1",
    }


def owned_endpoints(app):
    found = [endpoint for endpoint in endpoints(app) if endpoint.policy.owns is not None]
    assert len(found) >= 12, "every route of a project, revision, step or export"
    return found


def ask(person, endpoint, ids, headers):
    path = endpoint.path(**ids)
    if endpoint.method == "GET":
        return person.open(path, headers=headers)
    return person.post(path, FIELDS, headers=headers)


def seen(response, ids):
    """All that a person can tell apart, with the identifiers and the page's own keys left out."""
    text = NEW_EACH_TIME.sub("", response.text)
    headers = {
        name: value
        for name, value in response.headers
        if name not in {"X-Request-ID", "Content-Length", "Date", "Set-Cookie"}
    }
    for name, value in ids.items():
        if name != "order":
            text = text.replace(value, name)
            headers = {key: header.replace(value, name) for key, header in headers.items()}
    return response.status_code, headers, text


@pytest.mark.parametrize("headers", [{}, HTMX, JSON], ids=["page", "htmx", "json"])
def test_anothers_row_answers_as_one_that_does_not_exist(
    app, exported, stranger, nothing_changes, headers
):
    random = {**{name: str(uuid.uuid4()) for name in exported}, "order": "1"}
    with nothing_changes():
        for endpoint in owned_endpoints(app):
            theirs = ask(stranger, endpoint, exported, headers)
            nobodys = ask(stranger, endpoint, random, headers)
            assert theirs.status_code == 404, endpoint.name
            assert theirs.headers["DevPilot-Error"] == "not_found", endpoint.name
            assert seen(theirs, exported) == seen(nobodys, random), endpoint.name


def test_the_log_alone_tells_a_violation_from_a_wrong_address(app, exported, stranger, monkeypatch):
    random = {**{name: str(uuid.uuid4()) for name in exported}, "order": "1"}
    for endpoint in owned_endpoints(app):
        with logged(monkeypatch) as lines:
            ask(stranger, endpoint, exported, {})
        noted = [line for line in lines if line["event"] == "ownership_violation"]
        assert noted, f"{endpoint.name} is not logged"
        assert {line["user"] for line in noted} == {str(stranger.user_id)}
        assert not any("Typed" in str(line) for line in lines), "content in the log"
        with logged(monkeypatch) as lines:
            ask(stranger, endpoint, random, {})
        assert [line["event"] for line in lines] == ["refused"], endpoint.name


def test_a_step_that_ones_own_revision_does_not_have_is_no_violation(written, monkeypatch):
    with logged(monkeypatch) as lines:
        assert written.owner.open(written.step(9)).status_code == 404
    assert [line["event"] for line in lines] == ["refused"]


def test_whoever_is_signed_out_learns_nothing_of_what_exists(
    app, exported, visitor, nothing_changes
):
    random = {**{name: str(uuid.uuid4()) for name in exported}, "order": "1"}
    with nothing_changes():
        for endpoint in owned_endpoints(app):
            found = ask(visitor, endpoint, exported, JSON)
            assert found.headers["DevPilot-Error"] == "authentication_required", endpoint.name
            missing = ask(visitor, endpoint, random, JSON)
            assert seen(found, exported) == seen(missing, random), endpoint.name


def test_no_page_of_ones_own_shows_anothers_project(app, exported, completed, stranger):
    completed.owner.post(f"{completed.project}/rename", {"name": "A name nobody else knows"})
    for path in ("/projects", "/projects?status=deleted", "/usage", "/billing"):
        text = stranger.open(path).text
        assert "A name nobody else knows" not in text
        assert not any(value in text for name, value in exported.items() if name != "order")


def test_anothers_revision_cannot_be_reached_through_ones_own_project(written, stranger):
    """The identifier in the address is all that counts; none in the fields does."""
    mine = stranger.create_project("Mine", example="")
    fields = {"name": "Renamed", "project_id": tail(written.project)}
    response = stranger.post(f"{mine}/rename", fields)
    assert response.headers["DevPilot-Error"] == "invalid_input"
    assert "Clinic" in written.owner.open(written.project).text
