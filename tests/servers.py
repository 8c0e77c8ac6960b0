"""Real servers for the tests: one PostgreSQL for a whole run, whatever the number of workers.

Owns a run and what tests ask of its server. A run is a folder whose `owner` file is locked
by the process that began it (pytest's controller). The first process that needs PostgreSQL
starts a keeper beside itself; the keeper ends the server when that lock falls, which the
kernel sees to however the owner ended: see `tests.keeper`.

The server listens on a socket in a private folder and on no port, so nobody else on the
machine reaches it and two runs cannot collide.
"""

import fcntl
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.postgresql import ROOT, NoServerError

SUPERUSER = "devpilot"
STOP_SECONDS = 10
FILE_COPY_SINCE = 150000  # and it takes less than half the time of the default


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL. `sockets` is the folder that clients name as their host."""

    sockets: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.sockets}"

    def connect(self) -> psycopg.Connection:
        """A connection for making and dropping databases, each statement by itself."""
        return psycopg.connect(
            host=str(self.sockets), user=SUPERUSER, dbname="postgres", autocommit=True
        )


@contextmanager
def run() -> Iterator[Path]:
    """A folder for the servers of one run. They end, and it goes, when this block is left."""
    # Not the user's own temporary folder: a socket's path has 103 characters at most, and
    # the account that PostgreSQL runs as must get in.
    folder = Path(tempfile.mkdtemp(prefix="devpilot-test-", dir="/tmp"))
    with (folder / "owner").open("w") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        yield folder
    if (folder / "keeper").exists():
        _wait_until_gone(folder)
    else:
        shutil.rmtree(folder)


@contextmanager
def exclusively(lock: Path) -> Iterator[None]:
    """One process at a time in this block, of all that name the same file."""
    with lock.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def postgres_of(folder: Path) -> Server:
    """This run's PostgreSQL, started if it is not running. Raises NoServerError."""
    with exclusively(folder / "starting"):
        if not (folder / "keeper").exists():
            _start_keeper(folder)
    failed = folder / "failed"
    if failed.exists():
        raise NoServerError(failed.read_text("utf-8"))
    return Server(folder / "sockets")


@contextmanager
def postgres() -> Iterator[Server]:
    """A PostgreSQL of one's own, for programs other than pytest."""
    with run() as folder:
        yield postgres_of(folder)


def create_database(server: Server, name: str, template: str | None = None) -> str:
    """Make an empty database, or a copy of `template`, and return its address."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} {}")
    with server.connect() as connection:
        fastest = connection.info.server_version >= FILE_COPY_SINCE
        strategy = sql.SQL("STRATEGY FILE_COPY" if fastest else "")
        names = sql.Identifier(name), sql.Identifier(template or "template0")
        connection.execute(statement.format(*names, strategy))
    return server.url(name)


def empty_database(url: str, *, but: tuple[str, ...]) -> None:
    """Take every row out of every table, but for those of the tables named."""
    address = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address) as connection:
        # As a replica: triggers that keep rows have no say, and nobody waits for ever.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL lock_timeout = '5s'")
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [list(but)],
        )
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in found)
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))


def drop_database(server: Server, name: str) -> None:
    """Drop it, whoever is still connected."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with server.connect() as connection:
        connection.execute(statement.format(sql.Identifier(name)))


def _start_keeper(folder: Path) -> None:
    (folder / "keeper").touch()
    # A session of its own: Ctrl-C is for the tests, and the keeper follows by the lock.
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.keeper", str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    while keeper.poll() is None and not _is_settled(folder):
        time.sleep(0.02)
    if not _is_settled(folder):
        (folder / "failed").write_text("The keeper of PostgreSQL died at its start.", "utf-8")
    # It outlives this process on purpose, where Python would warn about a child left behind.
    keeper.returncode = keeper.returncode or 0


def _is_settled(folder: Path) -> bool:
    return any((folder / outcome).exists() for outcome in ("ready", "failed"))


def _wait_until_gone(folder: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
