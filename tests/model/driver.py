"""The application's side of the machine: forms posted as people post them, and rows as they are.

Nothing here knows what should happen. A newcomer's likely mistake: reading a row to decide
what to post. What is posted comes from the model; the rows are for comparing alone.
"""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from devpilot import clock
from devpilot.db import reading, transaction
from devpilot.models import Plan as PlanRow
from devpilot.services import identity
from tests.browser import Browser, Pairs
from tests.conftest import PASSWORD
from tests.model.account import Plan
from tests.model.content import Edit
from tests.model.reference import Request, User

PATHS = {
    "create": "/projects",
    "rename": "{}/rename",
    "delete": "{}/delete",
    "restore": "{}/restore",
    "save": "{}/draft",
    "lock": "{}/lock",
    "restart": "{}/restart",
    "open": "{}/revisions",
    "activate": "{}/activate",
    "export": "{}/exports",
    "bill": "/billing/sandbox",
}
BROWSER, SCRIPTS, PROGRAM = "browser", "scripts", "program"
HEADERS: dict[str, dict[str, str]] = {
    BROWSER: {}, SCRIPTS: {"HX-Request": "true"}, PROGRAM: {"Accept": "application/json"},
}  # fmt: skip
"""Who posts: a browser without scripts, one with scripts, or somebody's program."""
_people = itertools.count(1)


class Quick(Browser):
    """A browser that does not judge each page as a document: other tests do, and it takes time."""

    def _checked(self, response: TestResponse) -> TestResponse:
        assert response.status_code < 500, (response.request.path, response.text[:2000])
        return response


class Driver:
    """The users' browsers, and the addresses of what the model and the application both hold."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.browsers: dict[int, Quick] = {}
        self.addresses: dict[tuple[Any, ...], str] = {}

    def visitor(self, user: User) -> Quick:
        """A browser for someone who has no account yet, at an address of their own."""
        number = next(_people)
        browser = Quick(self.app, f"127.{64 + (number >> 16)}.{number >> 8 & 255}.{number & 255}")
        browser.email = f"machine-{number}-{id(self.app)}@example.com"
        self.browsers[user.number] = browser
        return browser

    def admit(self, user: User, *, sessions: timedelta) -> None:
        """Give the user an account and a session, without the sign-in form's slow hash."""
        browser = self.visitor(user)
        hours = int(sessions.total_seconds() // 3600)
        password_hash = identity.hash_password(PASSWORD)
        with self.app.app_context(), transaction():
            row = identity.register(browser.email, password_hash)
            token = identity.open_session(
                row, at=clock.now(), absolute_hours=hours, address="", agent="machine"
            )
        browser.take_session(token)

    def identify(self, user: User) -> uuid.UUID:
        """The identifier of the user's account."""
        with self.app.app_context(), reading():
            found = identity.find_by_email(self.browsers[user.number].email)
            assert found
            return found.id

    def limit(self, code: str, plan: Plan) -> None:
        """Write a plan's limits into its row, as an operator does."""
        values = {
            "max_total_projects": plan.total,
            "max_active_projects": plan.active,
            "max_step_order": plan.top_step,
            "restarts": plan.restarts,
            "revisions_per_project": plan.revisions,
            "storage_bytes": plan.storage,
        }
        with self.app.app_context(), transaction() as session:
            session.execute(update(PlanRow).where(PlanRow.code == code).values(**values))

    def send(self, user: User, request: Request, *, client: str) -> Any:
        """Post the form; the answer is werkzeug's."""
        path = PATHS[request.action].format(self.address(request.target))
        return self.browsers[user.number].post(
            path, posted_fields(request), headers=HEADERS[client]
        )

    def address(self, name: tuple[Any, ...]) -> str:
        """The path of a project, revision, step or export; "" for what has none."""
        if not name:
            return ""
        kind, *numbers = name
        if kind == "step":
            project, revision, order = numbers
            return f"{self.addresses['revision', project, revision]}/steps/{order}"
        return self.addresses[name]

    def get(self, user: User, path: str, *, client: str = BROWSER) -> Any:
        return self.browsers[user.number].open(path, headers=HEADERS[client])


def posted_fields(request: Request) -> Pairs:
    """The form as its names and values, in the order of the page."""
    pairs: Pairs = []
    if request.version is not None:
        pairs.append(("version", str(request.version)))
    for edit in request.edits:
        pairs += _posted_edit(edit)
    pairs += _own_fields(request)
    if request.bogus:
        pairs.append(("bogus", "x"))
    if request.key:
        pairs.append(("idempotency_key", request.key))
    return pairs


def _own_fields(request: Request) -> Pairs:
    """What only this action's form has."""
    if request.action == "create":
        example = ("example", request.example)
        return [("name", request.name), ("mode", request.mode), example]
    if request.action == "bill":
        return [("event", request.name), ("interval", request.mode)]
    named = {"rename": [("name", request.name)], "open": [("mode", request.mode)]}
    return named.get(request.action, [])


def _posted_edit(edit: Edit) -> Pairs:
    """A text as its value; a list as the cells of its rows, named as shown by the form."""
    if isinstance(edit.value, str):
        return [(edit.field, edit.value)]
    pairs: Pairs = [("fields", edit.field)]
    for index, row in enumerate(edit.value):
        name = f"{edit.field}-{index}"
        pairs += [(f"{name}-key", row.key)] if row.key else []
        pairs += [(f"{name}-new", row.token)] if row.token else []
        pairs += [(f"{name}-{column}", text) for column, text in row.cells]
    return pairs
