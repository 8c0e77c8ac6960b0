"""Messages that Stripe did sign: no events, no concern of ours, no longer remembered."""

import json
from datetime import timedelta

import pytest

from devpilot import clock
from tests.billing.conftest import (
    asked_and_heard,
    at,
    deliver,
    go_to_pay,
    noted,
    stripe_settings,
    subscription_of,
    technical_rows,
)
from tests.conftest import app_on
from tests.refusals import JSON, assert_problem
from tests.stripe_server.webhooks import headers as signing


def event_with(**fields):
    whole = {"id": "evt_1", "type": "customer.subscription.updated"}
    whole["data"] = {"object": {"object": "subscription", "customer": "cus_1"}}
    return json.dumps({**whole, **fields}).encode()


NO_EVENT = {
    "not JSON": b"hello",
    "empty": b"",
    "a list": b"[1, 2]",
    "null": b"null",
    "a text": b'"evt_1"',
    "a number of 10,000 digits": b"1" * 10_000,
    "100,000 brackets": b"[" * 100_000,
    "100,000 objects": b'{"data":' * 100_000,
    "invalid UTF-8": b'{"id": "\xff"}',
    "UTF-16": event_with().decode().encode("utf-16"),
    "an empty object": b"{}",
    "no id": event_with(id=None),
    "an empty id": event_with(id=""),
    "a number as id": event_with(id=7),
    "an id of 300 characters": event_with(id="e" * 300),
    "an id beyond ASCII": event_with(id="evt_\u00e9"),
    "half a character as id": event_with(id="evt_\ud800"),
    "NUL in the id": event_with(id="evt_\0"),
    "no type": event_with(type=None),
    "a list as type": event_with(type=["invoice.paid"]),
    "NUL in the type": event_with(id="evt_nul_1", type="invoice.paid\0"),
    "no data": event_with(data=None),
    "a list as data": event_with(data=[]),
    "a text as its object": event_with(data={"object": "sub_1"}),
    "a number as customer": event_with(data={"object": {"customer": 7}}),
    "a list as customer": event_with(data={"object": {"customer": ["cus_1"]}}),
    "a customer without id": event_with(data={"object": {"customer": {"name": "x"}}}),
    "a customer of 300 characters": event_with(data={"object": {"customer": "c" * 300}}),
    "NUL in the customer": event_with(id="evt_nul_2", data={"object": {"customer": "cus_\0"}}),
    "more than 4 MiB": b" " * (4 * 1024 * 1024 + 1),
}


@pytest.mark.parametrize("name", NO_EVENT)
def test_what_is_signed_and_no_event_is_refused_and_leaves_nothing(paid_app, stripe, unheard, name):
    body = NO_EVENT[name]
    headers = signing(body, stripe.webhook_secret, int(stripe.now.timestamp()))
    answer = paid_app.test_client().post("/billing/webhook", data=body, headers=headers)
    code = "authentication_required" if name in {"invalid UTF-8", "UTF-16"} else "invalid_input"
    assert_problem(answer, code)


def test_nothing_but_a_post_is_a_message(paid_app, stripe, bought, unheard):
    body, headers = stripe.signed(bought.event)
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        answer = paid_app.test_client().open(
            "/billing/webhook", method=method, data=body, headers={**headers, **JSON}
        )
        assert answer.headers["DevPilot-Error"] == "method_not_allowed"
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_without_stripe_there_is_nobody_to_believe(app, stripe, bought, unheard):
    assert_problem(deliver(app, stripe, bought.event), "billing_unavailable")


# Messages that are no concern.


@pytest.mark.parametrize(
    "kind", ["payment_intent.succeeded", "customer.updated", "customer.source.created", "zzz",
             "customer.subscription", "x" * 200],
)  # fmt: skip
def test_an_unknown_type_is_noted_and_changes_nothing(stripe, bought, lines, nothing_changes, kind):
    app = bought.person.app
    about = {"id": "x_1", "object": "x", "customer": bought.event["data"]["object"]["customer"]}
    event, asked = stripe.emit(kind, about), len(stripe.requests)
    with nothing_changes():
        assert deliver(app, stripe, event).status_code == 200
    assert noted(app, event) == kind[:100]
    assert [(line["event"], line["outcome"]) for line in lines] == [("webhook", "of no concern")]
    assert asked_and_heard(bought.person) == (0, 0)
    assert len(stripe.requests) == asked


