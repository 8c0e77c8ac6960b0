"""Plants one bug after the other, and tells stories until the machine catches it.

    .venv/bin/python -m tests.model.planted

plants all of them on SQLite, says after how many operations each was caught, and fails when
one was not. A newcomer's likely mistake: a new rule of the product without a bug in `bugs.py`
that breaks it.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from devpilot.cli import migrate
from tests.model.bugs import BUGS
from tests.model.counting import compared, forget
from tests.model.garden import Bug, Garden, planted
from tests.model.telling import application, tell_stories

MOST_SEEDS = 12
"""How many seeds of stories a bug may survive before it counts as not caught."""


def caught_after(app: Flask, bug: Bug, *, seeds: int = MOST_SEEDS) -> int | None:
    """How many operations it took until application and model differed; None if they never did."""
    forget()
    with planted(app, bug):
        for number in range(1, seeds + 1):
            try:
                tell_stories(app, number)
            except AssertionError:
                return compared.total()
    return None


def no_bug(_garden: Garden) -> None:
    """What differs without a bug would count for every bug."""


@contextmanager
def product() -> Iterator[Flask]:
    """The application on an SQLite database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/planted.sqlite3"
        with application(url, Path(folder)) as app:
            with app.app_context():
                migrate()
            yield app


def main() -> int:
    with product() as app:
        if caught_after(app, no_bug, seeds=1) is not None:
            sys.stdout.write("the product differs from the model without any bug\n")
            return 1
    survivors = 0
    for name, bug in BUGS.items():
        with product() as app:
            operations = caught_after(app, bug)
        survivors += operations is None
        said = "NOT CAUGHT" if operations is None else f"caught after {operations:,} operations"
        sys.stdout.write(f"{name}: {said}\n")
        sys.stdout.flush()
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
