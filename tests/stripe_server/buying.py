"""Customers and checkout sessions: made, paid, expired, deleted.

Each function is one thing that happens at Stripe, with the events that Stripe makes of it.
The caller holds the store's lock.
"""

from tests.stripe_server import lifecycle, objects, papers
from tests.stripe_server.errors import refused
from tests.stripe_server.objects import ENDED, Json
from tests.stripe_server.store import Store


def create_customer(store: Store, email: str | None, metadata: Json) -> Json:
    made = objects.customer(store.now, email, metadata)
    store.customers[made["id"]] = made
    store.emit("customer.created", made)
    return made


def delete_customer(store: Store, customer: Json) -> Json:
    """The subscriptions end with their customer; of the customer, a stub stays."""
    for subscription in store.subscriptions_of(customer["id"]):
        if subscription["status"] not in ENDED:
            lifecycle.end(store, subscription, reason="cancellation_requested")
    store.emit("customer.deleted", customer)
    stub = {"id": customer["id"], "object": "customer", "deleted": True}
    store.customers[customer["id"]] = stub
    return stub


def open_session(store: Store, given: Json) -> Json:
    """A checkout session, of parameters that were checked."""
    line = given["line_items"][0]
    price = store.price(line["price"], "line_items[0][price]")
    made = papers.checkout_session(store.now, given, price, store.base)
    store.sessions[made["id"]] = made
    store.line_items[made["id"]] = {
        **papers.line_items(made, price, line.get("quantity", 1)),
        "subscription_metadata": given.get("subscription_data", {}).get("metadata") or {},
    }
    return made


def pay_session(store: Store, session: Json) -> Json:
    """The person pays: the subscription it makes."""
    lapse(store, session)
    if session["status"] != "open":
        raise refused(f"This Checkout Session is {session['status']}.")
    if session["customer"] is None:
        email = session["customer_email"] or "someone@example.com"
        session["customer"] = create_customer(store, email, {})["id"]
    customer = store.customer(session["customer"], "customer")
    lines = store.line_items[session["id"]]
    made = lifecycle.subscribe(
        store,
        customer["id"],
        store.price(lines["data"][0]["price"]["id"]),
        metadata=lines["subscription_metadata"],
        quantity=lines["data"][0]["quantity"],
    )
    session.update(status="complete", payment_status="paid", url=None)
    session.update(subscription=made["id"], invoice=made["latest_invoice"])
    session["customer_details"] = {"email": customer["email"], "name": None, "phone": None}
    store.emit("checkout.session.completed", session)
    return made


def expire_session(store: Store, session: Json) -> None:
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f'This Checkout Session has a status of "{session["status"]}".'
        )
    session.update(status="expired", url=None)
    store.emit("checkout.session.expired", session)


def lapse(store: Store, session: Json) -> None:
    """Whoever looks at an open session after its time finds it expired."""
    if session["status"] == "open" and session["expires_at"] <= store.now:
        expire_session(store, session)
