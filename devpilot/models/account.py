"""The account behind a request: session, user, subscription and plan, read as one row.

Every request needs these facts and changes none of them, so they are plain values rather
than four mapped objects. A newcomer's likely mistake: holding an `Account` over a
transaction; it says what was true when it was read.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from devpilot.models.billing import Plan, PlanCode, Subscription
from devpilot.models.user import AccountStatus, User, UserSession
from devpilot.states import SubscriptionState


@dataclass(frozen=True, slots=True)
class Limits:
    """A plan's row as values. None means unlimited."""

    code: PlanCode
    name: str
    max_total_projects: int | None
    max_active_projects: int | None
    max_step_order: int | None
    ai_suggestions: int
    ai_regenerations: int
    restarts: int
    revisions_per_project: int | None
    storage_bytes: int


@dataclass(frozen=True, slots=True)
class Account:
    """Who is asking. The last four names are what Flask-Login asks of a user."""

    id: uuid.UUID
    email: str
    status: AccountStatus
    session_id: uuid.UUID
    seen_at: datetime
    expires_at: datetime
    subscription_state: SubscriptionState
    period_end: datetime | None
    plan: Limits
    """The subscription's own plan; what counts at this moment is billing's to say."""

    @property
    def is_active(self) -> bool:
        return self.status is AccountStatus.ACTIVE

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_id(self) -> str:
        return str(self.id)


_LIMITS = tuple(getattr(Plan, name) for name in Limits.__slots__)
_FACTS = (
    User.id,
    User.email,
    User.account_status,
    UserSession.id,
    UserSession.seen_at,
    UserSession.expires_at,
    Subscription.state,
    Subscription.current_period_end,
)

# Made once: building a statement for each request costs more than running it.
BY_TOKEN = (
    select(*_FACTS, *_LIMITS)
    .select_from(UserSession)
    .join(User, User.id == UserSession.user_id)
    .join(Subscription, Subscription.user_id == User.id)
    .join(Plan, Plan.id == Subscription.plan_id)
    .where(UserSession.token_hash == bindparam("token_hash"))
)
BY_TOKEN_LOCKED = BY_TOKEN.with_for_update(of=[User, UserSession])
LIMITS = select(*_LIMITS).where(Plan.code == bindparam("code"))


def account_of(row: Row[Any]) -> Account:
    """An Account from a row of BY_TOKEN."""
    values = tuple(row)
    split = len(_FACTS)
    return Account(*(*values[:split], Limits(*values[split:])))
