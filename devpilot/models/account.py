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
    created_at: datetime
    session_id: uuid.UUID
    seen_at: datetime
    expires_at: datetime
    subscription_state: SubscriptionState
    period_start: datetime | None
    period_end: datetime | None
    provider: str
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


# Tables rather than mapped classes: plain rows need no work by the ORM. And made once:
# building a statement for each request costs more than running it.
_user, _used = User.__table__, UserSession.__table__
_subscription, _plan = Subscription.__table__, Plan.__table__
_LIMITS = tuple(_plan.c[name] for name in Limits.__slots__)
_FACTS = (
    _user.c.id,
    _user.c.email,
    _user.c.account_status,
    _user.c.created_at,
    _used.c.id,
    _used.c.seen_at,
    _used.c.expires_at,
    _subscription.c.state,
    _subscription.c.current_period_start,
    _subscription.c.current_period_end,
    _subscription.c.provider,
)

BY_TOKEN = (
    select(*_FACTS, *_LIMITS)
    .select_from(_used)
    .join(_user, _user.c.id == _used.c.user_id)
    .join(_subscription, _subscription.c.user_id == _user.c.id)
    .join(_plan, _plan.c.id == _subscription.c.plan_id)
    .where(_used.c.token_hash == bindparam("token_hash"))
)
# A statement of its own, before the facts are read: what a waiting statement joins to the
# row that it waited for is as old as its beginning, and so might be a lapsed plan.
HOLD_BY_TOKEN = (
    select(_user.c.id)
    .join(_used, _used.c.user_id == _user.c.id)
    .where(_used.c.token_hash == bindparam("token_hash"))
    .with_for_update(of=[_user, _used])
)
LIMITS = select(*_LIMITS).where(_plan.c.code == bindparam("code"))


def account_of(row: Row[Any]) -> Account:
    """An Account from a row of BY_TOKEN."""
    values = tuple(row)
    split = len(_FACTS)
    return Account(*(*values[:split], Limits(*values[split:])))
