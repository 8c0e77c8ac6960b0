"""What a subscription allows at the moment of an action, whatever its row still says."""

from datetime import UTC, datetime, timedelta

import pytest

from devpilot import clock
from devpilot.clock import months_after
from devpilot.db import transaction
from devpilot.models import User
from devpilot.services import identity
from devpilot.services.billing import GRACE, resolved_state
from devpilot.states import SubscriptionState
from tests.billing.test_sandbox import subscription_of
from tests.refusals import assert_refused

ACTIVE, EXPIRED, FREE = (
    SubscriptionState.PAID_ACTIVE, SubscriptionState.PAID_EXPIRED, SubscriptionState.FREE,
)  # fmt: skip
END = datetime(2027, 1, 31, 12, 0, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_the_grace_is_three_days_and_ends_to_the_instant():
    assert timedelta(days=3) == GRACE
    assert resolved_state(ACTIVE, END, END + GRACE) is ACTIVE
    assert resolved_state(ACTIVE, END, END + GRACE + INSTANT) is EXPIRED
    assert resolved_state(ACTIVE, END, END - INSTANT) is ACTIVE


@pytest.mark.parametrize("state", [FREE, EXPIRED])
def test_time_alone_opens_nothing(state):
    for at in (END - timedelta(days=400), END, END + timedelta(days=400)):
        assert resolved_state(state, END, at) is state


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2027, 1, 31), 1, (2027, 2, 28)), ((2028, 1, 31), 1, (2028, 2, 29)),
        ((2027, 12, 31), 1, (2028, 1, 31)), ((2028, 2, 29), 12, (2029, 2, 28)),
    ],
)  # fmt: skip
def test_a_period_ends_on_the_same_day_or_the_months_last(start, months, end):
    assert months_after(datetime(*start, tzinfo=UTC), months) == datetime(*end, tzinfo=UTC)


def sign_in_at(person, after):
    """Let the person's session be one that is opened `after` this moment."""
    with person.app.app_context(), transaction() as session:
        token = identity.open_session(
            session.get(User, person.user_id), at=clock.now() + after, absolute_hours=720,
            address="", agent="tests",
        )  # fmt: skip
    person.take_session(token)


def test_a_lost_word_from_the_provider_does_not_keep_pro_open(
    paying, make_project, at_time, nothing_changes
):
    owned = make_project(paying, locked=3)
    paid = subscription_of(paying)
    span = paid.current_period_end - paid.current_period_start + GRACE
    sign_in_at(paying, span - timedelta(hours=1))
    at_time(seconds=span.total_seconds() - 30)
    assert paying.post("/projects", {"name": "Still Pro", "mode": "lean"}).status_code == 303
    at_time(seconds=span.total_seconds() + 1)
    with nothing_changes():
        assert_refused(paying.lock(owned.revision, 4), "subscription_required")
        assert_refused(paying.post("/projects", {"name": "x"}), "quota_exceeded")
        assert paying.open("/billing").status_code == 200
    assert subscription_of(paying).state == "paid_active", "expiry is computed, not written"
    assert paying.open(owned.step(4)).status_code == 200
