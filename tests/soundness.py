"""Whether a database keeps every invariant: what `flask devpilot check` says of it.

A newcomer's likely mistake: `assert_sound` on the database that all tests share, some of which
write past the code on purpose. There, `stays_sound` of `conftest.py` looks at what is new.
"""

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from sqlalchemy import event

from devpilot.audit import Violation, violations
from devpilot.db import db


def unsound(app: Flask) -> set[Violation]:
    with app.app_context():
        return set(violations())


def assert_sound(app: Flask) -> None:
    found = unsound(app)
    assert not found, found


@dataclass
class _Known:
    """What was found last, and whether anything was committed since."""

    found: set[Violation] = field(default_factory=set)
    is_stale: bool = True

    def note(self, _connection: Any) -> None:
        self.is_stale = True


_known: WeakKeyDictionary[Flask, _Known] = WeakKeyDictionary()


def unsound_since_last(app: Flask) -> set[Violation]:
    """The same; looked for again only when something was written since it was asked last."""
    known = _known.get(app)
    if known is None:
        known = _known[app] = _Known()
        with app.app_context():
            for engine in db.engines.values():
                event.listen(engine, "commit", known.note)
    if known.is_stale:
        known.found, known.is_stale = unsound(app), False
    return known.found
