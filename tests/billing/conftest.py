"""The product with Stripe, where Stripe is a server of our own; and people who pay there."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import select
from structlog.testing import LogCapture, ReturnLogger
from werkzeug.test import TestResponse

from devpilot import clock
from devpilot.adapters import stripe_api, stripe_failures
from devpilot.db import Base, reading, rows, transaction
from devpilot.models import BillingCustomer, Subscription, WebhookEvent
from devpilot.services import customers, payment_messages, payments, subscriptions
from tests.browser import Browser
from tests.conftest import TECHNICAL, app_on
from tests.stripe_server import StripeServer
from tests.stripe_server.__main__ import environment as stripe_settings


@pytest.fixture(scope="session")
def stripe_of_worker() -> Iterator[StripeServer]:
    with StripeServer(clock=clock.now) as server:
        yield server


@pytest.fixture
def stripe(stripe_of_worker: StripeServer) -> Iterator[StripeServer]:
    """Stripe as it is before anybody ever paid."""
    stripe_of_worker.reset()
    yield stripe_of_worker
    stripe_of_worker.mend()


@pytest.fixture(scope="session")
def paid_app(
    stripe_of_worker: StripeServer, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The product with Stripe, on the same database as `app`."""
    folder = tmp_path_factory.mktemp("stripe")
    with app_on(database_url, folder, **stripe_settings(stripe_of_worker)) as app:
        yield app


@pytest.fixture
def customer(
    stripe: StripeServer, paid_app: Flask, make_person: Callable[..., Browser]
) -> Callable[..., Browser]:
    """Makes a signed-in person of the product with Stripe: `customer()`."""

    def make(part: str = "free") -> Browser:
        return at(paid_app, make_person(part))

    return make


@pytest.fixture
def two_servers(
    paid_app: Flask, stripe: StripeServer, database_url: str, tmp_path: Path
) -> Iterator[list[Flask]]:
    """The product twice: as far as the database and Stripe can tell, two processes."""
    with app_on(database_url, tmp_path, **stripe_settings(stripe)) as second:
        yield [paid_app, second]


@pytest.fixture
def pro(stripe: StripeServer, customer: Callable[..., Browser]) -> tuple[Browser, str]:
    """Someone who pays by the month at Stripe, and their subscription there."""
    person = customer()
    return person, pay(person, stripe)["id"]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What billing logs, as dictionaries."""
    capture = LogCapture()
    logger = structlog.wrap_logger(ReturnLogger(), processors=[capture])
    speak = (customers, payment_messages, payments, subscriptions, stripe_api, stripe_failures)
    for module in speak:
        monkeypatch.setattr(module, "log", logger)
    return capture.entries


@pytest.fixture
def bought(stripe: StripeServer, customer: Callable[..., Browser]) -> SimpleNamespace:
    """Someone who paid a moment ago, and the message that will say so."""
    person = customer()
    subscription = stripe.subscribe(meet(person, stripe))
    (event,) = stripe.events_of("customer.subscription.created")
    return SimpleNamespace(person=person, event=event, subscription=subscription["id"])


@pytest.fixture
def unheard(
    paid_app: Flask, stripe: StripeServer, nothing_changes: Callable[..., Any]
) -> Iterator[None]:
    """Fails when the test changed any row whatever, or Stripe was asked."""
    before, asked = technical_rows(paid_app), len(stripe.requests)
    with nothing_changes():
        yield
        assert technical_rows(paid_app) == before
        assert len(stripe.requests) == asked


def technical_rows(app: Flask) -> dict[str, list[Any]]:
    """Every row that `nothing_changes` leaves out: messages, customers, counters, keys."""
    tables = [table for table in Base.metadata.sorted_tables if table.name in TECHNICAL]
    with app.app_context(), reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=str)
            for table in tables
        }


def meet(person: Browser, server: StripeServer) -> str:
    """Make them a customer of Stripe's, without a checkout; its identifier."""
    made: str = server.create_customer(person.email)["id"]
    with person.app.app_context(), transaction():
        rows(customers._MEET, {"user_id": person.user_id, "customer": made})
    return made


def at(app: Flask, person: Browser) -> Browser:
    """The same person, at another application on the same database."""
    moved = Browser(app, address=str(person.client.environ_base["REMOTE_ADDR"]))
    moved.email, moved.user_id = person.email, person.user_id
    cookie = person.client.get_cookie(person.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    moved.client.set_cookie(cookie.key, cookie.value)
    return moved


def deliver(
    app: Flask, server: StripeServer, event: dict[str, Any], **signing: Any
) -> TestResponse:
    """Post one of Stripe's messages to the product, as Stripe does."""
    body, headers = server.signed(event, **signing)
    return app.test_client().post("/billing/webhook", data=body, headers=headers)


def deliver_all(app: Flask, server: StripeServer) -> None:
    for event in server.events:
        answer = deliver(app, server, event)
        assert answer.status_code == 200, answer.text


def go_to_pay(person: Browser, interval: str = "monthly") -> str:
    """Through the form to the payment page; the session's identifier."""
    answer = person.post("/billing/checkout", {"interval": interval})
    assert answer.status_code == 303, answer.text[:500]
    found = re.search(r"cs_\w+", answer.headers["Location"])
    assert found, answer.headers["Location"]
    return found[0]


def pay(person: Browser, server: StripeServer, interval: str = "monthly") -> dict[str, Any]:
    """Go to pay, pay, and let the messages arrive. The subscription at Stripe."""
    paid = server.pay(go_to_pay(person, interval))
    deliver_all(person.app, server)
    return paid


def subscription_of(person: Browser) -> Subscription:
    with person.app.app_context(), reading() as session:
        statement = select(Subscription).where(Subscription.user_id == person.user_id)
        found = session.scalars(statement).one()
        session.expunge_all()
        return found


def noted(app: Flask, event: dict[str, Any]) -> str | None:
    """The type under which a message is kept; None if it is not."""
    with app.app_context(), reading() as session:
        return session.scalar(select(WebhookEvent.type).where(WebhookEvent.id == event["id"]))


def asked_and_heard(person: Browser) -> tuple[int, int]:
    """The numbers of the newest question about them and of the newest answer that was taken."""
    with person.app.app_context(), reading() as session:
        found = session.get_one(BillingCustomer, person.user_id)
        return found.asked, found.heard


def hear(person: Browser, server: StripeServer) -> None:
    """The newest message arrives."""
    assert deliver(person.app, server, server.events[-1]).status_code == 200


def tell(person: Browser, server: StripeServer, subscription: str, **fields: Any) -> None:
    """Something becomes of a subscription at Stripe, and its message arrives."""
    server.alter(subscription, **fields)
    hear(person, server)


def said(person: Browser) -> tuple[str, bool]:
    """The state, and whether a payment failed."""
    found = subscription_of(person)
    return found.state, found.past_due


def period_of(person: Browser) -> tuple[datetime | None, datetime | None]:
    found = subscription_of(person)
    return found.current_period_start, found.current_period_end
