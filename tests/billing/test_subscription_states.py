"""What each of Stripe's words makes of a subscription."""

from datetime import timedelta

import pytest

from devpilot import clock
from tests.billing.conftest import (
    deliver_all,
    hear,
    meet,
    pay,
    period_of,
    said,
    subscription_of,
    tell,
)
from tests.refusals import assert_refused
from tests.stripe_server import lifecycle
from tests.stripe_server.objects import STATUSES

PAYING = {"active", "trialing", "past_due"}
ENDED = {"canceled", "unpaid", "paused", "incomplete_expired"}
BEFORE = ["free", "paid_active", "paid_expired"]


# The table of statuses.


def test_the_table_has_every_status_of_stripes():
    assert {*PAYING, *ENDED, "incomplete"} == set(STATUSES)


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("status", STATUSES)
def test_what_a_status_makes_of_a_subscription(stripe, customer, nothing_changes, before, status):
    person = customer()
    made = stripe.subscribe(meet(person, stripe), status="incomplete")["id"]
    for step in BEFORE[1 : BEFORE.index(before) + 1]:
        tell(person, stripe, made, status={"paid_active": "past_due"}.get(step, "unpaid"))
    was = (before, before == "paid_active")
    assert said(person) == was
    after = {"incomplete": was, **dict.fromkeys(PAYING, ("paid_active", status == "past_due"))}
    ended = was if before == "free" else ("paid_expired", False)
    if status == "incomplete" or (status in ENDED and before == "free"):
        with nothing_changes():
            tell(person, stripe, made, status=status)
    else:
        tell(person, stripe, made, status=status)
    assert said(person) == after.get(status, ended)
    text = person.page("/billing").text
    assert ("A payment failed" in text) == said(person)[1]
    assert ("You are on Pro" in text) == (said(person)[0] == "paid_active")
    tell(person, stripe, made, status=status)
    assert said(person) == after.get(status, ended), "and the same once more"


def test_while_a_payment_is_tried_again_pro_works_and_a_notice_says_so(pro, stripe, make_project):
    person, made = pro
    owned = make_project(person, locked=3)
    stripe.fail_payment(made)
    hear(person, stripe)
    assert said(person) == ("paid_active", True)
    page = person.page("/billing")
    assert "A payment failed" in page.text
    assert "Check your payment method" in page.text
    assert person.lock(owned.revision, 4).status_code == 303
    stripe.pay_invoice(made)
    hear(person, stripe)
    assert "A payment failed" not in person.page("/billing").text


def test_after_the_last_attempt_pro_is_over_and_nothing_is_lost(pro, stripe, make_project):
    person, made = pro
    owned = make_project(person, locked=4)
    for _ in range(lifecycle.ATTEMPTS):
        stripe.fail_payment(made)
        hear(person, stripe)
    assert said(person) == ("paid_expired", False)
    assert_refused(person.post(f"{owned.revision}/exports"), "subscription_required")
    assert person.open(owned.step(4)).status_code == 200


# Cancelled at the period's end, and taken back.


CANCELLED = {
    "flexible billing": lambda stripe, made, _: stripe.schedule_end(made),
    "cancel_at alone": lambda stripe, made, end: stripe.alter(made, cancel_at=end),
    "the flag alone": lambda stripe, made, _: stripe.alter(made, cancel_at_period_end=True),
    "both": lambda stripe, made, end: stripe.alter(made, cancel_at=end, cancel_at_period_end=True),
}


@pytest.mark.parametrize("how", CANCELLED)
def test_a_cancellation_at_the_periods_end_is_kept_and_shown(pro, stripe, how):
    person, made = pro
    before = period_of(person)
    assert "It renews." in person.page("/billing").text
    CANCELLED[how](stripe, made, before[1])
    hear(person, stripe)
    assert said(person) == ("paid_active", False)
    assert subscription_of(person).cancel_at_period_end is True
    assert "Pro ends: you cancelled" in person.page("/billing").text
    assert period_of(person) == before
    stripe.resume(made)
    hear(person, stripe)
    assert subscription_of(person).cancel_at_period_end is False
    assert "It renews." in person.page("/billing").text
    assert period_of(person) == before


def test_a_cancellation_within_the_period_is_its_end(pro, stripe):
    person, made = pro
    start, end = period_of(person)
    tell(person, stripe, made, cancel_at=end - timedelta(days=9))
    assert period_of(person) == (start, end - timedelta(days=9))


def test_a_subscription_that_ran_out_is_begun_anew_by_the_same_customer(pro, stripe, at_time):
    person, first = pro
    stripe.schedule_end(first)
    at_time(days=12)
    stripe.renew(first)
    hear(person, stripe)
    assert said(person) == ("paid_expired", False)
    assert subscription_of(person).cancel_at_period_end is True
    second = pay(person, stripe, "yearly")
    found = subscription_of(person)
    assert (found.state, found.interval) == ("paid_active", "yearly")
    assert found.cancel_at_period_end is False
    assert found.provider_subscription == second["id"] != first
    assert len(stripe.customers) == 1


# Two subscriptions of one customer.


@pytest.mark.parametrize("other", sorted({*ENDED, "incomplete"}))
@pytest.mark.parametrize("paying_first", [True, False])
def test_of_two_subscriptions_the_paying_one_counts(stripe, customer, lines, other, paying_first):
    person = customer()
    whom, paid_by = meet(person, stripe), {}
    for status in ("active", other) if paying_first else (other, "active"):
        price = stripe.price_yearly if status == "active" else stripe.price_monthly
        paid_by[status] = stripe.subscribe(whom, price, status=status)["id"]
    deliver_all(person.app, stripe)
    found = subscription_of(person)
    assert (found.state, found.interval) == ("paid_active", "yearly")
    assert found.provider_subscription == paid_by["active"]
    assert "paid_twice" not in {line["event"] for line in lines}


def test_whoever_pays_twice_is_on_pro_until_both_end_and_the_operator_is_told(
    pro, stripe, lines, at_time
):
    person, first = pro
    whom = subscription_of(person).provider_customer
    at_time(minutes=1)
    second = stripe.subscribe(whom, stripe.price_yearly)["id"]
    hear(person, stripe)
    assert [line["customer"] for line in lines if line["event"] == "paid_twice"] == [whom]
    assert subscription_of(person).provider_subscription == second, "the one that began last"
    stripe.cancel(second)
    hear(person, stripe)
    found = subscription_of(person)
    assert (found.state, found.provider_subscription) == ("paid_active", first)
    stripe.cancel(first)
    hear(person, stripe)
    assert said(person) == ("paid_expired", False)


def test_of_two_that_are_paid_the_one_whose_period_began_last_counts(pro, stripe):
    """Whichever Stripe lists first."""
    person, first = pro
    second = stripe.subscribe(subscription_of(person).provider_customer)["id"]
    now = clock.now().replace(microsecond=0)
    for newest in (first, second, first):
        now += timedelta(days=1)
        tell(person, stripe, newest, period=(now, now + timedelta(days=30)))
        assert subscription_of(person).provider_subscription == newest


def test_what_somebody_else_opened_stripe_does_not_end(stripe, customer, nothing_changes):
    person = customer("paying")
    whom = meet(person, stripe)
    with nothing_changes():
        for status in sorted({*ENDED, "incomplete"}):
            stripe.subscribe(whom, status=status)
            hear(person, stripe)
    stripe.subscribe(whom, stripe.price_yearly)
    hear(person, stripe)
    found = subscription_of(person)
    assert (found.provider, found.interval) == ("stripe", "yearly")
