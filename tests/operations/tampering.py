"""Writing rows that the product never writes: past triggers, checks and foreign keys.

All of it happens in one transaction, which is rolled back in the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import CheckConstraint, Connection, text

from devpilot.db import Base, db

PARTIAL_INDEXES = ("uq_revision_one_active", "uq_revision_one_draft")


@contextmanager
def tampering(app: Flask) -> Iterator[Connection]:
    """A transaction of the writer that never commits; on SQLite without foreign keys."""
    with app.app_context(), db.engine.connect() as connection:
        _pragma(connection, "foreign_keys=OFF")
        try:
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()
        finally:
            _pragma(connection, "foreign_keys=ON")
            _pragma(connection, "ignore_check_constraints=OFF")


@contextmanager
def loosened(connection: Connection) -> Iterator[None]:
    """A block in which the database believes everything. Triggers are back after it."""
    for index in PARTIAL_INDEXES:
        connection.execute(text(f"DROP INDEX {index}"))
    if connection.dialect.name == "sqlite":
        _pragma(connection, "ignore_check_constraints=ON")
        statements = drop_triggers(connection)
        yield
        for statement in statements:
            connection.exec_driver_sql(statement)
        return
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint.name}"))
    connection.execute(text("SET LOCAL session_replication_role = replica"))  # no trigger fires
    yield
    connection.execute(text("SET LOCAL session_replication_role = origin"))


def drop_triggers(connection: Connection) -> list[str]:
    """Take every trigger away; returns what makes them again."""
    found = present_triggers(connection)
    for name, table, _ in found:
        on_table = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.execute(text(f"DROP TRIGGER {name}{on_table}"))
    return [statement for *_, statement in found]


def present_triggers(connection: Connection) -> list[tuple[str, str, str]]:
    """The name, the table and the whole statement of each trigger."""
    of_sqlite = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    of_postgresql = """
        SELECT tgname, relname, pg_get_triggerdef(pg_trigger.oid) || prosrc
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal"""
    found = of_sqlite if connection.dialect.name == "sqlite" else of_postgresql
    return [(name, table, statement) for name, table, statement in connection.execute(text(found))]


def _pragma(connection: Connection, setting: str) -> None:
    """Past SQLAlchemy, which would begin a transaction first."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA {setting}")
