"""A use under way outside: held by the pipeline, counted with what it wrote, or given back."""

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from structlog.testing import LogCapture, ReturnLogger

from devpilot import act
from devpilot.act import Act
from devpilot.db import db
from devpilot.errors import Outdated, RevisionInvalidState
from devpilot.policies import table
from devpilot.policy import Metered, Policy
from devpilot.services import reservations
from tests.pipeline.asking import predicted
from tests.quota.counting import (
    REGENERATION,
    RESTART,
    SUGGESTION,
    as_person,
    counts,
    left,
    reserved,
    use,
)
from tests.quota.outside import LASTING
from tests.refusals import assert_refused


def fail():
    raise RuntimeError("something broke")


def failed(response):
    return (response.status_code, response.headers["DevPilot-Error"]) == (500, "internal_error")


@pytest.fixture
def killed(monkeypatch):
    """From now on a request that fails ends as in a process that was killed."""
    monkeypatch.setattr(Act, "release", lambda _act: None)


def test_a_success_is_counted_once_and_leaves_no_reservation(app, outside, free):
    held = []
    outside.during = lambda: held.append((reserved(app, free), left(app, free, SUGGESTION)))
    assert outside.ask(free).status_code == 303
    assert held == [([SUGGESTION], 9)], "while it is under way it counts for whoever asks"
    assert counts(app, free, SUGGESTION) == [1]
    assert reserved(app, free) == []
    assert left(app, free, SUGGESTION) == 9


def test_no_transaction_is_open_while_it_is_under_way(outside, free, stranger):
    seen = []

    def meanwhile():
        seen.append(db.session().in_transaction())
        stranger.create_project(example="")
        free.create_project(example="")

    outside.during = meanwhile
    assert outside.ask(free).status_code == 303
    assert seen == [False]


@pytest.mark.parametrize("kind", [SUGGESTION, REGENERATION])
def test_nothing_else_is_begun_while_one_is_under_way(app, outside, paying, kind):
    refused = []
    outside.during = outside.once(lambda: refused.append(outside.ask(paying, kind)))
    assert outside.ask(paying).status_code == 303
    assert_refused(refused[0], "quota_exceeded")
    assert "One AI suggestion of yours is under way already" in refused[0].text
    assert "UTC at the latest" in refused[0].text
    assert (outside.calls, counts(app, paying, SUGGESTION)) == (1, [1])
    assert counts(app, paying, REGENERATION) == []


def test_that_one_is_under_way_is_said_at_stage_4_and_to_whoever_asks_beforehand(outside, free):
    """Before the state is judged; and a page says it instead of offering the button."""

    def refuse():
        raise RevisionInvalidState

    with as_person(outside.app, free, write=True) as account:
        reservations.reserve(account.id, SUGGESTION, LASTING)
    outside.guard = refuse
    assert_refused(outside.ask(free), "quota_exceeded")
    tab = free.twin()
    tab.app = outside.app
    said = predicted(tab, "/suggest")
    assert said
    assert said.sentence.startswith("One AI suggestion of yours is under way already")


def test_one_persons_use_is_not_in_anothers_way(app, outside, free, stranger):
    outside.during = outside.once(lambda: outside.ask(stranger))
    assert outside.ask(free).status_code == 303
    assert counts(app, free, SUGGESTION) == counts(app, stranger, SUGGESTION) == [1]


@pytest.mark.parametrize("where", ["during", "writing"])
def test_a_failure_gives_it_back(app, outside, free, nothing_changes, where):
    setattr(outside, where, fail)
    with nothing_changes():
        assert failed(outside.ask(free))
    assert reserved(app, free) == []
    setattr(outside, where, lambda: None)
    assert outside.ask(free).status_code == 303
    assert counts(app, free, SUGGESTION) == [1]


def test_what_is_refused_before_the_call_reserves_nothing(app, outside, free):
    def refuse():
        raise RevisionInvalidState

    outside.guard = refuse
    assert_refused(outside.ask(free), "revision_invalid_state")
    assert_refused(outside.ask(free, bogus="x"), "revision_invalid_state")
    assert (outside.calls, reserved(app, free)) == (0, [])


def test_what_is_refused_after_the_call_gives_it_back(app, outside, free, nothing_changes):
    def from_now_on():
        outside.guard = refuse

    def refuse():
        raise RevisionInvalidState("It was completed in the meantime.")

    outside.during = from_now_on
    with nothing_changes():
        assert_refused(outside.ask(free), "revision_invalid_state")
    assert (outside.calls, reserved(app, free)) == (1, [])


