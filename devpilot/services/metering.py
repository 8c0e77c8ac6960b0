"""What a plan grants by the month or, on Free, in total: restarts and use of AI, counted.

A month begins on the day on which the billing period began, also within a yearly
subscription, and one that is not over when another period begins goes on in it. What Free
grants in total is counted from the account's beginning, in one row that no plan change
touches. A newcomer's likely mistakes: counting calendar months, and looking for a job that
resets counts; a new month is another row, made at its first count.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, text, true, update

from devpilot import clock
from devpilot.clock import MONTHS_IN_YEAR, months_after
from devpilot.db import rows
from devpilot.errors import QuotaExceeded
from devpilot.models import Account, Limits, PlanCode, Reservation, Usage, UsageType

NEVER_RESETS = "This limit does not reset."
PRO_RAISES_IT = "The Pro plan raises it."


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to and without `end`; one without an end lasts for ever."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Kind:
    """What one of it is called, what a plan grants, and whether Free grants some in total."""

    singular: str
    granted: Callable[[Limits], int]
    free_in_total: bool = False

    @property
    def plural(self) -> str:
        return f"{self.singular}s"


KINDS: Mapping[UsageType, Kind] = {
    UsageType.RESTART: Kind("restart", lambda plan: plan.restarts),
    UsageType.AI_SUGGESTION: Kind(
        "AI suggestion", lambda plan: plan.ai_suggestions, free_in_total=True
    ),
    UsageType.AI_REGENERATION: Kind("AI regeneration", lambda plan: plan.ai_regenerations),
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many of something a plan grants in a period, and how many are used."""

    type: UsageType
    plan: Limits
    limit: int
    used: int
    period: Period | None
    """None where the plan grants none at all, so that nothing is ever counted."""
    under_way_until: datetime | None = None
    """When the one that is reserved, if one is, ends at the latest. It counts as used."""

    @property
    def kind(self) -> Kind:
        return KINDS[self.type]

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used - (self.under_way_until is not None))

    @property
    def resets_at(self) -> datetime | None:
        """When the count begins again; None if it never does."""
        return self.period.end if self.period else None

    @property
    def is_over(self) -> bool:
        """In grace: the count begins again with the next period, which nobody has paid yet."""
        return self.resets_at is not None and self.resets_at <= clock.now()

    @property
    def span(self) -> str:
        return "a month" if self.resets_at else "in total, ever"


def month_of(billed: Period, at: datetime) -> Period:
    """The month of use of a billing period that `at` lies in.

    The last whole month lasts to the period's end: what remains after it is no month of its
    own, and neither is the grace. A clock set back before the period is in its first month.
    """
    start, at = billed.start.astimezone(UTC), at.astimezone(UTC)
    number = max(_whole_months(start, at), 0)
    if billed.end is not None:
        last = max(_whole_months(start, billed.end.astimezone(UTC)), 1) - 1
        if number >= last:
            end = max(billed.end.astimezone(UTC), months_after(start, last + 1))
            return Period(months_after(start, last), end)
    return Period(months_after(start, number), months_after(start, number + 1))


def _whole_months(start: datetime, until: datetime) -> int:
    """How many months are over; below zero for an `until` before the start."""
    count = MONTHS_IN_YEAR * (until.year - start.year) + until.month - start.month
    return count - (months_after(start, count) > until)


_usage, _reserved = Usage.__table__, Reservation.__table__
_START = bindparam("start", type_=_usage.c.period_start.type)
_END = bindparam("end", type_=_usage.c.period_end.type)


def _used_in(period: ColumnElement[bool]) -> Select[Any]:
    """Since when, how many, and until when one more is under way, as one row."""
    counted = (
        select(_usage.c.period_start, _usage.c.count)
        .where(_usage.c.user_id == bindparam("user_id"), _usage.c.type == bindparam("type"), period)
        .order_by(_usage.c.period_start.desc())
        .limit(1)
        .subquery()
    )
    under_way = (
        select(_reserved.c.expires_at)
        .where(
            _reserved.c.user_id == bindparam("user_id"),
            _reserved.c.type == bindparam("type"),
            _reserved.c.expires_at > bindparam("now", type_=_reserved.c.expires_at.type),
        )
        .scalar_subquery()
    )
    always = select(under_way.label("until")).subquery()
    return select(counted.c.period_start, counted.c.count, always.c.until).select_from(
        always.outerjoin(counted, true())
    )


