"""What the database is asked while something runs: statements and commits, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event

from devpilot.db import db


@dataclass
class Seen:
    """`statements` leaves out BEGIN; `commits` counts what was written for good."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def observed(app: Flask) -> Iterator[Seen]:
    seen = Seen()

    def statement(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        if not text.startswith("BEGIN"):
            seen.statements.append(text)

    def commit(_connection: Any) -> None:
        seen.commits += 1

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)
