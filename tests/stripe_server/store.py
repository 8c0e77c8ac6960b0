"""Everything that this Stripe knows, in memory, and the events that came of it.

A newcomer's likely mistake: reading or changing it without `lock`. Each request and each call
of the control interface holds it whole, so what one of them sees is true.
"""

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.stripe_server import objects
from tests.stripe_server.errors import missing
from tests.stripe_server.objects import Json


class Store:
    def __init__(self, clock: Callable[[], int], billing_mode: str) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.billing_mode = billing_mode
        self.base = ""
        """Where pages are served, for the addresses in sessions."""
        self.on_event: Callable[[Json], None] | None = None
        self.has_webhook = False
        self.request: Json = {"id": None, "idempotency_key": None}
        """What causes the events of this moment: an API request, or nothing."""
        self.prices: dict[str, Json] = {}
        self.products: dict[str, Json] = {}
        self.clear()

    def clear(self) -> None:
        """Forget everybody; the product and its prices stay."""
        self.customers: dict[str, Json] = {}
        self.sessions: dict[str, Json] = {}
        self.line_items: dict[str, Json] = {}
        self.portals: dict[str, Json] = {}
        self.subscriptions: dict[str, Json] = {}
        self.invoices: dict[str, Json] = {}
        self.events: dict[str, Json] = {}

    @property
    def now(self) -> int:
        return self.clock()

    def price(self, name: str, param: str = "id") -> Json:
        if name not in self.prices:
            raise missing("price", name, param)
        return self.prices[name]

    def customer(self, name: str, param: str = "id") -> Json:
        """A customer who is not deleted."""
        found = self.customers.get(name)
        if found is None or found.get("deleted"):
            raise missing("customer", name, param)
        return found

    def subscription(self, name: str) -> Json:
        if name not in self.subscriptions:
            raise missing("subscription", name)
        return self.subscriptions[name]

    def session(self, name: str) -> Json:
        if name not in self.sessions:
            raise missing("checkout.session", name)
        return self.sessions[name]

    def subscriptions_of(self, customer_id: str) -> list[Json]:
        return [each for each in self.subscriptions.values() if each["customer"] == customer_id]

    def emit(self, kind: str, about: Json, previous: Json | None = None) -> Json:
        """Make an event of the object as it is now, keep it and send it out."""
        made = objects.event(
            self.now, kind, copy.deepcopy(about), previous, webhooks=int(self.has_webhook)
        )
        made["request"] = dict(self.request)
        self.events[made["id"]] = made
        if self.on_event is not None:
            self.on_event(made)
        return made

    @contextmanager
    def changing(self, about: Json, kind: str = "customer.subscription.updated") -> Iterator[Json]:
        """What differs at the end of the block is told by one event, if anything does."""
        before = copy.deepcopy(about)
        yield about
        names = [*before, *(name for name in about if name not in before)]
        previous = {n: before.get(n) for n in names if before.get(n) != about.get(n)}
        if previous:
            self.emit(kind, about, previous)

    def by_id(self, name: str) -> Json | None:
        """Any object, for `expand`."""
        for kept in (
            self.customers, self.products, self.prices, self.sessions, self.subscriptions,
            self.invoices,
        ):  # fmt: skip
            if name in kept:
                return kept[name]
        return None
