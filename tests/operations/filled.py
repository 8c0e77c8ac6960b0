"""A database with something of everything in it, made through the product alone."""

import re
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

from flask import Flask

from devpilot import clock, gate
from devpilot.adapters.payment import PaymentPage, ProviderEvent
from devpilot.db import transaction
from devpilot.methodology import EXAMPLES
from devpilot.models import UsageType
from devpilot.services import customers, identity, payment_messages, payments, reservations
from devpilot.services.payments import Wish
from devpilot.states import Mode
from tests.ai_server import AiServer
from tests.ai_server.behind import behind
from tests.browser import Browser
from tests.conftest import PASSWORD


def fill(app: Flask) -> None:
    """Three people: one who pays and uses everything, one on Free, one whose plan expired."""
    _paying(app)
    free = person(app, "free")
    revision = free.new_revision()
    free.lock_up_to(revision, 1)
    _asked_an_ai(free, f"{revision}/steps/2")
    _went_to_pay(free)
    expired = person(app, "expired")
    bill(expired, "paid")
    expired.lock_up_to(expired.new_revision(), 4)
    bill(expired, "period_ended")


def person(app: Flask, name: str) -> Browser:
    browser = Browser(app, address="127.0.0.9")
    _post(browser, "/register", email=f"{name}@example.com", password=PASSWORD)
    return browser


def bill(browser: Browser, event: str) -> None:
    _post(browser, "/billing/sandbox", event=event)


def _paying(app: Flask) -> None:
    owner = person(app, "paying")
    bill(owner, "paid")
    _drafts(owner)
    _exported(owner)
    _restarted(owner)
    _copied(owner)
    _deleted(owner)


def _drafts(owner: Browser) -> None:
    """Nothing locked, and a text that is not all ASCII."""
    revision = owner.new_revision(example="")
    assert owner.save(revision, 1, {"summary": "Größe, 予約 und mehr"}).status_code == 303
    owner.lock_up_to(owner.new_revision(), 2)


def _exported(owner: Browser) -> None:
    """Completed and exported, and left alone: one lean, one full."""
    for mode, last in ((Mode.LEAN, 4), (Mode.FULL, 10)):
        example = next(name for name, one in EXAMPLES.items() if one.mode == mode)
        revision = owner.new_revision(example=example)
        owner.lock_up_to(revision, last)
        _post(owner, f"{revision}/exports")


def _restarted(owner: Browser) -> None:
    """One restarted after its export, one restarted and locked again, one never exported."""
    exported = owner.new_revision()
    owner.lock_up_to(exported, 4)
    _post(owner, f"{exported}/exports")
    restart(owner, exported, 2)
    again = owner.new_revision()
    owner.lock_up_to(again, 4)
    restart(owner, again, 1)
    assert owner.save(again, 1, {"summary": "Another summary"}).status_code == 303
    owner.lock_up_to(again, 4)
    begun = owner.new_revision()
    owner.lock_up_to(begun, 2)
    restart(owner, begun, 1)


def _copied(owner: Browser) -> None:
    """A second revision, in full mode and begun; and one that stands back behind the first."""
    for mode, back in ((Mode.FULL, False), (Mode.LEAN, True)):
        project = owner.create_project()
        first = owner.revision_of(project)
        owner.lock_up_to(first, 4)
        _post(owner, f"{project}/revisions", mode=mode)
        second = owner.revision_of(project)
        assert second != first
        owner.lock_up_to(second, 1)
        if back:
            _post(owner, f"{first}/activate", version=str(owner.version(first)))


def _deleted(owner: Browser) -> None:
    """One deleted, and one deleted, restored and renamed."""
    gone, back = owner.create_project("Gone"), owner.create_project("Back")
    owner.lock_up_to(owner.revision_of(gone), 4)
    for project in (gone, back):
        _post(owner, f"{project}/delete")
    _post(owner, f"{back}/restore")
    _post(owner, f"{back}/rename", name="Back again", idempotency_key="a key of this form")


def _asked_an_ai(owner: Browser, step: str) -> None:
    """One suggestion was used but for a part, one waits, and another is under way."""
    with AiServer() as server, behind(owner.app, server):
        _post(owner, f"{step}/suggestions/agreement")
        _post(owner, f"{step}/suggestions")
        pending = suggestion_of(owner, step)
        for decided in ({"dismiss": "deferred-0"}, {"field": "*"}):
            version = str(owner.version(step.partition("/steps/")[0]))
            _post(owner, f"{pending}/apply", version=version, **decided)
        _post(owner, f"{step}/suggestions", ask="missing")
    with owner.client.session_transaction() as cookie:
        token = cookie[gate.TOKEN]
    with owner.app.app_context(), transaction():
        user = identity.find_account(token, at=clock.now(), idle_hours=1, hold=True)
        assert user
        reservations.reserve(user.id, UsageType.AI_SUGGESTION, timedelta(minutes=1))


def suggestion_of(owner: Browser, step: str) -> str:
    """The path of the suggestion that waits beside the step."""
    found = re.search(r"/suggestions/[0-9a-f-]{36}(?=/apply)", owner.open(step).text)
    assert found, step
    return found[0]


class _Till:
    """A payment provider with one customer, who has paid nothing yet."""

    def within(self, _seconds: float) -> AbstractContextManager[None]:
        return nullcontext()

    def create_customer(self, *_of_whom: str, key: str) -> str:
        return f"cus_{key[:8]}"

    def open_checkout(self, *_wanted: str, **_how: str) -> PaymentPage:
        return PaymentPage("cs_1", "/pay")

    def current(self, _customer: str) -> None:
        """Nothing was ever begun."""


def _went_to_pay(owner: Browser) -> None:
    """To a provider's page, and a message of the provider's came."""
    with owner.app.app_context():
        user = identity.find_by_email("free@example.com")
        assert user
        wish = Wish("monthly", "/paid", "/billing", "one-intent")
        payments.checkout(_Till(), user.id, user.email, None, wish)
        with transaction():
            event = ProviderEvent("evt_1", "customer.created", customers.customer_of(user.id))
            payment_messages.deal_with(event, None, clock.now())


def restart(owner: Browser, revision: str, order: int) -> None:
    _post(
        owner, f"{revision}/steps/{order}/restart", version=str(owner.version(revision))
    )  # fmt: skip


def _post(browser: Browser, path: str, **fields: str) -> None:
    response = browser.post(path, fields)
    assert response.status_code == 303, (path, response.text[:800])
