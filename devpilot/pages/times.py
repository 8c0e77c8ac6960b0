"""Moments in the user's words. They are stored and shown in UTC, and say so."""

from datetime import datetime, timedelta

from markupsafe import Markup

from devpilot import clock

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


JUST = timedelta(minutes=1)
"""For so long a page says what has been done, to whoever comes from doing it."""


def is_just_now(moment: datetime | None) -> bool:
    """Whether it happened so short a time ago that its doer may want to hear that it did."""
    return moment is not None and clock.now() - moment < JUST


def when(moment: datetime) -> Markup:
    """Day and time, such as 22 Nov 2026, 14:03 UTC."""
    iso = moment.isoformat(timespec="seconds")[:19]
    return _time(f"{iso}Z", f"{_date(moment)}, {iso[11:16]} UTC")


def day(moment: datetime) -> Markup:
    """The day alone, such as 22 Nov 2026."""
    return _time(moment.isoformat()[:10], _date(moment))


def _date(moment: datetime) -> str:
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def _time(machine: str, words: str) -> Markup:
    return Markup(f'<time datetime="{machine}">{words}</time>')  # noqa: S704  digits and month names
