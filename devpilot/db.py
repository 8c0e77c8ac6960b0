"""The database: base class, engines, and `transaction()`, the only commit in the code.

There are two engines on one database. The *writer* begins with BEGIN IMMEDIATE on SQLite,
so that a check and the write after it cannot be split by another writer. The *reader*
cannot write at all, so a GET cannot either. A newcomer's likely mistake: calling
`db.session.commit()`; write inside `with transaction():` instead.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import CursorResult, DateTime, Engine, Executable, MetaData, Update, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, scoped_session
from sqlalchemy.types import TypeDecorator

from devpilot.errors import SettingError

READER = "reader"
BUSY_TIMEOUT_MS = 5000
READ_POOL = 8


class Base(DeclarativeBase):
    """Every constraint gets a name, so that a migration can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, on engines that keep the zone and on SQLite, which does not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class RoutedSession(FlaskSession):
    """Sends statements to the reader while `info["reading"]` is set."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:  # noqa: ANN401  SQLAlchemy's own signature
        if self.info.get("reading"):
            return db.engines[READER]
        return super().get_bind(*args, **kwargs)


db = SQLAlchemy(
    model_class=Base,
    session_options={"class_": RoutedSession, "expire_on_commit": False, "autoflush": False},
)


def session() -> scoped_session[FlaskSession]:
    """The session of this request or command."""
    return db.session


def rows(statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Plain rows in this transaction, past the ORM, whose bookkeeping they do not need."""
    return db.session.connection().execute(statement, values)


def change_row(statement: Update, values: Mapping[str, Any]) -> None:
    """Change exactly one row at once, past the unit of work, whose planning takes longer.

    Raises LookupError where there is no such row. The caller sees to the loaded object.
    """
    if rows(statement, values).rowcount != 1:
        raise LookupError(f"no row for {statement.table}")


def holds_rows() -> bool:
    """Whether rows are locked one by one; SQLite's writer holds the whole database."""
    return db.engine.dialect.name != "sqlite"


@contextmanager
def transaction() -> Iterator[scoped_session[FlaskSession]]:
    """Write in one transaction: committed when the block ends, rolled back when it raises."""
    begin_anew(reading=False)
    try:
        yield db.session
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session().info["reading"] = True


@contextmanager
def reading() -> Iterator[scoped_session[FlaskSession]]:
    """Read in one transaction, on a connection that cannot write."""
    begin_anew(reading=True)
    try:
        yield db.session
    finally:
        db.session.remove()


def begin_anew(*, reading: bool) -> None:
    """Forget everything loaded before, so that what is read next is true now."""
    db.session.remove()
    db.session().info["reading"] = reading


def init_app(app: Flask, url: str) -> None:
    """Attach the two engines for `url`. Raises SettingError on an unsound SQLite."""
    driver = sound_sqlite() if url.startswith("sqlite") else None
    writer, reader = _postgresql_options() if driver is None else _sqlite_options(driver)
    # An error's text may reach the log, and a statement's parameters are what users wrote.
    private = {"hide_parameters": True}
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = writer | private
    app.config["SQLALCHEMY_BINDS"] = {READER: {"url": url, **reader, **private}}
    db.init_app(app)
    if driver is not None:
        with app.app_context():
            _prepare_sqlite(db.engine, driver, begin="BEGIN IMMEDIATE", query_only=False)
            _prepare_sqlite(db.engines[READER], driver, begin="BEGIN", query_only=True)


def _sqlite_options(driver: ModuleType) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of the writer and the reader.

    There is one writing connection: threads queue for it in this process (which is fairer
    than SQLite's own waiting), while correctness still rests on BEGIN IMMEDIATE.
    """
    writer = {"module": driver, "pool_size": 1, "max_overflow": 0, "pool_timeout": 30}
    return writer, {"module": driver, "pool_size": READ_POOL, "max_overflow": 32}


def _postgresql_options() -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of the writer and the reader, whose statements all see one moment."""
    pool = {"pool_size": READ_POOL, "max_overflow": 32}
    reader = {"isolation_level": "REPEATABLE READ"}
    execution = {"execution_options": {"postgresql_readonly": True}}
    return pool | {"isolation_level": "READ COMMITTED"}, pool | reader | execution


def _prepare_sqlite(engine: Engine, driver: ModuleType, *, begin: str, query_only: bool) -> None:
    pragmas = [
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cache_size=-500",  # KiB for each connection; the system keeps the file in memory anyway
        f"query_only={'ON' if query_only else 'OFF'}",
    ]

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin by itself
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        # Past SQLAlchemy's own execution, which costs more than the statement.
        try:
            connection.connection.cursor().execute(begin)
        except driver.OperationalError as error:
            raise OperationalError(begin, None, error) from error


def sound_sqlite() -> ModuleType:
    """The driver to use: the standard one where its SQLite is sound, else the wheel's.

    SQLite 3.7.0 to 3.51.2 can corrupt a database when a WAL is reset while another
    connection writes (fixed in 3.51.3, and in 3.50.7 and 3.44.6 for those series).
    """
    if _is_sound(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        import pysqlite3.dbapi2 as wheel  # noqa: PLC0415  only where the standard one is unsound
    except ImportError:
        wheel = None
    if wheel is not None and _is_sound(wheel.sqlite_version_info):
        return wheel  # type: ignore[no-any-return]  # the wheel ships no type information
    raise SettingError(
        f"DATABASE_URL: SQLite {sqlite3.sqlite_version} can corrupt a database in WAL mode; "
        "install the package pysqlite3, or use PostgreSQL."
    )


def _is_sound(version: tuple[int, int, int]) -> bool:
    series_with_fix = {(3, 50): 7, (3, 44): 6}
    fixed_at = series_with_fix.get(version[:2])
    return version >= (3, 51, 3) or (fixed_at is not None and version[2] >= fixed_at)
