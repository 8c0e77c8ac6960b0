"""What is counted by the month: restarts now, and whatever a plan grants per month later.

A newcomer's likely mistake: counting calendar months. A month begins on the day on which the
billing period began, also within a yearly subscription.
"""

import uuid
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, select, text

from devpilot import clock
from devpilot.db import rows
from devpilot.errors import QuotaExceeded
from devpilot.models import Limits, Usage, UsageType

MONTHS_IN_YEAR = 12


@dataclass(frozen=True, slots=True)
class Month:
    """From `start` up to and without `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many of something a plan grants in a month, and how many are used."""

    kind: UsageType
    singular: str
    plan: str
    limit: int
    used: int
    month: Month | None
    """None for a plan that is not counted by the month: it grants none."""

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def resets(self) -> str:
        """When the count begins again, as a sentence."""
        if self.month is None:
            return "This plan grants none."
        moment = self.month.end.astimezone(UTC)
        return f"The count begins again on {moment.day} {moment:%b %Y, %H:%M} UTC."


def month_of(anchor: datetime, at: datetime) -> Month:
    """The month of use that `at` lies in. A clock set back before the anchor is in the first."""
    count = MONTHS_IN_YEAR * (at.year - anchor.year) + at.month - anchor.month
    if _months_after(anchor, count) > at:
        count -= 1
    count = max(count, 0)
    return Month(_months_after(anchor, count), _months_after(anchor, count + 1))


def _months_after(anchor: datetime, count: int) -> datetime:
    """The same day and time `count` months later; the month's last day where it is shorter."""
    year, month = divmod(anchor.month - 1 + count, MONTHS_IN_YEAR)
    year, month = anchor.year + year, month + 1
    day = min(anchor.day, monthrange(year, month)[1])
    return anchor.replace(year=year, month=month, day=day)


_usage = Usage.__table__
_USED = select(_usage.c.count).where(
    _usage.c.user_id == bindparam("user_id"),
    _usage.c.type == bindparam("type"),
    _usage.c.period_start == bindparam("start"),
)
_COUNT = text(
    "INSERT INTO usage (id, user_id, type, period_start, period_end, count) "
    "VALUES (:id, :user_id, :type, :start, :end, 1) "
    "ON CONFLICT (user_id, type, period_start) DO UPDATE SET count = usage.count + 1 "
    "WHERE usage.count < :limit"
).bindparams(
    bindparam("id", type_=_usage.c.id.type),
    bindparam("user_id", type_=_usage.c.user_id.type),
    bindparam("type", type_=_usage.c.type.type),
    bindparam("start", type_=_usage.c.period_start.type),
    bindparam("end", type_=_usage.c.period_end.type),
)


def allowance_of(
    user_id: uuid.UUID, kind: UsageType, *, plan: Limits, paid_since: datetime | None
) -> Allowance:
    """What is left of a kind of use at this moment."""
    singular, limit = _GRANTED[kind](plan)
    if paid_since is None:
        return Allowance(kind, singular, plan.name, limit=0, used=0, month=None)
    month = month_of(paid_since, clock.now())
    used = rows(_USED, {"user_id": user_id, "type": kind, "start": month.start}).scalar() or 0
    return Allowance(kind, singular, plan.name, limit, used, month)


_GRANTED: Mapping[UsageType, Callable[[Limits], tuple[str, int]]] = {
    UsageType.RESTART: lambda plan: ("restart", plan.restarts),
}


def ensure_left(allowance: Allowance) -> None:
    """Raises QuotaExceeded when nothing is left this month."""
    if not allowance.left:
        raise _exceeded(allowance)


def _exceeded(allowance: Allowance) -> QuotaExceeded:
    things = allowance.singular if allowance.limit == 1 else f"{allowance.singular}s"
    return QuotaExceeded(
        f"The {allowance.plan} plan has {allowance.limit} {things} a month, and "
        f"{allowance.used} of {allowance.limit} are used.",
        allowance.resets,
    )


def count_one(user_id: uuid.UUID, allowance: Allowance) -> None:
    """Count one more, in the transaction of the use itself. Raises QuotaExceeded at the limit."""
    month = allowance.month
    if month is not None:
        values = {
            "id": uuid.uuid4(), "user_id": user_id, "type": allowance.kind,
            "limit": allowance.limit, "start": month.start, "end": month.end,
        }  # fmt: skip
        if rows(_COUNT, values).rowcount == 1:
            return
    raise _exceeded(allowance)
