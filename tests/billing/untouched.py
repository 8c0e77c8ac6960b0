"""What no change of a subscription may touch, as fingerprints of whole tables and files.

A newcomer's likely mistake: adding a table of the blueprint here. Whatever is not named is
held to be the blueprint's, so that a new table is compared by itself.
"""

import functools
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.dialects import registry

from devpilot.db import Base, reading
from devpilot.models import UsageType

ACCOUNT = {"user_account", "user_session", "plan", "reservation"}
"""Not of the blueprint, and no subscription's business either."""
BILLING = {"subscription", "billing_customer", "webhook_event", "idempotency_key", "rate_counter"}
"""What may change with a subscription; rates are counted for every post."""
USAGE = "usage"
BLUEPRINT = {table.name for table in Base.metadata.sorted_tables} - ACCOUNT - BILLING - {USAGE}
SEEN = {"seen_at"}
"""A session's last-seen time moves with every request."""

Rows = list[tuple[Any, ...]]


class Stored:
    """Every row of every table and every byte of every artifact, at one moment."""

    def __init__(self, app: Flask, artifacts: Path) -> None:
        self.rows = _rows(app)
        self.blueprint, self.account = self.of(BLUEPRINT), self.of(ACCOUNT)
        files = sorted(path for path in artifacts.rglob("*") if path.is_file())
        self.artifacts = {
            str(path.relative_to(artifacts)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }

    def of(self, tables: set[str]) -> dict[str, str]:
        """Each table's fingerprint."""
        return {name: hashlib.sha256(repr(self.rows[name]).encode()).hexdigest() for name in tables}

    @property
    def counted(self) -> dict[Any, tuple[Any, ...]]:
        """Each count without the end of its month; what is counted for ever with its no end."""
        return {
            row[0]: row if row[-2] is None else (*row[:-2], row[-1]) for row in self.rows[USAGE]
        }

    @property
    def ends(self) -> dict[Any, Any]:
        return {row[0]: row[-2] for row in self.rows[USAGE] if row[-2] is not None}

    def lifetime(self, kind: UsageType) -> Rows:
        return [row for row in self.rows[USAGE] if row[2] == kind and row[-2] is None]


def _rows(app: Flask) -> dict[str, Rows]:
    """As the driver gives them, in the order of their keys; usage with end and count last."""
    with app.app_context(), reading() as session:
        connection = session.connection()
        statements = _selections(connection.dialect.name)
        run = connection.exec_driver_sql
        return {name: [tuple(row) for row in run(text)] for name, text in statements.items()}


@functools.cache
def _selections(dialect: str) -> dict[str, str]:
    """The statement for each table, compiled once."""
    made = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in SEEN]
        statement = select(*columns).order_by(*table.primary_key.columns)
        made[table.name] = str(statement.compile(dialect=registry.load(dialect)()))
    return made


def ensure_untouched(before: Stored, after: Stored) -> None:
    """Nothing differs but what is billing's own, and months of use that end earlier."""
    assert after.blueprint == before.blueprint
    assert after.artifacts == before.artifacts
    assert after.account == before.account
    assert after.counted == before.counted
    assert all(after.ends[row] <= end for row, end in before.ends.items())


@contextmanager
def only_billing_changes(app: Flask, artifacts: Path) -> Iterator[Stored]:
    """A block that leaves everything else untouched; gives what was stored before it."""
    before = Stored(app, artifacts)
    yield before
    ensure_untouched(before, Stored(app, artifacts))
