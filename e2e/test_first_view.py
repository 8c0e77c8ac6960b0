"""Nothing moves after it was first painted, on the pages that scripts change most.

How soon they paint depends on the machine: `make gallery` measures it.
"""

import pytest

from e2e.first_view import first_view
from e2e.pages import PAGES

MOVED = [
    "landing", "projects", "full project", "empty step", "step to lock again", "locked step",
    "usage", "delete project", "billing", "document", *(f"step {order}" for order in range(1, 11)),
]  # fmt: skip


@pytest.mark.parametrize("name", MOVED)
def test_nothing_moves_after_the_first_paint(name, browser, people, server):
    shown = PAGES[name]
    seen = first_view(browser, server.url, shown.visitor(people), shown.address(people))
    assert seen.first_paint > 0
    assert seen.shift == 0
