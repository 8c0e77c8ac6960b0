"""Going to pay, and what the provider says came of it: customers, checkouts, messages.

A message is believed about whom it concerns, and about nothing else: what is true of them is
asked for. Each question gets a number before it is asked, and an answer counts only while no
later question was answered, so that messages may come in any order and twice. A newcomer's
likely mistake: calling the provider within a transaction; each function says where it stands.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import bindparam, delete, select, text

from devpilot.adapters.payment import (
    CustomerGone,
    PaymentFailed,
    ProviderEvent,
    ProviderSubscription,
)
from devpilot.db import reading, rows, session, transaction
from devpilot.errors import BillingUnavailable, SubscriptionRequired
from devpilot.models import BillingCustomer, User, WebhookEvent
from devpilot.services import subscriptions

EVENTS_KEPT = timedelta(days=35)
"""Stripe sends again for three days, and an operator from its dashboard for thirty."""

log = structlog.get_logger("devpilot")

_customers, _events = BillingCustomer.__table__, WebhookEvent.__table__
_OF = bindparam("user_id", type_=_customers.c.user_id.type)
_CUSTOMER = select(_customers.c.customer).where(_customers.c.user_id == bindparam("user_id"))
_USER = select(_customers.c.user_id).where(_customers.c.customer == bindparam("customer"))
_ALL = (
    select(_customers.c.user_id, _customers.c.customer)
    .where(_customers.c.customer.is_not(None))
    .order_by(_customers.c.user_id)
)
_HOLD = select(User.id).where(User.id == bindparam("user_id")).with_for_update()
_MEET = text(
    "INSERT INTO billing_customer (user_id, customer, asked, heard) "
    "VALUES (:user_id, :customer, 0, 0) ON CONFLICT (user_id) DO UPDATE "
    "SET customer = COALESCE(billing_customer.customer, excluded.customer) RETURNING customer"
).bindparams(_OF)
_PART = text(
    "UPDATE billing_customer SET customer = NULL WHERE user_id = :user_id AND customer = :customer"
).bindparams(_OF)
_ASK = text(
    "UPDATE billing_customer SET asked = asked + 1 "
    "WHERE user_id = :user_id AND customer = :customer RETURNING asked"
).bindparams(_OF)
_HEAR = text(
    "UPDATE billing_customer SET heard = :number WHERE user_id = :user_id AND heard < :number"
).bindparams(_OF)
_NOTE = text(
    "INSERT INTO webhook_event (id, type, received_at) VALUES (:id, :type, :at) "
    "ON CONFLICT (id) DO NOTHING"
).bindparams(bindparam("at", type_=_events.c.received_at.type))
_IS_KNOWN = select(_events.c.id).where(_events.c.id == bindparam("id"))


class Provider(Protocol):
    """A payment provider. Every call may raise PaymentFailed; none belongs in a transaction."""

    def create_customer(self, email: str, user: str, *, key: str) -> str: ...
    def open_checkout(
        self, customer: str, interval: str, *, success: str, cancel: str, key: str
    ) -> str: ...
    def open_portal(self, customer: str, *, back: str) -> str: ...
    def current(self, customer: str) -> ProviderSubscription | None: ...
    def prices(self) -> dict[str, str]: ...


NEVER_TAKEN = 0
"""Lower than any question's number."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the provider said when it was asked for the `number`th time about this user."""

    user_id: uuid.UUID
    number: int
    subscription: ProviderSubscription | None


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where to pay; or, for someone who pays already, what the provider said of them."""

    address: str
    heard: Heard | None = None


def customer_of(user_id: uuid.UUID) -> str | None:
    """The provider's name for a user; None until they first went to pay."""
    found: str | None = rows(_CUSTOMER, {"user_id": user_id}).scalar()
    return found


def user_of(customer: str) -> uuid.UUID | None:
    found: uuid.UUID | None = rows(_USER, {"customer": customer}).scalar()
    return found


