"""The product with Stripe, where Stripe is a server of our own; and people who pay there."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from devpilot import clock
from devpilot.db import reading
from devpilot.models import Subscription
from tests.browser import Browser
from tests.conftest import app_on
from tests.stripe_server import StripeServer

HOST = {"Host": "127.0.0.1"}


def stripe_settings(server: StripeServer) -> dict[str, str]:
    """The environment of a product that takes payments at this server."""
    return {
        "STRIPE_SECRET_KEY": server.api_key,
        "STRIPE_WEBHOOK_SECRET": server.webhook_secret,
        "STRIPE_PRICE_MONTHLY": server.price_monthly,
        "STRIPE_PRICE_YEARLY": server.price_yearly,
        "STRIPE_API_BASE": server.url,
    }


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
