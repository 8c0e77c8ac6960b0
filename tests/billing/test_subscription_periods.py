"""When a period begins and ends, for pages, actions and counts.

A newcomer's likely mistake: asking for `Subscription.state` to know whether Pro is open. The
row says what the provider said; a page and an action also look at the clock.
"""

import time
from datetime import UTC, datetime, timedelta

import pytest

from devpilot import clock
from devpilot.adapters import sandbox
from devpilot.adapters.sandbox import SandboxEvent
from devpilot.clock import months_after
from devpilot.services.billing import resolved_state
from tests.billing.conftest import (
    deliver_all,
    hear,
    meet,
    period_of,
    said,
    subscription_of,
    tell,
)
from tests.billing.test_standing import sign_in_at
from tests.quota.counting import RESTART, left, periods, use
from tests.refusals import assert_refused
from tests.stripe_server import lifecycle

SECOND = timedelta(seconds=1)


# Another interval.


@pytest.mark.usefixtures("stays_sound")
def test_another_interval_is_another_period_and_no_second_allowance(paid_app, pro, stripe, at_time):
    person, made = pro
    start = period_of(person)[0]
    use(paid_app, person, RESTART, 15)
    at_time(days=5)
    stripe.switch(made, stripe.price_yearly)
    deliver_all(paid_app, stripe)
    changed, until = period_of(person)
    assert subscription_of(person).interval == "yearly"
    assert start < changed < until
    assert 365 <= (until - changed).days <= 366
    assert left(paid_app, person, RESTART) == 5
    use(paid_app, person, RESTART, 3)
    assert periods(paid_app, person, RESTART) == [(start, months_after(changed, 1), 18)]
    shown = person.open("/usage").text
    assert "18 of 20 restarts" in shown
    assert f'datetime="{months_after(changed, 1):%Y-%m-%dT%H:%M}' in shown
    hear(person, stripe)
    at_time(days=9)
    stripe.switch(made, stripe.price_monthly)
    deliver_all(paid_app, stripe)
    again, _ = period_of(person)
    assert subscription_of(person).interval == "monthly"
    assert left(paid_app, person, RESTART) == 2
    use(paid_app, person, RESTART, 2)
    assert periods(paid_app, person, RESTART) == [(start, months_after(again, 1), 20)]


def test_whose_month_has_28_or_31_days_has_one_allowance_in_each(
    paid_app, stripe, customer, monkeypatch
):
    """Stripe's periods of someone who began on the 31st, and a use every day."""
    person = customer()
    begun = moment(2027, 1, 31, 12)
    made = stripe.subscribe(meet(person, stripe))["id"]
    start, allowed = begun, []
    for _ in range(5):
        end = lifecycle.next_period(int(start.timestamp()), "month", int(begun.timestamp()))
        end = datetime.fromtimestamp(end, UTC)
        tell(person, stripe, made, period=(start, end))
        before = len(periods(paid_app, person, RESTART))
        with monkeypatch.context() as then:
            for day in range((end - start).days):
                today = start + timedelta(days=day)
                then.setattr(clock, "now", lambda at=today: at)
                use(paid_app, person, RESTART, left(paid_app, person, RESTART))
        allowed.append(len(periods(paid_app, person, RESTART)) - before)
        start = end
    assert allowed == [1, 1, 1, 1, 1]
    assert start == moment(2027, 6, 30, 12)


def test_whoever_was_not_on_pro_in_between_begins_anew(paid_app, pro, stripe, at_time):
    """Lapsed by the clock, and no message said so."""
    person, made = pro
    start, _ = period_of(person)
    tell(person, stripe, made, period=(start, start + timedelta(days=5)))
    use(paid_app, person, RESTART, 20)
    at_time(days=9)
    now = clock.now().replace(microsecond=0)
    tell(person, stripe, made, period=(now, now + timedelta(days=30)))
    assert left(paid_app, person, RESTART) == 20
    assert periods(paid_app, person, RESTART) == [(start, now, 20)]


@pytest.mark.usefixtures("stays_sound")
def test_an_end_and_a_beginning_grant_no_second_month(paid_app, pro, stripe, at_time):
    """Unpaid and paid again within one period is one month, whose count goes on."""
    person, made = pro
    use(paid_app, person, RESTART, 20)
    at_time(days=1)
    tell(person, stripe, made, status="unpaid")
    assert said(person)[0] == "paid_expired"
    at_time(days=2)
    tell(person, stripe, made, status="active")
    assert said(person)[0] == "paid_active"
    assert left(paid_app, person, RESTART) == 0


# The period's end.


@pytest.fixture
def ending(stripe, customer, make_project):
    """Someone whose period ends within days, so that a session outlasts it."""
    person = customer()
    now = clock.now().replace(microsecond=0)
    period = (now - timedelta(days=25), now + timedelta(days=5))
    made = stripe.subscribe(meet(person, stripe), period=period)["id"]
    deliver_all(person.app, stripe)
    assert period_of(person) == period
    return person, made, make_project(person, locked=3)


