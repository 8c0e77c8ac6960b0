"""Months of use, counted from the day on which the billing period began."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devpilot.services.metering import month_of
from tests.conftest import PASSWORD
from tests.steps.test_restart import restart, use_up

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=14_000)).map(
    lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since
)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("anchor", "now", "start", "end"),
    [
        (at(2026, 11, 22, 9), at(2026, 11, 22, 9), at(2026, 11, 22, 9), at(2026, 12, 22, 9)),
        (at(2026, 11, 22, 9), at(2026, 12, 22, 8, 59), at(2026, 11, 22, 9), at(2026, 12, 22, 9)),
        (at(2026, 11, 22, 9), at(2026, 12, 22, 9), at(2026, 12, 22, 9), at(2027, 1, 22, 9)),
        (at(2026, 1, 31), at(2026, 2, 27), at(2026, 1, 31), at(2026, 2, 28)),
        (at(2026, 1, 31), at(2026, 2, 28), at(2026, 2, 28), at(2026, 3, 31)),
        (at(2026, 1, 31), at(2026, 3, 30), at(2026, 2, 28), at(2026, 3, 31)),
        (at(2028, 1, 30), at(2028, 2, 29), at(2028, 2, 29), at(2028, 3, 30)),
        (at(2028, 2, 29), at(2029, 2, 28), at(2029, 2, 28), at(2029, 3, 29)),
        (at(2026, 12, 31, 23), at(2027, 1, 1), at(2026, 12, 31, 23), at(2027, 1, 31, 23)),
    ],
)
def test_month(anchor, now, start, end):
    month = month_of(anchor, now)
    assert (month.start, month.end) == (start, end)


def test_a_clock_set_back_opens_no_new_month():
    anchor = at(2026, 11, 22)
    assert month_of(anchor, anchor - timedelta(days=400)) == month_of(anchor, anchor)


@given(anchor=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_every_moment_lies_in_exactly_one_month(anchor, later):
    now = anchor + later
    month = month_of(anchor, now)
    assert month.start <= now < month.end
    assert month_of(anchor, month.start) == month
    assert month_of(anchor, month.end).start == month.end
    assert timedelta(days=27) < month.end - month.start <= timedelta(days=31)


def test_restarts_come_again_with_the_next_month(app, completed, at_time):
    use_up(app, completed.owner)
    assert restart(completed, 1).status_code == 403
    at_time(days=31)
    completed.owner.sign_in(PASSWORD)  # a month is longer than a session
    # The sandbox's period is a month; grace keeps the plan open on the day after it.
    assert restart(completed, 1).status_code == 303
    assert "1 of 20 restarts" in completed.owner.page("/usage").text
