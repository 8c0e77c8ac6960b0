"""What an invariant is, and what was found against it.

A newcomer's likely mistake: repairing here. An audit reads; what it names, a person mends.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, text

BATCH = 100
"""Rows in memory at once; texts can be long and a database large."""

Found = tuple[str, Any, str]
"""The table, the row's identifier, and what is wrong with it."""

Find = Callable[[Connection], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that always holds, and how to find the rows where it does not."""

    name: str
    sentence: str
    find: Find


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that breaks one invariant."""

    invariant: str
    table: str
    row: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.table} {self.row}: {self.wrong}"


def sql(*statements: str) -> Find:
    """Finds what these statements select: table, identifier, what is wrong."""
    asked = [text(statement) for statement in statements]

    def find(connection: Connection) -> Iterator[Found]:
        for statement in asked:
            yield from streamed(connection, statement)

    return find


def streamed(connection: Connection, statement: Executable) -> Iterator[Any]:
    """The rows of a statement, a batch at a time."""
    yield from connection.execute(statement.execution_options(yield_per=BATCH))


def spelled(row: Any) -> str:  # noqa: ANN401 - an identifier as the driver gives it
    """An identifier in its public spelling; SQLite keeps a UUID as 32 digits."""
    try:
        return str(uuid.UUID(str(row)))
    except ValueError:
        return str(row)
