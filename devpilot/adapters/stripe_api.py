"""Stripe, through its SDK: the few calls that billing makes, and the messages it sends.

Every failure becomes `PaymentFailed`, see `stripe_failures`. A newcomer's likely mistake: reading a
period from the subscription; it is on its item since API version "basil".
"""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

import stripe
import structlog

from devpilot.adapters.payment import (
    PAYING,
    STRIPE,
    WAITING,
    Forged,
    PaymentPage,
    ProviderEvent,
    ProviderStatus,
    ProviderSubscription,
    Unreadable,
)
from devpilot.adapters.stripe_failures import translated
from devpilot.adapters.stripe_http import BoundedClient, pause

API_VERSION = "2026-10-28.endive"
"""The version whose shapes this module reads; Stripe answers in it whatever the account's is."""

AGE = timedelta(minutes=5)
"""How far a signature's time may be from ours, either way. The SDK looks at the past alone."""

USER = "devpilot_user"
"""The name under which a customer at Stripe says which user of ours it is."""

_PAUSES = (0.1, 0.2, 0.4, 0.8)
_SIGNED_AT = re.compile(r"t=(\d{1,11}),", re.ASCII)
"""The time that was signed. The SDK reads the first `t`: so here it must be the first of all."""
_NO_CENTS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv",
     "xaf", "xof", "xpf"]
)  # fmt: skip
_RANKS = (
    {ProviderStatus.INCOMPLETE},
    {ProviderStatus.INCOMPLETE_EXPIRED},
    {ProviderStatus.CANCELED},
    WAITING,
    PAYING,
)
"""Which of several subscriptions is the customer's: a paying one, else one that waits to be paid,
else one that was paid once."""
log = structlog.get_logger("devpilot")
Got = TypeVar("Got")


