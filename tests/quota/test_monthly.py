"""Months of use, counted from the day on which the billing period began."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from devpilot import clock
from devpilot.db import transaction
from devpilot.errors import QuotaExceeded
from devpilot.models import Subscription
from devpilot.services import metering
from devpilot.services.metering import Period
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
from tests.refusals import assert_refused
from tests.steps.test_restart import restart, use_up

MOMENTS = st.timedeltas(timedelta(0), timedelta(days=14_000)).map(
    lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since
)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def month_of(anchor, now):
    """Within a billing period that lasts for ever."""
    return metering.month_of(Period(anchor, None), now)


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


@pytest.mark.parametrize(
    ("start", "end", "now", "month"),
    [
        # Stripe's months of someone who began on the 31st: 28 February, then 31 March.
        (at(2026, 1, 31), at(2026, 2, 28), at(2026, 2, 27), (at(2026, 1, 31), at(2026, 2, 28))),
        (at(2026, 2, 28), at(2026, 3, 31), at(2026, 3, 29), (at(2026, 2, 28), at(2026, 3, 31))),
        (at(2026, 4, 30), at(2026, 5, 31), at(2026, 5, 30), (at(2026, 4, 30), at(2026, 5, 31))),
        # A year has twelve, also where its days are one more.
        (at(2027, 2, 28), at(2028, 2, 29), at(2028, 2, 28), (at(2028, 1, 28), at(2028, 2, 29))),
        (at(2027, 2, 28), at(2028, 2, 29), at(2028, 1, 27), (at(2027, 12, 28), at(2028, 1, 28))),
        # Until a day that an operator named.
        (at(2026, 1, 10), at(2026, 3, 9), at(2026, 3, 1), (at(2026, 1, 10), at(2026, 3, 9))),
        (at(2026, 1, 10), at(2026, 3, 10), at(2026, 3, 1), (at(2026, 2, 10), at(2026, 3, 10))),
        # Less than a month is one month.
        (at(2026, 1, 10), at(2026, 1, 20), at(2026, 1, 15), (at(2026, 1, 10), at(2026, 2, 10))),
        (at(2026, 1, 10), at(2026, 1, 10), at(2026, 1, 12), (at(2026, 1, 10), at(2026, 2, 10))),
        # Grace.
        (at(2026, 1, 10), at(2026, 2, 10), at(2026, 2, 13), (at(2026, 1, 10), at(2026, 2, 10))),
        (at(2026, 1, 10), at(2027, 1, 10), at(2027, 1, 11), (at(2026, 12, 10), at(2027, 1, 10))),
        (at(2026, 1, 10), at(2026, 3, 9), at(2026, 3, 11), (at(2026, 1, 10), at(2026, 3, 9))),
        (at(2026, 1, 10), at(9999, 12, 31), at(9999, 12, 31), (at(9999, 11, 10), at(9999, 12, 31))),
    ],
)  # fmt: skip
def test_the_last_month_of_a_billing_period_ends_with_it(start, end, now, month):
    found = metering.month_of(Period(start, end), now)
    assert (found.start, found.end) == month


@given(
    start=MOMENTS, length=st.timedeltas(timedelta(0), timedelta(days=800)),
    since=st.timedeltas(timedelta(0), timedelta(days=803)),
)  # fmt: skip
def test_months_of_a_billing_period_are_whole_and_fill_it(start, length, since):
    end = start + length
    month = metering.month_of(Period(start, end), start + since)
    assert start <= month.start <= start + since
    assert month.end >= metering.months_after(month.start, 1) or month.start.day > 28
    assert month.end - month.start >= timedelta(days=28)
    assert month.end > min(start + since, end - timedelta.resolution)
    assert month.end <= end or month.start == start
    assert month.end == end or month.end - month.start <= timedelta(days=31)


@given(anchor=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_every_moment_lies_in_exactly_one_month(anchor, later):
    now = anchor + later
    month = month_of(anchor, now)
    assert month.start <= now < month.end
    assert month_of(anchor, month.start) == month
    assert month_of(anchor, month.end).start == month.end
    assert timedelta(days=27) < month.end - month.start <= timedelta(days=31)


def test_restarts_come_again_with_the_next_month(app, completed, at_time):
    since = clock.now()
    billed(app, completed.owner, since=since, until=since + timedelta(days=365))
    use_up(app, completed.owner)
    assert restart(completed, 1).status_code == 403
    at_time(days=31)
    completed.owner.sign_in(PASSWORD)  # a month is longer than a session
    assert restart(completed, 1).status_code == 303
    assert "1 of 20 restarts" in completed.owner.page("/usage").text


def test_grace_belongs_to_the_month_that_is_over(app, completed, at_time):
    """Pro is still open, and nothing of the next month is there before it is paid."""
    owner = completed.owner
    now = clock.now()
    start, end = now - timedelta(days=40), now + timedelta(days=1)
    billed(app, owner, since=start, until=end)
    use_up(app, owner)
    [(_, until, _)] = periods(app, owner, RESTART)
    assert until == end
    at_time(days=2)
    shown = owner.page("/usage").text
    assert "Once the next period is paid" in shown
    assert f"{end.day} {end:%b %Y}" not in shown, "that is over"
    assert_refused(restart(completed, 1), "quota_exceeded")
    assert "The count begins again once the next period is paid." in restart(completed, 1).text
    assert periods(app, owner, RESTART) == [(start, end, 20)]
    billed(app, owner, since=end, until=end + timedelta(days=31))
    assert restart(completed, 1).status_code == 303
    assert counts(app, owner, RESTART) == [20, 1]


def test_a_restart_in_grace_says_when_the_count_begins_again(app, completed, at_time):
    now = clock.now()
    billed(app, completed.owner, since=now - timedelta(days=40), until=now + timedelta(days=1))
    at_time(days=2)
    shown = completed.owner.page(f"{completed.step(1)}/restart").text
    assert "The count begins again once the next period is paid." in shown


def test_what_is_used_first_in_grace_is_counted_in_the_month_that_is_over(app, paying, at_time):
    now = clock.now()
    start, end = now - timedelta(days=365), now + timedelta(days=1)
    billed(app, paying, since=start, until=end, interval="yearly")
    at_time(days=2)
    use(app, paying, RESTART, 3)
    [(month, until, count)] = periods(app, paying, RESTART)
    assert start < month < now
    assert (until, count) == (end, 3)


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
def test_what_an_unfinished_month_used_is_taken_into_the_next_period(app, paying, at_time):
    """Another billing period begins, and Pro never ended: there is no second allowance."""
    start = clock.now() - timedelta(days=5)
    billed(app, paying, since=start, until=metering.months_after(start, 1))
    use(app, paying, RESTART, 15)
    change = clock.now()
    billed(app, paying, since=change, until=change + timedelta(days=365), interval="yearly")
    first_month = metering.months_after(change, 1)
    assert left(app, paying, RESTART) == 5
    assert left(app, paying, SUGGESTION) == 200, "nothing of it was used"
    use(app, paying, RESTART, 5)
    use(app, paying, SUGGESTION)
    assert periods(app, paying, RESTART) == [(start, first_month, 20)]
    assert periods(app, paying, SUGGESTION) == [(change, first_month, 1)]
    with pytest.raises(QuotaExceeded) as refused:
        use(app, paying, RESTART)
    assert metering.moment(first_month) in refused.value.text
    billed(app, paying, since=clock.now(), until=clock.now() + timedelta(days=30))
    assert left(app, paying, RESTART) == 0, "and so on, however often it is changed"
    billed(app, paying, since=change, until=change + timedelta(days=365), interval="yearly")
    at_time(seconds=(first_month - clock.now()).total_seconds() + 1)
    assert left(app, paying, RESTART) == 20
    use(app, paying, RESTART)
    assert [start for start, _, _ in periods(app, paying, RESTART)] == [start, first_month]


def test_an_end_that_comes_nearer_gives_nothing_back(app, paying):
    """The remainder belongs to the month before it, and so does what was used in it."""
    start = clock.now() - timedelta(days=70)
    third = metering.months_after(start, 2)
    billed(app, paying, since=start, until=start + timedelta(days=365), interval="yearly")
    use(app, paying, RESTART, 20)
    billed(app, paying, since=start, until=clock.now() + timedelta(days=2), interval="yearly")
    assert left(app, paying, RESTART) == 0
    assert [begun for begun, _, _ in periods(app, paying, RESTART)] == [third]


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
