"""What each endpoint answers to each kind of subscriber, found out by asking.

Every line is a request that is well formed and that nothing but the subscription, its plan or
the use of that plan stands against; every cell is a real request on the same arranged rows. A
newcomer's likely mistake: writing here what should be answered. That is in `test_permissions`,
and it comes from the product's rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from werkzeug.test import TestResponse

from devpilot.app import create_app
from devpilot.cli import migrate
from devpilot.db import db
from tests.browser import Browser
from tests.conftest import PASSWORD, settings_for
from tests.pipeline.places import STANDINGS, Place, World, world
from tests.refusals import JSON

YES = "yes"


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of request to one endpoint. Its places must all be answered alike."""

    endpoint: str
    words: str = ""
    """What is asked for, where the endpoint is asked in several ways."""
    at: tuple[str, ...] = ("one project",)
    orders: tuple[int, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    """What else its address holds."""

    @property
    def name(self) -> tuple[str, str]:
        return self.endpoint, self.words


ANYBODY = (
    "identity.landing", "identity.accessibility", "identity.components", "identity.errors",
    "identity.healthz", "identity.login", "identity.logout", "identity.methodology",
    "identity.pricing", "identity.privacy", "identity.readyz", "identity.register", "billing.show",
    "billing.returned", "billing.sandbox", "billing.webhook", "billing.portal",
    "projects.index", "projects.new", "quota.usage",
)  # fmt: skip
"""What is asked in one way and about no row."""

PROJECT = {"name": "One more", "mode": "lean", "example": ""}
LETTER = {"deferred-0-question": "A question for later"}
SIGN_UP = {"email": "new@example.com", "password": PASSWORD}
OWNED = ("exported", "3 locked")
UNVERSIONED = {"ai.ask", "ai.agree", "ai.cancel", "ai.dismiss"}
"""What is below a revision and changes nothing of it."""

LINES = (
    *(Line(name) for name in ANYBODY),
    Line("identity.example", values={"code": "wellbrook"}),
    Line("identity.create_account", fields=SIGN_UP),
    Line("identity.sign_in", fields={"email": "one@example.com", "password": PASSWORD}),
    Line("billing.checkout", fields={"interval": "yearly"}),
    Line("billing.sandbox_event", "a payment", fields={"event": "paid"}),
    *(
        Line("billing.sandbox_event", words, fields={"event": event})
        for event, words in (
            ("payment_failed", "a payment that fails"),
            ("cancelled", "a cancellation"),
            ("period_ended", "the period's end"),
        )
    ),
    Line("projects.create", "the first", ("no project",), fields=PROJECT),
    Line("projects.create", "a further one", ("one project", "deleted"), fields=PROJECT),
    Line("projects.create", "after a deleted one", ("the only project, deleted",), fields=PROJECT),
    Line("projects.create", "above 20 active ones", ("every place taken",), fields=PROJECT),
    Line("projects.show", at=(*OWNED, "deleted")),
    Line("projects.consequences", at=OWNED),
    Line("projects.delete", at=OWNED),
    Line("projects.rename", at=OWNED, fields={"name": "Another name"}),
    Line("projects.restore", "the only one", ("the only project, deleted",)),
    Line("projects.restore", "one of several", ("deleted",)),
    Line("projects.restore", "above 20 active ones", ("every place taken",)),
    Line("revisions.new", at=OWNED),
    Line("revisions.create", at=("exported",), fields={"mode": "full"}),
    Line("revisions.show", at=OWNED),
    Line("revisions.activate", at=("behind a newer one",)),
    Line("steps.show", at=OWNED, orders=(1, 4)),
    Line("steps.table", at=OWNED, orders=(1, 4), values={"list": "deferred"}),
    Line("steps.consequences", at=OWNED, orders=(1, 4)),
    Line("steps.save", "step 1", ("0 locked",), (1,), LETTER),
    Line("steps.save", "step 2", ("1 locked",), (2,), LETTER),
    Line("steps.save", "step 3", ("2 locked",), (3,), LETTER),
    Line("steps.save", "step 4", ("3 locked",), (4,), LETTER),
    Line("steps.lock", "step 1", ("0 locked",), (1,)),
    Line("steps.lock", "step 2", ("1 locked",), (2,)),
    Line("steps.lock", "step 3", ("2 locked",), (3,)),
    Line("steps.lock", "step 4, which completes", ("3 locked",), (4,)),
    Line("steps.restart", "of a draft revision", ("3 locked",), (1, 2, 3)),
    Line("steps.restart", "of a completed revision", ("exported",), (1, 2, 3, 4)),
    Line("ai.panel", at=("a suggestion waits",), orders=(1,)),
    Line("ai.agree", at=("a suggestion waits",), orders=(1,)),
    Line("ai.cancel", at=("a suggestion waits",), orders=(1,)),
    Line("ai.ask", "step 1", ("0 locked",), (1,), {"ask": "draft"}),
    Line("ai.ask", "step 4", ("3 locked",), (4,), {"ask": "missing"}),
    Line("ai.ask", "while a suggestion waits", ("a suggestion waits",), (1,)),
    Line("ai.apply", at=("a suggestion waits",), fields={"field": "summary"}),
    Line("ai.undo", at=("a suggestion was used",)),
    Line("ai.dismiss", at=("a suggestion waits",)),
    Line("exports.create", "a further time", ("exported",)),
    Line("exports.show", at=("exported",)),
    Line("exports.download", at=("exported",)),
)


def asked(found: World, standing: str) -> dict[tuple[str, str], str]:
    """What every line is answered in this standing."""
    return {line.name: _cell(found, line, standing) for line in LINES}


def _cell(found: World, line: Line, standing: str) -> str:
    answers = set()
    for place in (found.places[name] for name in line.at):
        for order in line.orders or (0,):
            found.become(place.owner, standing)
            answers.add(_said(_answer(found, line, place, order)))
    return " or ".join(sorted(answers))


def _said(response: TestResponse) -> str:
    code = response.headers.get("DevPilot-Error")
    assert code or response.status_code in {200, 303}, (response.request.path, response.status)
    return code or YES


def _answer(found: World, line: Line, place: Place, order: int) -> TestResponse:
    if line.endpoint == "billing.webhook":
        return _message(found)
    (rule,) = found.app.url_map.iter_rules(line.endpoint)
    ids = {name: value for name, value in place.ids.items() if name in rule.arguments}
    orders = {"order": order} if order else {}
    path = found.app.url_map.bind("").build(line.endpoint, {**ids, **orders, **line.values})
    asker: Browser = place.owner.twin()
    if "POST" not in (rule.methods or ()):
        return asker.client.get(path)
    found.now_there = None
    fields = dict(line.fields)
    of_a_revision = "/revisions/" in path or "/suggestions/" in path
    if place.revision and of_a_revision and line.endpoint not in UNVERSIONED:
        fields["version"] = str(asker.version(place.revision))
    return asker.post(path, fields, headers=JSON)


def _message(found: World) -> TestResponse:
    """A message that Stripe signed, about nobody here; without Stripe, nobody signs any."""
    body, headers = found.stripe.signed(found.stripe.emit("customer.created", {"id": "cus_1"}))
    return found.at_stripe.test_client().post("/billing/webhook", data=body, headers=headers)


def permissions_table() -> str:
    """Markdown, a line for each kind of request, in the order of the endpoints' names."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'permissions.sqlite3'}"
        _migrate(create_app(settings_for(url, folder)))
        with world(url, folder) as found:
            columns = [asked(found, standing) for standing in STANDINGS]
    head = ["endpoint", "asked for", *STANDINGS]
    lines = [head, ["---"] * len(head)]
    for line in sorted(LINES, key=lambda line: line.endpoint):
        cells = [column[line.name] for column in columns]
        shown = [cell if cell == YES else f"`{cell}`" for cell in cells]
        lines.append([f"`{line.endpoint}`", line.words, *shown])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _migrate(app: Flask) -> None:
    with app.app_context():
        migrate()
        for engine in db.engines.values():
            engine.dispose()
