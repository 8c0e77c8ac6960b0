"""What the provider says by itself, and comparing everything with it.

A message is believed about whom it concerns, and about nothing else: what is true of them is
asked for, so that messages may come in any order and twice. A newcomer's likely mistake: reading
a subscription's state out of a message.
"""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, delete, select, text

from devpilot.adapters.payment import PaymentFailed, ProviderEvent
from devpilot.db import reading, rows, session, transaction
from devpilot.models import BillingCustomer, User, WebhookEvent
from devpilot.services.customers import (
    SECONDS,
    Heard,
    Provider,
    ask,
    keep,
    take,
    unavailable,
)

EVENTS_KEPT = timedelta(days=35)
"""Stripe sends again for three days, and an operator from its dashboard for thirty."""

log = structlog.get_logger("devpilot")

_customers, _events = BillingCustomer.__table__, WebhookEvent.__table__
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
_NOTE = text(
    "INSERT INTO webhook_event (id, type, received_at) VALUES (:id, :type, :at) "
    "ON CONFLICT (id) DO NOTHING"
).bindparams(bindparam("at", type_=_events.c.received_at.type))
_IS_KNOWN = select(_events.c.id).where(_events.c.id == bindparam("id"))


CONCERNING = ("customer.subscription.", "checkout.session.", "invoice.", "customer.deleted")
"""Beginnings of the types of messages after which a subscription may be another."""


def concerns_subscription(event: ProviderEvent) -> bool:
    return event.type.startswith(CONCERNING)


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
        keep(uuid.UUID(user), chosen)
        log.info("customer_found", user=user)


def _pays(provider: Provider, customer: str) -> bool:
    found = provider.current(customer)
    return found is not None and found.is_paying
