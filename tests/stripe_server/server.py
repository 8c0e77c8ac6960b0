"""The server as a test holds it: where it listens, its secrets, its clock, what goes wrong."""

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Self

from tests.stripe_server import objects, webhooks
from tests.stripe_server.api import Recorded
from tests.stripe_server.control import Control, Moment, seconds
from tests.stripe_server.failures import EXECUTED, Failure
from tests.stripe_server.front import Front
from tests.stripe_server.listener import Listener
from tests.stripe_server.objects import API_VERSION, Json, new_id
from tests.stripe_server.store import Store
from tests.stripe_server.webhooks import Deliverer, Delivery


def real_time() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


class StripeServer(Control):
    """A Stripe on a free port of 127.0.0.1, with one product and two prices.

    `clock` is what it reads the time from; `now` may be set on top of that. With a
    `webhook_url`, events are delivered there as they are made; without, a test delivers them
    itself: see `signed`. Billing is "flexible", where the portal sets `cancel_at` alone, or
    "classic".
    """

    api_version = API_VERSION

    def __init__(
        self,
        webhook_url: str | None = None,
        *,
        port: int = 0,
        clock: Callable[[], datetime] = real_time,
        billing_mode: str = "flexible",
    ) -> None:
        self.api_key = new_id("sk_test_")
        self.webhook_secret = new_id("whsec_", 32)
        self._clock = clock
        self._shift = 0.0
        self._port = port
        self._listener: Listener | None = None
        self.store = Store(lambda: int(self.now.timestamp()), billing_mode)
        self._make_prices()
        self._deliverer = Deliverer(lambda: self.webhook_secret, lambda: self.store.now)
        self.store.on_event = self._deliverer.send
        self.webhook_url = webhook_url
        self._front = Front(self.store, self.api_key)
        self.start()

    def _make_prices(self) -> None:
        product = objects.product(self.store.now, "DevPilot Pro")
        self.store.products[product["id"]] = product
        for interval, amount in (("month", 1900), ("year", 19000)):
            made = objects.price(self.store.now, product["id"], interval, amount, "eur")
            self.store.prices[made["id"]] = made
        self.price_monthly, self.price_yearly = self.store.prices
        self._sold = copy.deepcopy(self.store.prices)

    # Up and down.

    def start(self) -> None:
        """Listen; after `stop`, on the same port again."""
        if self._listener is None:
            self._listener = Listener(self._port, self._front.serve)
            self._port = self._listener.port
            self.store.base = self.url

    def stop(self) -> None:
        """Listen no more: connections are refused. Nothing is forgotten."""
        self._front.failures.clear()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def close(self) -> None:
        """End for good. Raises RuntimeError when this server itself had a fault."""
        self._deliverer.close()
        self.stop()
        self._front.close()
        if self._front.api.crashes:
            crashes = "\n".join(self._front.api.crashes)
            raise RuntimeError(f"a fault of the test server:\n{crashes}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reset(self) -> None:
        """Forget people, events, requests, failures, the moved clock and altered prices."""
        self._deliverer.clear()
        with self.store.lock:
            self._front.clear()
            self.store.clear()
            self.store.prices = copy.deepcopy(self._sold)
            self._shift = 0.0
        self.start()

    @property
    def url(self) -> str:
        """The base address of the API; pages are below it too."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock().timestamp() + self._shift, UTC)

    @now.setter
    def now(self, moment: Moment) -> None:
        """Time goes on from here. Nothing is renewed by itself."""
        self._shift = seconds(moment) - self._clock().timestamp()

    # Events on their way.

    @property
    def webhook_url(self) -> str | None:
        return self._deliverer.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._deliverer.url = url
        self.store.has_webhook = url is not None

    @property
    def deliveries(self) -> list[Delivery]:
        """Every try to deliver an event, with the status that came back."""
        return list(self._deliverer.done)

    def wait_for_deliveries(self, timeout: float = 10) -> None:
        """Until all events were delivered or given up. Raises TimeoutError."""
        if not self._deliverer.wait(timeout):
            raise TimeoutError("events are still on their way")

    def signed(
        self, event: Json, *, at: Moment | None = None, secret: str | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery, at `now` with the true secret unless told otherwise."""
        payload = webhooks.encoded(event)
        moment = self.store.now if at is None else seconds(at)
        return payload, webhooks.headers(payload, secret or self.webhook_secret, moment)

    # What was asked, and what goes wrong.

    @property
    def requests(self) -> list[Recorded]:
        """Requests to the API, in the order of their arrival."""
        return self._front.requests

    @property
    def strayed(self) -> list[Recorded]:
        """Requests that followed a redirect to the other host."""
        return self._front.strayed

    def mend(self) -> None:
        """Nothing goes wrong any more, and whatever waits is released."""
        self._front.failures.clear()

    def asked(self, method: str, path: str) -> list[Recorded]:
        """The recorded requests of this method and exact path."""
        return [each for each in self.requests if (each.method, each.path) == (method, path)]

    def fail(
        self,
        path: str,
        how: int | str,
        *,
        method: str | None = None,
        times: int | None = 1,
        executed: bool | None = None,
        seconds: float = 0.05,
        size: int = 32 * 1024 * 1024,
        body: bytes = b"[]",
    ) -> Failure:
        """The next `times` requests (None: all) that meet `path` go wrong.

        `path` may hold wildcards, as in `/v1/customers*`. `how` is a status with Stripe's
        error, or one of `failures.HOWS`. `executed`: whether it is carried out all the same.
        """
        carried_out = how in EXECUTED if executed is None else executed
        made = Failure(path, how, method, times, carried_out, seconds, size, body)
        self._front.failures.add(made)
        return made

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Connections are refused within the block."""
        self.stop()
        yield
        self.start()
