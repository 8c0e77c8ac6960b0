"""The same message many times at the same moment, and answers that come too late."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from devpilot import clock
from devpilot.db import reading, transaction
from devpilot.models import BillingCustomer, WebhookEvent
from devpilot.services import payment_messages
from tests.billing.conftest import (
    asked_and_heard,
    deliver,
    meet,
    pay,
    subscription_of,
    technical_rows,
)

SAME = 100
AT_ONCE = 25
"""Connections of each of two applications, which the database must have room for."""

SUBSCRIPTION = "customer.subscription."
DELETED, UPDATED, CREATED = (f"{SUBSCRIPTION}{name}" for name in ("deleted", "updated", "created"))


def times_noted(app, event):
    mine = select(func.count()).where(WebhookEvent.id == event["id"])
    with app.app_context(), reading() as session:
        return session.scalar(mine)


def told(lines, name):
    return [line for line in lines if line["event"] == name]


# The same message a hundred times.


def test_a_hundred_duplicates_in_sequence_have_one_effect(paid_app, stripe, customer, lines):
    person = customer()
    stripe.subscribe(meet(person, stripe))
    (event,) = stripe.events_of(CREATED)
    assert deliver(paid_app, stripe, event).status_code == 200
    after, once = technical_rows(paid_app), subscription_of(person)
    for _ in range(SAME - 1):
        assert deliver(paid_app, stripe, event).status_code == 200
    assert technical_rows(paid_app) == after
    assert subscription_of(person).current_period_start == once.current_period_start
    assert times_noted(paid_app, event) == len(told(lines, "subscription")) == 1
    assert len(stripe.asked("GET", "/v1/subscriptions")) == 1
    outcomes = Counter(line["outcome"] for line in told(lines, "webhook"))
    assert outcomes == {"taken": 1, "again": SAME - 1}


@pytest.mark.parametrize("kind", [CREATED, DELETED])
@pytest.mark.usefixtures("stays_sound")
def test_a_hundred_duplicates_at_once_have_one_effect(two_servers, stripe, customer, lines, kind):
    person = customer()
    made = stripe.subscribe(meet(person, stripe))
    if kind == DELETED:
        deliver(two_servers[0], stripe, stripe.events_of(CREATED)[0])
        stripe.cancel(made["id"])
    lines.clear()
    (event,) = stripe.events_of(kind)
    senders = [lambda app=app: deliver(app, stripe, event) for app in two_servers * (SAME // 2)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda send: send(), senders))
    assert Counter(answer.status_code for answer in answers) == {200: SAME}
    assert times_noted(two_servers[0], event) == len(told(lines, "subscription")) == 1
    outcomes = Counter(line["outcome"] for line in told(lines, "webhook"))
    assert outcomes == {"taken": 1, "again": SAME - 1}
    assert subscription_of(person).state == {CREATED: "paid_active"}.get(kind, "paid_expired")


# An answer that comes too late.


class Held:
    """Lets the first answer of Stripe wait on its way, until it is released."""

    def __init__(self, real) -> None:
        self.answered, self.released = threading.Event(), threading.Event()
        self._real, self._first = real, threading.Lock()

    def current(self, customer):
        answer = self._real(customer)
        if self._first.acquire(blocking=False):
            self.answered.set()
            assert self.released.wait(10)
        return answer


@pytest.fixture
def meanwhile(paid_app, monkeypatch):
    """`meanwhile(first, then)`: `then` happens while what `first` was answered is on its way."""
    provider = paid_app.extensions["devpilot_payments"]

    def run(first, then):
        held = Held(provider.current)
        monkeypatch.setattr(provider, "current", held.current)
        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(first)
            try:
                assert held.answered.wait(10)
                then()
            finally:
                held.released.set()
            return late.result(10)

    return run


def by_message(app, stripe, person):
    assert deliver(app, stripe, stripe.events_of(CREATED)[-1]).status_code == 200


def by_reconciling(app, stripe, person):
    ours = str(person.user_id)
    with app.app_context():
        found = dict(payment_messages.reconcile(app.extensions["devpilot_payments"], clock.now()))
    assert found[ours] == "same", "an older answer repairs nothing"


def by_going_to_pay(app, stripe, person):
    answer = person.twin().post("/billing/checkout", {"interval": "monthly"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/billing")


@pytest.mark.parametrize("asked", [by_message, by_reconciling, by_going_to_pay])
def test_an_older_answer_never_wins(stripe, customer, lines, meanwhile, asked):
    """The older one says active, and the newer one that it is over."""
    person = customer()
    paid_app = person.app
    person.token()
    made = stripe.subscribe(meet(person, stripe))["id"]
    forget_all_but(paid_app, person)

    def newer():
        stripe.fail_payment(made)
        stripe.cancel(made)
        assert deliver(paid_app, stripe, stripe.events_of(UPDATED)[-1]).status_code == 200
        assert deliver(paid_app, stripe, stripe.events_of(DELETED)[-1]).status_code == 200
        assert subscription_of(person).state == "free"

    meanwhile(lambda: asked(paid_app, stripe, person), newer)
    assert subscription_of(person).state == "free"
    assert asked_and_heard(person) == (3, 3)
    assert told(lines, "billing_answer") == [
        {"event": "billing_answer", "outcome": "older", "user": str(person.user_id),
         "log_level": "info"}
    ]  # fmt: skip
    assert told(lines, "subscription") == []


def forget_all_but(app, person):
    """Nobody else is a customer, so that reconciling asks about this person first."""
    with app.app_context(), transaction() as session:
        others = BillingCustomer.user_id != person.user_id
        session.query(BillingCustomer).where(others).delete()


def test_an_older_answer_does_not_end_what_began_anew(paid_app, stripe, customer, meanwhile):
    person = customer()
    first = pay(person, stripe)
    stripe.cancel(first["id"])
    ended = stripe.events_of(DELETED)[-1]

    def newer():
        stripe.subscribe(first["customer"], stripe.price_yearly)
        assert deliver(paid_app, stripe, stripe.events_of(CREATED)[-1]).status_code == 200
        assert subscription_of(person).interval == "yearly"

    meanwhile(lambda: deliver(paid_app, stripe, ended), newer)
    found = subscription_of(person)
    assert (found.state, found.interval) == ("paid_active", "yearly")
    assert times_noted(paid_app, ended) == 1, "it was dealt with all the same"


def test_a_later_question_that_fails_lets_the_earlier_answer_count(
    paid_app, stripe, customer, meanwhile
):
    person = customer()
    made = stripe.subscribe(meet(person, stripe))["id"]
    created = stripe.events_of(CREATED)[-1]

    def newer():
        stripe.cancel(made)
        stripe.fail("/v1/subscriptions", 503)
        assert deliver(paid_app, stripe, stripe.events_of(DELETED)[-1]).status_code == 503

    assert meanwhile(lambda: deliver(paid_app, stripe, created), newer).status_code == 200
    assert (subscription_of(person).state, asked_and_heard(person)) == ("paid_active", (2, 1))
    assert deliver(paid_app, stripe, stripe.events_of(DELETED)[-1]).status_code == 200
    assert (subscription_of(person).state, asked_and_heard(person)) == ("paid_expired", (3, 3))


def test_a_slow_answer_does_not_hold_up_others(paid_app, stripe, customer):
    """No transaction is open while Stripe is asked."""
    slow, quick = customer(), customer()
    for person in (slow, quick):
        stripe.subscribe(meet(person, stripe))
    first, second = stripe.events_of(CREATED)
    failure = stripe.fail("/v1/subscriptions", "slow", seconds=20)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(deliver, paid_app, stripe, first)
        failure.wait_until_hit()
        assert deliver(paid_app, stripe, second).status_code == 200
        assert quick.post("/projects", {"name": "x", "mode": "lean"}).status_code == 303
        assert not late.done()
        failure.release()
        assert late.result(10).status_code == 200
    assert {subscription_of(person).state for person in (slow, quick)} == {"paid_active"}
