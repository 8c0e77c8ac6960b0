"""What each user has used, counted."""

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from devpilot.db import Base
from devpilot.models.columns import Identifier, Moment, OptionalMoment, one_of


class UsageType(StrEnum):
    AI_SUGGESTION = "ai_suggestion"
    AI_REGENERATION = "ai_regeneration"
    RESTART = "restart"
    STORAGE = "storage"


class Usage(Base):
    """One counter for one period.

    Storage, and what Free grants in total, have one row each whose period never ends.
    """

    __tablename__ = "usage"
    __table_args__ = (
        UniqueConstraint("user_id", "type", "period_start"),
        CheckConstraint('"count" >= 0', name="count_not_negative"),
    )

    id: Mapped[Identifier]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    type: Mapped[UsageType] = mapped_column(one_of(UsageType, "type"))
    period_start: Mapped[Moment]
    period_end: Mapped[OptionalMoment]
    count: Mapped[int] = mapped_column(default=0)
