"""The sandbox tells every story as Stripe does, in the same row."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from devpilot.models import Subscription
from tests.billing.conftest import (
    deliver,
    meet,
    subscription_of,
)

SECOND = timedelta(seconds=1)
STORY = ["paid monthly", "paid yearly", "payment_failed", "cancelled", "period_ended"]
STORIES = [
    story
    for story in itertools.product(STORY[:2], STORY, STORY)
    if story[1] != "period_ended" or story[2] in STORY[:2]
]
OWN = {"id", "user_id", "created_at", "provider", "provider_customer", "provider_subscription"}


def in_sandbox(person, event):
    name, _, interval = event.partition(" ")
    fields = {"event": name, "interval": interval or "monthly"}
    assert person.post("/billing/sandbox", fields).status_code == 303


def at_stripe(person, stripe, whom, event):
    """The same thing happens at Stripe, and all of its messages arrive."""
    known = len(stripe.events)
    running = [one for one in stripe.subscriptions if one["status"] != "canceled"]
    price = stripe.price_yearly if event.endswith("yearly") else stripe.price_monthly
    if not running:
        stripe.subscribe(whom, price)
    else:
        _go_on(stripe, running[0]["id"], event, price)
    for message in stripe.events[known:]:
        assert deliver(person.app, stripe, message).status_code == 200


def _go_on(stripe, made, event, price):
    if event == "payment_failed":
        stripe.alter(made, status="past_due")
    elif event == "cancelled":
        stripe.schedule_end(made)
    elif event == "period_ended":
        stripe.cancel(made)
    else:
        stripe.resume(made)
        stripe.renew(made)
        stripe.switch(made, price)


def columns(person):
    """The row without what is the provider's own; moments to the second or two."""
    found = subscription_of(person)
    names = [column.key for column in inspect(Subscription).columns if column.key not in OWN]
    values = {name: getattr(found, name) for name in names}
    moments = {name: values.pop(name) for name in names if name.startswith("current_period")}
    return values, moments


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=", ".join)
def test_the_sandbox_tells_every_story_as_stripe_does(free, stripe, customer, story):
    person = customer()
    whom = meet(person, stripe)
    for event in story:
        in_sandbox(free, event)
        at_stripe(person, stripe, whom, event)
        (ours, moments), (its, its_moments) = columns(free), columns(person)
        assert ours == its
        for name, at in moments.items():
            assert abs(at - its_moments[name]) < 3 * SECOND, name
        texts = [one.page("/billing").text for one in (free, person)]
        assert [("A payment failed" in t, "Pro ends: you cancelled" in t) for t in texts] == [
            (ours["past_due"], ours["state"] == "paid_active" and ours["cancel_at_period_end"])
        ] * 2
