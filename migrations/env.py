"""Runs migrations in one transaction, one process at a time.

SQLite rebuilds a table to change it, and would delete the child rows with foreign keys on;
so they are off while it runs, and checked before the commit.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

target = current_app.extensions["migrate"].db
MIGRATION_LOCK = 7_203_411
"""Any fixed number: PostgreSQL's advisory lock that every migrating process asks for."""


for table in target.metadatas[None].tables.values():
    for index in table.indexes:  # see `unique_where`
        options = index.dialect_options
        options["postgresql"]["where"] = options["sqlite"]["where"]


class OrphanedRowsError(RuntimeError):
    """A migration left rows that refer to nothing. It is rolled back."""


def migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=target.metadatas[None],
        render_as_batch=sqlite,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        context.run_migrations()
        if sqlite:
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
            if orphans:
                raise OrphanedRowsError(f"foreign keys broken in: {orphans[:5]}")


def foreign_keys(connection: Connection, state: str) -> None:
    """SQLite takes this only outside a transaction, so it goes past SQLAlchemy's own."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


with target.engine.connect() as connection:
    foreign_keys(connection, "OFF")
    try:
        migrate(connection)
        connection.commit()
    finally:
        foreign_keys(connection, "ON")
