"""What a test does at Stripe by hand: people, subscriptions, payments, all without HTTP.

Everything given back is a copy: change things through these functions. Moments are datetimes
or seconds since 1970. Each change makes the events that Stripe would make.
"""

import copy
from datetime import datetime
from typing import Any

from tests.stripe_server import buying, lifecycle, objects
from tests.stripe_server.objects import Json
from tests.stripe_server.store import Store

Moment = datetime | int


def seconds(moment: Moment) -> int:
    return moment if isinstance(moment, int) else int(moment.timestamp())


class Control:
    store: Store
    price_monthly: str
    price_yearly: str

    # What there is.

    @property
    def events(self) -> list[Json]:
        """All events, in the order in which they were made."""
        with self.store.lock:
            return copy.deepcopy(list(self.store.events.values()))

    def events_of(self, kind: str) -> list[Json]:
        return [each for each in self.events if each["type"] == kind]

    @property
    def customers(self) -> list[Json]:
        with self.store.lock:
            return copy.deepcopy(list(self.store.customers.values()))

    @property
    def sessions(self) -> list[Json]:
        """Checkout sessions, the oldest first."""
        with self.store.lock:
            return copy.deepcopy(list(self.store.sessions.values()))

    @property
    def subscriptions(self) -> list[Json]:
        """The oldest first."""
        with self.store.lock:
            return copy.deepcopy(list(self.store.subscriptions.values()))

    def customer(self, customer_id: str) -> Json:
        """A deleted one too: then a stub with `deleted`. Raises KeyError."""
        with self.store.lock:
            return copy.deepcopy(self.store.customers[customer_id])

    def subscription(self, subscription_id: str) -> Json:
        with self.store.lock:
            return copy.deepcopy(self.store.subscription(subscription_id))

    def session(self, session_id: str) -> Json:
        with self.store.lock:
            return copy.deepcopy(self.store.session(session_id))

    # People and what they buy.

    def create_customer(
        self, email: str | None = None, metadata: dict[str, str] | None = None
    ) -> Json:
        with self.store.lock:
            return copy.deepcopy(buying.create_customer(self.store, email, dict(metadata or {})))

    def delete_customer(self, customer_id: str) -> None:
        with self.store.lock:
            buying.delete_customer(self.store, self.store.customer(customer_id))

    def pay(self, session_id: str) -> Json:
        """The person pays at the checkout: the subscription."""
        with self.store.lock:
            return copy.deepcopy(buying.pay_session(self.store, self.store.session(session_id)))

    def expire(self, session_id: str) -> None:
        with self.store.lock:
            buying.expire_session(self.store, self.store.session(session_id))

    def subscribe(
        self,
        customer_id: str,
        price: str | None = None,
        *,
        status: str = "active",
        metadata: dict[str, str] | None = None,
        period: tuple[Moment, Moment] | None = None,
    ) -> Json:
        """A subscription without a checkout; to the monthly price unless another is named."""
        with self.store.lock:
            made = lifecycle.subscribe(
                self.store,
                self.store.customer(customer_id)["id"],
                self.store.price(price or self.price_monthly),
                status=status,
                metadata=metadata,
                period=(seconds(period[0]), seconds(period[1])) if period else None,
            )
            return copy.deepcopy(made)

    # What becomes of a subscription.

    def alter(
        self,
        subscription_id: str,
        *,
        price: str | None = None,
        period: tuple[Moment, Moment] | None = None,
        items: list[Json] | None = None,
        emit: bool = True,
        **fields: Any,
    ) -> Json:
        """Set anything, however unlikely: `status`, `cancel_at`, `metadata`, `customer`.

        `items` replaces `items.data` whole. One customer.subscription.updated tells it, or
        with `emit=False` nobody does.
        """
        with self.store.lock:
            found = self.store.subscription(subscription_id)
            before = copy.deepcopy(found)
            if items is not None:
                found["items"]["data"] = copy.deepcopy(items)
            for item in found["items"]["data"]:
                if price is not None:
                    objects.put_price(item, self.store.price(price))
                if period is not None:
                    item["current_period_start"] = seconds(period[0])
                    item["current_period_end"] = seconds(period[1])
            for name, value in fields.items():
                found[name] = seconds(value) if isinstance(value, datetime) else value
            if emit:
                previous = {n: v for n, v in before.items() if found[n] != v}
                self.store.emit("customer.subscription.updated", found, previous)
            return copy.deepcopy(found)

    def renew(self, subscription_id: str) -> Json:
        """The period ends, now if it was not over; what is scheduled to end, ends."""
        return self._act(lifecycle.renew, subscription_id)

    def fail_payment(self, subscription_id: str) -> Json:
        """A payment fails: of the open invoice, or of a renewal now. The fourth time ends it."""
        return self._act(lifecycle.fail_payment, subscription_id)

    def pay_invoice(self, subscription_id: str) -> Json:
        return self._act(lifecycle.pay_invoice, subscription_id)

    def schedule_end(self, subscription_id: str) -> Json:
        """Cancel at the period's end, as the portal does."""
        return self._act(lifecycle.schedule_end, subscription_id)

    def resume(self, subscription_id: str) -> Json:
        return self._act(lifecycle.resume, subscription_id)

    def switch(self, subscription_id: str, price: str) -> Json:
        with self.store.lock:
            found = self.store.subscription(subscription_id)
            item = found["items"]["data"][0]
            lifecycle.switch(self.store, found, item, self.store.price(price))
            return copy.deepcopy(found)

    def cancel(self, subscription_id: str, reason: str = "cancellation_requested") -> Json:
        """Cancel now."""
        with self.store.lock:
            found = self.store.subscription(subscription_id)
            lifecycle.end(self.store, found, reason=reason)
            return copy.deepcopy(found)

    def _act(self, move: Any, subscription_id: str) -> Json:
        with self.store.lock:
            found = self.store.subscription(subscription_id)
            move(self.store, found)
            return copy.deepcopy(found)

    # Anything else.

    def set_price(self, price: str, **fields: Any) -> Json:
        """Alter a price: `unit_amount`, `currency`, `active`, `recurring`."""
        with self.store.lock:
            found = self.store.prices[price]
            found.update(fields)
            found["unit_amount_decimal"] = str(found["unit_amount"])
            return copy.deepcopy(found)

    def emit(self, kind: str, about: Json, previous: Json | None = None) -> Json:
        """An event of any type about any object, such as one that the product does not know."""
        with self.store.lock:
            return copy.deepcopy(self.store.emit(kind, about, previous))
