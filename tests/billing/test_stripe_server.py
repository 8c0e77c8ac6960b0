"""Our Stripe, asked by Stripe's own SDK: what it answers there is what the product may rely on."""

import http.client
import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests
import stripe

from tests.stripe_server import StripeServer

ROOT = Path(__file__).parents[2]
BACK = {"success_url": "https://pilot.example/done?at={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://pilot.example/billing?a=1&b=2"}  # fmt: skip


@pytest.fixture(scope="module")
def running():
    with StripeServer() as server:
        yield server


@pytest.fixture
def server(running):
    running.reset()
    return running


def client_of(server, api_key=None, timeout=2.0, version=stripe.api_version):
    session = requests.Session()
    session.trust_env = False
    return stripe.StripeClient(
        api_key or server.api_key,
        base_addresses={"api": server.url},
        stripe_version=version,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=timeout, session=session),
    )


@pytest.fixture
def client(server):
    made = client_of(server)
    yield made
    made._requestor._client.close()


@pytest.fixture
def customer(server):
    return server.create_customer("ada@example.com")["id"]


def checkout(client, server, customer, **more):
    return client.v1.checkout.sessions.create(
        {"mode": "subscription", "customer": customer, **BACK, **more,
         "line_items": [{"price": server.price_monthly, "quantity": 1}]}
    )  # fmt: skip


