"""A user as the payment provider knows them: their customer, and what is true of it now.

What is true is asked for. Each question gets a number before it is asked, and an answer counts
only while no later question was answered. A newcomer's likely mistake: calling the provider
within a transaction; each function says where it stands.
"""

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import bindparam, select, text

from devpilot.adapters.payment import CustomerGone, PaymentPage, ProviderSubscription
from devpilot.db import rows, session, transaction
from devpilot.errors import BillingUnavailable
from devpilot.models import BillingCustomer
from devpilot.services import subscriptions

SECONDS = 10.0
"""For all calls of one request together. Stripe gives up on its messages after 20."""

log = structlog.get_logger("devpilot")

_customers = BillingCustomer.__table__
OF = bindparam("user_id", type_=_customers.c.user_id.type)
_CUSTOMER = select(_customers.c.customer).where(_customers.c.user_id == bindparam("user_id"))
_USER = select(_customers.c.user_id).where(_customers.c.customer == bindparam("customer"))
_MEET = text(
    "INSERT INTO billing_customer (user_id, customer, asked, heard) "
    "VALUES (:user_id, :customer, 0, 0) ON CONFLICT (user_id) DO UPDATE "
    "SET customer = COALESCE(billing_customer.customer, excluded.customer) RETURNING customer"
).bindparams(OF)
_ASK = text(
    "UPDATE billing_customer SET asked = asked + 1 "
    "WHERE user_id = :user_id AND customer = :customer RETURNING asked"
).bindparams(OF)
_HEAR = text(
    "UPDATE billing_customer SET heard = :number WHERE user_id = :user_id AND heard < :number"
).bindparams(OF)


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


def customer_of(user_id: uuid.UUID) -> str | None:
    """The provider's name for a user; None until they first went to pay."""
    found: str | None = rows(_CUSTOMER, {"user_id": user_id}).scalar()
    return found


def user_of(customer: str) -> uuid.UUID | None:
    found: uuid.UUID | None = rows(_USER, {"customer": customer}).scalar()
    return found


def keep(user_id: uuid.UUID, customer: str) -> str:
    """The user's customer from now on: this one, unless they have one already."""
    with transaction():
        kept: str = rows(_MEET, {"user_id": user_id, "customer": customer}).scalar_one()
    return kept


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


def unavailable() -> BillingUnavailable:
    return BillingUnavailable(
        "The payment provider does not answer.",
        "Nothing was paid or changed. Try again in a few minutes.",
    )
