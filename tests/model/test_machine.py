"""Random stories of several users go as the reference model says; `make soak` tells many more.

docs/reliability.md says how to repeat a failure, with DEVPILOT_SEED and DEVPILOT_SHRINK.
"""

import os

import pytest

from tests.model.counting import compared, outcomes, rules, uses
from tests.model.driver import Driver
from tests.model.setting import PUBLISHED_PRO
from tests.model.telling import application, tell_until
from tests.soaking import SOAK, rounds
from tests.soundness import assert_sound

IN_SOAK = {"sqlite": 20_000, "postgres": 10_000}
FIRST_SEED = int(os.environ.get("DEVPILOT_SEED", "1"))
SHRINK = "DEVPILOT_SHRINK" in os.environ


@pytest.fixture
def own_app(fresh_database, tmp_path):
    with application(fresh_database, tmp_path) as app:
        yield app


@pytest.mark.slow
@pytest.mark.timeout(7200 if SOAK or SHRINK else 600)
def test_random_stories_go_as_the_model_says(own_app, database_kind, tell):
    wanted = rounds(3_000, IN_SOAK[database_kind])
    each = rounds(0, 100)
    last = tell_until(own_app, wanted, uses_of_each=each, first=FIRST_SEED, shrink=SHRINK)
    Driver(own_app).limit("pro", PUBLISHED_PRO)
    assert_sound(own_app)
    rarest = min(rules, key=uses.__getitem__)
    tell(f"{compared.total():,} operations of {len(rules)} rules, seeds {FIRST_SEED} to {last}")
    tell(f"the rarest rule: {rarest}, used {uses[rarest]:,} times")
    tell(f"{len(outcomes)} outcomes: {', '.join(f'{n:,} of {s}' for s, n in compared.items())}")