def checkout(
    provider: Provider,
    user_id: uuid.UUID,
    email: str,
    customer: str | None,
    open_at: Callable[[str], str],
) -> Checkout:
    """Open a payment page; `open_at` asks the provider for the one of a customer.

    Outside of a transaction. Whoever turns out to pay already gets no second page: two tabs,
    or a message that is late, must not lead to paying twice. Raises BillingUnavailable.
    """
    try:
        if customer is not None:
            heard = ask(provider, user_id, customer)
            if heard.subscription is not None and heard.subscription.is_paying:
                return Checkout("", heard)
            try:
                return Checkout(open_at(customer))
            except CustomerGone:
                log.warning("customer_gone", user=str(user_id))
                with transaction():
                    rows(_PART, {"user_id": user_id, "customer": customer})
        # The same key again gives the same customer, in whatever tab; another one follows
        # only on one that the provider does not have any more.
        key = f"customer-{user_id}-{customer or 'first'}"
        made = provider.create_customer(email, str(user_id), key=key)
        with transaction():
            kept: str = rows(_MEET, {"user_id": user_id, "customer": made}).scalar_one()
        return Checkout(open_at(kept))
    except PaymentFailed as failure:
        raise unavailable() from failure


def portal(provider: Provider, customer: str, back: str) -> str:
    """The address of the provider's page for this customer. Outside of a transaction."""
    try:
        return provider.open_portal(customer, back=back)
    except CustomerGone as failure:
        raise SubscriptionRequired(
            "The payment provider does not have a subscription of yours any more.",
            "Everything you wrote stays. Start Pro on the Billing page when you need it.",
        ) from failure
    except PaymentFailed as failure:
        raise unavailable() from failure


def unavailable() -> BillingUnavailable:
    return BillingUnavailable(
        "The payment provider does not answer.",
        "Nothing was paid or changed. Try again in a few minutes.",
    )


def ask(provider: Provider, user_id: uuid.UUID, customer: str) -> Heard:
    """Ask what is true of a customer now. Outside of a transaction. Raises PaymentFailed."""
    with transaction():
        number = rows(_ASK, {"user_id": user_id, "customer": customer}).scalar_one_or_none()
    if number is None:  # they are another customer by now, who is asked about on their own
        return Heard(user_id, NEVER_TAKEN, None)
    try:
        return Heard(user_id, number, provider.current(customer))
    except CustomerGone:  # then none of their subscriptions is left
        return Heard(user_id, number, None)


def take(heard: Heard, at: datetime) -> bool:
    """Make the subscription say what was heard, unless something newer was. In a transaction.

    Says whether it said anything else before.
    """
    rows(_HOLD, {"user_id": heard.user_id})
    if rows(_HEAR, {"user_id": heard.user_id, "number": heard.number}).rowcount != 1:
        log.info("billing_answer", outcome="older", user=str(heard.user_id))
        return False
    subscription = subscriptions.subscription_of(heard.user_id)
    subscriptions.record_seen(subscription, heard.subscription, at)
    return session().is_modified(subscription)


def is_known(event: ProviderEvent) -> bool:
    """Whether this very message was dealt with before."""
    return rows(_IS_KNOWN, {"id": event.id}).first() is not None


def deal_with(event: ProviderEvent, heard: Heard | None, at: datetime) -> None:
    """Note a message and take what was heard because of it, once. In a transaction.

    Without `heard` it concerns nobody here, or nothing that a subscription depends on.
    """
    if rows(_NOTE, {"id": event.id, "type": event.type, "at": at}).rowcount != 1:
        log.info("webhook", outcome="again", type=event.type)
        return
    session().execute(delete(WebhookEvent).where(WebhookEvent.received_at < at - EVENTS_KEPT))
    if heard is not None:
        take(heard, at)
    log.info("webhook", outcome="taken" if heard else "of no concern", type=event.type)


def reconcile(provider: Provider, at: datetime) -> Iterator[tuple[str, str]]:
    """Compare every customer's subscription with the provider's, one after the other.

    Outside of a transaction. Each user's identifier, and "repaired", "same" or "unknown".
    """
    with reading():
        known = [(row.user_id, row.customer) for row in rows(_ALL, {})]
    for user_id, customer in known:
        try:
            heard = ask(provider, user_id, customer)
        except PaymentFailed:
            yield str(user_id), "unknown"
            continue
        with transaction():
            changed = take(heard, at)
        yield str(user_id), "repaired" if changed else "same"


CONCERNING = ("customer.subscription.", "checkout.session.", "invoice.", "customer.deleted")
"""Beginnings of the types of messages after which a subscription may be another."""


def concerns_subscription(event: ProviderEvent) -> bool:
    return event.type.startswith(CONCERNING)
