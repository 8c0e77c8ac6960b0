"""What a subscription allows at the moment of an action, and how it changes.

A newcomer's likely mistake: reading `Subscription.state` to decide something. Ask
`standing_of`, which also looks at the clock: a lost webhook cannot keep Pro open.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from devpilot.adapters import sandbox
from devpilot.adapters.payment import OPERATOR, STRIPE, ProviderStatus, ProviderSubscription
from devpilot.adapters.sandbox import SandboxEvent
from devpilot.db import session
from devpilot.errors import InvalidInput, Problem, SubscriptionRequired
from devpilot.models import Account, Interval, Limits, Plan, PlanCode, Step, Subscription
from devpilot.models.account import LIMITS
from devpilot.services import metering
from devpilot.states import SubscriptionState

log = structlog.get_logger("devpilot")

GRACE = timedelta(days=3)
"""How long after a period's end a missing word from the provider is forgiven."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a user's subscription amounts to right now.

    `plan` is the one whose limits count at this moment: the subscription's own while it is
    paid, Free otherwise.
    """

    state: SubscriptionState
    plan: Limits
    paid_since: datetime | None
    """The start of the billing period, from which months of use are counted; None unpaid."""

    @property
    def is_paid(self) -> bool:
        return self.state is SubscriptionState.PAID_ACTIVE


def standing_of(account: Account, at: datetime) -> Standing:
    """Reads what came with the session; only a lapsed plan needs another statement."""
    state = resolved_state(account.subscription_state, account.period_end, at)
    plan = account.plan
    if state is SubscriptionState.PAID_ACTIVE:
        return Standing(state, plan, account.period_start)
    return Standing(state, plan if plan.code is PlanCode.FREE else _free(), None)


def standing_after_end() -> Standing:
    """What a subscription that is paid now amounts to once it has ended."""
    return Standing(SubscriptionState.PAID_EXPIRED, _free(), None)


def _free() -> Limits:
    return Limits(*session().execute(LIMITS, {"code": PlanCode.FREE}).one())


def resolved_state(
    state: SubscriptionState, period_end: datetime | None, at: datetime
) -> SubscriptionState:
    """The state at action time: a paid one has expired once period and grace are over."""
    paid = state is SubscriptionState.PAID_ACTIVE
    if paid and period_end is not None and at > period_end + GRACE:
        return SubscriptionState.PAID_EXPIRED
    return state


def subscription_of(user_id: uuid.UUID) -> Subscription:
    return session().scalars(select(Subscription).where(Subscription.user_id == user_id)).one()


def ensure_step_in_plan(standing: Standing, step: Step) -> None:
    """Raises SubscriptionRequired for a step above the plan's."""
    last = standing.plan.max_step_order
    if last is not None and step.order > last:
        raise SubscriptionRequired(
            f"The {standing.plan.name} plan edits and locks steps 1 to {last}; "
            f"step {step.order} needs Pro.",
            "Everything you wrote stays yours and readable. Start Pro on the Billing page, "
            "then go on here.",
        )


def ensure_may_lock(standing: Standing, step: Step) -> None:
    """A step within the plan may be locked; the last step completes, which needs Pro."""
    ensure_step_in_plan(standing, step)
    if step.is_last and not standing.is_paid:
        raise SubscriptionRequired(
            "Locking the last step completes the revision, and that needs Pro.",
            "Your draft is kept. Start Pro on the Billing page, then lock.",
        )


def ensure_paid_to_restart(standing: Standing, _step: Step) -> None:
    if not standing.is_paid:
        raise SubscriptionRequired(
            "Restarting from a step needs Pro.",
            "What is locked stays locked and readable. Start Pro on the Billing page.",
        )


def ensure_paid_for_revision(standing: Standing, _project: object) -> None:
    if not standing.is_paid:
        raise SubscriptionRequired(
            "Opening a new revision needs Pro.",
            "Every revision that is there stays readable. Start Pro on the Billing page.",
        )


def ensure_paid_to_export(standing: Standing, _revision: object) -> None:
    if not standing.is_paid:
        raise SubscriptionRequired(
            "Making an export needs Pro.",
            "Exports made before stay downloadable. Start Pro on the Billing page.",
        )


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
    the running counts alone, where a plan or a period ends before its time.
    """
    before = subscription.state, subscription.current_period_start
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
    metering.close_periods(subscription.user_id, seen.period_start if seen.is_paying else at)
    log.info(
        "subscription",
        user=str(subscription.user_id),
        was=before[0].value,
        state=after[0].value,
        status=seen.status.value,
    )


def plans() -> list[Plan]:
    """The plans on offer, the cheapest first."""
    return list(session().scalars(select(Plan).where(Plan.is_active).order_by(Plan.storage_bytes)))
