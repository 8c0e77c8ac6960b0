"""Tables that carry no blueprint: remembered keys and events, rate counters, reservations."""

import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from devpilot.db import Base
from devpilot.models.columns import Moment, one_of
from devpilot.models.quota import UsageType


class IdempotencyKey(Base):
    """A success that a form already had: where it led, and what was posted (as a hash)."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 over the action, the resource and the posted fields."""
    location: Mapped[str] = mapped_column(Text)
    """A path of ours, or a payment page's address, which has no length of its own."""
    created_at: Mapped[Moment] = mapped_column(index=True)


class RateCounter(Base):
    """How often something was tried in one window of time, shared by all processes."""

    __tablename__ = "rate_counter"

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """The window's start, in seconds since 1970."""
    expires: Mapped[int] = mapped_column(BigInteger, index=True)
    count: Mapped[int]


class BillingCustomer(Base):
    """Who a user is to the payment provider, and in which order its answers were asked for."""

    __tablename__ = "billing_customer"
    __table_args__ = (
        UniqueConstraint("customer"),
        CheckConstraint("0 <= heard AND heard <= asked", name="heard_of_asked"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    customer: Mapped[str | None] = mapped_column(String(255))
    """The provider's name for them; None until they first go to pay."""
    asked: Mapped[int] = mapped_column(default=0)
    """How often the provider was asked about them: the number of the newest question. While
    there is no customer, it is the number of the attempt to make one.
    """
    heard: Mapped[int] = mapped_column(default=0)
    """The newest question whose answer was taken. An answer to an older one is too late."""


class WebhookEvent(Base):
    """A message of the payment provider that was dealt with. It may come again for days."""

    __tablename__ = "webhook_event"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[Moment] = mapped_column(index=True)


class Reservation(Base):
    """One use that is under way outside the database: held until counted, released or expired.

    A user has one at a time, so that two requests cannot both be the last of a limit.
    """

    __tablename__ = "reservation"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    id: Mapped[uuid.UUID]
    """Of this use: one that expired and was replaced cannot be counted or released."""
    type: Mapped[UsageType] = mapped_column(one_of(UsageType, "type"))
    expires_at: Mapped[Moment]
