"""Bugs planted in the product, one at a time: the machine catches each of them.

`make soak` runs this, or `python -m tests.model.planted`.
"""

import pytest

from tests.model.bugs import BUGS
from tests.model.planted import caught_after, no_bug, product

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
]


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name, tell):
    with product() as app:
        operations = caught_after(app, BUGS[name])
    assert operations is not None, f"{name} was not caught"
    tell(f"caught after {operations:,} operations")


def test_without_a_bug_nothing_is_caught():
    with product() as app:
        assert caught_after(app, no_bug, seeds=1) is None
