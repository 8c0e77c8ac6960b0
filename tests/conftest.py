"""Fixtures of the product: the application on each database, people with a part to play.

A newcomer's likely mistake: counting rows to prove that nothing happened. Use
`nothing_changes`, which compares every row of every table that is not technical.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.dialects import registry

from devpilot import clock
from devpilot.adapters.sandbox import SandboxEvent
from devpilot.app import create_app
from devpilot.cli import migrate
from devpilot.config import Settings, load
from devpilot.db import Base, db, reading, transaction
from devpilot.models import Interval, Subscription
from devpilot.services import identity, subscriptions
from tests.browser import Browser
from tests.soundness import unsound_since_last

PASSWORD = "a long enough password"
PASSWORD_HASH = identity.hash_password(PASSWORD)
TECHNICAL = {
    "rate_counter", "idempotency_key", "alembic_version", "billing_customer", "webhook_event",
    "reservation",
}  # fmt: skip
_numbers = itertools.count(1)


def settings_for(url: str, folder: Path, **more: str) -> Settings:
    """Settings of a development installation on this database."""
    return load({"DATABASE_URL": url, "DEVPILOT_DATA": str(folder), "SECRET_KEY": "x" * 40, **more})


@pytest.fixture(scope="session")
def migrate_database(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    def run(url: str) -> None:
        app = create_app(settings_for(url, tmp_path_factory.mktemp("migrate")))
        with app.app_context():
            migrate()
            for engine in db.engines.values():
                engine.dispose()

    return run


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, for all tests of this worker. Each test makes its own people."""
    with app_on(database_url, tmp_path_factory.mktemp("data")) as app:
        yield app


@contextmanager
def app_on(url: str, folder: Path, **settings: str) -> Iterator[Flask]:
    """An application on this database, whose connections end with the block."""
    app = create_app(settings_for(url, folder, **settings))
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def visitor(app: Flask, emptied: None) -> Browser:
    """Someone who is not signed in, at an address of their own."""
    return _browser(app)


def _browser(app: Flask) -> Browser:
    number = next(_numbers)
    return Browser(app, address=f"127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


@pytest.fixture
def make_person(app: Flask, emptied: None) -> Callable[..., Browser]:
    """Makes a signed-in person: `make_person("paying")`, or "free" or "expired"."""

    def make(part: str = "free") -> Browser:
        browser = _browser(app)
        browser.email = f"{part}-{next(_numbers)}-{id(app)}@example.com"
        with app.app_context():
            with transaction():
                user = identity.register(browser.email, PASSWORD_HASH)
                browser.user_id = user.id
                token = identity.open_session(
                    user, at=clock.now(), absolute_hours=720, address="", agent="tests"
                )
            for event in {"paying": ["paid"], "expired": ["paid", "period_ended"]}.get(part, []):
                _bill(browser.user_id, SandboxEvent(event))
        # Without the sign-in form: its password hash is slow on purpose.
        browser.take_session(token)
        return browser

    return make


def _bill(user_id: Any, event: SandboxEvent) -> None:
    with transaction() as session:
        row = session.scalars(select(Subscription).where(Subscription.user_id == user_id)).one()
        subscriptions.sandbox_event(row, event, Interval.MONTHLY, clock.now())


@pytest.fixture
def free(make_person: Callable[..., Browser]) -> Browser:
    return make_person("free")


@pytest.fixture
def paying(make_person: Callable[..., Browser]) -> Browser:
    return make_person("paying")


@pytest.fixture
def expired(make_person: Callable[..., Browser]) -> Browser:
    return make_person("expired")


@pytest.fixture
def stranger(make_person: Callable[..., Browser]) -> Browser:
    """A paying person who owns nothing of what the test is about."""
    return make_person("paying")


@dataclass(frozen=True, slots=True)
class Owned:
    """A person's project and its first revision, as paths."""

    owner: Browser
    project: str
    revision: str

    def step(self, order: int) -> str:
        return f"{self.revision}/steps/{order}"


@pytest.fixture
def make_project(app: Flask) -> Callable[..., Owned]:
    """Makes a project of the example, or an empty one, with its first steps locked."""

    def make(owner: Browser, *, example: str = "wellbrook", locked: int = 0) -> Owned:
        project = owner.create_project(example=example)
        found = Owned(owner, project, owner.revision_of(project))
        owner.lock_up_to(found.revision, locked)
        return found

    return make


@pytest.fixture
def written(paying: Browser, make_project: Callable[..., Owned]) -> Owned:
    """A paying person's project of the example, every step a draft."""
    return make_project(paying)


@pytest.fixture
def completed(paying: Browser, make_project: Callable[..., Owned]) -> Owned:
    """A paying person's project of the example, completed."""
    return make_project(paying, locked=4)


def all_rows(app: Flask) -> dict[str, list[Any]]:
    """Every row of every table but the technical ones; sessions without when last seen.

    As the driver gives them, in the order of their keys: it is asked for often.
    """
    found: dict[str, list[Any]] = {}
    with app.app_context(), reading() as session:
        connection = session.connection()
        for name, text in _selections(connection.dialect.name).items():
            cursor = connection.connection.cursor()  # the driver's own: rows without SQLAlchemy's
            cursor.execute(text)
            found[name] = cursor.fetchall()
    return found


@functools.cache
def _selections(dialect: str) -> dict[str, str]:
    """The statement for each table, compiled once."""
    made = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in TECHNICAL:
            columns = [column for column in table.columns if column.name != "seen_at"]
            statement = select(*columns).order_by(*table.primary_key.columns)
            made[table.name] = str(statement.compile(dialect=registry.load(dialect)()))
    return made


@pytest.fixture
def nothing_changes(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """A `with` block that fails when any row, usage included, differs after it."""

    @contextmanager
    def watch() -> Iterator[None]:
        before = all_rows(app)
        yield
        assert all_rows(app) == before

    return watch


@pytest.fixture
def stays_sound(app: Flask) -> Iterator[None]:
    """Fails when the test leaves an invariant broken that was not before it."""
    before = unsound_since_last(app)
    yield
    assert unsound_since_last(app) <= before


@pytest.fixture
def at_time(app: Flask) -> Iterator[Callable[..., None]]:
    """`at_time(days=40)` moves the clock; it is set right when the test ends."""

    def move(**delta: float) -> None:
        clock.shift(timedelta(**delta))

    yield move
    clock.shift(timedelta(0))
