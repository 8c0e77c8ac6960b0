"""Going to pay at Stripe: one customer for each user, and nobody pays twice."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from devpilot.services import payments
from tests.billing.conftest import at, deliver, deliver_all, go_to_pay, pay, subscription_of
from tests.quota.counting import RESTART, left, use
from tests.refusals import assert_refused

pytestmark = pytest.mark.slow


def test_from_the_form_to_pro(customer, stripe, paid_app):
    person = customer()
    page = person.page("/billing")
    assert "Monthly, 19.00 EUR" in page.text
    assert "Yearly, 190.00 EUR" in page.text
    stripe.pay(go_to_pay(person))
    assert "Pro opens as soon as" in person.page("/billing/return?session_id=cs_1").text
    assert subscription_of(person).state == "free", "coming back opens nothing"
    deliver_all(paid_app, stripe)
    found = subscription_of(person)
    assert (found.state, found.interval, found.provider) == ("paid_active", "monthly", "stripe")
    assert "You are on Pro" in person.page("/billing").text
    assert "You are on Pro" in person.page("/billing/return").text


def test_what_stripe_is_told(customer, stripe):
    person = customer()
    go_to_pay(person, "yearly")
    (made,) = stripe.asked("POST", "/v1/customers")
    assert made.params == {
        "email": person.email,
        "metadata": {"devpilot_user": str(person.user_id)},
    }
    (opened,) = stripe.asked("POST", "/v1/checkout/sessions")
    assert opened.params["line_items"]["0"]["price"] == stripe.price_yearly
    assert opened.params["cancel_url"].endswith("/billing")
    assert opened.params["success_url"].endswith("/billing/return?session_id={CHECKOUT_SESSION_ID}")
    assert opened.idempotency_key
    assert {asked.headers["stripe-version"] for asked in stripe.requests} == {stripe.api_version}


def test_two_tabs_at_once_are_one_customer(customer, stripe):
    person = customer()
    person.token()
    tabs = [person.twin() for _ in range(8)]
    with ThreadPoolExecutor(len(tabs)) as pool:
        sessions = list(pool.map(go_to_pay, tabs))
    assert len(set(sessions)) == len(tabs)
    assert len(stripe.customers) == 1


def test_a_form_sent_twice_is_one_payment_page(customer, stripe):
    person = customer()
    fields = {"interval": "monthly", "idempotency_key": "one-intent"}
    answers = [person.post("/billing/checkout", fields) for _ in range(3)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(stripe.sessions) == 1


def test_an_answer_that_was_lost_leads_to_the_same_page(customer, stripe):
    person = customer()
    fields = {"interval": "monthly", "idempotency_key": "one-intent"}
    stripe.fail("/v1/checkout/sessions", "hang up", method="POST", executed=True)
    assert_refused(person.post("/billing/checkout", fields), "billing_unavailable")
    assert person.post("/billing/checkout", fields).status_code == 303
    assert len(stripe.sessions) == len(stripe.customers) == 1


def test_a_new_payment_page_closes_those_left_open(customer, stripe):
    person = customer()
    first, second = go_to_pay(person), go_to_pay(person, "yearly")
    states = {session["id"]: session["status"] for session in stripe.sessions}
    assert states == {first: "expired", second: "open"}


def test_whoever_is_on_pro_does_not_pay_again(customer, stripe, nothing_changes):
    person = customer()
    pay(person, stripe)
    before = len(stripe.requests)
    with nothing_changes():
        refused = person.post("/billing/checkout", {"interval": "monthly"})
        assert_refused(refused, "invalid_input")
        assert "You are on Pro already" in refused.text
    assert len(stripe.requests) == before


def test_whoever_paid_a_moment_ago_does_not_pay_again(customer, stripe):
    """No message has arrived yet, and the second tab still shows the form."""
    person = customer()
    stripe.pay(go_to_pay(person))
    answer = person.post("/billing/checkout", {"interval": "monthly"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/billing")
    assert subscription_of(person).state == "paid_active"
    assert len(stripe.sessions) == 1


def test_a_customer_that_was_deleted_at_stripe_is_made_anew(customer, stripe):
    person = customer()
    go_to_pay(person)
    stripe.delete_customer(stripe.customers[0]["id"])
    assert pay(person, stripe)["status"] == "active"
    assert subscription_of(person).state == "paid_active"
    assert [one.get("deleted", False) for one in stripe.customers] == [True, False]


def test_the_portal(customer, stripe, nothing_changes):
    person = customer()
    with nothing_changes():
        refused = person.post("/billing/portal")
        assert_refused(refused, "subscription_required")
        assert "no subscription of yours to manage yet" in refused.text
    pay(person, stripe)
    answer = person.post("/billing/portal")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(stripe.url)
    (asked,) = stripe.asked("POST", "/v1/billing_portal/sessions")
    assert asked.params["return_url"].endswith("/billing")


def test_the_portal_of_a_customer_that_stripe_does_not_have(customer, stripe, nothing_changes):
    person = customer()
    pay(person, stripe)
    stripe.delete_customer(stripe.customers[0]["id"])
    with nothing_changes():
        assert_refused(person.post("/billing/portal"), "subscription_required")


def test_a_double_click_on_a_slow_line_leads_to_one_page(customer, stripe):
    person = customer()
    fields = {"interval": "monthly", "idempotency_key": "one-intent"}
    person.token()
    stripe.fail("/v1/checkout/sessions", "slow", method="POST", seconds=0.7)
    with ThreadPoolExecutor(2) as pool:
        tabs = [person.twin(), person.twin()]
        answers = list(pool.map(lambda tab: tab.post("/billing/checkout", fields), tabs))
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1


BROKEN = [
    402, 409, 429, 500, 503, "timeout", "hang up", "drip", "cut", "huge", "html", "malformed",
    "empty", "body", "redirect",
]  # fmt: skip


@pytest.fixture
def impatient(monkeypatch, paid_app):
    """The product waits less for Stripe than it does elsewhere."""
    monkeypatch.setattr(paid_app.extensions["devpilot_payments"]._http, "_total", 0.4)


@pytest.mark.slow
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", BROKEN, ids=str)
@pytest.mark.parametrize("path", ["/v1/customers", "/v1/checkout/sessions"])
def test_whatever_stripe_does_a_checkout_is_refused_in_words(
    customer, stripe, nothing_changes, path, how
):
    person = customer()
    stripe.fail(path, how, method="POST", times=None, seconds=0.2)
    with nothing_changes():
        refused = person.post("/billing/checkout", {"interval": "yearly"})
        assert_refused(refused, "billing_unavailable")
        assert "Nothing was paid or changed" in refused.text
    stripe.mend()
    go_to_pay(person, "yearly")
    assert len(stripe.customers) == 1
    assert stripe.strayed == []


def test_with_stripe_down_everything_else_works(customer, stripe):
    person = customer()
    with stripe.stopped():
        assert_refused(
            person.post("/billing/checkout", {"interval": "monthly"}), "billing_unavailable"
        )
        assert person.page("/billing")
        assert person.page("/pricing")
        assert person.page("/projects")


# Paying twice.


@pytest.fixture
def meanwhile(stripe, monkeypatch, paid_app):
    """`meanwhile(act)` lets `act` happen at Stripe once the next payment page was made."""
    client = paid_app.extensions["devpilot_payments"]._client.v1.checkout.sessions
    create = client.create

    def arrange(act):
        def create_and_then(*given):
            made = create(*given)
            monkeypatch.setattr(client, "create", create)
            act()
            return made

        monkeypatch.setattr(client, "create", create_and_then)

    return arrange


def states(stripe):
    return {session["id"]: session["status"] for session in stripe.sessions}


def test_whoever_pays_one_page_while_another_is_opened_cannot_pay_that_one(
    customer, stripe, meanwhile
):
    person = customer()
    first = go_to_pay(person)
    meanwhile(lambda: stripe.pay(first))
    answer = person.post("/billing/checkout", {"interval": "yearly"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/billing")
    assert subscription_of(person).state == "paid_active"
    assert sorted(states(stripe).values()) == ["complete", "expired"]
    assert len(stripe.subscriptions) == 1


def test_a_message_that_they_pay_closes_the_pages_left_open(customer, stripe, paid_app):
    person = customer()
    page = go_to_pay(person)
    stripe.subscribe(stripe.customers[0]["id"])
    stripe.fail("/v1/checkout/sessions/*", 500)
    (first,) = stripe.events_of("customer.subscription.created")
    assert deliver(paid_app, stripe, first).status_code == 200
    assert subscription_of(person).state == "paid_active", "a page left open is not in the way"
    assert states(stripe) == {page: "open"}
    deliver_all(paid_app, stripe)
    assert states(stripe) == {page: "expired"}, "by the next message of the same payment"


def test_a_message_that_they_do_not_pay_closes_nothing(customer, stripe, paid_app):
    person = customer()
    page = go_to_pay(person)
    stripe.subscribe(stripe.customers[0]["id"], status="canceled")
    deliver_all(paid_app, stripe)
    assert states(stripe) == {page: "open"}


@pytest.mark.parametrize("status", ["unpaid", "paused"])
@pytest.mark.parametrize("ended_later", [False, True])
def test_who_has_an_open_subscription_is_led_to_it_and_to_no_other(
    customer, stripe, at_time, status, ended_later
):
    person = customer()
    made = pay(person, stripe)
    stripe.alter(made["id"], status=status)
    if ended_later:
        at_time(minutes=1)
        stripe.cancel(stripe.subscribe(made["customer"])["id"])
    deliver_all(person.app, stripe)
    assert subscription_of(person).state == "paid_expired"
    pages = len(stripe.sessions)
    answer = person.post("/billing/checkout", {"interval": "monthly"})
    assert answer.status_code == 303
    assert "/p/session/" in answer.headers["Location"]
    assert len(stripe.sessions) == pages
    assert len(stripe.asked("POST", "/v1/billing_portal/sessions")) == 1
    assert subscription_of(person).state == "paid_expired"


# How long it may take, and what comes of a failure.


@pytest.mark.slow
def test_all_calls_of_a_checkout_have_one_deadline(customer, stripe, monkeypatch, nothing_changes):
    person = customer()
    go_to_pay(person)
    monkeypatch.setattr(payments, "SECONDS", 1.0)
    stripe.fail("*", "slow", times=None, seconds=0.4)
    with nothing_changes():
        began = time.monotonic()
        refused = person.post("/billing/checkout", {"interval": "yearly"})
        assert_refused(refused, "billing_unavailable")
        assert time.monotonic() - began < 1.9


def test_waiting_for_another_tab_is_over_at_the_deadline(customer, stripe, monkeypatch):
    """Stripe says 409 while a call with the same key is under way."""
    person = customer()
    monkeypatch.setattr(payments, "SECONDS", 0.5)
    stripe.fail("/v1/customers", 409, method="POST", times=None)
    began = time.monotonic()
    assert_refused(person.post("/billing/checkout", {"interval": "yearly"}), "billing_unavailable")
    assert time.monotonic() - began < 1.2
    stripe.mend()
    go_to_pay(person)
    assert len(stripe.customers) == 1


@pytest.mark.slow
def test_an_answer_that_drips_is_over_at_the_deadline(customer, stripe, monkeypatch):
    person = customer()
    go_to_pay(person)
    monkeypatch.setattr(payments, "SECONDS", 1.0)
    stripe.fail("/v1/subscriptions", "drip", times=None, seconds=0.9)
    began = time.monotonic()
    refused = person.post("/billing/checkout", {"interval": "yearly"})
    assert_refused(refused, "billing_unavailable")
    assert time.monotonic() - began < 1.9


def test_a_failure_that_stripe_repeats_for_a_day_is_asked_for_once(
    customer, stripe, nothing_changes
):
    """Stripe answers the same key alike, a failure too; double clicks must have the same one."""
    person = customer()
    stripe.fail("/v1/customers", "kept 500", method="POST")
    with nothing_changes():
        refused = person.post("/billing/checkout", {"interval": "monthly"})
        assert_refused(refused, "billing_unavailable")
    person.token()
    tabs = [person.twin() for _ in range(4)]
    with ThreadPoolExecutor(len(tabs)) as pool:
        list(pool.map(go_to_pay, tabs))
    assert len(stripe.customers) == 1
    keys = [asked.idempotency_key for asked in stripe.asked("POST", "/v1/customers")]
    assert len(set(keys)) == 2


def test_tabs_that_fail_together_begin_anew_together(customer, stripe):
    person = customer()
    person.token()
    tabs = [person.twin() for _ in range(4)]
    stripe.fail("/v1/customers", "kept 500", method="POST", times=1)
    with ThreadPoolExecutor(len(tabs)) as pool:
        list(pool.map(lambda tab: tab.post("/billing/checkout", {"interval": "monthly"}), tabs))
        list(pool.map(go_to_pay, tabs))
    assert len(stripe.customers) == 1


def test_a_customer_whose_answer_was_lost_is_not_made_twice(customer, stripe):
    person = customer()
    stripe.fail("/v1/customers", "hang up", method="POST", executed=True)
    assert_refused(person.post("/billing/checkout", {"interval": "monthly"}), "billing_unavailable")
    go_to_pay(person)
    assert len(stripe.customers) == 1


def test_two_tabs_whose_customer_was_deleted_get_one_new_one(customer, stripe):
    person = customer()
    go_to_pay(person)
    stripe.delete_customer(stripe.customers[0]["id"])
    tabs = [person.twin() for _ in range(4)]
    with ThreadPoolExecutor(len(tabs)) as pool:
        list(pool.map(go_to_pay, tabs))
    assert [one.get("deleted", False) for one in stripe.customers] == [True, False]


def test_whoever_was_on_pro_in_the_sandbox_pays_at_stripe(customer, stripe, app, at_time):
    """Stripe was configured on the same database later."""
    person = customer("paying")
    use(app, at(app, person), RESTART, 20)
    at_time(minutes=1)
    assert "Your Pro period is over" in person.page("/billing").text
    assert subscription_of(person).provider == "sandbox"
    pay(person, stripe, "yearly")
    found = subscription_of(person)
    assert (found.state, found.provider) == ("paid_active", "stripe")
    assert "You are on Pro" in person.page("/billing").text
    assert left(person.app, person, RESTART) == 20, "what nobody paid for is not counted"
