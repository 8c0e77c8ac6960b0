"""`python -m tests.stripe_server`: the product, with this Stripe behind it, until stopped.

The product is a child process with the environment of this one and Stripe's settings. When
either ends, so does the other.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import types

from tests.stripe_server.server import StripeServer

SERVE = [sys.executable, "-m", "flask", "--app", "wsgi", "devpilot", "serve"]
STOP_SECONDS = 10


def environment(server: StripeServer) -> dict[str, str]:
    """The settings with which the product finds this server."""
    return {
        "STRIPE_SECRET_KEY": server.api_key,
        "STRIPE_WEBHOOK_SECRET": server.webhook_secret,
        "STRIPE_PRICE_MONTHLY": server.price_monthly,
        "STRIPE_PRICE_YEARLY": server.price_yearly,
        "STRIPE_API_BASE": server.url,
    }


def main() -> int:
    product = f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}"
    stopping = threading.Event()

    def stop(_number: int, _frame: types.FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with StripeServer(f"{product}/billing/webhook") as server:
        sys.stdout.write(
            f"DevPilot:        {product}\n"
            f"Stripe stand-in: {server.url}  (no money moves; forgotten when this stops)\n"
        )
        sys.stdout.flush()
        # In a session of its own: Ctrl-C reaches this process alone, which then ends the child.
        child = subprocess.Popen(
            SERVE, env={**os.environ, **environment(server)}, start_new_session=True
        )
        while child.poll() is None and not stopping.is_set():
            time.sleep(0.2)
        return end(child)


def end(child: subprocess.Popen[bytes]) -> int:
    """Its own exit status when it ended by itself; 0 when it was asked to."""
    if child.poll() is not None:
        return child.returncode
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
