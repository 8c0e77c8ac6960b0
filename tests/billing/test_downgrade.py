"""A subscription's ups and downs take nothing away: rows and files are compared whole.

One database with something of everything, put back before each test; the product stands on it
twice, with the sandbox and with Stripe.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from devpilot import clock
from devpilot.app import create_app
from devpilot.db import db, reading, transaction
from devpilot.models import UsageType
from devpilot.services import identity
from tests.billing.conftest import (
    at,
    deliver,
    deliver_all,
    go_to_pay,
    stripe_settings,
    subscription_of,
)
from tests.billing.owned_pages import pages_of
from tests.billing.untouched import BLUEPRINT, Stored, ensure_untouched, only_billing_changes
from tests.browser import Browser
from tests.conftest import PASSWORD, app_on, settings_for
from tests.operations.filled import fill
from tests.quick_hashes import quick_hashes
from tests.refusals import assert_refused
from tests.snapshots import kept
from tests.stripe_server import StripeServer

pytestmark = pytest.mark.slow

EVENTS = ("paid", "payment_failed", "cancelled", "period_ended")
PAYING, OVER = "paid_active", "paid_expired"
STATUSES = {
    "active": PAYING, "trialing": PAYING, "past_due": PAYING, "incomplete": None, "canceled": OVER,
    "unpaid": OVER, "paused": OVER, "incomplete_expired": OVER,
}  # fmt: skip
"""Stripe's, each with what it makes of a subscription; None leaves it as it was."""


@dataclass
class Filled:
    app: Flask
    at_stripe: Flask
    stripe: StripeServer
    artifacts: Path
    people: dict[str, Browser]
    waiting: str
    """The paying person's revision that waits for its last lock."""

    def unchanged(self):
        return only_billing_changes(self.app, self.artifacts)


@pytest.fixture(scope="module")
def everything(databases, tmp_path_factory):
    url, folder = databases.create(), tmp_path_factory.mktemp("downgrade")
    with StripeServer(clock=clock.now) as stripe, quick_hashes(), app_on(url, folder) as app:
        fill(app)
        people = {name: signed_in(app, name) for name in ("paying", "free", "expired")}
        waiting = people["paying"].new_revision()
        people["paying"].lock_up_to(waiting, 3)
        with app.app_context():
            artifacts = app.extensions["devpilot_artifacts"].root
        at_stripe = create_app(settings_for(url, folder, **stripe_settings(stripe)))
        with kept(url) as put_back:
            yield Filled(app, at_stripe, stripe, artifacts, people, waiting), put_back
        with at_stripe.app_context():
            for engine in db.engines.values():
                engine.dispose()
    databases.drop(url)


@pytest.fixture
def filled(everything):
    found, put_back = everything
    put_back()
    found.stripe.reset()
    return found


def signed_in(app, name):
    browser = Browser(app, address="127.0.0.9")
    browser.email = f"{name}@example.com"
    answer = browser.post("/login", {"email": browser.email, "password": PASSWORD})
    assert answer.status_code == 303
    with app.app_context(), reading():
        browser.user_id = identity.find_by_email(browser.email).id
    return browser


def happen(person, event):
    answer = person.post("/billing/sandbox", {"event": event})
    assert answer.status_code in {303, 422}


def test_there_is_something_of_everything_to_be_lost(filled):
    stored = Stored(filled.app, filled.artifacts)
    assert {name for name in BLUEPRINT if not stored.rows[name]} == set()
    assert {"project", "revision", "step", "step_content", "locked_text", "row_key",
            "revision_event", "export"} <= BLUEPRINT  # fmt: skip
    assert len(stored.artifacts) > 2
    for kind in (UsageType.STORAGE, UsageType.AI_SUGGESTION):
        assert any(count for *_, count in stored.lifetime(kind)), kind
    assert stored.ends


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE project SET name = 'x' WHERE status = 'active'",
        "UPDATE row_key SET token = 'another' WHERE letter = 'R' AND number = 1",
        "UPDATE usage SET count = count + 1",
        "DELETE FROM usage WHERE period_end IS NOT NULL",
        "UPDATE usage SET period_end = period_start WHERE period_end IS NULL",
        "UPDATE user_account SET account_status = 'closed'",
    ],
)
def test_a_row_that_differs_is_found(filled, statement):
    with pytest.raises(AssertionError), filled.unchanged():
        change(filled, statement)


def change(filled, statement):
    with filled.app.app_context(), transaction() as session:
        assert session.execute(text(statement)).rowcount


def test_a_file_that_differs_is_found(filled):
    one = next(path for path in filled.artifacts.rglob("*") if path.is_file())
    content = one.read_bytes()
    for put in (lambda: one.write_bytes(content[:-1]), one.unlink):
        with pytest.raises(AssertionError), filled.unchanged():
            put()
        one.write_bytes(content)
    assert Stored(filled.app, filled.artifacts).artifacts[str(one.relative_to(filled.artifacts))]


