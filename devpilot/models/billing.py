"""Plans and each user's one subscription."""

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from devpilot.db import Base
from devpilot.models.columns import Created, Identifier, OptionalMoment, one_of
from devpilot.states import SubscriptionState, moved


class PlanCode(StrEnum):
    FREE = "free"
    PRO = "pro"


class Interval(StrEnum):
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Plan(Base):
    """Limits are resolved from this row when an action happens. None means unlimited."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[Identifier]
    code: Mapped[PlanCode] = mapped_column(one_of(PlanCode, "code"))
    name: Mapped[str] = mapped_column(String(60))
    max_total_projects: Mapped[int | None]
    max_active_projects: Mapped[int | None]
    max_step_order: Mapped[int | None]
    ai_suggestions: Mapped[int]
    ai_regenerations: Mapped[int]
    restarts: Mapped[int]
    revisions_per_project: Mapped[int | None]
    storage_bytes: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class Subscription(Base):
    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("user_id"),
        CheckConstraint(
            "(state = 'free') = (current_period_end IS NULL)", name="period_unless_free"
        ),
    )

    id: Mapped[Identifier]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    state: Mapped[SubscriptionState] = mapped_column(
        one_of(SubscriptionState, "state"), default=SubscriptionState.FREE
    )
    interval: Mapped[Interval | None] = mapped_column(one_of(Interval, "interval"))
    current_period_start: Mapped[OptionalMoment]
    current_period_end: Mapped[OptionalMoment]
    cancel_at_period_end: Mapped[bool] = mapped_column(default=False)
    past_due: Mapped[bool] = mapped_column(default=False)
    provider: Mapped[str] = mapped_column(String(32), default="")
    provider_customer: Mapped[str] = mapped_column(String(255), default="")
    provider_subscription: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[Created]

    @validates("state")
    def _legal(self, _key: str, new: SubscriptionState) -> SubscriptionState:
        return moved(self.state, new)
