"""What tests of the adapter ask, and what must be left when an answer came or did not."""

import contextlib
import threading
import time
from pathlib import Path

from devpilot.adapters.ai import AiQuestion

SECONDS = 0.5
"""The deadline of a provider in these tests."""

KEY = "sk-the-key-itself"
MODEL = "little-model"
SCHEMA = {
    "type": "object",
    "properties": {
        "purpose": {"type": "string"},
        "goals": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "weight": {"type": "string", "enum": ["must", "may"]},
                },
                "required": ["name", "weight"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["purpose", "goals"],
    "additionalProperties": False,
}
QUESTION = AiQuestion("You draft steps.", "A clinic; ünïcode ☃ text.", SCHEMA, "step_1")
GOOD = {
    "purpose": "Suggested purpose",
    "goals": [
        {"name": "Suggested name", "weight": "must"},
        {"name": "Suggested name 2", "weight": "may"},
    ],
}


def descriptors():
    """How many files and sockets this process has open; always 0 where nobody tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


@contextlib.contextmanager
def nothing_left(server, seconds=2.0):
    """No thread of a call, no connection and no descriptor more than before the block."""
    before = descriptors()
    yield
    until = time.monotonic() + seconds
    while True:
        threads = [each for each in threading.enumerate() if each.name == "ai-call"]
        found = (threads, server.open_connections, max(0, descriptors() - before))
        if found == ([], 0, 0):
            return
        assert time.monotonic() < until, found
        time.sleep(0.01)
