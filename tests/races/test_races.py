"""Requests at the same moment end as some order of them would have, and nobody sees a failure.

Each race is run round after round from the same rows: see `racing.py` for what is allowed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.browser import Browser
from tests.conftest import Owned
from tests.posts import Post, keyed, on_step
from tests.races.racing import Field, Kind, Race
from tests.snapshots import kept
from tests.soaking import SOAK, rounds
from tests.soundness import assert_sound

ROUNDS = rounds(20, 100)
ACTIVE_LIMIT = 20
"""Active projects of the Pro plan."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a race is run, and what it may arrange beforehand."""

    app: Flask
    url: str
    make_person: Callable[..., Browser]
    make_project: Callable[..., Owned]

    def project(self, *, locked: int = 0, example: str = "wellbrook") -> Owned:
        return self.make_project(self.make_person("paying"), locked=locked, example=example)


def step(owned: Owned, order: int, action: str, *, later: int = 0) -> Post:
    """A form of a step without a key; of the version that so many changes later lead to."""
    version = owned.owner.version(owned.revision) + later
    return Post(owned.owner, f"{owned.step(order)}/{action}", {"version": str(version)})


def bare(person: Browser, path: str, **fields: str) -> Post:
    return Post(person, path, fields)


def the_same_lock(stage: Stage) -> Field:
    """All succeed; the rows show that one of them was a lock."""
    return Field([Kind(step(stage.project(), 1, "lock"), 8)], {(8,)})


def the_lock_that_completes(stage: Stage) -> Field:
    return Field([Kind(step(stage.project(locked=3), 4, "lock"), 8)], {(1,)})


def locks_of_two_neighbouring_steps(stage: Stage) -> Field:
    owned = stage.project()
    second = step(owned, 2, "lock", later=1)
    return Field([Kind(step(owned, 1, "lock"), 2), Kind(second, 2)], {(2, 0), (2, 1), (2, 2)})


def a_restart_and_a_lock(stage: Stage) -> Field:
    owned = stage.project(locked=3)
    kinds = [Kind(step(owned, 2, "restart"), 2), Kind(step(owned, 4, "lock"), 2)]
    return Field(kinds, {(1, 0), (0, 1)})


def a_restart_and_a_restart(stage: Stage) -> Field:
    owned = stage.project(locked=4)
    kinds = [Kind(step(owned, order, "restart"), 2) for order in (1, 3)]
    return Field(kinds, {(1, 0), (0, 1)})


def a_new_revision_twice(stage: Stage) -> Field:
    owned = stage.project(locked=4)
    return Field([Kind(bare(owned.owner, f"{owned.project}/revisions"), 8)], {(1,)})


def an_activation_and_restarts(stage: Stage) -> Field:
    """Two completed revisions; a restart needs that its own is active and the other no draft."""
    first = stage.project(locked=4)
    opened = first.owner.post(f"{first.project}/revisions").headers["Location"]
    second = Owned(first.owner, first.project, opened.removesuffix("/steps/1"))
    second.owner.lock_up_to(second.revision, 4)
    kinds = [
        Kind(bare(first.owner, f"{first.revision}/activate"), 1),
        Kind(step(second, 2, "restart"), 2),
        Kind(step(first, 2, "restart"), 1),
    ]
    return Field(kinds, {(1, 1, 0), (1, 0, 1), (1, 0, 0)})


def creations_at_the_limit(stage: Stage) -> Field:
    new = bare(stage.make_person("free"), "/projects", name="Mine", mode="lean", example="")
    return Field([Kind(new, 8)], {(1,)})


def a_creation_and_a_restoration_at_the_limit(stage: Stage) -> Field:
    owned = stage.project(example="")
    owned.owner.post(f"{owned.project}/delete")
    for _ in range(ACTIVE_LIMIT - 1):
        owned.owner.create_project(example="")
    new = bare(owned.owner, "/projects", name="Mine", mode="lean", example="")
    kinds = [Kind(new, 2), Kind(bare(owned.owner, f"{owned.project}/restore"), 2)]
    return Field(kinds, {(1, 0), (0, 2)})


def an_export_and_a_restart(stage: Stage) -> Field:
    owned = stage.project(locked=4)
    export = bare(owned.owner, f"{owned.revision}/exports")
    kinds = [Kind(export, 2), Kind(step(owned, 2, "restart"), 2)]
    return Field(kinds, {(0, 1), (1, 1), (2, 1)})


def a_deletion_and_a_save(stage: Stage) -> Field:
    owned = stage.project()
    fields = {**step(owned, 1, "draft").fields, "summary": "Saved while it was deleted."}
    save = Post(owned.owner, f"{owned.step(1)}/draft", fields)
    kinds = [Kind(bare(owned.owner, f"{owned.project}/delete"), 2), Kind(save, 2)]
    return Field(kinds, {(2, 0), (2, 1), (2, 2)})


def one_key_for_a_creation(stage: Stage) -> Field:
    new = keyed(stage.make_person("paying"), "/projects", name="Mine", mode="lean", example="")
    return Field([Kind(new, 8)], {(8,)})


def one_key_for_a_restart(stage: Stage) -> Field:
    return Field([Kind(on_step(stage.project(locked=4), 2, "restart"), 8)], {(8,)})


RACES = (
    the_same_lock,
    the_lock_that_completes,
    locks_of_two_neighbouring_steps,
    a_restart_and_a_lock,
    a_restart_and_a_restart,
    a_new_revision_twice,
    an_activation_and_restarts,
    creations_at_the_limit,
    a_creation_and_a_restoration_at_the_limit,
    an_export_and_a_restart,
    a_deletion_and_a_save,
    one_key_for_a_creation,
    one_key_for_a_restart,
)
ONE_ANSWER = (one_key_for_a_creation, one_key_for_a_restart)


@pytest.fixture
def stage(app, own_url, make_person, make_project):
    return Stage(app, own_url, make_person, make_project)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("arrange", RACES, ids=lambda arrange: arrange.__name__)
def test_a_race_ends_as_some_order_of_its_requests_would(stage, crowd, arrange, tell):
    field, tally = arrange(stage), Counter()
    with kept(stage.url) as put_back:
        race = Race(stage.app, crowd, field, put_back)
        for left in reversed(range(ROUNDS)):
            wins, answers = race.run()
            if arrange in ONE_ANSWER:
                assert len({answer.location for answer in answers}) == 1
            if SOAK or not left:
                assert_sound(stage.app)
            tally[wins] += 1
            put_back()
    tell(f"who won, and how often: {dict(tally)}")