_USED_IN_TOTAL = _used_in((_usage.c.period_start == _START) & _usage.c.period_end.is_(None))
# Also a month that began before this one and is not over: its period was followed by another.
_USED_IN_MONTH = _used_in((_usage.c.period_start < _END) & (_usage.c.period_end > _START))
# A month that was closed early and is the running one again gets its own end back.
_COUNT = text(
    "INSERT INTO usage (id, user_id, type, period_start, period_end, count) "
    "VALUES (:id, :user_id, :type, :start, :end, 1) "
    "ON CONFLICT (user_id, type, period_start) "
    "DO UPDATE SET count = usage.count + 1, period_end = excluded.period_end "
    "WHERE usage.count < :limit"
).bindparams(
    bindparam("id", type_=_usage.c.id.type),
    bindparam("user_id", type_=_usage.c.user_id.type),
    bindparam("type", type_=_usage.c.type.type),
    bindparam("start", type_=_usage.c.period_start.type),
    bindparam("end", type_=_usage.c.period_end.type),
)
_AT = bindparam("at", type_=_usage.c.period_end.type)
_CLOSE = (
    update(Usage)
    .where(
        _usage.c.user_id == bindparam("owner"),
        _usage.c.period_start < _AT,
        _usage.c.period_end > _AT,
    )
    .values(period_end=_AT)
)


def allowance_of(
    user: Account, of: UsageType, plan: Limits, paid_since: datetime | None
) -> Allowance:
    """What is granted and left of a kind of use at this moment.

    `plan` is the one that counts now, and `paid_since` the start of its billing period, whose
    end is the user's; None for whoever does not pay, or not any more.
    """
    now, kind = clock.now(), KINDS[of]
    if paid_since is not None:
        return _in_month(user, of, plan, month_of(Period(paid_since, user.period_end), now), now)
    if kind.free_in_total:
        ever = Period(user.created_at, None)
        _, used, under_way_until = _used(_USED_IN_TOTAL, user, of, ever, now)
        return Allowance(of, plan, kind.granted(plan), used or 0, ever, under_way_until)
    return Allowance(of, plan, limit=0, used=0, period=None)


def _in_month(
    user: Account, of: UsageType, plan: Limits, month: Period, now: datetime
) -> Allowance:
    """What is left in the month, or in an earlier one that is not over and goes on in it."""
    begun, used, under_way_until = _used(_USED_IN_MONTH, user, of, month, now)
    if begun is not None and begun != month.start and month.end is not None:
        month = Period(begun, max(month.end, months_after(begun, 1)))
    return Allowance(of, plan, KINDS[of].granted(plan), used or 0, month, under_way_until)


def _used(
    statement: Select[Any], user: Account, of: UsageType, period: Period, now: datetime
) -> tuple[datetime | None, int | None, datetime | None]:
    values = {
        "user_id": user.id, "type": of, "start": period.start, "end": period.end, "now": now,
    }  # fmt: skip
    begun, used, until = tuple(rows(statement, values).one())
    return begun, used, until


def ensure_left(allowance: Allowance) -> None:
    """Raises QuotaExceeded when nothing is left of it."""
    if not allowance.left:
        raise _exceeded(allowance)


def count_one(user_id: uuid.UUID, allowance: Allowance) -> None:
    """Count one more, in the transaction of the use itself. Raises QuotaExceeded at the limit."""
    period = allowance.period
    if period is not None and allowance.limit > 0:
        values = {
            "id": uuid.uuid4(), "user_id": user_id, "type": allowance.type,
            "limit": allowance.limit, "start": period.start, "end": period.end,
        }  # fmt: skip
        if rows(_COUNT, values).rowcount == 1:
            return
    raise _exceeded(allowance)


def close_periods(user_id: uuid.UUID, at: datetime) -> None:
    """End the months that run at `at`: Pro ended there, or began.

    What is counted for ever goes on. Where Pro goes on, its months do too.
    """
    rows(_CLOSE, {"owner": user_id, "at": at})


def _exceeded(allowance: Allowance) -> QuotaExceeded:
    return QuotaExceeded(_used_up(allowance), f"{resets(allowance)} {raised_by(allowance.plan)}")


def _used_up(allowance: Allowance) -> str:
    kind, plan, limit, used = allowance.kind, allowance.plan, allowance.limit, allowance.used
    if not limit:
        besides = f", and {used} {'is' if used == 1 else 'are'} used" if used else ""
        return f"The {plan.name} plan has no {kind.plural}{besides}."
    things = kind.singular if limit == 1 else kind.plural
    said = (
        f"The {plan.name} plan has {limit} {things} {allowance.span}, and {used} of {limit} "
        f"{'is' if used == 1 else 'are'} used"
    )
    if allowance.under_way_until is None:
        return f"{said}."
    until = moment(allowance.under_way_until)
    return f"{said}; one more is under way, until {until} at the latest."


def resets(allowance: Allowance) -> str:
    """When the count begins again, as a sentence."""
    if allowance.resets_at is None:
        return NEVER_RESETS
    if allowance.is_over:
        return "The count begins again once the next period is paid."
    return f"The count begins again on {moment(allowance.resets_at)}."


def raised_by(plan: Limits) -> str:
    """What raises a limit by the month or in total, as a sentence."""
    return PRO_RAISES_IT if plan.code is PlanCode.FREE else "No plan has more."


def moment(at: datetime) -> str:
    """A moment within a sentence, such as 22 Nov 2026, 14:03 UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
