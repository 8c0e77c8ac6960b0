"""Months of use, counted from the day on which the billing period began."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from devpilot import clock
from devpilot.db import transaction
from devpilot.models import Subscription
from devpilot.services import metering
from devpilot.services.metering import month_of
from tests.conftest import PASSWORD
from tests.quota.counting import (
    RESTART,
    STORAGE,
    SUGGESTION,
    as_person,
    counts,
    left,
    periods,
    use,
)
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


def test_the_day_returns_after_a_month_that_does_not_have_it():
    starts = [month_of(at(2027, 12, 31), at(2028, month, 15)).start.day for month in range(2, 8)]
    assert starts == [31, 29, 31, 30, 31, 30]


def test_of_29_february_every_fourth_year_has_one():
    anchor = at(2028, 2, 29, 23, 59)
    ends = [month_of(anchor, at(year, 2, 15)).end for year in (2029, 2030, 2031, 2032)]
    assert [end.day for end in ends] == [28, 28, 28, 29]


@pytest.fixture
def in_berlin(monkeypatch):
    """The machine stands where clocks are changed twice a year."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("anchor", "end"),
    [
        # Clocks are set back on 25 October 2026 and forward on 28 March 2027.
        (at(2026, 10, 10, 22, 30), at(2026, 11, 10, 22, 30)),
        (at(2027, 3, 10, 22, 30), at(2027, 4, 10, 22, 30)),
        # The 31st there, and the 30th here.
        (at(2027, 1, 30, 23, 30), at(2027, 2, 28, 23, 30)),
    ],
)
def test_where_the_machine_stands_changes_no_month(in_berlin, anchor, end):
    assert month_of(anchor, end - timedelta(seconds=1)).end == end
    assert month_of(anchor, end).start == end


def test_a_moment_in_another_zone_is_the_same_moment():
    """Half past midnight on the 31st in Berlin is the 30th in UTC."""
    berlin = timezone(timedelta(hours=1))
    anchor, now = datetime(2027, 1, 31, 0, 30, tzinfo=berlin), datetime(2027, 2, 28, tzinfo=berlin)
    month = month_of(anchor, now)
    assert month == month_of(anchor.astimezone(UTC), now.astimezone(UTC))
    assert (month.start, month.end) == (at(2027, 1, 30, 23, 30), at(2027, 2, 28, 23, 30))


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


def billed(app, person, *, since, until, interval="monthly"):
    """Pretend that the provider said so."""
    values = {"current_period_start": since, "current_period_end": until, "interval": interval}
    mine = update(Subscription).where(Subscription.user_id == person.user_id)
    with app.app_context(), transaction() as session:
        session.execute(mine.values(**values))


def test_a_month_ends_to_the_second(app, paying, at_time):
    since = clock.now().replace(microsecond=0)
    billed(app, paying, since=since, until=since + timedelta(days=400), interval="yearly")
    use(app, paying, RESTART, 20)
    end = month_of(since, since).end
    at_time(seconds=(end - clock.now()).total_seconds() - 0.5)
    assert left(app, paying, RESTART) == 0
    at_time(seconds=(end - since).total_seconds())
    assert left(app, paying, RESTART) == 20
    use(app, paying, RESTART)
    assert [(start, count) for start, _, count in periods(app, paying, RESTART)] == [
        (since, 20), (end, 1),
    ]  # fmt: skip


@pytest.mark.usefixtures("stays_sound")
def test_a_yearly_subscription_is_counted_by_months(app, paying, at_time):
    since = clock.now()
    billed(app, paying, since=since, until=since + timedelta(days=365), interval="yearly")
    for _ in range(3):
        use(app, paying, RESTART, 20)
        assert left(app, paying, RESTART) == 0
        at_time(days=(month_of(since, clock.now()).end - since).days + 1)
    found = periods(app, paying, RESTART)
    assert [count for _, _, count in found] == [20, 20, 20]
    assert [end for _, end, _ in found[:-1]] == [start for start, _, _ in found[1:]]


def test_a_clock_set_back_before_the_payment_counts_in_the_first_month(app, paying, at_time):
    use(app, paying, RESTART, 5)
    at_time(days=-90)
    assert left(app, paying, RESTART) == 15
    use(app, paying, RESTART)
    assert counts(app, paying, RESTART) == [6]


def close(app, person, at):
    with as_person(app, person, write=True) as account:
        metering.close_periods(account.id, at)


@pytest.mark.usefixtures("stays_sound")
def test_a_change_of_plan_closes_the_month_and_opens_another_one(app, paying, at_time):
    use(app, paying, RESTART, 20)
    use(app, paying, SUGGESTION, 3)
    [(first, _, _)] = periods(app, paying, RESTART)
    at_time(days=10)
    change = clock.now()
    close(app, paying, change)
    billed(app, paying, since=change, until=change + timedelta(days=365), interval="yearly")
    assert left(app, paying, RESTART) == 20
    use(app, paying, RESTART, 2)
    assert periods(app, paying, RESTART) == [
        (first, change, 20), (change, month_of(change, change).end, 2),
    ]  # fmt: skip
    assert periods(app, paying, SUGGESTION) == [(first, change, 3)]


def test_what_is_counted_for_ever_or_over_or_anothers_is_not_closed(app, free, paying, at_time):
    use(app, free, SUGGESTION, 4)
    free.create_project()
    for person in (free, paying):
        person.post("/billing/sandbox", {"event": "paid"})
        use(app, person, RESTART)
    lasting = [periods(app, free, kind) for kind in (SUGGESTION, STORAGE)]
    others = periods(app, paying, RESTART)
    [(start, end, _)] = periods(app, free, RESTART)
    close(app, free, start)
    close(app, free, end)
    assert periods(app, free, RESTART) == [(start, end, 1)], "it does not run at its edges"
    at = clock.now()
    close(app, free, at)
    assert periods(app, free, RESTART) == [(start, at, 1)]
    assert [periods(app, free, kind) for kind in (SUGGESTION, STORAGE)] == lasting
    assert periods(app, paying, RESTART) == others


def test_a_month_that_was_closed_too_soon_goes_on_with_its_count(app, paying, at_time):
    """The provider took it back: nothing is granted twice, and the end is the month's again."""
    use(app, paying, RESTART, 19)
    [(start, end, _)] = periods(app, paying, RESTART)
    at_time(days=1)
    close(app, paying, clock.now())
    assert left(app, paying, RESTART) == 1
    use(app, paying, RESTART)
    assert periods(app, paying, RESTART) == [(start, end, 20)]
