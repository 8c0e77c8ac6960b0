"""Tells stories: runs the machine on an application for a seed, or seed after seed.

A newcomer's likely mistake: repeating a failure with another `STORIES` or `STEPS`. A seed means
the same stories only with the same numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from devpilot.app import create_app
from devpilot.db import db
from tests.conftest import settings_for
from tests.model.counting import compared, forget, rules, uses
from tests.model.machine import Machine
from tests.quick_hashes import quick_hashes

STORIES, STEPS = 10, 100
YEAR = {"DEVPILOT_SESSION_IDLE": "8760", "DEVPILOT_SESSION_ABSOLUTE": "8760"}


@contextmanager
def application(url: str, folder: Path) -> Iterator[Flask]:
    """An application on a database of its own: the machine writes other limits into the plans."""
    app = create_app(settings_for(url, folder, **YEAR))
    with quick_hashes():
        yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def tell_stories(app: Flask, number: int, *, shrink: bool = False) -> None:
    """The stories of this seed; raises where the application differs from the model.

    With `shrink`, the story that failed is made as short as it can be, which takes minutes.
    """

    class Story(Machine):
        pass

    Story.app = app
    chosen = settings(
        max_examples=STORIES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
    )
    try:
        run_state_machine_as_test(seed(number)(Story), settings=chosen)
    except BaseException as error:
        error.add_note(f"The story is of seed {number}; docs/reliability.md says how to repeat it.")
        raise


def tell_until(
    app: Flask, operations: int, *, uses_of_each: int, first: int, shrink: bool = False
) -> int:
    """Seed after seed, until so many answers were compared and each rule was used so often.

    Answers with the last seed.
    """
    forget()
    number = first
    tell_stories(app, number, shrink=shrink)
    while compared.total() < operations or min(uses[rule] for rule in rules) < uses_of_each:
        number += 1
        tell_stories(app, number, shrink=shrink)
    return number
