"""How long the tests go on that could go on for ever: `make soak` sets DEVPILOT_SOAK."""

import os

SOAK = bool(os.environ.get("DEVPILOT_SOAK"))


def rounds(test: int, soak: int) -> int:
    """How often to repeat: so often in `make test`, so often in `make soak`."""
    return soak if SOAK else test
