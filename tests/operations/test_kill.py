"""A power cut: the real server, killed while people write, loses nothing it had acknowledged.

Sixteen people save, lock, restart, open revisions, create projects and export; the server is
killed at a random moment and started again, and again. Each time the rows are what was
acknowledged, or that and the one change that was under way, never a part of one.
"""

import hashlib
import os
import random
import sqlite3
import statistics
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from devpilot.db import db, reading
from devpilot.models import Export
from e2e.server import Server
from tests.conftest import app_on
from tests.operations.stored import observed
from tests.operations.writers import Writer
from tests.soaking import rounds
from tests.soundness import assert_sound

KILLS = {"sqlite": rounds(10, 200), "postgres": rounds(2, 20)}
WRITERS = 16
READY_WITHIN = 3.0


@pytest.fixture
def app(fresh_database, tmp_path):
    """Not the shared one: its database is the server's."""
    with app_on(fresh_database, tmp_path / "data") as app:
        yield app


@pytest.fixture
def writers(app, make_person, make_project):
    return [Writer(app, make_project(make_person("paying")), n) for n in range(WRITERS)]


@pytest.fixture
def server(app, fresh_database, tmp_path):
    settings = {"DATABASE_URL": fresh_database, "SECRET_KEY": str(app.secret_key)}
    server = Server(tmp_path, **settings)
    yield server
    server.stop()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    app, fresh_database, server, writers, database_kind, *, tell
):
    dice, took, cut_off = random.Random(), [], Counter()  # noqa: S311  when to kill
    release(app)
    server.start()
    for _ in range(KILLS[database_kind]):
        killed_while_writing(server, writers, dice)
        began = time.monotonic()
        server.start()
        took.append(work_of(server, time.monotonic() - began))
        cut_off.update(assert_kept(app, server, writer) for writer in writers)
        assert_sound(app)
        release(app)
    assert cut_off.total() > cut_off["idle"], "the server was hardly killed at work"
    assert max(took) < READY_WITHIN, took
    assert "event=bug" not in server.printed()
    assert_artifacts_kept(app)
    if database_kind == "sqlite":
        assert_file_sound(fresh_database.removeprefix("sqlite:///"))
    moves = sum((writer.moves for writer in writers), Counter())
    ready = f"{statistics.median(took):.2f} s at the median, {max(took):.2f} s at most"
    tell(f"{dict(moves)} answered; cut off: {dict(cut_off)}; ready after {ready}")


def assert_kept(app, server, writer):
    """What was acknowledged is stored; what was not is whole or not there, and can be finished.

    Answers with which of these the last change was.
    """
    assert writer.failures == []
    found, under_way = observed(app, writer.user_id, writer.project), writer.pending
    assert found == writer.state or (under_way and found == under_way.after), (
        found, writer.state, under_way,
    )  # fmt: skip
    writer.finish(address_of(server))
    assert observed(app, writer.user_id, writer.project) == writer.state, under_way
    if under_way is None or under_way.name == "pay":
        return "idle"
    return "whole" if found == under_way.after else "not there"


def address_of(server):
    return server.url.removeprefix("http://")


def killed_while_writing(server, writers, dice):
    """Kill it at a random moment after some were answered."""
    stop, before = threading.Event(), sum(writer.moves.total() for writer in writers)
    threads = [
        threading.Thread(target=writer.write, args=(address_of(server), stop)) for writer in writers
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while sum(w.moves.total() for w in writers) < before + WRITERS and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(dice.uniform(0, 0.5))
    server.kill()
    stop.set()
    for thread in threads:
        thread.join(timeout=30)


def work_of(server: Server, elapsed: float) -> float:
    """Seconds that the server itself worked; on a busy machine it also waits for others."""
    process = server._process
    assert process
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # no Linux
        return elapsed
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def release(app):
    """Close the database here: after a kill, the server is the only one to mend it."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def assert_artifacts_kept(app):
    """Every export that was recorded is in the store, whole."""
    with app.app_context(), reading() as session:
        exports = session.execute(select(Export.artifact, Export.size)).all()
    for sha256, size in exports:
        content = app.extensions["devpilot_artifacts"].get(sha256)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size)


def assert_file_sound(file):
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