@pytest.mark.parametrize("of", ["nobody here", None, {"id": "cus_expanded", "object": "customer"}])
def test_a_message_about_nobody_here_is_noted_and_changes_nothing(
    paid_app, stripe, lines, nothing_changes, of
):
    stripe.subscribe(stripe.create_customer("nobody@example.com")["id"])
    events = stripe.events
    if of != "nobody here":
        events = [stripe.emit("invoice.paid", {"object": "invoice", "customer": of})]
    with nothing_changes():
        assert {deliver(paid_app, stripe, event).status_code for event in events} == {200}
    assert all(noted(paid_app, event) for event in events)
    assert {(line["event"], line["outcome"]) for line in lines} == {("webhook", "of no concern")}
    assert stripe.requests == []


def to_another_price(stripe, subscription):
    (item,) = stripe.subscription(subscription)["items"]["data"]
    return stripe.alter(subscription, items=[{**item, "price": {**item["price"], "id": "price_x"}}])


def test_another_product_is_not_pro(paid_app, stripe, bought, lines):
    to_another_price(stripe, bought.subscription)
    for event in stripe.events:
        assert deliver(paid_app, stripe, event).status_code == 200
    assert subscription_of(bought.person).state == "free"
    assert "other_price" in {line["event"] for line in lines}


def test_a_subscription_that_becomes_another_product_ends_pro(paid_app, stripe, bought):
    deliver(paid_app, stripe, bought.event)
    to_another_price(stripe, bought.subscription)
    assert deliver(paid_app, stripe, stripe.events[-1]).status_code == 200
    assert subscription_of(bought.person).state == "paid_expired"


def test_a_price_that_was_sold_once_is_still_pro(stripe, bought, database_url, tmp_path):
    to_another_price(stripe, bought.subscription)
    more = stripe_settings(stripe)
    more["STRIPE_PRICE_MONTHLY"] += ", price_x"
    with app_on(database_url, tmp_path, **more) as honouring:
        assert deliver(honouring, stripe, bought.event).status_code == 200
        found = subscription_of(bought.person)
        assert (found.state, found.interval) == ("paid_active", "monthly")
        stripe.cancel(bought.subscription)
        deliver(honouring, stripe, stripe.events[-1])
        go_to_pay(at(honouring, bought.person))
    (opened,) = stripe.asked("POST", "/v1/checkout/sessions")
    assert opened.params["line_items"]["0"]["price"] == stripe.price_monthly


# How long messages are remembered.


def test_messages_are_kept_for_35_days(paid_app, stripe, bought, lines, at_time):
    deliver(paid_app, stripe, bought.event)
    born = clock.now()
    at_time(days=34, hours=23)
    young = stripe.emit("zzz", {})
    assert deliver(paid_app, stripe, young).status_code == 200
    assert noted(paid_app, bought.event), "not 35 days old"
    stripe.cancel(bought.subscription)
    before = technical_rows(paid_app)
    assert deliver(paid_app, stripe, bought.event).status_code == 200
    assert (lines[-1]["outcome"], technical_rows(paid_app)) == ("again", before)
    assert subscription_of(bought.person).state == "paid_active", "it has no effect a second time"
    at_time(days=35, seconds=60)
    assert clock.now() - born > timedelta(days=35)
    assert deliver(paid_app, stripe, stripe.emit("zzz", {})).status_code == 200
    assert noted(paid_app, bought.event) is None
    assert noted(paid_app, young) == "zzz"
    assert deliver(paid_app, stripe, bought.event).status_code == 200, "as harmless as a new one"
    assert subscription_of(bought.person).state == "paid_expired"
