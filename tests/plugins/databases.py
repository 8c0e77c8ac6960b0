"""The databases that tests run on: `--db sqlite`, `--db postgres` or `--db both`.

Owns `database_kind` and the fixtures that hand out databases of that kind. A test, or a
fixture it uses, asks for one of them and so runs once per kind. The schema is made once per
run, by the `migrate_database` fixture (a function that takes an address), which belongs to
whoever owns the migrations; every other database is a copy of the result.

A newcomer's likely mistake: with several workers this module is loaded in each of them and
in the controller; only the controller begins and ends the run.
"""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from devpilot.db import sound_sqlite
from tests import servers

KINDS = ("sqlite", "postgres")
RUN_VARIABLE = "DEVPILOT_TEST_RUN"
TEMPLATE = "template"
CAME_WITH_THE_SCHEMA = ("alembic_version", "plan")

Migrate = Callable[[str], None]
"""Takes the address of an empty database and makes the schema in it."""


class Databases:
    """Makes databases of one kind. Names are this worker's own, so workers never meet."""

    def __init__(self, kind: str, worker: str, folder: Path, migrate: Migrate) -> None:
        self.kind = kind
        self._run = Path(os.environ[RUN_VARIABLE])
        self._worker = worker
        self._folder = folder
        self._migrate = migrate
        self._numbers = itertools.count(1)

    def create(self, *, migrated: bool = True) -> str:
        """The address of a new database, with the product's schema or with none."""
        name = f"{self._worker}_{next(self._numbers)}"
        if migrated:
            self._ensure_template()
        if self.kind == "postgres":
            server = servers.postgres_of(self._run)
            return servers.create_database(server, name, TEMPLATE if migrated else None)
        file = self._folder / f"{name}.sqlite3"
        if migrated:
            shutil.copyfile(self._sqlite_template, file)
        return f"sqlite:///{file}"

    def empty(self, url: str) -> None:
        """Leave in a database with the schema what the schema came with, and no more."""
        if self.kind == "postgres":
            servers.empty_database(url, but=CAME_WITH_THE_SCHEMA)
            return
        driver = sound_sqlite()  # the product's: two drivers in one process would not see locks
        with (
            closing(driver.connect(self._sqlite_template)) as source,
            closing(driver.connect(url.removeprefix("sqlite:///"))) as target,
        ):
            target.execute("PRAGMA synchronous=OFF")
            source.backup(target)

    def drop(self, url: str) -> None:
        """Remove a database made here. On PostgreSQL, open connections are cut off."""
        if self.kind == "postgres":
            name = url.partition("@/")[2].partition("?")[0]
            servers.drop_database(servers.postgres_of(self._run), name)
            return
        file = Path(url.removeprefix("sqlite:///"))
        for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            path.unlink(missing_ok=True)

    @property
    def _sqlite_template(self) -> Path:
        return self._run / "template.sqlite3"

    def _ensure_template(self) -> None:
        done = self._run / f"template-{self.kind}"
        if done.exists():
            return
        with servers.exclusively(self._run / f"migrating-{self.kind}"):
            if done.exists():
                return
            if self.kind == "postgres":
                self._make_postgres_template()
            else:
                self._make_sqlite_template()
            done.touch()

    def _make_postgres_template(self) -> None:
        server = servers.postgres_of(self._run)
        # Migrated under another name: what others copy must have no connection left open.
        self._migrate(servers.create_database(server, "migrated"))
        with server.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'migrated'"
            )
            connection.execute(f"ALTER DATABASE migrated RENAME TO {TEMPLATE}")

    def _make_sqlite_template(self) -> None:
        migrated = self._run / "migrated.sqlite3"
        self._migrate(f"sqlite:///{migrated}")
        # A file alone is not the database while its log holds something; a backup is.
        with (
            closing(sqlite3.connect(migrated)) as source,
            closing(sqlite3.connect(self._sqlite_template)) as target,
        ):
            source.backup(target)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=(*KINDS, "both"),
        default="both",
        help="which databases to run the tests on (both)",
    )


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    os.environ[RUN_VARIABLE] = str(stack.enter_context(servers.run()))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--db")
    kinds = KINDS if chosen == "both" else (chosen,)
    metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test marked `database("postgres")` is left out on the other kind."""
    others = [item for item in items if _is_for_another_kind(item)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def _is_for_another_kind(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("database")
    if marker is None or not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return False
    return bool(item.callspec.params.get("database_kind") not in marker.args)


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def databases(
    database_kind: str,
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    migrate_database: Migrate,
) -> Databases:
    folder = tmp_path_factory.mktemp("databases")
    return Databases(database_kind, worker_id, folder, migrate_database)


@pytest.fixture(scope="session")
def database_url(databases: Databases) -> str:
    """One database with the schema, for all tests of this worker; see `emptied`."""
    return databases.create()


@pytest.fixture(scope="module")
def emptied(databases: Databases, database_url: str) -> None:
    """The tests of a file begin with an empty database: some compare every row there is."""
    databases.empty(database_url)


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[str]:
    """A database with the schema, for this test alone."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """A database without a table, for this test alone."""
    url = databases.create(migrated=False)
    yield url
    databases.drop(url)