def press(address, **fields):
    """A form of a page: the status and where it leads."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=2)
    body = urlencode(fields)
    connection.request("POST" if fields else "GET", parts.path, body or None)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("Location"), text


def kinds(server):
    return [event["type"] for event in server.events]


# Who asks.


def test_a_wrong_key_is_an_authentication_error(server):
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key") as caught:
        client_of(server, "sk_test_wrong").v1.prices.list()
    assert caught.value.http_status == 401
    assert "wrong" not in server.requests[0].path


def test_another_version_of_the_api_is_refused(server):
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        client_of(server, version="2020-08-27").v1.prices.list()


def test_a_request_is_kept_with_its_parameters_and_headers(server, client, customer):
    client.v1.subscriptions.list({"customer": customer, "limit": 3})
    (asked,) = server.asked("GET", "/v1/subscriptions")
    assert (asked.params, asked.status) == ({"customer": customer, "limit": "3"}, 200)
    assert asked.headers["stripe-version"] == stripe.api_version == server.api_version
    assert asked.headers["authorization"] == f"Bearer {server.api_key}"


def test_an_unknown_address_is_not_found(server, client):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.coupons.list()
    assert caught.value.http_status == 404


# Customers and prices.


def test_customers_are_made_shown_changed_listed_and_deleted(server, client):
    made = client.v1.customers.create(
        {"email": "ada@example.com", "metadata": {"user": "1", "plan": "x"}}
    )
    client.v1.customers.update(made.id, {"metadata": {"plan": ""}, "email": "b@example.com"})
    found = client.v1.customers.retrieve(made.id).to_dict()
    assert (found["email"], found["metadata"]) == ("b@example.com", {"user": "1"})
    listed = client.v1.customers.list({"email": "b@example.com"})
    assert [each.id for each in listed.data] == [made.id]
    assert client.v1.customers.delete(made.id).deleted is True
    gone = client.v1.customers.retrieve(made.id).to_dict()
    assert gone == {"id": made.id, "object": "customer", "deleted": True}
    assert kinds(server) == ["customer.created", "customer.updated", "customer.deleted"]


def test_nobody_sells_to_a_deleted_customer(server, client, customer):
    server.delete_customer(customer)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        checkout(client, server, customer)
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (
        400, "resource_missing", "customer",
    )  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.billing_portal.sessions.create({"customer": customer})


def test_deleting_a_customer_ends_the_subscriptions(server, client, customer):
    name = server.subscribe(customer)["id"]
    client.v1.customers.delete(customer)
    assert client.v1.subscriptions.retrieve(name).status == "canceled"
    listed = client.v1.subscriptions.list({"customer": customer, "status": "all"})
    assert [each.id for each in listed.data] == [name]


def test_there_are_two_prices(server, client):
    found = {each.id: each for each in client.v1.prices.list({"active": True}).data}
    assert set(found) == {server.price_monthly, server.price_yearly}
    yearly = client.v1.prices.retrieve(server.price_yearly)
    assert (yearly.recurring.interval, yearly.unit_amount, yearly.currency) == (
        "year",
        19000,
        "eur",
    )
    assert str(yearly.unit_amount_decimal) == "19000"
    server.set_price(server.price_yearly, unit_amount=19000)


# What is asked wrongly.


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"line_items": [{"price": "p", "size": 1}]}, "parameter_unknown", "line_items[0][size]"),
        ({"line_items": [{"price": "p", "quantity": "x"}]}, "parameter_invalid_integer",
         "line_items[0][quantity]"),
        ({"line_items": [{"price": "p"}]}, "resource_missing", "line_items[0][price]"),
        ({"mode": None}, "parameter_missing", "mode"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"client_reference_id": ""}, "parameter_invalid_empty", "client_reference_id"),
        ({"success_url": "/done"}, "url_invalid", "success_url"),
        ({"mode": "gift"}, None, "mode"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_by_name(server, client, params, code, param):
    good = {"mode": "subscription", **BACK, "line_items": [{"price": server.price_monthly}]}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create({**good, **params})
    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, code, param)
    assert caught.value.request_id.startswith("req_")


@pytest.mark.parametrize("kind", ["customers", "prices", "subscriptions", "events", "invoices"])
def test_what_does_not_exist_is_missing(server, client, kind):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        getattr(client.v1, kind).retrieve("x_1")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


# Idempotency.


def test_the_same_key_gets_the_same_answer(server, client):
    options = {"idempotency_key": "k1"}
    first = client.v1.customers.create({"email": "a@example.com"}, options)
    again = client.v1.customers.create({"email": "a@example.com"}, options)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(server.customers) == 1
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.customers.create({"email": "b@example.com"}, options)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.customers.update(first.id, {"email": "a@example.com"}, options)
    server.now += timedelta(hours=25)
    assert client.v1.customers.create({"email": "b@example.com"}, options).id != first.id


def test_a_key_under_way_is_a_conflict(server, client):
    failure = server.fail("/v1/customers", "slow", seconds=5)
    made = []
    other = threading.Thread(
        target=lambda: made.append(
            client_of(server, timeout=5).v1.customers.create({}, {"idempotency_key": "k2"})
        )
    )
    other.start()
    failure.wait_until_hit()
    with pytest.raises(stripe.APIError) as caught:
        client.v1.customers.create({}, {"idempotency_key": "k2"})
    assert caught.value.http_status == 409
    failure.release()
    other.join()
    assert client.v1.customers.create({}, {"idempotency_key": "k2"}).id == made[0].id


def test_refused_parameters_leave_the_key_free_and_a_refused_act_does_not(server, client):
    options = {"idempotency_key": "k3"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create({"colour": "red"}, options)
    client.v1.customers.create({}, options)
    wanted = {"customer": "cus_nobody"}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.billing_portal.sessions.create(wanted, {"idempotency_key": "k4"})
    assert caught.value.headers["Idempotent-Replayed"] == "true"


# Checkout.


def test_a_checkout_from_its_session_to_the_paid_subscription(server, client, customer):
    made = checkout(client, server, customer, client_reference_id="7", metadata={"a": "b"},
                    subscription_data={"metadata": {"user": "7"}})  # fmt: skip
    assert (made.status, made.payment_status, made.mode) == ("open", "unpaid", "subscription")
    assert (made.amount_total, made.success_url) == (1900, BACK["success_url"])
    status, _, page = press(made.url)
    assert status == 200
    assert "No money moves" in page
    assert press(made.url, action="back")[:2] == (303, BACK["cancel_url"])
    assert press(made.url, action="pay")[:2] == (303, f"https://pilot.example/done?at={made.id}")
    done = client.v1.checkout.sessions.retrieve(made.id, {"expand": ["subscription", "line_items"]})
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.client_reference_id == "7"
    assert done.line_items.data[0].price.id == server.price_monthly
    subscription = done.subscription.to_dict()
    assert (subscription["status"], subscription["metadata"]) == ("active", {"user": "7"})
    assert kinds(server) == ["customer.created", "customer.subscription.created", "invoice.paid",
                             "checkout.session.completed"]  # fmt: skip
    assert press(made.url)[0] == 200
    assert press(made.url, action="pay")[0] == 400
    assert press(f"{server.url}/c/pay/cs_none")[0] == 404


def test_the_period_is_on_the_item(server, client, customer):
    server.now = datetime(2027, 1, 31, 12, tzinfo=UTC)
    session = checkout(client, server, customer)
    name = server.pay(session.id)["id"]
    found = client.v1.subscriptions.retrieve(name, {"expand": ["latest_invoice"]}).to_dict()
    item = found["items"]["data"][0]
    assert "current_period_end" not in found
    assert datetime.fromtimestamp(item["current_period_end"], UTC) == datetime(
        2027, 2, 28, 12, tzinfo=UTC
    )
    assert item["current_period_start"] == found["start_date"] == found["created"]
    assert (item["price"]["id"], item["price"]["recurring"]["interval"]) == (
        server.price_monthly, "month",
    )  # fmt: skip
    assert found["latest_invoice"]["status"] == "paid"
    assert found["latest_invoice"]["parent"]["subscription_details"]["subscription"] == name


def test_sessions_are_listed_and_expire(server, client, customer):
    paid, dropped, old = (checkout(client, server, customer) for _ in range(3))
    server.pay(paid.id)
    assert client.v1.checkout.sessions.expire(dropped.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        client.v1.checkout.sessions.expire(dropped.id)
    listed = client.v1.checkout.sessions.list({"customer": customer, "status": "open"})
    assert [each.id for each in listed.data] == [old.id]
    server.now += timedelta(hours=24)
    assert client.v1.checkout.sessions.retrieve(old.id).status == "expired"


# Subscriptions.


def test_pages_of_a_list_follow_each_other(server, client, customer):
    names = [server.subscribe(customer)["id"] for _ in range(5)]
    wanted = {"customer": customer, "status": "all", "limit": 2}
    first = client.v1.subscriptions.list(wanted)
    assert (first.has_more, [each.id for each in first.data]) == (True, names[:2:-1])
    assert [each.id for each in first.auto_paging_iter()] == names[::-1]
    last = client.v1.subscriptions.list({**wanted, "starting_after": names[1]})
    assert (last.has_more, [each.id for each in last.data]) == (False, names[:1])
    before = client.v1.subscriptions.list({**wanted, "ending_before": names[0]})
    assert (before.has_more, [each.id for each in before.data]) == (True, [names[2], names[1]])
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        client.v1.subscriptions.list({**wanted, "starting_after": "sub_none"})


def test_a_list_leaves_out_what_was_canceled_unless_asked(server, client, customer):
    names = {
        status: server.subscribe(customer, status=status)["id"]
        for status in ["active", "canceled", "incomplete_expired", "paused", "past_due"]
    }
    found = client.v1.subscriptions.list({"customer": customer})
    assert {each.status for each in found.data} == set(names) - {"canceled"}
    found = client.v1.subscriptions.list({"customer": customer, "status": "ended"})
    assert {each.status for each in found.data} == {"canceled", "incomplete_expired"}
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.subscriptions.list({"customer": "cus_nobody"})


def test_a_subscription_is_scheduled_to_end_and_taken_back(server, client, customer):
    made = server.subscribe(customer)
    end = made["items"]["data"][0]["current_period_end"]
    found = client.v1.subscriptions.update(made["id"], {"cancel_at_period_end": True})
    assert (found.cancel_at_period_end, found.cancel_at) == (True, end)
    found = client.v1.subscriptions.update(made["id"], {"cancel_at_period_end": False})
    assert (found.cancel_at_period_end, found.cancel_at) == (False, None)
    found = client.v1.subscriptions.update(made["id"], {"cancel_at": "min_period_end"})
    assert (found.cancel_at_period_end, found.cancel_at) == (False, end)
    found = client.v1.subscriptions.update(made["id"], {"cancel_at": end + 5})
    assert found.cancel_at == end + 5
    assert client.v1.subscriptions.update(made["id"], {"cancel_at": ""}).cancel_at is None
    with pytest.raises(stripe.InvalidRequestError, match="future"):
        client.v1.subscriptions.update(made["id"], {"cancel_at": 1})


def test_a_price_is_switched_and_a_subscription_canceled(server, client, customer):
    made = server.subscribe(customer)
    item = made["items"]["data"][0]["id"]
    found = client.v1.subscriptions.update(
        made["id"], {"items": [{"id": item, "price": server.price_yearly}]}
    ).to_dict()["items"]["data"][0]
    assert found["price"]["recurring"]["interval"] == "year"
    assert 365 <= (found["current_period_end"] - found["current_period_start"]) / 86400 <= 366
    assert client.v1.subscriptions.cancel(made["id"]).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.subscriptions.cancel(made["id"])
    assert caught.value.http_status == 404
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        client.v1.subscriptions.update(made["id"], {"cancel_at_period_end": True})
    updated, deleted = server.events[-3], server.events[-1]
    assert updated["data"]["previous_attributes"]["items"]["data"][0]["id"] == item
    assert deleted["type"] == "customer.subscription.deleted"
    assert deleted["request"]["id"].startswith("req_")


def test_events_are_kept(server, client, customer):
    server.subscribe(customer)
    (found,) = client.v1.events.list({"type": "invoice.paid"}).data
    assert client.v1.events.retrieve(found.id).to_dict()["data"]["object"]["customer"] == customer
    assert len(client.v1.events.list({"limit": 2}).data) == 2


# The portal.


def test_the_portal_does_what_its_buttons_say(server, client, customer):
    name = server.subscribe(customer)["id"]
    made = client.v1.billing_portal.sessions.create(
        {"customer": customer, "return_url": "https://pilot.example/billing"}
    )
    assert 'href="https://pilot.example/billing"' in press(made.url)[2]

    def push(action):
        assert press(made.url, action=action, subscription=name)[:2] == (303, made.url)
        found = server.subscription(name)
        return found["status"], found["cancel_at"] is not None, found["cancel_at_period_end"]

    assert push("schedule") == ("active", True, False)
    assert "Resume" in press(made.url)[2]
    assert push("resume") == ("active", False, False)
    assert push("fail") == ("past_due", False, False)
    assert "Pay the open invoice" in press(made.url)[2]
    assert push("pay") == ("active", False, False)
    assert push("switch") == ("active", False, False)
    assert server.subscription(name)["items"]["data"][0]["price"]["id"] == server.price_yearly
    assert push("renew") == ("active", False, False)
    push("schedule")
    assert push("renew") == ("canceled", True, False)
    assert "Ended" in press(made.url)[2]
    other = server.subscribe(server.create_customer()["id"])["id"]
    assert press(made.url, action="cancel", subscription=other)[0] == 404
    assert server.subscription(other)["status"] == "active"


def test_a_payment_that_fails_four_times_ends_the_subscription(server, customer):
    name = server.subscribe(customer)["id"]
    found = [server.fail_payment(name)["status"] for _ in range(4)]
    assert found == ["past_due", "past_due", "past_due", "canceled"]
    assert len(server.events_of("invoice.payment_failed")) == 4


def test_classic_billing_sets_both_signs_of_an_end(customer):
    with StripeServer(billing_mode="classic") as server:
        name = server.subscribe(server.create_customer()["id"])["id"]
        found = server.schedule_end(name)
        assert (found["cancel_at_period_end"], found["cancel_at"] is not None) == (True, True)


def test_a_subscription_can_be_altered_at_will(server, customer):
    name = server.subscribe(customer)["id"]
    ends = datetime(2031, 5, 1, tzinfo=UTC)
    found = server.alter(name, status="unpaid", cancel_at=ends, period=(ends, ends))
    assert (found["status"], found["cancel_at"]) == ("unpaid", int(ends.timestamp()))
    assert server.events[-1]["data"]["previous_attributes"]["status"] == "active"
    events = len(server.events)
    server.alter(name, items=[], emit=False)
    assert len(server.events) == events


# Messages.


def test_the_sdk_believes_a_signed_event_and_no_other(server, client, customer):
    event = server.events[-1]
    body, headers = server.signed(event)
    signature = headers["Stripe-Signature"]
    found = stripe.Webhook.construct_event(body, signature, server.webhook_secret)
    assert (found.id, found.type) == (event["id"], "customer.created")
    assert client.construct_event(body, signature, server.webhook_secret).id == event["id"]
    forged = server.signed(event, secret="whsec_other")[1]["Stripe-Signature"]
    old = server.signed(event, at=server.now - timedelta(seconds=400))[1]["Stripe-Signature"]
    for wrong_body, wrong in [(body, forged), (body, old), (body + b" ", signature)]:
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(wrong_body, wrong, server.webhook_secret)


def test_events_are_delivered_and_sent_again_when_refused(server, client):
    got = []

    class Product(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, self.headers["Stripe-Signature"]))
            self.send_response(500 if len(got) == 1 else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    product = HTTPServer(("127.0.0.1", 0), Product)
    thread = threading.Thread(target=product.serve_forever, args=(0.02,))
    thread.start()
    try:
        server.webhook_url = f"http://127.0.0.1:{product.server_port}/billing/webhook"
        client.v1.customers.create()
        server.wait_for_deliveries()
    finally:
        server.webhook_url = None
        product.shutdown()
        thread.join()
        product.server_close()
    assert [(each.attempt, each.status) for each in server.deliveries] == [(1, 500), (2, 200)]
    assert server.events[0]["pending_webhooks"] == 1
    for body, signature in got:
        found = stripe.Webhook.construct_event(body, signature, server.webhook_secret)
        assert found.id == server.events[0]["id"]


# What goes wrong.


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (402, stripe.CardError),
        (403, stripe.PermissionError),
        (409, stripe.APIError),
        (429, stripe.RateLimitError),
        (500, stripe.APIError),
        (503, stripe.APIError),
    ],
)
def test_a_status_that_was_asked_for(server, client, status, error):
    server.fail("/v1/customers", status, method="POST")
    with pytest.raises(error) as caught:
        client.v1.customers.create()
    assert caught.value.http_status == status
    assert server.customers == []
    client.v1.customers.create()


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("timeout", stripe.APIConnectionError),
        ("hang up", stripe.APIConnectionError),
        ("cut", stripe.APIConnectionError),
        ("slow", stripe.APIConnectionError),
        ("html", stripe.APIError),
        ("malformed", stripe.APIError),
        ("empty", stripe.APIError),
    ],
)
def test_an_answer_that_never_comes_or_says_nothing(server, how, error):
    impatient = client_of(server, timeout=0.3)
    failure = server.fail("/v1/customers", how, seconds=3)
    began = time.monotonic()
    with pytest.raises(error):
        impatient.v1.customers.create()
    assert time.monotonic() - began < 2
    failure.release()
    impatient._requestor._client.close()


def test_an_answer_that_drips_beats_the_time_out_of_the_sdk(server, client):
    patient = client_of(server, timeout=0.3)
    server.fail("/v1/prices/*", "drip", seconds=0.0007)
    began = time.monotonic()
    assert patient.v1.prices.retrieve(server.price_monthly).id == server.price_monthly
    assert time.monotonic() - began > 0.3
    failure = server.fail("/v1/prices/*", "drip", seconds=1)
    threading.Timer(0.2, failure.release).start()
    with pytest.raises(stripe.APIConnectionError):
        client.v1.prices.retrieve(server.price_monthly)
    patient._requestor._client.close()


def test_answers_that_the_sdk_takes_for_good(server, client, customer):
    server.fail("/v1/prices/*", "huge", size=3_000_000)
    huge = client.v1.prices.retrieve(server.price_monthly)
    assert (len(huge.padding), huge.id) == (3_000_000, server.price_monthly)
    server.fail("/v1/prices/*", "redirect")
    assert client.v1.prices.retrieve(server.price_monthly).id == server.price_monthly
    assert [each.path for each in server.strayed] == [f"/v1/prices/{server.price_monthly}"]
    name = server.subscribe(customer)["id"]
    server.fail("/v1/subscriptions/*", "wrong price")
    item = client.v1.subscriptions.retrieve(name).to_dict()["items"]["data"][0]
    assert item["price"]["id"] not in {server.price_monthly, server.price_yearly}
    server.fail("/v1/prices", "body", body=b'{"object": "list"}')
    assert client.v1.prices.list().to_dict() == {"object": "list"}


def test_a_customer_deleted_just_before(server, client, customer):
    server.fail("/v1/checkout/*", "deleted customer")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        checkout(client, server, customer)
    assert (caught.value.code, caught.value.param) == ("resource_missing", "customer")
    assert server.customer(customer)["deleted"]


def test_an_answer_that_is_lost_was_carried_out_all_the_same(server, client):
    options = {"idempotency_key": "k5"}
    server.fail("/v1/customers", "hang up", executed=True)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create({}, options)
    (made,) = server.customers
    assert client.v1.customers.create({}, options).id == made["id"]


def test_a_stopped_server_refuses_connections_and_remembers(server, client, customer):
    with server.stopped(), pytest.raises(stripe.APIConnectionError):
        client.v1.customers.retrieve(customer)
    assert client.v1.customers.retrieve(customer).id == customer


def test_closing_waits_for_nobody(customer):
    before = threading.active_count()
    with StripeServer() as server:
        failure = server.fail("*", "timeout", times=None)
        caught = []

        def ask():
            try:
                client_of(server, timeout=30).v1.prices.list()
            except stripe.StripeError as error:
                caught.append(error)

        waiting = threading.Thread(target=ask)
        waiting.start()
        failure.wait_until_hit()
        began = time.monotonic()
    waiting.join()
    assert time.monotonic() - began < 1
    assert isinstance(caught[0], stripe.APIConnectionError)
    assert threading.active_count() <= before


LOADED = """
import json, sys
sys.path.insert(0, ".")
import tests.stripe_server
print(json.dumps([name.split(".")[0] for name in sys.modules]))
"""


def test_the_server_needs_the_standard_library_alone():
    told = subprocess.run(
        [sys.executable, "-S", "-c", LOADED], capture_output=True, check=True, cwd=ROOT
    )
    names = set(json.loads(told.stdout)) - set(sys.stdlib_module_names)
    assert names <= {"tests", "__main__"}
