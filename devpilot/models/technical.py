"""Tables that carry no blueprint: remembered idempotency keys and rate counters."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from devpilot.db import Base
from devpilot.models.columns import Moment


class IdempotencyKey(Base):
    """A success that a form already had: where it led, and what was posted (as a hash)."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the action, the resource and the posted fields."""
    location: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[Moment] = mapped_column(index=True)


class RateCounter(Base):
    """How often something was tried in one window of time, shared by all processes."""

    __tablename__ = "rate_counter"

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """The window's start, in seconds since 1970."""
    expires: Mapped[int] = mapped_column(BigInteger, index=True)
    count: Mapped[int]