class StripeApi:
    """Calls to one Stripe account. `prices` are by interval; the first of each is sold.

    Further ones were sold once, and whoever pays them is on Pro like everyone.
    """

    def __init__(
        self, secret_key: str, webhook_secret: str, prices: dict[str, tuple[str, ...]], base: str
    ) -> None:
        self._secret = webhook_secret
        self._prices = prices
        self._interval_of = {price: name for name, all_ in prices.items() for price in all_}
        self._http = BoundedClient()
        self._client = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": base} if base else {},
            max_network_retries=0,
            http_client=self._http,
        )

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """All calls in the block take no longer than this together."""
        return self._http.within(seconds)

    @translated
    def create_customer(self, email: str, user: str, *, key: str) -> str:
        """The identifier of the customer that this user is from now on.

        The same `key` gives the same one, however often and from wherever it is asked; while
        another tab is asking, Stripe says so, and knows the answer a moment later. A refusal
        is repeated, too: after PaymentRefused, another key is needed.
        """
        create = self._client.v1.customers.create
        made = _when_free(
            lambda: create({"email": email, "metadata": {USER: user}}, {"idempotency_key": key})
        )
        return _text(made.id)

    @translated
    def customers(self) -> list[tuple[str, str]]:
        """Every customer that we made, as (customer, user); the newest first."""
        listed = self._client.v1.customers.list({"limit": 100})
        if not isinstance(listed.data, list):
            raise TypeError("no list")
        found = [(one.id, one.to_dict()["metadata"]) for one in listed.auto_paging_iter()]
        return [(_text(name), about[USER]) for name, about in found if USER in about]

    @translated
    def open_checkout(
        self, customer: str, interval: str, *, success: str, cancel: str, key: str
    ) -> PaymentPage:
        """Where this customer pays. Earlier pages that were left open are closed: whoever pays
        at two would pay twice.
        """
        create = self._client.v1.checkout.sessions.create
        made = _when_free(
            lambda: create(
                {
                    "mode": "subscription",
                    "customer": customer,
                    "line_items": [{"price": self._prices[interval][0], "quantity": 1}],
                    "success_url": success,
                    "cancel_url": cancel,
                },
                {"idempotency_key": key},
            )
        )
        opened = PaymentPage(_text(made.id), _address(made.url))
        self._close_all(customer, but=opened.id)
        return opened

    @translated
    def close_checkout(self, page: str) -> None:
        """Nobody can pay there any more, unless somebody did."""
        self._close(page)

    @translated
    def close_checkouts(self, customer: str) -> None:
        """The same for every page that this customer has open."""
        self._close_all(customer)

    def _close_all(self, customer: str, but: str = "") -> None:
        listed = self._client.v1.checkout.sessions.list(
            {"customer": customer, "status": "open", "limit": 100}
        )
        for session in listed.data:
            if session.id != but:
                self._close(session.id)

    def _close(self, page: str) -> None:
        with suppress(stripe.InvalidRequestError):  # paid or closed meanwhile
            self._client.v1.checkout.sessions.expire(page)

    @translated
    def open_portal(self, customer: str, *, back: str) -> str:
        """The address where this customer manages and ends the subscription."""
        made = self._client.v1.billing_portal.sessions.create(
            {"customer": customer, "return_url": back}
        )
        return _address(made.url)

    @translated
    def current(self, customer: str) -> ProviderSubscription | None:
        """What the customer's subscription is now; None where none of ours was ever begun."""
        listed = self._client.v1.subscriptions.list(
            {"customer": customer, "status": "all", "limit": 100}
        )
        if not isinstance(listed.data, list):  # it would pass for a customer who never paid
            raise TypeError("no list")
        found = [self._read(one, customer) for one in listed.auto_paging_iter()]
        ours = [one for one in found if one is not None]
        if sum(one.is_paying for one in ours) > 1:
            log.error("paid_twice", customer=customer)
        return max(ours, key=_rank, default=None)

    def _read(self, given: Any, customer: str) -> ProviderSubscription | None:  # noqa: ANN401  the SDK's object
        subscription = given.to_dict()
        items = subscription["items"]["data"]
        item = next((one for one in items if one["price"]["id"] in self._interval_of), None)
        if item is None:
            log.warning("other_price", customer=customer, subscription=subscription["id"])
            return None
        ends = [item["current_period_end"], *map(subscription.get, ("cancel_at", "ended_at"))]
        start = item["current_period_start"]
        return ProviderSubscription(
            provider=STRIPE,
            customer=customer,
            subscription=_text(subscription["id"]),
            status=ProviderStatus(subscription["status"]),
            interval=self._interval_of[item["price"]["id"]],
            period_start=_moment(start),
            period_end=_moment(max(start, min(end for end in ends if end is not None))),
            # With flexible billing the portal sets `cancel_at` alone: either counts.
            cancel_at_period_end=subscription.get("cancel_at") is not None
            or bool(subscription["cancel_at_period_end"]),
        )

    @translated
    def prices(self) -> dict[str, str]:
        """What a month and a year cost, such as "12.00 EUR", by interval."""
        return {name: self._price(all_[0]) for name, all_ in self._prices.items()}

    def _price(self, identifier: str) -> str:
        price = self._client.v1.prices.retrieve(identifier)
        if price.unit_amount is None:
            raise ValueError(identifier)
        if price.currency in _NO_CENTS:
            return f"{price.unit_amount:,} {price.currency.upper()}"
        return f"{price.unit_amount / 100:,.2f} {price.currency.upper()}"

    def event(self, body: bytes, signature: str, at: datetime) -> ProviderEvent:
        """Whom a message concerns. Raises Forged or Unreadable."""
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._secret, tolerance=None)
        except (stripe.SignatureVerificationError, ValueError, TypeError) as error:
            raise Forged(type(error).__name__) from error
        signed_at = _SIGNED_AT.match(signature)
        if signed_at is None or abs(at - datetime.fromtimestamp(int(signed_at[1]), UTC)) > AGE:
            raise Forged("age")
        try:
            return _event(json.loads(body))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unreadable(type(error).__name__) from error


def _when_free(call: Callable[[], Got]) -> Got:
    """Call it again while another call with the same key is under way."""
    for seconds in _PAUSES:
        try:
            return call()
        except stripe.StripeError as error:
            if error.http_status != HTTPStatus.CONFLICT:
                raise
        pause(seconds)
    return call()


def _event(message: Any) -> ProviderEvent:  # noqa: ANN401  JSON
    about = message["data"]["object"]
    customer = about.get("id") if about.get("object") == "customer" else about.get("customer")
    if isinstance(customer, dict):  # expanded
        customer = customer["id"]
    return ProviderEvent(
        _text(message["id"]), _text(message["type"])[:100], _text(customer) if customer else None
    )


def _rank(one: ProviderSubscription) -> tuple[int, datetime]:
    """The higher of two is the customer's; of two alike, the one whose period began last."""
    return next(n for n, alike in enumerate(_RANKS) if one.status in alike), one.period_start


def _text(value: object) -> str:
    if isinstance(value, str) and 0 < len(value) <= 255 and value.isascii() and value.isprintable():
        return value
    raise ValueError("no identifier")


def _address(value: object) -> str:
    ours = isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value
    if ours and str(value).startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        return str(value)
    raise ValueError("no address")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
