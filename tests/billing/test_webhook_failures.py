"""When Stripe or the database fails while a message is dealt with.

A newcomer's likely mistake: taking an answer that cannot be read for one that says there is
nothing. The person here is on Pro, and a subscription that was not found would end it.
"""

import json

import pytest

from devpilot.services import payment_messages
from tests.billing.conftest import (
    asked_and_heard,
    deliver,
    meet,
    noted,
    subscription_of,
    technical_rows,
)
from tests.billing.test_checkout import BROKEN
from tests.faults.injecting import COMMITTED, Fault, Kind, injected
from tests.refusals import assert_problem


@pytest.fixture
def impatient(monkeypatch, paid_app):
    """The product waits less for Stripe than it does elsewhere."""
    monkeypatch.setattr(paid_app.extensions["devpilot_payments"]._http, "_total", 0.4)


BODIES = [b"[]", b"null", b"{}", b'"x"', b"1e999", b'{"data": null}', b'{"data": [{}]}',
          b'{"object": "list", "data": [null], "has_more": false, "url": "/"}',
          b'{"object": "list", "has_more": false, "url": "/v1/subscriptions"}',
          b'{"object": "list", "data": {}, "has_more": false}', b"[" * 100_000, b"\xff\xfe",
]  # fmt: skip
FAILURES = [how for how in BROKEN if how != "body"] + BODIES
SPOILT = {
    "a status that is new": {"status": "frozen"},
    "no status": {"status": None},
    "no items": {"items": None},
    "a period that is a text": {"period": ("soon", "later")},
    "a period beyond all years": {"period": (10**15, 10**15)},
    "no period": {"period": (None, None)},
}


def assert_nothing_known(app, stripe, person, event, nothing_changes):
    """Refused so that Stripe sends it again, and nothing is half done."""
    before = technical_rows(app)
    with nothing_changes():
        assert_problem(deliver(app, stripe, event), "billing_unavailable")
    after = technical_rows(app)
    assert after.pop("billing_customer") != before.pop("billing_customer"), "a question was asked"
    assert after == before
    assert asked_and_heard(person)[1] == 1, "and its answer never heard"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", FAILURES, ids=lambda how: repr(how)[:40])
def test_whatever_stripe_does_nothing_is_half_known_and_a_retry_succeeds(
    paid_app, stripe, bought, nothing_changes, how
):
    deliver(paid_app, stripe, bought.event)
    stripe.cancel(bought.subscription)
    body = {"how": "body", "body": how} if isinstance(how, bytes) else {"how": how}
    stripe.fail("/v1/subscriptions", times=None, seconds=0.2, **body)
    event = stripe.events[-1]
    assert_nothing_known(paid_app, stripe, bought.person, event, nothing_changes)
    stripe.mend()
    assert deliver(paid_app, stripe, event).status_code == 200
    assert subscription_of(bought.person).state == "paid_expired"
    assert stripe.strayed == []


@pytest.mark.parametrize("name", SPOILT)
def test_a_subscription_that_cannot_be_read_is_not_known(
    paid_app, stripe, bought, nothing_changes, name
):
    deliver(paid_app, stripe, bought.event)
    whole = stripe.subscription(bought.subscription)
    spoilt = {**whole, **{k: v for k, v in SPOILT[name].items() if k != "period"}}
    if "period" in SPOILT[name]:
        start, end = SPOILT[name]["period"]
        (item,) = whole["items"]["data"]
        item = {**item, "current_period_start": start, "current_period_end": end}
        spoilt["items"] = {**whole["items"], "data": [item]}
    listed = {"object": "list", "data": [spoilt], "has_more": False, "url": "/v1/subscriptions"}
    stripe.fail("/v1/subscriptions", "body", body=json.dumps(listed).encode())
    event = stripe.emit("customer.subscription.updated", whole)
    assert_nothing_known(paid_app, stripe, bought.person, event, nothing_changes)
    assert deliver(paid_app, stripe, event).status_code == 200


def test_with_stripe_down_the_message_comes_again(paid_app, stripe, bought, nothing_changes):
    with stripe.stopped(), nothing_changes():
        assert_problem(deliver(paid_app, stripe, bought.event), "billing_unavailable")
    assert noted(paid_app, bought.event) is None
    assert deliver(paid_app, stripe, bought.event).status_code == 200
    assert subscription_of(bought.person).state == "paid_active"


@pytest.mark.parametrize("how", ["wrong price", "deleted customer"])
def test_what_stripe_knows_for_certain_ends_pro(paid_app, stripe, bought, how):
    deliver(paid_app, stripe, bought.event)
    event = stripe.emit("invoice.paid", {"customer": bought.event["data"]["object"]["customer"]})
    stripe.fail("/v1/subscriptions", how)
    assert deliver(paid_app, stripe, event).status_code == 200
    assert subscription_of(bought.person).state == "paid_expired"


def test_a_customer_who_is_unknown_at_stripe_has_nothing(paid_app, stripe, bought):
    deliver(paid_app, stripe, bought.event)
    stripe.reset()
    again = {**bought.event, "id": bought.event["id"] + "x"}
    assert deliver(paid_app, stripe, again).status_code == 200
    assert subscription_of(bought.person).state == "paid_expired"


def test_a_bug_in_the_middle_leaves_nothing_and_a_retry_succeeds(
    paid_app, stripe, bought, nothing_changes, monkeypatch
):
    real = payment_messages.take

    def fails(heard, at):
        real(heard, at)
        raise RuntimeError("injected")

    with nothing_changes(), monkeypatch.context() as patched:
        patched.setattr(payment_messages, "take", fails)
        assert deliver(paid_app, stripe, bought.event).status_code == 500
    assert noted(paid_app, bought.event) is None
    assert asked_and_heard(bought.person) == (1, 0)
    assert deliver(paid_app, stripe, bought.event).status_code == 200
    assert subscription_of(bought.person).state == "paid_active"


def test_wherever_the_database_fails_a_message_is_dealt_with_whole_or_not_at_all(
    paid_app, stripe, customer
):
    fault, places = None, []
    while fault is None or fault.struck:
        person = customer()
        stripe.subscribe(meet(person, stripe))
        event = stripe.events_of("customer.subscription.created")[-1]
        fault = Fault(Kind.ERROR, at=len(places) + 1)
        with injected(paid_app, fault):
            answer = deliver(paid_app, stripe, event)
        whole = noted(paid_app, event) is not None
        assert whole == (subscription_of(person).state == "paid_active"), str(fault)
        assert whole or answer.status_code >= 500, str(fault)
        assert deliver(paid_app, stripe, event).status_code == 200
        assert (noted(paid_app, event), subscription_of(person).state) == (
            event["type"],
            "paid_active",
        )
        places.append(fault.passed[fault.at - 1] if fault.struck else "")
    assert {"BEGIN", "COMMIT", COMMITTED} <= set(places)
    assert len(places) > 15
