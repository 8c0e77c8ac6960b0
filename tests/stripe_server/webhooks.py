"""Events on their way to the product: signed as Stripe signs, and sent again when refused.

A newcomer's likely mistake: expecting events in order. One that was refused comes again later,
and those made meanwhile do not wait for it.
"""

import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.stripe_server.objects import Json

PAUSES = (0.2, 1.0, 3.0)
"""Seconds before each further try. Stripe's own go on for three days."""
SECONDS = 10
"""How long the product has to answer."""


@dataclass(frozen=True, slots=True)
class Delivery:
    event_id: str
    type: str
    attempt: int
    status: int
    """What the product answered; 0 when nothing came."""


def encoded(event: Json) -> bytes:
    return json.dumps(event, indent=2).encode()


def headers(payload: bytes, secret: str, at: int) -> dict[str, str]:
    """The headers of a delivery at this moment."""
    code = hmac.new(secret.encode(), b"%d." % at + payload, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": f"t={at},v1={code}",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }


class Deliverer:
    """One thread that sends events to `url`; without a url it drops them."""

    def __init__(self, secret: Callable[[], str], now: Callable[[], int]) -> None:
        self.url: str | None = None
        self.done: list[Delivery] = []
        self._secret = secret
        self._now = now
        self._waiting: list[tuple[float, int, int, Json]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._busy = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def send(self, event: Json) -> None:
        if self.url is not None:
            self._put(event, attempt=1, due=time.monotonic())

    def _put(self, event: Json, attempt: int, due: float) -> None:
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._waiting, (due, next(self._numbers), attempt, event))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Until everything was delivered or given up; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def clear(self) -> None:
        with self._changed:
            self._waiting.clear()
            self.done.clear()
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _run(self) -> None:
        while (found := self._next()) is not None:
            attempt, event = found
            status = self._post(event)
            self.done.append(Delivery(event["id"], event["type"], attempt, status))
            if not 200 <= status < 300 and attempt <= len(PAUSES):
                self._put(event, attempt + 1, time.monotonic() + PAUSES[attempt - 1])
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> tuple[int, Json] | None:
        with self._changed:
            while not self._closed:
                pause = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if pause is not None and pause <= 0:
                    self._busy = True
                    _, _, attempt, event = heapq.heappop(self._waiting)
                    return attempt, event
                self._changed.wait(pause)
        return None

    def _post(self, event: Json) -> int:
        parts = urlsplit(self.url or "")
        payload = encoded(event)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=SECONDS
        )
        try:
            connection.request(
                "POST", parts.path or "/", payload, headers(payload, self._secret(), self._now())
            )
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