SHORT = ("paid", "cancelled", "period_ended", "paid", "payment_failed", "period_ended", "paid")
EACH_PAIR = [event for two in itertools.product(EVENTS, EVENTS) for event in ("paid", *two)]


@pytest.mark.parametrize(
    ("name", "events"), [("paying", EACH_PAIR), ("free", SHORT), ("expired", SHORT)]
)
def test_the_sandbox_takes_nothing(filled, name, events):
    """Each two events after a payment: every move there is, from every state there is."""
    before, states = Stored(filled.app, filled.artifacts), set()
    for event in events:
        happen(filled.people[name], event)
        after = Stored(filled.app, filled.artifacts)
        ensure_untouched(before, after)
        before = after
        states.add(subscription_of(filled.people[name]).state)
    assert states == {PAYING, OVER}


def test_the_end_closes_the_months_that_run(filled):
    """The counts stay as they were, and what is counted for ever is not even closed."""
    with filled.unchanged() as before:
        happen(filled.people["paying"], "period_ended")
    after = Stored(filled.app, filled.artifacts)
    closed = {row for row, end in before.ends.items() if after.ends[row] < end}
    mine = {row[0] for row in before.rows["usage"] if row[2] == UsageType.RESTART}
    assert closed
    assert closed <= mine
    for kind in (UsageType.STORAGE, UsageType.AI_SUGGESTION):
        assert after.lifetime(kind) == before.lifetime(kind)


def paid_at_stripe(filled):
    """The paying person, who now pays at Stripe instead; and their subscription there."""
    happen(filled.people["paying"], "period_ended")
    person = at(filled.at_stripe, filled.people["paying"])
    with filled.unchanged():
        bought = filled.stripe.pay(go_to_pay(person))
        deliver_all(filled.at_stripe, filled.stripe)
    assert subscription_of(person).state == PAYING
    return person, bought


def altered(filled, bought, status):
    """Stripe says this from now on, and its message arrives."""
    filled.stripe.alter(bought["id"], status=status)
    with filled.unchanged():
        assert deliver(filled.at_stripe, filled.stripe, filled.stripe.events[-1]).status_code == 200


@pytest.mark.parametrize("first", ["active", "past_due", "canceled"])
def test_no_status_of_stripes_takes_anything(filled, first):
    """Each status, from each state that a subscription of theirs can be in."""
    person, bought = paid_at_stripe(filled)
    for status, state in STATUSES.items():
        altered(filled, bought, first)
        assert subscription_of(person).state == STATUSES[first]
        altered(filled, bought, status)
        assert subscription_of(person).state == (state or STATUSES[first])


@pytest.mark.parametrize("status", STATUSES)
def test_no_first_word_of_stripes_takes_anything(filled, status):
    """Of somebody on Free, who went to pay and has a suggestion counted for ever."""
    person = at(filled.at_stripe, filled.people["free"])
    go_to_pay(person)
    filled.stripe.subscribe(filled.stripe.customers[0]["id"], status=status)
    with filled.unchanged():
        deliver_all(filled.at_stripe, filled.stripe)
    opened = STATUSES[status] == PAYING
    assert subscription_of(person).state == (PAYING if opened else "free")


def test_a_customer_deleted_at_stripe_loses_nothing_here(filled):
    person, _ = paid_at_stripe(filled)
    filled.stripe.delete_customer(filled.stripe.customers[0]["id"])
    with filled.unchanged():
        deliver_all(filled.at_stripe, filled.stripe)
    assert subscription_of(person).state == OVER


def test_neither_repair_nor_an_operator_takes_anything(filled):
    person, bought = paid_at_stripe(filled)
    filled.stripe.alter(bought["id"], status="canceled", emit=False)
    free = filled.people["free"]
    for app, arguments in (
        (filled.at_stripe, ["reconcile"]),
        (filled.app, ["subscription", "set", free.email, "pro", "--until", "2999-01-01"]),
        (filled.app, ["subscription", "set", free.email, "free"]),
    ):
        with filled.unchanged():
            ran = app.test_cli_runner().invoke(args=["devpilot", *arguments])
            assert ran.exit_code == 0, ran.output
    assert subscription_of(person).state == subscription_of(free).state == OVER


def test_what_expires_by_the_clock_is_all_there_to_read(filled, at_time):
    at_time(days=36)
    person = signed_in(filled.app, "paying")
    held = {"subscription", "idempotency_key", "billing_customer", "webhook_event"}
    with filled.unchanged() as before:
        pages = pages_of(person)
        answers = {page: person.client.get(page).status_code for page in pages}
        assert answers == dict.fromkeys(pages, 200)
        assert_refused(person.lock(filled.waiting, 4), "subscription_required")
        assert_refused(person.post(f"{filled.waiting}/exports"), "subscription_required")
    assert Stored(filled.app, filled.artifacts).of(held) == before.of(held), "computed, not written"
    assert subscription_of(person).state == PAYING
