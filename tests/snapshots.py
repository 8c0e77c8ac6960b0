"""A database put back to what it was, row for row: one arrangement, many tries.

Far cheaper than making people and projects anew for each try, and every try starts from the
same rows. It holds the whole database, so a test uses it on one of its own.

A newcomer's likely mistake: putting back while a request is under way. It fails then, on
purpose: whatever still holds a lock should have let go of it.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
from psycopg import sql

from devpilot.db import Base, sound_sqlite

LOCKED_MS = 5000


@contextmanager
def kept(url: str) -> Iterator[Callable[[], None]]:
    """Keep every row as it is now; the block gets the function that puts them back."""
    keep = _kept_postgres if url.startswith("postgresql") else _kept_sqlite
    with keep(url) as put_back:
        yield put_back


@contextmanager
def _kept_sqlite(url: str) -> Iterator[Callable[[], None]]:
    driver = sound_sqlite()
    with (
        closing(driver.connect(url.removeprefix("sqlite:///"))) as live,
        closing(driver.connect(":memory:")) as copy,
    ):
        live.execute(f"PRAGMA busy_timeout={LOCKED_MS}")
        live.execute("PRAGMA synchronous=OFF")
        live.backup(copy)
        yield lambda: copy.backup(live)


@contextmanager
def _kept_postgres(url: str) -> Iterator[Callable[[], None]]:
    address = url.replace("postgresql+psycopg", "postgresql")
    with closing(psycopg.connect(address, autocommit=True)) as live:
        live.execute("VACUUM")  # each time, many rows are written anew
        live.execute(_each("CREATE TABLE kept.{0} AS TABLE public.{0}", _FRESH))
        # As a replica: triggers and foreign keys have had their say when the rows were made.
        began = f"BEGIN; SET LOCAL session_replication_role = replica; {_LOCK_TIMEOUT}; "
        again = "DELETE FROM public.{0}; INSERT INTO public.{0} TABLE kept.{0}"
        statement = _each(again, began) + sql.SQL("; COMMIT")
        yield lambda: _put_back(live, statement)


def _put_back(live: psycopg.Connection, statement: sql.Composed) -> None:
    live.execute(statement)


_FRESH = "DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept; "
_LOCK_TIMEOUT = f"SET LOCAL lock_timeout = {LOCKED_MS}"


def _each(template: str, first: str) -> sql.Composed:
    """The statements of the template for every table, one after the other."""
    tables = [sql.Identifier(table.name) for table in Base.metadata.sorted_tables]
    return sql.SQL(first) + sql.SQL("; ").join(sql.SQL(template).format(one) for one in tables)