def test_pro_is_open_to_the_end_of_grace_and_not_a_second_longer(
    ending, monkeypatch, nothing_changes
):
    person, _, owned = ending
    end = period_of(person)[1]
    last = end + timedelta(days=3)
    state = subscription_of(person).state
    assert resolved_state(state, end, last) == "paid_active"
    assert resolved_state(state, end, last + timedelta.resolution) == "paid_expired"
    monkeypatch.setattr(clock, "now", lambda: last + SECOND)
    with nothing_changes():
        assert_refused(person.lock(owned.revision, 4), "subscription_required")
        assert_refused(person.post("/projects", {"name": "x", "mode": "lean"}), "quota_exceeded")
        assert "Your Pro period is over" in person.page("/billing").text
    monkeypatch.setattr(clock, "now", lambda: last)
    assert "You are on Pro" in person.page("/billing").text
    assert person.lock(owned.revision, 4).status_code == 303


def test_a_late_renewal_opens_pro_again(ending, stripe, at_time):
    person, made, owned = ending
    at_time(days=8, minutes=1)
    assert_refused(person.lock(owned.revision, 4), "subscription_required")
    assert subscription_of(person).state == "paid_active", "no message has come"
    begun = period_of(person)[1]
    stripe.renew(made)
    assert_refused(person.lock(owned.revision, 4), "subscription_required")
    hear(person, stripe)
    assert period_of(person)[0] == begun
    assert person.lock(owned.revision, 4).status_code == 303


def test_a_late_end_changes_nothing_that_the_clock_had_not_ended(ending, stripe, at_time):
    person, made, owned = ending
    stripe.schedule_end(made)
    at_time(days=8, minutes=1)
    assert_refused(person.lock(owned.revision, 4), "subscription_required")
    end = period_of(person)[1]
    stripe.renew(made)
    hear(person, stripe)
    assert said(person) == ("paid_expired", False)
    assert period_of(person)[1] == end, "when it ended, and not when that was heard"
    assert_refused(person.lock(owned.revision, 4), "subscription_required")


@pytest.mark.usefixtures("stays_sound")
def test_a_clock_set_back_neither_opens_nor_closes_pro(pro, stripe, at_time):
    person, made = pro
    at_time(days=-400)
    sign_in_at(person, timedelta(0))
    assert "You are on Pro" in person.page("/billing").text
    tell(person, stripe, made, status="past_due")
    assert said(person) == ("paid_active", True)
    stripe.cancel(made)
    hear(person, stripe)
    start, end = period_of(person)
    assert said(person) == ("paid_expired", False)
    assert start <= end
    assert "Your Pro period is over" in person.page("/billing").text
    at_time(days=0)
    sign_in_at(person, timedelta(0))
    assert "Your Pro period is over" in person.page("/billing").text


# Days that not every month and year has.


@pytest.fixture
def in_berlin(monkeypatch):
    """The machine stands where clocks are changed twice a year."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def moment(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("start", "month", "year"),
    [
        (moment(2028, 2, 29, 12), moment(2028, 3, 29, 12), moment(2029, 2, 28, 12)),
        (moment(2027, 2, 28), moment(2027, 3, 28), moment(2028, 2, 28)),
        (moment(2027, 1, 29), moment(2027, 2, 28), moment(2028, 1, 29)),
        (moment(2028, 1, 31, 23, 59, 59), moment(2028, 2, 29, 23, 59, 59),
         moment(2029, 1, 31, 23, 59, 59)),
        (moment(2026, 8, 31), moment(2026, 9, 30), moment(2027, 8, 31)),
        (moment(2026, 12, 31, 23), moment(2027, 1, 31, 23), moment(2027, 12, 31, 23)),
        (moment(2026, 3, 29, 0, 30), moment(2026, 4, 29, 0, 30), moment(2027, 3, 29, 0, 30)),
        (moment(2026, 3, 28, 1, 30), moment(2026, 4, 28, 1, 30), moment(2027, 3, 28, 1, 30)),
        (moment(2026, 9, 25, 0, 30), moment(2026, 10, 25, 0, 30), moment(2027, 9, 25, 0, 30)),
        (moment(2026, 10, 25, 1, 30), moment(2026, 11, 25, 1, 30), moment(2027, 10, 25, 1, 30)),
    ],
)  # fmt: skip
def test_a_period_ends_on_the_same_day_here_and_at_stripe(stripe, customer, start, month, year):
    person, seconds = customer(), int(start.timestamp())
    made = stripe.subscribe(meet(person, stripe))["id"]
    for interval, end in (("monthly", month), ("yearly", year)):
        paid = sandbox.after(SandboxEvent.PAID, None, customer="c", interval=interval, at=start)
        assert (paid.period_start, paid.period_end) == (start, end)
        its = lifecycle.next_period(seconds, interval.removesuffix("ly"), seconds)
        assert datetime.fromtimestamp(its, UTC) == end
        price = {"monthly": stripe.price_monthly, "yearly": stripe.price_yearly}[interval]
        tell(person, stripe, made, price=price, period=(start, end))
        assert period_of(person) == (start, end)
        assert subscription_of(person).interval == interval
