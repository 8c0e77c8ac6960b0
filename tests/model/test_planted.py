"""Bugs planted in the product, one at a time: the machine catches each of them."""

import pytest

from tests.model.bugs import BUGS
from tests.model.planted import caught_after, no_bug, product
from tests.soaking import SOAK

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SOAK, reason="`make soak` runs it; or: python -m tests.model.planted"),
    pytest.mark.timeout(1800),
]


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_caught(name, tell):
    with product() as app:
        operations = caught_after(app, BUGS[name])
    assert operations is not None, f"{name} was not caught"
    tell(f"{name}: caught after {operations:,} operations")


def test_without_a_bug_nothing_is_caught():
    with product() as app:
        assert caught_after(app, no_bug, seeds=1) is None
