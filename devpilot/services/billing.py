"""What a subscription allows at the moment of an action.

A newcomer's likely mistake: reading `Subscription.state` to decide something. Ask
`standing_of`, which also looks at the clock: a lost webhook cannot keep Pro open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from devpilot.adapters.payment import OPERATOR, SANDBOX, STRIPE
from devpilot.db import session
from devpilot.errors import SubscriptionRequired
from devpilot.models import Account, Limits, Plan, PlanCode, Step
from devpilot.models.account import LIMITS
from devpilot.states import SubscriptionState

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


def standing_of(account: Account, at: datetime, *, sandbox: bool = True) -> Standing:
    """Reads what came with the session; only a lapsed plan needs another statement.

    `sandbox` says whether the installation has the sandbox: what it opened counts nowhere else.
    """
    state = resolved_state(account.subscription_state, account.period_end, at, account.provider)
    if account.provider == SANDBOX and state is SubscriptionState.PAID_ACTIVE and not sandbox:
        state = SubscriptionState.PAID_EXPIRED
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
    state: SubscriptionState, period_end: datetime | None, at: datetime, provider: str = STRIPE
) -> SubscriptionState:
    """The state at action time: a paid one has expired once period and grace are over.

    An operator's word is not late, so it has no grace.
    """
    if state is not SubscriptionState.PAID_ACTIVE or period_end is None:
        return state
    grace = timedelta(0) if provider == OPERATOR else GRACE
    return SubscriptionState.PAID_EXPIRED if at - grace > period_end else state


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


def ensure_may_suggest(standing: Standing, step: Step) -> None:
    """A step within the plan may be suggested for; asking again while one waits needs Pro."""
    ensure_step_in_plan(standing, step)
    if not standing.is_paid and step.pending is not None:
        raise SubscriptionRequired(
            "Asking the AI again while a suggestion waits is a regeneration, and needs Pro.",
            "Use or dismiss what waits; then asking is a suggestion again.",
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


def plans() -> list[Plan]:
    """The plans on offer, the cheapest first."""
    return list(session().scalars(select(Plan).where(Plan.is_active).order_by(Plan.storage_bytes)))
