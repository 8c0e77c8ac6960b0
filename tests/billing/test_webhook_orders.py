"""The messages of a story in every order, twice, all at once, and while it goes on.

A newcomer's likely mistake: letting a story end where it began. Each of these ends in a state
that none of its earlier messages tells of.
"""

import itertools
import random

import pytest

from tests.billing.conftest import (
    asked_and_heard,
    deliver,
    meet,
    subscription_of,
)
from tests.races.crowd import at_once

pytestmark = pytest.mark.slow

SUBSCRIPTION = "customer.subscription."
DELETED, UPDATED, CREATED = (f"{SUBSCRIPTION}{name}" for name in ("deleted", "updated", "created"))


def story(stripe, of):
    """The moves of a story at Stripe, and the state in which it leaves the subscription."""
    return [
        lambda: stripe.fail_payment(of),
        lambda: stripe.pay_invoice(of),
        lambda: stripe.schedule_end(of),
        lambda: stripe.cancel(of),
    ]


def play(stripe, person, *, upto=4):
    """All of a story at once; the subscription at Stripe."""
    made = stripe.subscribe(meet(person, stripe))["id"]
    for move in story(stripe, made)[:upto]:
        move()
    return stripe.subscription(made)


def five(events):
    """Of a story's messages the five that tell of different states; four where none ended it."""
    chosen = {}
    for event in events:
        about = event["data"]["object"]
        if event["type"] == UPDATED:
            of = "leaving" if about["cancel_at"] else about["status"]
            chosen.setdefault(of, event)
        elif event["type"] in {CREATED, DELETED, "invoice.paid"}:
            chosen[event["type"]] = event
    names = [CREATED, "past_due", "invoice.paid", "leaving", DELETED]
    return [chosen[name] for name in names if name in chosen]


def end_of(subscription):
    """What the row must say of this subscription, which runs."""
    (item,) = subscription["items"]["data"]
    leaving = subscription["cancel_at"] is not None
    past_due = subscription["status"] == "past_due"
    return ("paid_active", past_due, leaving, item["current_period_end"])


def told_of(person):
    """What the row says, the same way."""
    found = subscription_of(person)
    end = found.current_period_end
    return (
        found.state,
        found.past_due,
        found.cancel_at_period_end,
        int(end.timestamp()) if end else None,
    )


def with_duplicates(order, number):
    """The order with one message twice at once, one later again, and one in the middle of all."""
    again = order[number % len(order)]
    return [order[0], order[0], *order[1:3], order[1], *order[3:], again]


@pytest.mark.slow
@pytest.mark.parametrize("first", range(5))
def test_in_every_order_five_messages_end_pro(paid_app, stripe, customer, first):
    """120 orders with duplicates: the person was on Pro, and all of it came afterwards."""
    for number, rest in enumerate(itertools.permutations(set(range(5)) - {first})):
        stripe.reset()
        person = customer()
        made = stripe.subscribe(meet(person, stripe))
        deliver(paid_app, stripe, stripe.emit("checkout.session.completed", made))
        assert subscription_of(person).state == "paid_active"
        for move in story(stripe, made["id"]):
            move()
        order = [five(stripe.events)[at] for at in (first, *rest)]
        sent = with_duplicates(order, number)
        assert {deliver(paid_app, stripe, event).status_code for event in sent} == {200}
        ended = stripe.subscription(made["id"])["ended_at"]
        assert told_of(person) == ("paid_expired", False, True, ended), order


@pytest.mark.slow
@pytest.mark.parametrize("first", range(5))
def test_in_every_other_order_five_messages_open_pro(paid_app, stripe, customer, first):
    """60 orders with duplicates: nothing was heard before, and Pro goes on to its end."""
    orders = itertools.islice(itertools.permutations(set(range(5)) - {first}), 0, None, 2)
    for number, rest in enumerate(orders):
        stripe.reset()
        person = customer()
        whole = play(stripe, person, upto=3)
        events = [*five(stripe.events), stripe.emit("checkout.session.completed", whole)]
        order = [events[at] for at in (first, *rest)]
        sent = with_duplicates(order, number)
        assert {deliver(paid_app, stripe, event).status_code for event in sent} == {200}
        assert told_of(person) == end_of(whole), order


@pytest.mark.parametrize("seed", range(40))
def test_messages_that_arrive_while_the_story_goes_on(paid_app, stripe, customer, seed):
    """Some at once, some late, some twice; what any of them led to is true when it is asked."""
    dice = random.Random(seed)  # noqa: S311  a test's order is no secret
    person = customer()
    made = stripe.subscribe(meet(person, stripe))["id"]
    waiting, known, was_on_pro = [], 0, False
    for move in [*story(stripe, made), None]:
        waiting += stripe.events[known:]
        known = len(stripe.events)
        dice.shuffle(waiting)
        whole = stripe.subscription(made)
        for _ in range(dice.randint(0, 3) if move else len(waiting)):
            event = waiting.pop() if waiting else stripe.events[0]
            waiting += [event] * (move is not None and dice.random() < 0.4)
            before = asked_and_heard(person)
            assert deliver(paid_app, stripe, event).status_code == 200
            if move and asked_and_heard(person) != before:
                was_on_pro = True
                assert told_of(person) == end_of(whole)
        if move:
            move()
    ended = stripe.subscription(made)["ended_at"]
    end = ("paid_expired", False, True, ended) if was_on_pro else ("free", False, False, None)
    assert told_of(person) == end


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("stays_sound")
def test_all_messages_of_a_story_at_once_end_where_it_does(two_servers, stripe, customer, seed):
    person = customer()
    whole = play(stripe, person, upto=3)
    events = stripe.events * 3
    random.Random(seed).shuffle(events)  # noqa: S311  a test's order is no secret
    pairs = zip(itertools.cycle(two_servers), events, strict=False)
    answers = at_once([lambda a=app, e=event: deliver(a, stripe, e) for app, event in pairs])
    assert {answer.status_code for answer in answers} == {200}
    assert told_of(person) == end_of(whole)
