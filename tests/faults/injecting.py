"""Failures of the database at a chosen moment, through the driver's own way of failing.

A request passes points: each BEGIN, each statement, each COMMIT before it is done and once
more after it, when the database has it and nobody was told. A `Fault` strikes at one of them,
or at that one and all after it. A newcomer's likely mistake: raising where a statement is
prepared; a driver fails while it runs one, and SQLAlchemy then looks at the connection.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from unittest.mock import patch

from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from devpilot.db import db

COMMITTED = "COMMIT done"


class Kind(StrEnum):
    ERROR = "error"
    """The driver says that the database failed."""
    CUT = "cut"
    """The connection is gone."""
    BUG = "bug"
    """Something fails that no driver has heard of."""


@dataclass
class Fault:
    """What goes wrong, and at which point, counted from 1."""

    kind: Kind
    at: int
    lasting: bool = False
    passed: list[str] = field(default_factory=list)

    @property
    def struck(self) -> bool:
        return len(self.passed) >= self.at

    def strikes(self, point: str) -> bool:
        """Whether to fail here. Called once for each point that a request passes."""
        self.passed.append(point)
        return self.struck if self.lasting else len(self.passed) == self.at

    def __str__(self) -> str:
        where = self.passed[self.at - 1] if self.struck else "nowhere"
        return f"{self.kind} {'from' if self.lasting else 'at'} point {self.at}: {where[:80]}"


@contextmanager
def injected(app: Flask, fault: Fault) -> Iterator[None]:
    """Requests in this block meet the fault."""
    with app.app_context():
        engines = list(db.engines.values())
    with ExitStack() as stack:
        for engine in engines:
            _fail_at_begin(engine, fault, stack)
            _fail_at_statements(engine, fault, stack)
            _fail_at_commit(engine, fault, stack)
        yield


def _fail_at_begin(engine: Engine, fault: Fault, stack: ExitStack) -> None:
    def begin(connection: Any) -> None:
        if not fault.strikes("BEGIN"):
            return
        try:
            _fail(engine, fault, connection.connection.driver_connection)
        except engine.dialect.loaded_dbapi.OperationalError as error:
            raise OperationalError("BEGIN", None, error) from error

    event.listen(engine, "begin", begin, insert=True)
    stack.callback(event.remove, engine, "begin", begin)


def _fail_at_statements(engine: Engine, fault: Fault, stack: ExitStack) -> None:
    """In place of the dialect's own calls of the driver."""
    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        real = getattr(engine.dialect, name)

        def execute(
            cursor: Any, statement: str, *rest: Any, real: Callable[..., None] = real
        ) -> None:
            if fault.strikes(statement):
                _fail(engine, fault, cursor.connection)
            real(cursor, statement, *rest)

        stack.enter_context(patch.object(engine.dialect, name, execute))


def _fail_at_commit(engine: Engine, fault: Fault, stack: ExitStack) -> None:
    real = engine.dialect.do_commit

    def commit(connection: Any) -> None:
        if fault.strikes("COMMIT"):
            _fail(engine, fault, connection.driver_connection)
        real(connection)
        if fault.strikes(COMMITTED):
            _fail(engine, fault, connection.driver_connection)
            raise RuntimeError("cut after the commit")  # where the closing alone says nothing

    stack.enter_context(patch.object(engine.dialect, "do_commit", commit))


def _fail(engine: Engine, fault: Fault, connection: Any) -> None:
    """Raise, or close the connection: the driver then fails by itself at what comes next."""
    if fault.kind is Kind.BUG:
        raise RuntimeError("injected")
    if fault.kind is Kind.CUT:
        connection.close()
        return
    raise engine.dialect.loaded_dbapi.OperationalError("injected")
