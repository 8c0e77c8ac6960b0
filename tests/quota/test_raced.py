"""A hundred requests at the same moment at each limit of a plan: used equals it exactly.

Whoever is refused is told so; nobody meets a failure. The requests reach two applications in
turn, which meet in the database alone.
"""

import time
from collections import Counter

import pytest

from devpilot.errors import QuotaExceeded
from devpilot.services import metering
from tests.posts import Post
from tests.quota.counting import (
    RESTART,
    STORAGE,
    SUGGESTION,
    allowance,
    as_person,
    counts,
    reserved,
    use,
)
from tests.races.crowd import DONE, Threads
from tests.steps.typing_in import storage_held, storage_used

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("stays_sound")]

CROWD = 100
REFUSED = "quota_exceeded"


@pytest.fixture
def raced(two_servers):
    """Sends so many of these posts at once, each as often as the others; counts the answers."""

    def send(posts):
        answers = Threads(two_servers).send([posts[n % len(posts)] for n in range(CROWD)])
        assert max(answer.status for answer in answers) < 500, answers
        return Counter(answer.code for answer in answers)

    return send


def version(owned):
    return {"version": str(owned.owner.version(owned.revision))}


def test_the_only_project_of_free(raced, free):
    new = Post(free, "/projects", {"name": "Mine", "mode": "lean", "example": ""})
    assert raced([new]) == {DONE: 1, REFUSED: CROWD - 1}
    assert "1 of 1 project" in free.page("/usage").text


def test_the_active_projects_of_pro(raced, paying):
    for _ in range(15):
        paying.create_project(example="")
    new = Post(paying, "/projects", {"name": "Mine", "mode": "lean", "example": ""})
    assert raced([new]) == {DONE: 5, REFUSED: CROWD - 5}
    assert "20 of 20 projects" in paying.page("/usage").text


def test_the_restarts_of_a_month(app, raced, paying, make_project):
    """Of projects that could each be restarted once, fewer may be than there are."""
    projects = [make_project(paying, locked=1) for _ in range(6)]
    use(app, paying, RESTART, 17)
    told = raced([Post(paying, f"{one.step(1)}/restart", version(one)) for one in projects])
    assert told[DONE] == 3
    assert set(told) <= {DONE, REFUSED, "step_not_locked", "stale_version"}
    assert counts(app, paying, RESTART) == [20]


def test_the_revisions_of_a_project(raced, completed, limited):
    limited("pro", revisions_per_project=2)
    told = raced([Post(completed.owner, f"{completed.project}/revisions", {})])
    assert told == {DONE: 1, REFUSED: CROWD - 1}
    assert "2 of 2 revisions" in completed.owner.page("/usage").text


def test_the_storage_of_a_plan(app, raced, paying, make_project, limited):
    """The same growth in each of six projects, and room for four."""
    projects = [make_project(paying, example="") for _ in range(6)]
    for one in projects:
        assert paying.save(one.revision, 1, {"summary": "x"}).status_code == 303
    before = storage_used(app, paying.user_id)
    limited("pro", storage_bytes=before + 4 * 800)
    grown = {"summary": "x" * 801}
    told = raced([Post(paying, f"{one.step(1)}/draft", version(one) | grown) for one in projects])
    assert told[REFUSED]
    assert counts(app, paying, STORAGE) == [before + 4 * 800]
    assert storage_held(app, paying.user_id) == before + 4 * 800


@pytest.fixture(params=[("free", 10), ("paying", 200)], ids=lambda param: param[0])
def at_the_last(app, make_person, request):
    """A person who has one AI suggestion left, and their limit."""
    part, limit = request.param
    person = make_person(part)
    use(app, person, SUGGESTION, limit - 1)
    return person, limit


def test_the_last_use_of_an_ai_is_one_with_the_call_outside(app, outside, raced, at_the_last):
    person, limit = at_the_last
    outside.during = lambda: time.sleep(0.05)
    assert raced([Post(person, "/suggest", {})]) == {DONE: 1, REFUSED: CROWD - 1}
    assert counts(app, person, SUGGESTION) == [limit]
    assert (outside.calls, outside.most, reserved(app, person)) == (1, 1, [])


def test_below_the_limit_one_at_a_time_is_under_way(app, outside, raced, paying):
    """Each has its chance when the one before it has ended; each that succeeds is counted."""
    outside.during = lambda: time.sleep(0.002)
    told = raced([Post(paying, "/suggest", {})])
    assert set(told) <= {DONE, REFUSED}
    assert counts(app, paying, SUGGESTION) == [told[DONE]] == [outside.calls]
    assert outside.most == 1


def test_the_count_alone_stops_at_the_limit(app, paying):
    """Whatever was believed at stage 4: the statement that counts is conditional itself."""
    with as_person(app, paying) as account:
        stale = allowance(account, RESTART)
    use(app, paying, RESTART, 20)
    with pytest.raises(QuotaExceeded), as_person(app, paying, write=True) as account:
        metering.count_one(account.id, stale)
    assert counts(app, paying, RESTART) == [20]
