"""Going to pay, and what the provider says came of it: customers, checkouts, messages.

A message is believed about whom it concerns, and about nothing else: what is true of them is
asked for. Each question gets a number before it is asked, and an answer counts only while no
later question was answered, so that messages may come in any order and twice. A newcomer's
likely mistake: calling the provider within a transaction; each function says where it stands.
"""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import bindparam, delete, select, text

from devpilot.adapters.payment import (
    CustomerGone,
    PaymentFailed,
    PaymentPage,
    PaymentRefused,
    ProviderEvent,
    ProviderSubscription,
)
from devpilot.db import reading, rows, session, transaction
from devpilot.errors import BillingUnavailable, SubscriptionRequired
from devpilot.models import BillingCustomer, User, WebhookEvent
from devpilot.services import subscriptions

EVENTS_KEPT = timedelta(days=35)
"""Stripe sends again for three days, and an operator from its dashboard for thirty."""

SECONDS = 10.0
"""For all calls of one request together. Stripe gives up on its messages after 20."""

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
_WITHOUT = (
    select(User.id)
    .outerjoin(BillingCustomer, BillingCustomer.user_id == User.id)
    .where(BillingCustomer.customer.is_(None))
)
_MEET = text(
    "INSERT INTO billing_customer (user_id, customer, asked, heard) "
    "VALUES (:user_id, :customer, 0, 0) ON CONFLICT (user_id) DO UPDATE "
    "SET customer = COALESCE(billing_customer.customer, excluded.customer) RETURNING customer"
).bindparams(_OF)
# While there is no customer nobody is asked about, so `asked` counts the attempts to make one.
_BEGIN = text(
    "INSERT INTO billing_customer (user_id, customer, asked, heard) "
    "VALUES (:user_id, NULL, 0, 0) ON CONFLICT (user_id) DO UPDATE "
    "SET customer = NULLIF(billing_customer.customer, :gone) RETURNING customer, asked"
).bindparams(_OF, bindparam("gone", type_=_customers.c.customer.type))
_BEGIN_ANEW = text(
    "UPDATE billing_customer SET asked = asked + 1 "
    "WHERE user_id = :user_id AND customer IS NULL AND asked = :attempt"
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

    def within(self, seconds: float) -> AbstractContextManager[None]: ...
    def create_customer(self, email: str, user: str, *, key: str) -> str: ...
    def customers(self) -> list[tuple[str, str]]: ...
    def open_checkout(
        self, customer: str, interval: str, *, success: str, cancel: str, key: str
    ) -> PaymentPage: ...
    def close_checkout(self, page: str) -> None: ...
    def close_checkouts(self, customer: str) -> None: ...
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

    @property
    def is_paying(self) -> bool:
        return self.subscription is not None and self.subscription.is_paying


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to pay, and where they come back to.

    Forms with the same `intent` lead to the same payment page.
    """

    interval: str
    success: str
    back: str
    intent: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A page of the provider's, where they go on."""

    address: str


@dataclass(frozen=True, slots=True)
class PaysAlready:
    """They have nothing to pay, though no message has said so yet."""

    heard: Heard


def customer_of(user_id: uuid.UUID) -> str | None:
    """The provider's name for a user; None until they first went to pay."""
    found: str | None = rows(_CUSTOMER, {"user_id": user_id}).scalar()
    return found


def user_of(customer: str) -> uuid.UUID | None:
    found: uuid.UUID | None = rows(_USER, {"customer": customer}).scalar()
    return found


def checkout(
    provider: Provider, user_id: uuid.UUID, email: str, customer: str | None, wish: Wish
) -> Elsewhere | PaysAlready:
    """Open a payment page, or find out that they need none.

    Outside of a transaction. Whoever turns out to pay already gets no second page: two tabs,
    or a message that is late, must not lead to paying twice. Raises BillingUnavailable.
    """
    try:
        with provider.within(SECONDS):
            if customer is None:
                return _open(provider, user_id, _meet(provider, user_id, email), wish)
            needless = _ask_first(provider, user_id, customer, wish)
            if needless is not None:
                return needless
            try:
                return _open(provider, user_id, customer, wish)
            except CustomerGone:
                log.warning("customer_gone", user=str(user_id))
                another = _meet(provider, user_id, email, instead_of=customer)
                return _open(provider, user_id, another, wish)
    except PaymentFailed as failure:
        raise unavailable() from failure


def _ask_first(
    provider: Provider, user_id: uuid.UUID, customer: str, wish: Wish
) -> Elsewhere | PaysAlready | None:
    """Where else they belong than on a payment page, if anywhere."""
    heard = ask(provider, user_id, customer)
    if heard.is_paying:
        return PaysAlready(heard)
    if heard.subscription is not None and heard.subscription.is_waiting:
        # It goes on once it is paid, and would be a second one beside another.
        return Elsewhere(provider.open_portal(customer, back=wish.back))
    return None


def _open(
    provider: Provider, user_id: uuid.UUID, customer: str, wish: Wish
) -> Elsewhere | PaysAlready:
    """A payment page. An earlier one may have been paid until it was closed, so ask again."""
    key = hashlib.sha256(f"{customer} {wish.intent}".encode(errors="replace")).hexdigest()
    page = provider.open_checkout(
        customer, wish.interval, success=wish.success, cancel=wish.back, key=key
    )
    needless = _ask_first(provider, user_id, customer, wish)
    if needless is None:
        return Elsewhere(page.address)
    provider.close_checkout(page.id)
    return needless


def _meet(provider: Provider, user_id: uuid.UUID, email: str, instead_of: str | None = None) -> str:
    """Make the user a customer; `instead_of` one that the provider does not have any more.

    Every tab that asks has the same key, and so the same customer. After a refusal, which the
    provider would repeat, there is another one, again the same for all.
    """
    values = {"user_id": user_id, "gone": instead_of}
    with transaction():
        known, attempt = tuple(rows(_BEGIN, values).one())
    if known is not None:  # another tab was faster
        return str(known)
    try:
        made = provider.create_customer(email, str(user_id), key=f"customer-{user_id}-{attempt}")
    except PaymentRefused:
        with transaction():
            rows(_BEGIN_ANEW, {"user_id": user_id, "attempt": attempt})
        raise
    return _keep(user_id, made)


def _keep(user_id: uuid.UUID, customer: str) -> str:
    """The user's customer from now on: this one, unless they have one already."""
    with transaction():
        kept: str = rows(_MEET, {"user_id": user_id, "customer": customer}).scalar_one()
    return kept


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
    subscriptions.hold(heard.user_id)
    if rows(_HEAR, {"user_id": heard.user_id, "number": heard.number}).rowcount != 1:
        log.info("billing_answer", outcome="older", user=str(heard.user_id))
        return False
    subscription = subscriptions.subscription_of(heard.user_id)
    subscriptions.record_seen(subscription, heard.subscription, at)
    return session().is_modified(subscription)


def is_known(event: ProviderEvent) -> bool:
    """Whether this very message was dealt with before."""
    return rows(_IS_KNOWN, {"id": event.id}).first() is not None


def ask_for_message(provider: Provider, user_id: uuid.UUID, customer: str) -> Heard:
    """Ask what is true of whom a message concerns. Outside of a transaction.

    Whoever pays has no payment page left open, where they could pay again. Raises
    BillingUnavailable, and the provider sends the message again.
    """
    try:
        with provider.within(SECONDS):
            heard = ask(provider, user_id, customer)
            if heard.is_paying:
                with suppress(PaymentFailed):  # which is logged; the message matters more
                    provider.close_checkouts(customer)
            return heard
    except PaymentFailed as failure:
        raise unavailable() from failure


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
    Customers that were made after a backup are found again first.
    """
    try:
        _find_again(provider)
    except PaymentFailed:
        yield "the list of customers", "unknown"
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


def _find_again(provider: Provider) -> None:
    """Take back the customers of users who have none here. Of several, the one that pays."""
    with reading():
        without = {str(user_id) for user_id in rows(_WITHOUT, {}).scalars()}
        known = {row.customer for row in rows(_ALL, {})}
    found: dict[str, list[str]] = {}
    for customer, user in provider.customers() if without else ():
        if user in without and customer not in known:
            found.setdefault(user, []).append(customer)
    for user, candidates in found.items():
        chosen = next((one for one in candidates if _pays(provider, one)), candidates[0])
        _keep(uuid.UUID(user), chosen)
        log.info("customer_found", user=user)


def _pays(provider: Provider, customer: str) -> bool:
    found = provider.current(customer)
    return found is not None and found.is_paying


CONCERNING = ("customer.subscription.", "checkout.session.", "invoice.", "customer.deleted")
"""Beginnings of the types of messages after which a subscription may be another."""


def concerns_subscription(event: ProviderEvent) -> bool:
    return event.type.startswith(CONCERNING)
