"""A payment provider that moves no money, for installations outside production.

It answers with the same snapshot of a subscription that a real provider's webhook leads
to, so billing has one code path for both.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from devpilot.adapters.payment import SANDBOX, ProviderStatus, ProviderSubscription
from devpilot.clock import months_after


class SandboxEvent(StrEnum):
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"
    CANCELLED = "cancelled"
    PERIOD_ENDED = "period_ended"


def after(
    event: SandboxEvent,
    current: ProviderSubscription | None,
    *,
    customer: str,
    interval: str,
    at: datetime,
) -> ProviderSubscription | None:
    """The subscription after `event`; None when there is none that it could concern."""
    if event is SandboxEvent.PAID:
        return _paid(customer, interval, at)
    if current is None:
        return None
    if event is SandboxEvent.PAYMENT_FAILED:
        return replace(current, status=ProviderStatus.PAST_DUE)
    if event is SandboxEvent.CANCELLED:
        return replace(current, cancel_at_period_end=True)
    return replace(current, status=ProviderStatus.CANCELED, period_end=at)


def _paid(customer: str, interval: str, at: datetime) -> ProviderSubscription:
    months = 12 if interval == "yearly" else 1
    return ProviderSubscription(
        provider=SANDBOX,
        customer=customer,
        subscription=f"sandbox-{customer}",
        status=ProviderStatus.ACTIVE,
        interval=interval,
        period_start=at,
        period_end=months_after(at, months),
    )
