"""What the stories of this process have used and met, for the soak to tell and to judge."""

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any

rules: list[str] = []
uses: Counter[str] = Counter()
"""How often each rule was used in this process."""
compared: Counter[str] = Counter()
"""How many answers were compared, by status."""
outcomes: Counter[tuple[str, str]] = Counter()
"""How often each action had each outcome."""


def used(rule: Callable[..., None]) -> Callable[..., None]:
    """Count the uses of a rule under its name."""
    rules.append(rule.__name__)

    @functools.wraps(rule)
    def counted(*args: Any, **kwargs: Any) -> None:
        uses[rule.__name__] += 1
        rule(*args, **kwargs)

    return counted


def forget() -> None:
    """Begin to count anew."""
    for counter in (uses, outcomes, compared):
        counter.clear()
