"""Questions and uses at the same moment: never above a limit, never two calls of one person.

Questions come in waves of twenty, to two applications that meet in the database alone.
"""

import http.client
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from devpilot.adapters.ai import AT_ONCE
from e2e.server import Server
from tests.ai.asking import KEY, MODEL
from tests.ai.suggesting import (
    answering,
    asked,
    pending,
    suggestions,
    under_way,
    used,
)
from tests.ai_server.texts import good_content
from tests.conftest import app_on
from tests.posts import Post
from tests.quota.counting import REGENERATION, SUGGESTION, left, use
from tests.races.crowd import DONE, Processes, Threads, at_once
from tests.steps.typing_in import stored

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("stays_sound")]

CROWD = 100
WAVE = 20
REFUSED = "quota_exceeded"
GOAL = {"goal": "Sleep at night", "measure": "calls after 22:00", "target": "none"}


class Counted:
    """Good answers, each after a moment; how many there were, and how many at the same time."""

    def __init__(self, seconds=0.05) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self.calls = self.most = self._inside = 0

    def __call__(self, request) -> str:
        with self._lock:
            self.calls += 1
            self._inside += 1
            self.most = max(self.most, self._inside)
        time.sleep(self._seconds)
        with self._lock:
            self._inside -= 1
        return good_content(request)


@pytest.fixture
def two_servers(app, server, database_url, tmp_path, hasty):
    settings = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "DEVPILOT_AI_MODEL": MODEL}
    with app_on(database_url, tmp_path, **settings) as second:
        hasty(30, at_once=WAVE)
        second.extensions["devpilot_ai"] = app.extensions["devpilot_ai"]
        yield [app, second]


@pytest.fixture
def raced(two_servers):
    """Sends these posts in turn, a hundred in all; counts what they were answered."""

    def send(posts, crowd=CROWD):
        every, told = [posts[n % len(posts)] for n in range(crowd)], Counter()
        for wave in range(0, crowd, WAVE):
            answers = Threads(two_servers).send(every[wave : wave + WAVE])
            assert not {500, 503, 504} & {one.status for one in answers}, answers
            told += Counter(one.code for one in answers)
        return told

    return send


def question(owned, **fields):
    return Post(owned.owner, f"{owned.step(1)}/suggestions", fields)


def test_the_last_suggestion_of_free(app, server, make_asker, raced):
    owned = make_asker("free")
    use(app, owned.owner, SUGGESTION, 9)
    server.way = said = Counted()
    told = raced([question(owned)])
    assert told[DONE] == 1
    assert set(told) <= {DONE, REFUSED, "subscription_required"}
    assert (used(owned), left(app, owned.owner, SUGGESTION)) == ((10, 0), 0)
    assert (said.calls, said.most, len(suggestions(owned)), under_way(owned)) == (1, 1, 1, [])


def test_the_last_suggestion_of_a_month_of_pro(app, server, make_asker, make_project, raced):
    """Asked for in five projects, so that none of them is a regeneration."""
    first = make_asker()
    every = [first, *(make_project(first.owner) for _ in range(4))]
    use(app, first.owner, SUGGESTION, 199)
    use(app, first.owner, REGENERATION, 100)
    server.way = said = Counted()
    assert raced([question(one) for one in every]) == {DONE: 1, REFUSED: CROWD - 1}
    assert used(first) == (200, 100)
    assert (said.calls, said.most, sum(len(suggestions(one)) for one in every)) == (1, 1, 1)


def test_the_last_regeneration_of_a_month(app, server, make_asker, raced):
    owned = make_asker()
    asked(owned)
    use(app, owned.owner, REGENERATION, 99)
    server.way = said = Counted()
    assert raced([question(owned)]) == {DONE: 1, REFUSED: CROWD - 1}
    assert (used(owned), said.calls, said.most) == ((1, 100), 1, 1)
    assert pending(owned).kind == "regeneration"


def test_below_the_limit_one_at_a_time_is_asked(server, make_asker, make_project, raced):
    first = make_asker()
    every = [first, *(make_project(first.owner) for _ in range(4))]
    server.way = said = Counted(0.005)
    told = raced([question(one) for one in every])
    assert set(told) <= {DONE, REFUSED}
    assert told[DONE] == sum(used(first)) == said.calls
    assert (said.most, under_way(first)) == (1, [])
    assert sum(len(suggestions(one)) for one in every) == told[DONE]
    assert all(len([s for s in suggestions(one) if s.is_pending]) <= 1 for one in every)


def test_one_key_is_one_suggestion_and_one_call(server, asker, raced):
    server.way = said = Counted()
    told = raced([question(asker, idempotency_key="k")], crowd=2 * WAVE)
    assert set(told) <= {DONE, REFUSED}, "who comes while it is under way is told so"
    assert told[DONE] >= WAVE, "and who comes after it gets the same answer"
    assert (said.calls, said.most, used(asker), len(suggestions(asker))) == (1, 1, (1, 0), 1)


def test_failures_at_once_leave_nothing(server, asker, raced, nothing_changes):
    server.way = 500
    with nothing_changes():
        posts = [question(asker)] * WAVE
        senders = [post.ready() for post in posts]
        told = Counter(answer.headers["DevPilot-Error"] for answer in at_once(senders))
    assert set(told) <= {"ai_unavailable", REFUSED}
    assert told["ai_unavailable"] >= 1
    assert (used(asker), under_way(asker)) == ((0, 0), [])


