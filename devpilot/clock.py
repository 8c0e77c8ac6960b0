"""The only clock. Everything that needs the time asks here, so that a test can set it."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

MONTHS_IN_YEAR = 12

_offset = timedelta(0)


def now() -> datetime:
    """The present moment in UTC, to the microsecond."""
    return datetime.now(UTC) + _offset


def shift(offset: timedelta) -> None:
    """Move this process's clock by `offset` from the real time. For tests."""
    global _offset  # noqa: PLW0603  one clock per process is the point of this module
    _offset = offset


def months_after(start: datetime, months: int) -> datetime:
    """The same day and time `months` later, or the month's last day where it is shorter."""
    year, month = divmod(start.month - 1 + months, MONTHS_IN_YEAR)
    year, month = start.year + year, month + 1
    day = min(start.day, monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day)