def test_who_signs_out_meanwhile_is_refused_and_keeps_nothing_under_way(app, outside, free):
    tab = free.twin()
    outside.during = lambda: tab.post("/logout")
    assert outside.ask(free).headers["DevPilot-Error"] == "authentication_required"
    assert reserved(app, free) == []


def test_what_was_used_up_meanwhile_is_not_counted(app, outside, free):
    """Not through the pipeline, which would refuse it: the second look is what refuses."""
    outside.during = lambda: use(app, free, SUGGESTION, 10)
    refused = outside.ask(free)
    assert_refused(refused, "quota_exceeded")
    assert counts(app, free, SUGGESTION) == [10]
    assert reserved(app, free) == []


def test_a_crash_leaves_a_reservation_that_ends_by_itself(app, outside, free, killed, at_time):
    outside.during = outside.once(fail)
    assert failed(outside.ask(free))
    assert reserved(app, free) == [SUGGESTION]
    at_time(seconds=LASTING.total_seconds() - 2)
    assert_refused(outside.ask(free), "quota_exceeded")
    at_time(seconds=LASTING.total_seconds())
    assert left(app, free, SUGGESTION) == 10
    assert outside.ask(free).status_code == 303
    assert (counts(app, free, SUGGESTION), reserved(app, free)) == ([1], [])


def test_the_one_that_took_too_long_is_dropped_when_another_took_its_place(
    app, outside, free, at_time
):
    answers = []

    def again_after_its_time():
        at_time(seconds=LASTING.total_seconds() + 1)
        answers.append(outside.ask(free))

    outside.during = outside.once(again_after_its_time)
    late = outside.ask(free)
    assert [answer.status_code for answer in answers] == [303]
    assert_refused(late, "quota_exceeded")
    assert "took longer than it may" in late.text
    assert (counts(app, free, SUGGESTION), reserved(app, free)) == ([1], [])


def test_the_late_one_does_not_give_back_what_another_holds(app, outside, free, at_time):
    def replaced_after_its_time():
        at_time(seconds=LASTING.total_seconds() + 1)
        with as_person(app, free, write=True) as account:
            reservations.reserve(account.id, REGENERATION, LASTING)

    outside.during = replaced_after_its_time
    assert_refused(outside.ask(free), "quota_exceeded")
    assert reserved(app, free) == [REGENERATION]


def test_one_that_took_too_long_counts_when_nobody_took_its_place(app, outside, free, at_time):
    outside.during = lambda: at_time(seconds=LASTING.total_seconds() + 1)
    assert outside.ask(free).status_code == 303
    assert (counts(app, free, SUGGESTION), reserved(app, free)) == ([1], [])


def test_a_form_sent_twice_is_answered_without_another_call(app, outside, free):
    """Also while something else is under way: the key comes before the reservation."""
    first = outside.ask(free, idempotency_key="the-key")
    with as_person(app, free, write=True) as account:
        reservations.reserve(account.id, SUGGESTION, LASTING)
    again = outside.ask(free, idempotency_key="the-key")
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert (outside.calls, counts(app, free, SUGGESTION)) == (1, [1])


def test_what_is_outdated_is_reserved_and_called_once_more(app, outside, free):
    def outdated():
        raise Outdated

    outside.writing = outside.once(outdated)
    assert outside.ask(free).status_code == 303
    assert (outside.calls, counts(app, free, SUGGESTION), reserved(app, free)) == (2, [1], [])


def test_what_cannot_be_given_back_hides_no_failure(app, outside, free, monkeypatch):
    def unreachable(_reservation):
        raise OperationalError("DELETE", None, Exception("gone"))

    monkeypatch.setattr(reservations, "release", unreachable)
    lines = LogCapture()
    monkeypatch.setattr(act, "log", structlog.wrap_logger(ReturnLogger(), processors=[lines]))
    outside.during = fail
    assert failed(outside.ask(free))
    assert [line["event"] for line in lines.entries] == ["not_released"]
    assert reserved(app, free) == [SUGGESTION]


def test_the_table_of_policies_says_what_is_reserved(outside):
    line = next(line for line in table(outside.app).splitlines() if "`suggest`" in line)
    assert "| AI suggestions |" in line
    assert "reserves AI suggestions for 60 s" in line


def test_only_a_call_outside_can_reserve_and_only_one_use():
    suggestion = Metered(SUGGESTION, lasting=LASTING)
    with pytest.raises(ValueError, match="prepares"):
        Policy(spends=(suggestion,))
    with pytest.raises(ValueError, match="one spend"):
        Policy(spends=(suggestion, suggestion), prepares=lambda: fail)
    with pytest.raises(ValueError, match="cannot be reserved"):
        Metered(RESTART, lasting=LASTING)