def test_a_lock_and_questions(server, make_asker, raced):
    """Whichever comes first: no suggestion waits beside a locked step."""
    for seconds in (0.005, 0.1):
        owned = make_asker()
        server.way = Counted(seconds)
        version = str(owned.owner.version(owned.revision))
        lock = Post(owned.owner, f"{owned.step(1)}/lock", {"version": version})
        told = raced([question(owned)] * 9 + [lock], crowd=WAVE)
        assert set(told) <= {DONE, REFUSED, "step_locked"}
        assert not [one for one in suggestions(owned) if one.is_pending]
        assert sum(used(owned)) == len(suggestions(owned))
        assert under_way(owned) == []


def deciding(owned, suggestion, action, **fields):
    version = str(owned.owner.version(owned.revision))
    path = f"/suggestions/{suggestion.id}/{action}"
    return Post(
        owned.owner, path, fields if action == "dismiss" else {"version": version, **fields}
    )


def test_the_same_row_used_by_twenty(app, server, asker, raced):
    server.way = answering(goals=[GOAL], summary="Other.")
    found = asked(asker)
    told = raced([deciding(asker, found, "apply", field="goals-0")], crowd=WAVE)
    assert set(told) <= {DONE, "stale_version"}
    assert told[DONE] >= 1
    rows = stored(app, asker.revision)["goals"]
    assert [row["key"] for row in rows] == ["G1", "G2", "G3", "G4"]


def test_uses_undos_dismissals_and_a_question_at_once(app, server, make_asker, raced):
    for _ in range(3):
        owned = make_asker()
        server.way = answering(goals=[GOAL], summary="Other.")
        found = asked(owned)
        before = stored(app, owned.revision)
        version = str(owned.owner.version(owned.revision))
        posts = [
            deciding(owned, found, "apply", field="goals-0"),
            deciding(owned, found, "apply", field="summary"),
            deciding(owned, found, "apply"),
            deciding(owned, found, "undo", version=str(int(version) + 1)),
            deciding(owned, found, "dismiss"),
            question(owned),
        ]
        told = raced(posts, crowd=len(posts) * 3)
        # After all was used, the same proposal once more is none.
        known = {DONE, REFUSED, "stale_version", "invalid_input", "ai_invalid_response"}
        assert set(told) <= known, told
        after = stored(app, owned.revision)
        assert len(after["goals"]) in {3, 4}
        assert after["summary"] in {"Other.", before["summary"]}
        assert len([one for one in suggestions(owned) if one.is_pending]) <= 1
        assert sum(used(owned)) == len(suggestions(owned))


# --- while calls hang ------------------------------------------------------------------------

PAGES = 60
NOISE = 0.005
"""Seconds by which the median of a busy machine's pages may differ from itself."""


def posted(running, post):
    """The status of the answer to a form, over HTTP."""
    crowd = Processes([running])
    try:
        [answer] = crowd.send([post])
    finally:
        crowd.close()
    return answer.status


def median_of_pages(running, owned):
    """Seconds that the step's page takes, one after the other over one connection."""
    connection = http.client.HTTPConnection(running.url.removeprefix("http://"), timeout=20)
    name = owned.owner.app.config["SESSION_COOKIE_NAME"]
    took = []
    for _ in range(PAGES + 5):
        started = time.perf_counter()
        connection.request(
            "GET", owned.step(1), headers={"Cookie": f"{name}={owned.owner.cookie()}"}
        )
        answer = connection.getresponse()
        assert (answer.status, len(answer.read()) > 10_000) == (200, True)
        took.append(time.perf_counter() - started)
    connection.close()
    return statistics.median(took[5:])


@pytest.fixture
def served(app, server, database_url, tmp_path):
    """The product as an operator starts it, with the threads that it takes for itself."""
    settings = {
        "DATABASE_URL": database_url, "SECRET_KEY": str(app.secret_key),
        "DEVPILOT_AI_MODEL": MODEL, "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY,
    }  # fmt: skip
    running = Server(tmp_path, **settings)
    running.start()
    yield running
    running.stop()


@pytest.mark.database("sqlite")
def test_while_eight_calls_hang_a_page_takes_no_longer(served, server, make_asker, tell):
    """The median of one page after the other, with some room for what else the machine does."""
    people, reader = [make_asker() for _ in range(AT_ONCE)], make_asker()
    idle = median_of_pages(served, reader)
    server.way = "hang"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asking = [pool.submit(posted, served, question(one)) for one in people]
        server.wait_for_requests(AT_ONCE)
        busy = median_of_pages(served, reader)
        assert len(server.requests) == server.open_connections == AT_ONCE
        assert not any(one.done() for one in asking)
        save = Post(reader.owner, f"{reader.step(1)}/draft", {"version": "1", "summary": "S"})
        assert posted(served, save) == 303
        assert posted(served, question(reader)) == 503, "the ninth is told so, at once"
        server.stop()  # whoever hangs is let go
        assert {one.result(timeout=20) for one in asking} == {503}
    tell(f"step page: {idle * 1000:.1f} ms idle, {busy * 1000:.1f} ms beside eight calls")
    assert busy <= 1.5 * idle + NOISE
    assert not any(under_way(one) for one in people)
