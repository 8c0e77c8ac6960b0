"""What becomes of a subscription: begun, renewed, unpaid, paid, switched, ended.

Each function is one thing that happens at Stripe, with the events that Stripe makes of it.
The caller holds the store's lock.
"""

import calendar
from datetime import UTC, datetime

from tests.stripe_server import objects, papers
from tests.stripe_server.errors import refused
from tests.stripe_server.objects import ENDED, Json
from tests.stripe_server.store import Store

ATTEMPTS = 4
"""A payment that failed this often ends the subscription, as Stripe's default does."""
RETRY_AFTER = 3 * papers.DAY
PAID_UP = ("active", "trialing")


def next_period(start: int, interval: str, anchor: int) -> int:
    """One month or year on, on the anchor's day or the month's last before it."""
    then = datetime.fromtimestamp(start, UTC)
    months = then.month + (12 if interval == "year" else 1)
    year, month = then.year + (months - 1) // 12, (months - 1) % 12 + 1
    day = min(datetime.fromtimestamp(anchor, UTC).day, calendar.monthrange(year, month)[1])
    return int(then.replace(year=year, month=month, day=day).timestamp())


def subscribe(
    store: Store,
    customer_id: str,
    price: Json,
    *,
    status: str = "active",
    metadata: Json | None = None,
    quantity: int = 1,
    period: tuple[int, int] | None = None,
) -> Json:
    """A new subscription; its first invoice is paid if its status says so."""
    start = store.now
    end = next_period(start, price["recurring"]["interval"], start)
    made = objects.subscription(
        start,
        price,
        period or (start, end),
        customer_id=customer_id,
        billing_mode=store.billing_mode,
        status=status,
        metadata=metadata,
        quantity=quantity,
    )
    store.subscriptions[made["id"]] = made
    invoice = _bill(store, made, "subscription_create")
    store.emit("customer.subscription.created", made)
    if status in PAID_UP:
        _settle(store, invoice)
    elif status != "canceled":
        _refuse(store, invoice)
    return made


def renew(store: Store, subscription: Json, *, paid: bool = True) -> None:
    """The period ends: now, if it was not over yet. A scheduled end comes first."""
    _ensure_running(subscription)
    now, item = store.now, subscription["items"]["data"][0]
    start = min(item["current_period_end"], now)
    if _ends_with_period(subscription, now):
        for each in subscription["items"]["data"]:
            each["current_period_end"] = start
        end(store, subscription, reason="cancellation_requested")
        return
    if start < item["current_period_end"]:
        subscription["billing_cycle_anchor"] = start
    with store.changing(subscription):
        _put_period(subscription, start)
        invoice = _bill(store, subscription, "subscription_cycle")
        subscription["status"] = "active" if paid else "past_due"
    if paid:
        _settle(store, invoice)
    else:
        _refuse(store, invoice)


def fail_payment(store: Store, subscription: Json) -> None:
    """A payment fails: the open invoice's next attempt, or the one that a renewal asks for."""
    invoice = open_invoice(store, subscription)
    if invoice is None:
        renew(store, subscription, paid=False)
        return
    _refuse(store, invoice)
    if invoice["attempt_count"] >= ATTEMPTS:
        end(store, subscription, reason="payment_failed")


def pay_invoice(store: Store, subscription: Json) -> None:
    """The open invoice is paid after all."""
    invoice = open_invoice(store, subscription)
    if invoice is None:
        raise refused("Invoice is already paid", code="invoice_already_paid")
    _settle(store, invoice)
    with store.changing(subscription):
        subscription["status"] = "active"


def switch(store: Store, subscription: Json, item: Json, price: Json) -> None:
    """Another price. Another interval begins a new period, and what it costs is paid at once."""
    interval = item["price"]["recurring"]["interval"]
    invoice = None
    with store.changing(subscription):
        objects.put_price(item, price)
        if price["recurring"]["interval"] != interval:
            subscription["billing_cycle_anchor"] = store.now
            _put_period(subscription, store.now)
            invoice = _bill(store, subscription, "subscription_update")
    if invoice is not None:
        _settle(store, invoice)


def schedule_end(store: Store, subscription: Json) -> None:
    """As the portal does it: with flexible billing only `cancel_at` is set."""
    _ensure_running(subscription)
    with store.changing(subscription):
        subscription["cancel_at"] = subscription["items"]["data"][0]["current_period_end"]
        subscription["cancel_at_period_end"] = store.billing_mode == "classic"
        subscription["canceled_at"] = store.now
        subscription["cancellation_details"]["reason"] = "cancellation_requested"


def resume(store: Store, subscription: Json) -> None:
    """A scheduled end is taken back."""
    _ensure_running(subscription)
    with store.changing(subscription):
        subscription["cancel_at"] = subscription["canceled_at"] = None
        subscription["cancel_at_period_end"] = False
        subscription["cancellation_details"]["reason"] = None


def end(store: Store, subscription: Json, *, reason: str) -> None:
    """It is over, now and for good."""
    subscription["status"] = "canceled"
    subscription["ended_at"] = store.now
    subscription["canceled_at"] = subscription["canceled_at"] or store.now
    subscription["cancellation_details"]["reason"] = reason
    store.emit("customer.subscription.deleted", subscription)


def open_invoice(store: Store, subscription: Json) -> Json | None:
    found = store.invoices.get(subscription["latest_invoice"] or "")
    return found if found is not None and found["status"] == "open" else None


def _ensure_running(subscription: Json) -> None:
    if subscription["status"] in ENDED:
        raise refused(
            "A canceled subscription can only update its cancellation_details and metadata."
        )


def _ends_with_period(subscription: Json, now: int) -> bool:
    at, item = subscription["cancel_at"], subscription["items"]["data"][0]
    last = max(now, item["current_period_end"])
    return subscription["cancel_at_period_end"] or (at is not None and at <= last)


def _put_period(subscription: Json, start: int) -> None:
    for item in subscription["items"]["data"]:
        interval = item["price"]["recurring"]["interval"]
        item["current_period_start"] = start
        item["current_period_end"] = next_period(
            start, interval, subscription["billing_cycle_anchor"]
        )


def _bill(store: Store, subscription: Json, reason: str) -> Json:
    trial = subscription["status"] == "trialing" and reason == "subscription_create"
    amount = (
        0
        if trial
        else sum(
            item["price"]["unit_amount"] * item["quantity"]
            for item in subscription["items"]["data"]
        )
    )
    made = papers.invoice(store.now, subscription, amount, reason)
    store.invoices[made["id"]] = made
    subscription["latest_invoice"] = made["id"]
    return made


def _settle(store: Store, invoice: Json) -> None:
    invoice.update(status="paid", attempted=True, auto_advance=False, next_payment_attempt=None)
    invoice.update(amount_paid=invoice["amount_due"], amount_remaining=0)
    invoice["attempt_count"] += 1
    invoice["status_transitions"]["paid_at"] = store.now
    store.emit("invoice.paid", invoice)


def _refuse(store: Store, invoice: Json) -> None:
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    invoice["next_payment_attempt"] = store.now + RETRY_AFTER
    store.emit("invoice.payment_failed", invoice)
