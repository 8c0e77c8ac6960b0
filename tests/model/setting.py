"""Where every story begins: the moment, the plans' limits, the examples and the modes on offer.

The product says which examples and modes it offers; how many steps a mode has is the model's.
"""

from datetime import UTC, datetime, timedelta

from devpilot.methodology import EXAMPLES
from devpilot.services.projects import OFFERED_MODES
from tests.model.account import Plan
from tests.model.content import canonical, size

START = datetime(2027, 1, 30, 9, 0, tzinfo=UTC)
TICK = timedelta(seconds=10)
SPAN = timedelta(days=340)
"""How far a story's clock may go: within the life of a session."""

STEPS = {"lean": 4, "full": 10}
MODES = {mode.value: STEPS[mode.value] for mode in OFFERED_MODES}
TEXTS = {
    name: {order: canonical(data) for order, data in example.steps.items()}
    for name, example in EXAMPLES.items()
}
MODE_OF = {name: EXAMPLES[name].mode for name in TEXTS}
SMALL = "wellbrook"
EXAMPLE_SIZE = sum(map(size, TEXTS[SMALL].values()))
LARGEST = max(sum(map(size, texts.values())) for texts in TEXTS.values())
ROOM = 1500
"""Bytes that a plan's storage leaves beside whole examples: one long text more or less."""


def small_free() -> Plan:
    """Free with less room, so that random stories reach every limit."""
    return Plan(1, None, 3, 0, 1, EXAMPLE_SIZE + ROOM)


def storage_for(examples: int) -> int:
    """Room for the largest example, for four twice, and so many of the small one."""
    return LARGEST * (1 + examples // 4) + examples * EXAMPLE_SIZE + ROOM


PUBLISHED_PRO = Plan(None, 20, None, 20, None, 100 * 1024 * 1024)


def small_pro() -> Plan:
    return Plan(None, 3, None, 2, 4, storage_for(4))
