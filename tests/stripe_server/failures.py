"""What goes wrong when a test wants it to: which requests, how, and how often.

Owns the wishes; `spoiling` carries them out. Every wait can be released, so that closing the
server never hangs.
"""

import fnmatch
import threading
from dataclasses import dataclass, field

HOWS = {
    "timeout": "accepts the request and never answers, until released",
    "hang up": "ends the connection without an answer",
    "slow": "answers after `seconds`",
    "drip": "answers a byte at a time, `seconds` apart",
    "cut": "promises the whole body and sends half",
    "huge": "answers rightly, with `size` bytes of padding in the JSON",
    "kept 500": "a 500 that is kept under the request's idempotency key, as Stripe's own are",
    "html": "a page of HTML with status 200",
    "malformed": "JSON that breaks off, with status 200",
    "empty": "no body, with status 200",
    "body": "these very bytes, with status 200",
    "redirect": "307 to another host on loopback, which would answer",
    "wrong price": "answers rightly, but every price is another one",
    "deleted customer": "somebody deletes the customer just before",
}
EXECUTED = {"slow", "drip", "cut", "huge", "wrong price", "deleted customer"}
"""Carried out before the answer is spoiled, unless a test says otherwise."""


@dataclass(slots=True, eq=False)
class Failure:
    path: str
    how: int | str
    method: str | None
    times: int | None
    executed: bool
    """Whether Stripe did what was asked, and only the answer goes wrong."""
    seconds: float
    size: int
    body: bytes
    hits: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    hit: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """End whatever waits in it. Requests that wait for an answer lose their connection."""
        self.released.set()

    def wait(self, seconds: float | None = None) -> bool:
        """True when released before the time was over."""
        return self.released.wait(seconds)

    def pause(self) -> None:
        """What a slow answer waits for, before anything is done."""
        if self.how == "slow":
            self.hit.set()  # not before: its key is known to be under way from here on
            self.wait(self.seconds)

    def wait_until_hit(self, seconds: float = 5) -> None:
        """Until a request has met it. Raises TimeoutError."""
        if not self.hit.wait(seconds):
            raise TimeoutError(f"no request met the failure {self.how!r} on {self.path}")

    def meets(self, method: str, path: str) -> bool:
        return self.method in {None, method} and fnmatch.fnmatchcase(path, self.path)


class Failures:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: list[Failure] = []
        self._all: list[Failure] = []

    def add(self, failure: Failure) -> None:
        if isinstance(failure.how, str) and failure.how not in HOWS:
            raise ValueError(f"{failure.how!r} is none of: {', '.join(HOWS)}, or a status")
        with self._lock:
            self._wanted.append(failure)
            self._all.append(failure)

    def take(self, method: str, path: str) -> Failure | None:
        """The oldest wish that this request meets. One that was met `times` times is gone."""
        with self._lock:
            for each in self._wanted:
                if each.meets(method, path):
                    each.hits += 1
                    if each.times is not None and each.hits >= each.times:
                        self._wanted.remove(each)
                    if each.how != "slow":
                        each.hit.set()
                    return each
        return None

    def clear(self) -> None:
        """Take back every wish, and release whatever waits."""
        with self._lock:
            for each in self._all:
                each.release()
            self._wanted.clear()
            self._all.clear()
