"""Going to pay at Stripe: one customer for each user, and nobody pays twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.billing.conftest import deliver_all, go_to_pay, pay, subscription_of
from tests.refusals import assert_refused


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
