"""Many requests at once: one effect, no failure of ours, on both databases."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import func, select

from devpilot.app import create_app
from devpilot.db import db, reading
from devpilot.models import EventKind, Project, Revision, RevisionEvent
from tests.conftest import settings_for
from tests.steps.typing_in import goal, row_keys, statuses, storage_held, storage_used, stored

pytestmark = pytest.mark.slow


def at_once(person, count, act, *, second_app=None):
    """`act(browser, number)` by as many tabs of one person at the same moment.

    Every other tab speaks to `second_app`, another process as far as the database can tell.
    """
    tabs = [person.twin() for _ in range(count)]
    for tab in tabs[::2] if second_app else ():
        tab.app, other = second_app, second_app.test_client()
        other.environ_base |= tab.client.environ_base
        other.set_cookie("devpilot", tab.cookie())
        tab.client = other
    start = threading.Barrier(count)

    def run(number):
        start.wait(timeout=60)
        return act(tabs[number], number)

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(run, range(count)))
    failed = {a.status for a in answers if a.status_code >= 500}
    assert not failed, failed
    return answers


def counted(app, statement):
    with app.app_context(), reading() as session:
        return session.scalar(statement)


def projects_of(app, person):
    mine = select(func.count()).select_from(Project).where(Project.user_id == person.user_id)
    return counted(app, mine)


def test_a_hundred_creations_by_one_free_person_are_one_project(app, free):
    fields = {"name": "Mine", "mode": "lean", "example": ""}
    answers = at_once(free, 100, lambda tab, _: tab.post("/projects", fields))
    codes = [answer.headers.get("DevPilot-Error", "created") for answer in answers]
    assert sorted(set(codes)) == ["created", "quota_exceeded"]
    assert codes.count("created") == 1
    assert projects_of(app, free) == 1
    assert storage_used(app, free.user_id) == storage_held(app, free.user_id)


@pytest.fixture
def second_app(app, database_url, tmp_path):
    own = create_app(settings_for(database_url, tmp_path))
    yield own
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_two_servers_create_one_project_for_one_free_person(app, second_app, free):
    """Threads of one process queue for its connection; two processes meet in the database."""
    fields = {"name": "Mine", "mode": "lean", "example": ""}
    for _ in range(3):
        answers = at_once(
            free, 20, lambda tab, _: tab.post("/projects", fields), second_app=second_app
        )
        assert {answer.status_code for answer in answers} <= {303, 403}
        assert projects_of(app, free) == 1


def test_two_servers_lock_a_step_once(app, second_app, free, make_project):
    owned = make_project(free)
    version = free.version(owned.revision)
    path, fields = f"{owned.step(1)}/lock", {"version": str(version)}
    answers = at_once(free, 20, lambda tab, _: tab.post(path, fields), second_app=second_app)
    assert {answer.status_code for answer in answers} == {303}
    assert free.version(owned.revision) == version + 1


def test_a_hundred_locks_of_one_step_are_one_transition(app, free, make_project):
    owned = make_project(free)
    version = free.version(owned.revision)
    fields = {"version": str(version)}
    answers = at_once(free, 100, lambda tab, _: tab.post(f"{owned.step(1)}/lock", fields))
    assert {answer.status_code for answer in answers} == {303}
    assert statuses(app, owned.revision) == ["locked", "draft", "draft", "draft"]
    assert free.version(owned.revision) == version + 1


def test_many_locks_of_the_last_step_complete_once(app, paying, make_project):
    owned = make_project(paying, locked=3)
    fields = {"version": str(paying.version(owned.revision))}
    answers = at_once(paying, 20, lambda tab, _: tab.post(f"{owned.step(4)}/lock", fields))
    codes = {answer.headers.get("DevPilot-Error", "locked") for answer in answers}
    assert codes <= {"locked", "revision_invalid_state"}
    story = (
        select(func.count()).select_from(RevisionEvent).join(Revision).join(Project)
        .where(Project.user_id == paying.user_id, RevisionEvent.kind == EventKind.COMPLETED)
    )  # fmt: skip
    assert counted(app, story) == 1


def test_parallel_saves_with_one_token_make_one_row(app, free, make_project):
    owned = make_project(free, example="")
    fields = {"version": str(free.version(owned.revision)), **goal(0, "One", new="one-token")}
    answers = at_once(free, 20, lambda tab, _: tab.post(f"{owned.step(1)}/draft", fields))
    assert {answer.status_code for answer in answers} == {303}
    assert row_keys(app, owned.revision) == ["G1"]
    assert [row["key"] for row in stored(app, owned.revision)["goals"]] == ["G1"]
    assert storage_used(app, free.user_id) == storage_held(app, free.user_id)


def test_of_parallel_saves_of_one_version_one_wins_and_the_others_are_told(app, free, make_project):
    owned = make_project(free, example="")
    version = str(free.version(owned.revision))

    def save(tab, number):
        fields = {"version": version, "summary": f"Typed in tab {number}"}
        return tab.post(f"{owned.step(1)}/draft", fields)

    answers = at_once(free, 12, save)
    codes = [answer.headers.get("DevPilot-Error", "saved") for answer in answers]
    assert codes.count("saved") == 1
    assert set(codes) == {"saved", "stale_version"}
    winner = codes.index("saved")
    assert stored(app, owned.revision)["summary"] == f"Typed in tab {winner}"


def test_one_key_many_times_at_once_is_one_project(app, paying):
    fields = {"name": "Mine", "mode": "lean", "example": "", "idempotency_key": "the-key"}
    answers = at_once(paying, 30, lambda tab, _: tab.post("/projects", fields))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert projects_of(app, paying) == 1


def test_many_exports_at_once_are_one_record(completed):
    owner = completed.owner
    answers = at_once(owner, 8, lambda tab, _: tab.post(f"{completed.revision}/exports"))
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_a_lock_while_the_project_is_deleted_is_one_or_the_other(app, paying, make_project):
    owned = make_project(paying)
    fields = {"version": str(paying.version(owned.revision))}

    def act(tab, number):
        if number % 2:
            return tab.post(f"{owned.project}/delete")
        return tab.post(f"{owned.step(1)}/lock", fields)

    answers = at_once(paying, 8, act)
    codes = {answer.headers.get("DevPilot-Error", "done") for answer in answers}
    assert codes <= {"done", "project_deleted"}


@pytest.mark.database("postgres")
@pytest.mark.parametrize("ending", ["paid_expired", "plan"])
def test_what_a_waiting_request_knew_of_the_subscription_is_read_anew(
    database_url, paying, make_project, ending
):
    """It waits for the user's row while the subscription ends; then it must see the end."""
    owned = make_project(paying, locked=3)
    tab, fields = paying.twin(), {"version": str(paying.version(owned.revision))}
    address = database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address) as other, ThreadPoolExecutor(1) as pool:
        mine = {"id": paying.user_id}
        other.execute("SELECT 1 FROM user_account WHERE id = %(id)s FOR UPDATE", mine)
        waiting = pool.submit(tab.post, f"{owned.step(4)}/lock", fields)
        wait_until_blocked(address)
        change = {
            "paid_expired": "state = 'paid_expired'",
            "plan": "state = 'paid_expired', plan_id = (SELECT id FROM plan WHERE code = 'free')",
        }[ending]
        other.execute(f"UPDATE subscription SET {change} WHERE user_id = %(id)s", mine)
        other.commit()
        answer = waiting.result(timeout=30)
    assert answer.headers.get("DevPilot-Error") == "subscription_required"


def wait_until_blocked(address):
    """Until a session of this database waits for a lock."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with psycopg.connect(address, autocommit=True) as watcher:
        for _ in range(500):
            if watcher.execute(query).fetchone()[0]:
                return
            time.sleep(0.01)
    pytest.fail("the request did not wait for the user's row")
