"""What several tests of steps start from."""

import pytest

from tests.steps.typing_in import goal


@pytest.fixture
def three(free, make_project):
    """A project whose step 1 has the goals One, Two and Three."""
    owned = make_project(free, example="")
    rows = {**goal(0, "One"), **goal(1, "Two"), **goal(2, "Three")}
    assert owned.owner.save(owned.revision, 1, rows).status_code == 303
    return owned
