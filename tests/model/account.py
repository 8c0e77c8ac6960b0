"""The account side of the reference model: plans, subscription, months of usage.

Written from the specification. A newcomer's likely mistake: believing the subscription's
state. What a person may do is computed from it and the clock, at each action.
"""

import calendar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

GRACE = timedelta(days=3)
FREE, ACTIVE, EXPIRED = "free", "paid_active", "paid_expired"
MONTHS = {"monthly": 1, "yearly": 12}


@dataclass
class Plan:
    """The limits of a plan; None is no limit."""

    total: int | None
    active: int | None
    top_step: int | None
    restarts: int
    revisions: int | None
    storage: int

    def reaches(self, order: int) -> bool:
        return self.top_step is None or order <= self.top_step


@dataclass
class Subscription:
    """The snapshot of what the provider said last."""

    state: str = FREE
    interval: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    ending: bool = False
    past_due: bool = False
    restarts: dict[datetime, int] = field(default_factory=dict)
    """How many in the month that began then."""
    over: dict[datetime, datetime] = field(default_factory=dict)
    """When each of these months is over."""

    def pays(self, now: datetime) -> bool:
        """Whether Pro is open at this moment, the grace included."""
        return self.state == ACTIVE and self.end is not None and now <= self.end + GRACE

    def restarts_of(self, now: datetime) -> int:
        """How many restarts were made in this month; none is counted for who does not pay."""
        return self.restarts.get(self.month(now), 0) if self.pays(now) else 0

    def month(self, now: datetime) -> datetime:
        """When the month of usage began that `now` lies in: one that another period cut short
        goes on in it.
        """
        start, end = self._month_of_period(now)
        begun = [each for each, over in self.over.items() if each < end and over > start]
        return max(begun, default=start)

    def restarted(self, now: datetime) -> None:
        month = self.month(now)
        self.restarts[month] = self.restarts.get(month, 0) + 1
        self.over[month] = self._month_of_period(now)[1]

    def close(self, now: datetime) -> None:
        """Pro ends or begins, and so does what is counted."""
        self.over = {month: min(over, now) for month, over in self.over.items()}

    def _month_of_period(self, now: datetime) -> tuple[datetime, datetime]:
        assert self.start is not None
        assert self.end is not None
        ends = [months_after(self.start, 1)]
        while (following := months_after(self.start, len(ends) + 1)) <= self.end:
            ends.append(following)
        ends[-1] = max(ends[-1], self.end)
        number = sum(each <= now for each in ends[:-1])
        return months_after(self.start, number), ends[number]


def months_after(start: datetime, months: int) -> datetime:
    """The same day `months` later, or that month's last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
