"""Whether a database keeps every invariant: what `flask devpilot check` says of it.

A newcomer's likely mistake: `assert_sound` on the database that all tests share, some of which
write past the code on purpose. There, `stays_sound` of `conftest.py` looks at what is new.
"""

from flask import Flask

from devpilot.audit import Violation, violations


def unsound(app: Flask) -> set[Violation]:
    with app.app_context():
        return set(violations())


def assert_sound(app: Flask) -> None:
    found = unsound(app)
    assert not found, found
