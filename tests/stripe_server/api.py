"""One API request from its headers to its answer: key, version, idempotency, endpoint.

Knows nothing of sockets: `Api.answer` takes a request and returns a status, headers and bytes.
"""

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.stripe_server import accounts, checkouts, params, routing, subscriptions
from tests.stripe_server.errors import ApiError
from tests.stripe_server.idempotency import Keys
from tests.stripe_server.objects import API_VERSION, Json, new_id
from tests.stripe_server.store import Store

ENDPOINTS = (accounts, checkouts, subscriptions)
"""Imported for their routes."""


@dataclass(slots=True)
class Recorded:
    """A request as it came in. Names of headers are in lower case."""

    method: str
    path: str
    params: Json
    headers: Mapping[str, str]
    status: int = 0
    """What it was answered; 0 while it is not, or when a failure was asked for."""

    @property
    def idempotency_key(self) -> str:
        return self.headers.get("idempotency-key", "")


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    def __init__(self, store: Store, api_key: str) -> None:
        self.store = store
        self.api_key = api_key
        self.keys = Keys()
        self.crashes: list[str] = []
        """Faults of this server itself; closing it tells them."""

    def answer(self, asked: Recorded, pause: Callable[[], None] = lambda: None) -> Answer:
        """Carry it out. `pause` is called once the idempotency key is held."""
        request_id = new_id("req_", 14)
        made = self._answer(asked, request_id, pause)
        made.headers |= {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        if asked.idempotency_key:
            made.headers["Idempotency-Key"] = asked.idempotency_key
        return made

    def keep(self, asked: Recorded, status: int, body: bytes) -> None:
        """From now on this is the answer to the request's idempotency key."""
        self.keys.begin(asked.idempotency_key, asked.path, asked.params, self.store.now)
        self.keys.finish(asked.idempotency_key, status, body)

    def _answer(self, asked: Recorded, request_id: str, pause: Callable[[], None]) -> Answer:
        try:
            self._ensure_known(asked)
            if asked.method == "POST" and asked.idempotency_key:
                return self._once(asked, request_id, pause)
            pause()
            return self._carry_out(asked, request_id)
        except ApiError as error:
            return _refusal(error, request_id)
        except Exception:  # noqa: BLE001  whatever it is, the client gets a 500
            self.crashes.append(traceback.format_exc())
            return _refusal(
                ApiError("An unknown error occurred", status=500, kind="api_error"), request_id
            )

    def _once(self, asked: Recorded, request_id: str, pause: Callable[[], None]) -> Answer:
        key = asked.idempotency_key
        kept = self.keys.begin(key, asked.path, asked.params, self.store.now)
        if kept is not None:
            return Answer(*kept, {"Idempotent-Replayed": "true"})
        try:
            pause()
            made = self._carry_out(asked, request_id)
        except ApiError as error:
            if not error.began:
                self.keys.forget(key)
                raise
            made = _refusal(error, request_id)
        except BaseException:
            self.keys.forget(key)
            raise
        self.keys.finish(key, made.status, made.body)
        return made

    def _carry_out(self, asked: Recorded, request_id: str) -> Answer:
        found, names = routing.find(asked.method, asked.path)
        given = params.read(asked.params, found.spec, found.required)
        with self.store.lock:
            self.store.request = {
                "id": request_id,
                "idempotency_key": asked.idempotency_key or None,
            }
            try:
                made = found.endpoint(self.store, *names, given)
                made = routing.expanded(self.store, made, given.get("expand", []))
            finally:
                self.store.request = {"id": None, "idempotency_key": None}
        return Answer(200, _encoded(made))

    def _ensure_known(self, asked: Recorded) -> None:
        scheme, _, key = asked.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise ApiError(
                "You did not provide an API key. You need to provide your API key in the "
                "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
                "YOUR_SECRET_KEY').",
                status=401,
            )
        if key != self.api_key:
            raise ApiError(f"Invalid API Key provided: {key[:8]}{'*' * 12}{key[-4:]}", status=401)
        version = asked.headers.get("stripe-version", "")
        if version != API_VERSION:
            raise ApiError(
                f"Invalid Stripe API version: '{version}'. "
                f"This test server speaks {API_VERSION} alone; pin it."
            )


def _refusal(error: ApiError, request_id: str) -> Answer:
    return Answer(error.status, _encoded(error.body(request_id)))


def _encoded(answer: Json) -> bytes:
    return json.dumps(answer, indent=2).encode()
