"""The only clock. Everything that needs the time asks here, so that a test can set it."""

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def now() -> datetime:
    """The present moment in UTC, to the microsecond."""
    return datetime.now(UTC) + _offset


def shift(offset: timedelta) -> None:
    """Move this process's clock by `offset` from the real time. For tests."""
    global _offset  # noqa: PLW0603  one clock per process is the point of this module
    _offset = offset
