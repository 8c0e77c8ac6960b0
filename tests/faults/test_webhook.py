"""A message of Stripe under faults: all of its effect, or none and Stripe sends it again."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from devpilot import clock
from tests.billing.conftest import at, deliver, go_to_pay, stripe_settings
from tests.browser import Browser
from tests.conftest import app_on
from tests.faults.operations import Operation
from tests.faults.sweeping import Sweep
from tests.faults.test_sweep import ALL_WAYS, WAYS, swept
from tests.snapshots import kept
from tests.soaking import SOAK
from tests.soundness import assert_sound
from tests.stripe_server import StripeServer


@dataclass(frozen=True, slots=True)
class Message:
    """One of Stripe's messages, ready to be delivered as often as is wanted."""

    app: Flask
    stripe: StripeServer
    event: dict[str, Any]
    person: Browser
    fields: dict[str, str] = field(default_factory=dict)

    def send(self) -> Any:
        return deliver(self.app, self.stripe, self.event)


@pytest.fixture
def with_stripe(own_url, tmp_path):
    """The product with Stripe, on the sweep's own database; and that Stripe."""
    with StripeServer(clock=clock.now) as stripe:
        settings = stripe_settings(stripe)
        with app_on(own_url, tmp_path, **settings) as app:
            yield app, stripe


def paid(app, stripe, person):
    """Somebody paid, and the message that says so is on its way."""
    stripe.pay(go_to_pay(person))
    return Message(app, stripe, stripe.events[-1], person)


def ended(app, stripe, person):
    message = paid(app, stripe, person)
    assert message.send().status_code == 200
    stripe.cancel(stripe.subscriptions[-1]["id"])
    return Message(app, stripe, stripe.events[-1], person)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("story", [paid, ended])
def test_a_fault_at_any_point_of_a_message(  # noqa: PLR0917  as many fixtures as it needs
    own_url, database_kind, with_stripe, make_person, story, tell
):
    app, stripe = with_stripe
    message = story(app, stripe, at(app, make_person()))
    operation = Operation(story.__name__, "billing.webhook", lambda _stage: message)
    ways = (ALL_WAYS if SOAK else WAYS)[database_kind]
    with kept(own_url) as put_back:
        sweep = Sweep(app, operation, message, put_back)
        for kind, lasting in ways:
            points = swept(sweep, kind, lasting=lasting)
        assert message.send().status_code == 200
        assert_sound(app)
    assert points > 8
    tell(f"{points} points, {len(ways)} ways to fail at each")
