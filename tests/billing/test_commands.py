"""`flask devpilot plans`, `subscription` and `reconcile`, as an operator runs them."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from devpilot import clock
from devpilot.db import reading, transaction
from devpilot.models import BillingCustomer, User
from devpilot.services import customers
from tests.billing.conftest import deliver_all, go_to_pay, pay, subscription_of


@pytest.fixture
def run(paid_app):
    """Runs a command of the installation with Stripe: `run("plans")`, or of another app."""

    def run_command(*arguments, app=paid_app):
        return app.test_cli_runner().invoke(args=["devpilot", *arguments])

    return run_command


def test_plans_are_printed_and_changed(run):
    printed = run("plans").output
    assert "Free (free)" in printed
    assert "    restarts: 20" in printed
    assert "    max_step_order: 3" in printed
    try:
        changed = run("plans", "pro", "restarts=7", "max_active_projects=none")
        assert changed.exit_code == 0
        assert "    restarts: 7" in run("plans").output
        assert "    max_active_projects: none" in run("plans", "pro").output
    finally:
        run("plans", "pro", "restarts=20", "max_active_projects=20")
    assert run("plans").output == printed


@pytest.mark.parametrize(
    "change", ["restarts", "restarts=", "restarts=-1", "restarts=none", "restarts=٣", "name=7",
               "restarts=99999999999", "storage_bytes=1e9", "id=1"],
)  # fmt: skip
def test_a_wrong_limit_changes_nothing(run, nothing_changes, change):
    with nothing_changes():
        refused = run("plans", "pro", "restarts=3", change)
        assert refused.exit_code == 2
        assert refused.output.count("Error:") == 1


def test_an_operator_opens_pro_and_ends_it(run, app, free, make_project):
    until = clock.now() + timedelta(days=40)
    opened = run("subscription", "set", free.email, "pro", "--until", f"{until:%Y-%m-%d}", app=app)
    assert opened.exit_code == 0, opened.output
    assert "state: paid_active" in opened.output
    owned = make_project(free, locked=4)
    assert free.post(f"{owned.revision}/exports").status_code == 303
    assert "state: paid_active" in run("subscription", "show", free.email).output
    ended = run("subscription", "set", free.email, "free", app=app)
    assert "state: paid_expired" in ended.output
    assert free.open(owned.revision).status_code == 200


def test_pro_for_ever_is_no_failure(run, app, free):
    assert run("subscription", "set", free.email, "pro", "--until", "9999-12-31").exit_code == 0
    assert "You are on Pro" in free.page("/billing").text


def test_an_answer_about_an_exchanged_customer_is_not_taken(customer, stripe, paid_app):
    """Exchanged after reconcile had made its list."""
    person = customer()
    go_to_pay(person)
    old = stripe.customers[0]["id"]
    stripe.delete_customer(old)
    pay(person, stripe)
    with paid_app.app_context():
        heard = customers.ask(paid_app.extensions["devpilot_payments"], person.user_id, old)
        with transaction():
            assert not customers.take(heard, clock.now())
    assert subscription_of(person).state == "paid_active"


@pytest.mark.parametrize(
    "arguments", [["pro"], ["pro", "--until", "2001-01-01"], ["pro", "--until", "soon"], ["gold"]]
)
def test_what_an_operator_cannot_set(run, app, free, nothing_changes, arguments):
    with nothing_changes():
        refused = run("subscription", "set", free.email, *arguments, app=app)
        assert refused.exit_code in {1, 2}
        assert "Error:" in refused.output
        assert "no such account" in run("subscription", "show", "nobody@example.com").output


def test_what_is_paid_at_stripe_is_not_set_here(run, customer, stripe, nothing_changes):
    person = customer()
    pay(person, stripe)
    with nothing_changes():
        refused = run("subscription", "set", person.email, "free")
        assert refused.exit_code == 1
        assert "paid at Stripe" in refused.output


def test_what_an_operator_opened_no_answer_of_stripe_ends(run, customer, stripe, paid_app):
    person = customer()
    sub = pay(person, stripe)
    stripe.cancel(sub["id"])
    deliver_all(paid_app, stripe)
    assert subscription_of(person).state == "paid_expired"
    until = clock.now() + timedelta(days=40)
    run("subscription", "set", person.email, "pro", "--until", f"{until:%Y-%m-%d}")
    assert str(person.user_id) not in run("reconcile").output.partition("repaired:")[2]
    assert subscription_of(person).state == "paid_active"


@pytest.mark.slow
def test_reconcile_repairs_what_a_lost_message_left(run, customer, stripe, app):
    lost, fine, unpaid = customer(), customer(), customer()
    stripe.pay(go_to_pay(lost))
    stripe.pay(go_to_pay(fine))
    stripe.asked("GET", "/v1/subscriptions")
    go_to_pay(unpaid)
    done = run("reconcile")
    assert done.exit_code == 0, done.output
    assert {subscription_of(one).state.value for one in (lost, fine)} == {"paid_active"}
    assert subscription_of(unpaid).state == "free"
    assert f"repaired: {lost.user_id}" in done.output
    ours = {str(one.user_id) for one in (lost, fine, unpaid)}
    assert not any(one in run("reconcile").output for one in ours), "a second run finds it so"
    stripe.cancel(stripe.subscriptions[0]["id"])
    run("reconcile")
    assert subscription_of(lost).state == "paid_expired"
    assert subscription_of(fine).state == "paid_active"


def test_reconcile_says_whom_it_could_not_ask_about(run, customer, stripe, nothing_changes):
    person = customer()
    pay(person, stripe)
    stripe.fail("/v1/subscriptions", 500, times=None)
    with nothing_changes():
        done = run("reconcile")
        assert done.exit_code == 1
        assert f"unknown: {person.user_id}" in done.output


def test_without_stripe_there_is_nobody_to_compare_with(run, app, nothing_changes):
    with nothing_changes():
        done = run("reconcile", app=app)
        assert done.exit_code == 1
        assert "STRIPE_SECRET_KEY" in done.output


# After a restore.


def forgotten(person):
    """The database as it was before they first went to pay."""
    with person.app.app_context(), transaction() as session:
        session.execute(delete(BillingCustomer).where(BillingCustomer.user_id == person.user_id))


def test_reconcile_finds_customers_that_were_made_after_the_backup(run, customer, stripe):
    paying, not_yet, known, free = (customer() for _ in range(4))
    stripe.pay(go_to_pay(paying))
    for person in (not_yet, known):
        go_to_pay(person)
    stripe.create_customer("elsewhere@example.com", {"devpilot_user": str(uuid.uuid4())})
    stripe.create_customer("strange@example.com", {"devpilot_user": "no identifier"})
    stripe.create_customer("other@example.com")
    names = [one["id"] for one in stripe.customers]
    for person in (paying, not_yet):
        forgotten(person)
    done = run("reconcile")
    assert done.exit_code == 0, done.output
    assert f"repaired: {paying.user_id}" in done.output
    assert subscription_of(paying).state == "paid_active"
    assert [customer_of(one) for one in (paying, not_yet, known, free)] == [*names[:3], None]
    stripe.cancel(stripe.subscriptions[0]["id"])
    deliver_all(paying.app, stripe)
    assert subscription_of(paying).state == "paid_expired", "and their messages are heard again"


def test_of_several_customers_the_one_that_pays_is_found(run, customer, stripe):
    person = customer()
    for paid in (False, True, False):
        made = stripe.create_customer(person.email, {"devpilot_user": str(person.user_id)})["id"]
        if paid:
            stripe.subscribe(made)
    assert run("reconcile").exit_code == 0
    assert customer_of(person) == stripe.customers[1]["id"]
    assert subscription_of(person).state == "paid_active"


def test_a_customer_of_somebody_elses_is_not_taken(run, customer, stripe):
    one, other = customer(), customer()
    go_to_pay(one)
    (made,) = stripe.customers
    with stripe.store.lock:
        stripe.store.customers[made["id"]]["metadata"]["devpilot_user"] = str(other.user_id)
    assert run("reconcile").exit_code == 0
    assert (customer_of(one), customer_of(other)) == (made["id"], None)


def test_without_the_list_of_customers_the_known_ones_are_compared_all_the_same(
    run, customer, stripe
):
    person = customer()
    stripe.pay(go_to_pay(person))
    stripe.fail("/v1/customers", 500, times=None)
    done = run("reconcile")
    assert done.exit_code == 1
    assert "unknown: the list of customers" in done.output
    assert subscription_of(person).state == "paid_active"


def customer_of(person):
    with person.app.app_context(), reading():
        return customers.customer_of(person.user_id)


# An operator's word.


def opened_until(run, person, app, until):
    done = run("subscription", "set", person.email, "pro", "--until", f"{until:%Y-%m-%d}", app=app)
    assert done.exit_code == 0, done.output
    return subscription_of(person)


def test_what_an_operator_opened_is_not_told_as_a_cancellation(run, app, free):
    until = clock.now() + timedelta(days=40)
    opened_until(run, free, app, until)
    text = free.page("/billing").text
    assert f"You are on Pro until {until.day} {until:%b %Y} , set by the operator" in text
    for wrong in ("cancelled", "It renews", "paid monthly"):
        assert wrong not in text
    assert "cancelled" not in run("subscription", "show", free.email).output


def test_what_an_operator_opened_has_no_grace(run, app, free, at_time, nothing_changes):
    end = opened_until(run, free, app, clock.now() + timedelta(days=2)).current_period_end
    seconds = (end - clock.now()).total_seconds()
    at_time(seconds=seconds - 30)
    assert "You are on Pro" in free.page("/billing").text
    at_time(seconds=seconds + 1)
    with nothing_changes():
        assert "Your Pro period is over" in free.page("/billing").text


def test_a_subscription_is_set_after_whoever_holds_the_user(run, app, free):
    done = threading.Event()

    def set_it():
        until = clock.now() + timedelta(days=40)
        opened_until(run, free, app, until)
        done.set()

    with ThreadPoolExecutor(1) as pool:
        with app.app_context(), transaction() as session:
            session.execute(select(User.id).where(User.id == free.user_id).with_for_update())
            setting = pool.submit(set_it)
            assert not done.wait(0.7)
        setting.result(10)
    assert subscription_of(free).state == "paid_active"
