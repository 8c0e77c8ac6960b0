"""A user's one subscription: how it begins, and how it comes to say what a provider says.

Every change goes through `record`, whoever it comes from. A newcomer's likely mistake: reading
a subscription's state here to decide what somebody may do; that is `billing.standing_of`.
"""

import uuid
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import bindparam, select

from devpilot.adapters import sandbox
from devpilot.adapters.payment import (
    OPERATOR,
    SANDBOX,
    STRIPE,
    ProviderStatus,
    ProviderSubscription,
)
from devpilot.adapters.sandbox import SandboxEvent
from devpilot.db import rows, session
from devpilot.errors import InvalidInput, Problem
from devpilot.models import Interval, Plan, PlanCode, Subscription, User
from devpilot.services import metering
from devpilot.services.billing import resolved_state
from devpilot.states import SubscriptionState

log = structlog.get_logger("devpilot")

_HOLD = select(User.id).where(User.id == bindparam("user_id")).with_for_update()


def hold(user_id: uuid.UUID) -> None:
    """Whoever changes a subscription holds the user's row first, as each of their posts does."""
    rows(_HOLD, {"user_id": user_id})


def subscription_of(user_id: uuid.UUID) -> Subscription:
    return session().scalars(select(Subscription).where(Subscription.user_id == user_id)).one()


def open_free(user_id: uuid.UUID) -> Subscription:
    """Give a new user the subscription that everyone has: Free."""
    free = session().scalars(select(Plan).where(Plan.code == PlanCode.FREE)).one()
    subscription = Subscription(user_id=user_id, plan_id=free.id, state=SubscriptionState.FREE)
    session().add(subscription)
    return subscription


def sandbox_event(
    subscription: Subscription, event: SandboxEvent, interval: Interval, at: datetime
) -> None:
    """Let the sandbox provider's `event` happen to this subscription.

    Raises InvalidInput when there is nothing that the event could concern.
    """
    now_there = snapshot_of(subscription)
    then = sandbox.after(
        event, now_there, customer=str(subscription.user_id), interval=interval, at=at
    )
    if then is None:
        raise InvalidInput(
            "billing",
            [Problem("event", "There is no subscription yet; confirm a payment first.")],
        )
    record(subscription, then, at)


def open_by_operator(subscription: Subscription, until: datetime, at: datetime) -> None:
    """Open Pro on the operator's word, until then. Raises InvalidInput for a moment past."""
    if until <= at:
        raise InvalidInput("billing", [Problem("until", "Give a moment that is still to come.")])
    seen = ProviderSubscription(
        OPERATOR, "", "", ProviderStatus.ACTIVE, Interval.MONTHLY, at, until,
        cancel_at_period_end=True,
    )  # fmt: skip
    ensure_not_at_provider(subscription)
    record(subscription, seen, at)


def end_by_operator(subscription: Subscription, at: datetime) -> None:
    """End what the sandbox or an operator opened."""
    ensure_not_at_provider(subscription)
    known = snapshot_of(subscription)
    if known is not None:
        record(subscription, _ended(known, at), at)


def ensure_not_at_provider(subscription: Subscription) -> None:
    """Raises InvalidInput for one that is paid at Stripe, which would go on taking money."""
    known = snapshot_of(subscription)
    if known is not None and known.provider == STRIPE:
        raise InvalidInput(
            "billing",
            [Problem("email", "This subscription is paid at Stripe: change or end it there.")],
        )


def snapshot_of(subscription: Subscription) -> ProviderSubscription | None:
    """The provider's view as last recorded; None for whoever never paid or has expired."""
    start, end = subscription.current_period_start, subscription.current_period_end
    if subscription.state is not SubscriptionState.PAID_ACTIVE or start is None or end is None:
        return None
    return ProviderSubscription(
        provider=subscription.provider,
        customer=subscription.provider_customer,
        subscription=subscription.provider_subscription,
        status=ProviderStatus.PAST_DUE if subscription.past_due else ProviderStatus.ACTIVE,
        interval=subscription.interval or Interval.MONTHLY,
        period_start=start,
        period_end=end,
        cancel_at_period_end=subscription.cancel_at_period_end,
    )


def record_seen(
    subscription: Subscription, seen: ProviderSubscription | None, at: datetime
) -> None:
    """The same for Stripe's answer, which may be that there is none, or none yet.

    What somebody else opened, it cannot end.
    """
    known = snapshot_of(subscription)
    if seen is not None and seen.status is ProviderStatus.INCOMPLETE:
        return
    if known is not None and known.provider != STRIPE and not (seen and seen.is_paying):
        return
    if seen is None and known is not None:
        seen = _ended(known, at)
    if seen is not None:
        record(subscription, seen, at)


def _ended(known: ProviderSubscription, at: datetime) -> ProviderSubscription:
    end = max(at, known.period_start)  # a clock may have been set back
    return replace(known, status=ProviderStatus.CANCELED, period_end=end)


def record(subscription: Subscription, seen: ProviderSubscription, at: datetime) -> None:
    """Make the subscription say what the provider says. Idempotent; of all else, it closes
    the running counts alone, where Pro begins or ends.
    """
    before = subscription.state, subscription.current_period_start
    goes_on = _goes_on(subscription, seen)
    if not seen.is_paying and subscription.state is SubscriptionState.FREE:
        return
    subscription.provider = seen.provider
    subscription.provider_customer = seen.customer
    subscription.provider_subscription = seen.subscription
    subscription.interval = Interval(seen.interval)
    subscription.current_period_start = seen.period_start
    subscription.current_period_end = seen.period_end
    subscription.cancel_at_period_end = seen.cancel_at_period_end
    subscription.past_due = seen.status is ProviderStatus.PAST_DUE
    if seen.is_paying:
        pro = session().scalars(select(Plan).where(Plan.code == PlanCode.PRO)).one()
        subscription.plan_id = pro.id
        subscription.state = SubscriptionState.PAID_ACTIVE
    else:
        subscription.state = SubscriptionState.PAID_EXPIRED
    after = subscription.state, subscription.current_period_start
    if after == before:
        return
    if not goes_on:
        metering.close_periods(subscription.user_id, seen.period_start if seen.is_paying else at)
    log.info(
        "subscription",
        user=str(subscription.user_id),
        was=before[0].value,
        state=after[0].value,
        status=seen.status.value,
    )


def _goes_on(subscription: Subscription, seen: ProviderSubscription) -> bool:
    """Whether Pro was open until the period that was seen began, so that no plan changed.

    What the sandbox opened does not go on as something that was paid.
    """
    end, provider = subscription.current_period_end, subscription.provider
    until_then = resolved_state(subscription.state, end, seen.period_start, provider)
    was_open = until_then is SubscriptionState.PAID_ACTIVE
    return was_open and seen.is_paying and (provider == SANDBOX) == (seen.provider == SANDBOX)
