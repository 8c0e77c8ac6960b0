"""Whether a database keeps every invariant: what `flask devpilot check` says of it."""

from flask import Flask

from devpilot.audit import violations


def assert_sound(app: Flask) -> None:
    with app.app_context():
        found = violations()
    assert not found, found
