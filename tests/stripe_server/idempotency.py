"""Idempotency keys: the same request again gets the answer of the first time.

Owns what was answered, for 24 hours of the server's clock. An endpoint that never began (its
parameters were refused) leaves no answer behind, so the key is free again.
"""

import json
import threading
from dataclasses import dataclass
from typing import Any

from tests.stripe_server.errors import ApiError

KEPT = 24 * 60 * 60
IDEMPOTENCY = "idempotency_error"


@dataclass(slots=True)
class Kept:
    path: str
    params: str
    at: int
    answer: tuple[int, bytes] | None = None
    """Status and body; None while the first request is still under way."""


class Keys:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def begin(
        self, key: str, path: str, params: dict[str, Any], now: int
    ) -> tuple[int, bytes] | None:
        """The first answer, if there is one. None: go on, and then `finish` or `forget`."""
        text = json.dumps(params, sort_keys=True)
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.at + KEPT <= now:
                self._kept[key] = Kept(path, text, now)
                return None
        if found.path != path:
            raise ApiError(
                "Keys for idempotent requests can only be used for the same endpoint they were "
                f"first used for ('{found.path}' vs '{path}'). Try using a key other than "
                f"'{key}' if you meant to execute a different request.",
                kind=IDEMPOTENCY,
            )
        if found.params != text:
            raise ApiError(
                "Keys for idempotent requests can only be used with the same parameters they "
                f"were first used with. Try using a key other than '{key}' if you meant to "
                "execute a different request.",
                kind=IDEMPOTENCY,
            )
        if found.answer is None:
            raise ApiError(
                "There is currently another in-progress request using this Idempotent Key "
                f"({key}). Please try again later.",
                status=409,
                kind=IDEMPOTENCY,
                code="idempotency_key_in_use",
            )
        return found.answer

    def finish(self, key: str, status: int, body: bytes) -> None:
        with self._lock:
            if key in self._kept:
                self._kept[key].answer = (status, body)

    def forget(self, key: str) -> None:
        with self._lock:
            self._kept.pop(key, None)
