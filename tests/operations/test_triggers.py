"""The third ring: SQL that goes around the code cannot change what is locked or completed.

Each statement is tried on a database with something of everything in it. The product's own
ways through the same triggers are at the end, and in the tests of every service.
"""

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from devpilot.audit import violations
from devpilot.db import db, reading
from devpilot.models import EventKind
from tests.conftest import app_on
from tests.operations.around import ALLOWED, REFUSED, REPLACING, ROWS
from tests.operations.filled import person
from tests.operations.tampering import tampering


def run(connection, statements):
    """A name in a statement stands for the first row that ROWS says; `new` for a new UUID."""
    rows = {name: connection.execute(text(ROWS[name])).scalar() for name in ROWS}
    assert None not in rows.values(), rows
    rows["new"] = uuid.uuid4().hex
    for statement in statements.split(";"):
        named = {name: rows[name] for name in re.findall(r"(?<!:):([a-z_]+)", statement)}
        assert connection.execute(text(statement), named).rowcount, statement


def assert_refused(app, statements):
    """By a trigger, and not by a key or a CHECK that happens to be in the way as well."""
    with tampering(app) as connection, pytest.raises(IntegrityError) as refused:
        run(connection, statements)
    assert not re.search('constraint failed|constraint "', str(refused.value.orig))


@pytest.mark.parametrize("what", REFUSED)
def test_the_triggers_refuse(filled, what):
    assert_refused(filled, REFUSED[what])


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("what", REPLACING)
def test_nothing_is_replaced(filled, what):
    assert_refused(filled, REPLACING[what])


@pytest.mark.database("postgres")
@pytest.mark.parametrize("table", ["revision", "step", "step_content", "locked_text", "project"])
def test_no_table_of_texts_is_emptied(filled, table):
    assert_refused(filled, f"TRUNCATE {table} CASCADE")


@pytest.mark.database("postgres")
def test_a_temporary_table_is_not_asked_instead(filled):
    assert_refused(
        filled,
        "CREATE TEMPORARY TABLE step AS SELECT * FROM step WHERE status = 'draft';"
        "UPDATE step_content SET data = '{}' WHERE step_id = :locked",
    )


# Two transactions at once on PostgreSQL: what was asked must still be true at the commit.
LOCK = """
    UPDATE step SET status = 'locked', locked_at = now()
    WHERE revision_id = :revision AND "order" = :order"""
REOPEN = "UPDATE revision SET reopened_from = 1 WHERE id = :revision"
OPEN = """
    UPDATE step SET status = 'draft', locked_at = NULL
    WHERE revision_id = :revision AND "order" = :order"""
WRITE = """
    UPDATE step_content SET data = '{}' WHERE step_id = (
        SELECT id FROM step WHERE revision_id = :revision AND "order" = :order)"""


@pytest.fixture
def own(fresh_database, tmp_path):
    """The application on a database of this test's own."""
    with app_on(fresh_database, tmp_path) as app:
        yield app


@pytest.mark.database("postgres")
@pytest.mark.parametrize(
    ("locked", "first", "second"),
    [(0, [LOCK], (WRITE, 1)), (1, [REOPEN, OPEN], (LOCK, 2))],
    ids=["a text beside a lock", "a lock beside a restart"],
)
def test_nothing_slips_in_between_question_and_commit(own, locked, first, second):
    owner = person(own, "hasty")
    path = owner.new_revision()
    owner.lock_up_to(path, locked)
    revision = {"revision": path.rpartition("/")[2]}
    with (
        own.app_context(),
        db.engine.connect() as one,
        db.engine.connect() as other,
        ThreadPoolExecutor(1) as pool,
    ):
        for statement in first:
            one.execute(text(statement), {**revision, "order": 1})
        statement, order = second
        late = pool.submit(other.execute, text(statement), {**revision, "order": order})
        wait_until_one_waits()
        one.commit()
        with pytest.raises(IntegrityError):
            late.result(timeout=10)


def wait_until_one_waits():
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with reading() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.01)
    pytest.fail("the second transaction did not wait for the first")


@pytest.mark.parametrize("what", ALLOWED)
def test_the_triggers_allow(filled, what):
    with tampering(filled) as connection:
        run(connection, ALLOWED[what])


def test_every_way_of_the_product_leads_through(filled):
    """Locked, restarted, locked again, copied, activated, deleted, restored, renamed."""
    with filled.app_context(), reading() as session:
        told = set(session.scalars(text("SELECT kind FROM revision_event")))
        steps = set(session.scalars(text("SELECT status FROM step")))
        names = set(session.scalars(text("SELECT name FROM project WHERE status = 'active'")))
        kept = session.scalar(text("SELECT MAX(version) FROM locked_text"))
    assert told == set(EventKind)
    assert steps == {"draft", "locked", "invalidated"}
    assert "Back again" in names
    assert kept > 5
    with filled.app_context():
        assert violations() == []
