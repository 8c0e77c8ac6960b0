"""`python -m tests.ai_server`: the product, with this provider behind it, until stopped.

The product is a child process with the environment of this one and the provider's settings.
When either ends, so does the other.
"""

import os
import signal
import subprocess
import sys
import threading
import types

from tests.ai_server.server import AiServer
from tests.stripe_server.__main__ import SERVE, end


def environment(server: AiServer) -> dict[str, str]:
    """The settings with which the product finds this server."""
    return {
        "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": server.url,
        "DEVPILOT_AI_MODEL": server.model,
        "DEVPILOT_AI_NOTE": "Its answers are canned: no model reads your text, and nothing "
        "leaves this machine.",
    }


def main() -> int:
    stopping = threading.Event()

    def stop(_number: int, _frame: types.FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with AiServer() as server:
        sys.stdout.write(
            f"DevPilot:    http://127.0.0.1:{os.environ.get('PORT') or '8000'}\n"
            f"AI stand-in: {server.url}  (nothing leaves this machine)\n"
        )
        sys.stdout.flush()
        # In a session of its own: Ctrl-C reaches this process alone, which then ends the child.
        child = subprocess.Popen(
            SERVE, env={**os.environ, **environment(server)}, start_new_session=True
        )
        while child.poll() is None and not stopping.wait(0.2):
            pass
        return end(child)


if __name__ == "__main__":
    sys.exit(main())
