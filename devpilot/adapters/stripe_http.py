"""How Stripe's SDK reaches the network: within a total time, a size, and without redirects.

The SDK's own client waits 80 seconds for each read, tries again, and follows redirects with
the secret key. A newcomer's likely mistake: one time-out for a whole call; it counts anew
with each byte, so an answer that drips would never end.
"""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe
import urllib3

TOTAL_SECONDS = 10.0
"""For one call. A page waits for it, and Stripe's own webhooks give up after 20."""

MOST_BYTES = 2 * 1024 * 1024
"""Of one answer. A full list of subscriptions takes a tenth."""

_CHUNK = 65_536

_until: ContextVar[float] = ContextVar("until", default=math.inf)
"""When the calls that belong together must be over, as `time.monotonic` counts."""


class BoundedClient(stripe.HTTPClient):
    """One attempt for each call, with a session for each thread."""

    name = "devpilot"

    def __init__(self, total_seconds: float = TOTAL_SECONDS) -> None:
        super().__init__()
        self._total = total_seconds

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """All requests of this thread in the block take no longer than this together."""
        before = _until.set(min(_until.get(), time.monotonic() + seconds))
        try:
            yield
        finally:
            _until.reset(before)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,  # noqa: ANN401  what the SDK encoded
        *,
        _usage: list[str] | None = None,
    ) -> tuple[Any, int, Mapping[str, str]]:
        """The body, status and headers. Raises stripe.APIConnectionError."""
        deadline = min(time.monotonic() + self._total, _until.get())
        try:
            with self._session(url).request(
                method,
                url,
                headers=dict(headers or {}),
                data=post_data,
                # Of each read; the deadline is looked at between them.
                timeout=min(self._total / 2, _left(deadline)),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return _read(answer, deadline), answer.status_code, answer.headers
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as failure:
            raise _failed(type(failure).__name__) from failure

    def close(self) -> None:
        session = getattr(self._thread_local, "session", None)
        if session is not None:
            session.close()

    def _session(self, url: str) -> requests.Session:
        session: requests.Session | None = getattr(self._thread_local, "session", None)
        if session is None:
            session = self._thread_local.session = requests.Session()
            # A proxy of the machine's is for the world outside.
            session.trust_env = urlsplit(url).hostname not in {"127.0.0.1", "localhost"}
        return session


def pause(seconds: float) -> None:
    """Wait before another call, and not beyond the time that all of them have."""
    time.sleep(max(0.0, min(seconds, _until.get() - time.monotonic())))


def _left(deadline: float) -> float:
    """Seconds. Raises stripe.APIConnectionError when there is none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise _failed("too slow")
    return left


def _read(answer: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    sock = getattr(answer.raw.connection, "sock", None)
    while True:
        left = _left(deadline)
        if sock is not None and left < (sock.gettimeout() or math.inf):
            sock.settimeout(left)
        chunk = answer.raw.read1(_CHUNK, decode_content=True)
        if not chunk:
            return bytes(body)
        body += chunk
        if len(body) > MOST_BYTES:
            raise _failed("too large")


def _failed(why: str) -> stripe.APIConnectionError:
    return stripe.APIConnectionError(  # type: ignore[no-untyped-call]
        f"Stripe did not answer: {why}", should_retry=False
    )
