"""Going to pay: a customer is made, a payment page is opened, or none is needed.

A newcomer's likely mistake: opening a page without asking first. Two tabs, or a message that is
late, must not lead to paying twice.
"""

import hashlib
import uuid
from dataclasses import dataclass

import structlog
from sqlalchemy import bindparam, text

from devpilot.adapters.payment import CustomerGone, PaymentFailed, PaymentRefused
from devpilot.db import rows, transaction
from devpilot.errors import SubscriptionRequired
from devpilot.models import BillingCustomer
from devpilot.services.customers import OF, SECONDS, Heard, Provider, ask, keep, unavailable

log = structlog.get_logger("devpilot")

_customers = BillingCustomer.__table__
# While there is no customer nobody is asked about, so `asked` counts the attempts to make one.
_BEGIN = text(
    "INSERT INTO billing_customer (user_id, customer, asked, heard) "
    "VALUES (:user_id, NULL, 0, 0) ON CONFLICT (user_id) DO UPDATE "
    "SET customer = NULLIF(billing_customer.customer, :gone) RETURNING customer, asked"
).bindparams(OF, bindparam("gone", type_=_customers.c.customer.type))
_BEGIN_ANEW = text(
    "UPDATE billing_customer SET asked = asked + 1 "
    "WHERE user_id = :user_id AND customer IS NULL AND asked = :attempt"
).bindparams(OF)


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
    return keep(user_id, made)


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
