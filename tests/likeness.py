"""What two databases, or two answers, have in common when the same was done in both."""

import re
from typing import Any

from sqlalchemy import Column, Uuid

from devpilot.db import Base, UtcDateTime

SECRETS = {"password_hash", "token_hash"}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Rows = dict[str, list[Any]]


def leads(location: str | None) -> str:
    """Where an answer leads, whatever identifiers are new in it."""
    return UUID.sub("…", location or "")


def likeness(rows: Rows) -> Rows:
    """The rows without what differs each time: identifiers, moments and random secrets."""
    tables = Base.metadata.tables
    return {
        name: sorted((_masked(list(tables[name].columns), row) for row in found), key=repr)
        for name, found in rows.items()
    }


def _masked(columns: list[Column[Any]], row: tuple[Any, ...]) -> tuple[Any, ...]:
    shown = [column for column in columns if column.name != "seen_at"]
    return tuple(
        value is not None if _differs(column) else value
        for column, value in zip(shown, row, strict=True)
    )


def _differs(column: Column[Any]) -> bool:
    return isinstance(column.type, Uuid | UtcDateTime) or column.name in SECRETS
