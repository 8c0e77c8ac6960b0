"""What Pro costs, as the provider says: asked for now and then, and never by a page in vain."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from flask import current_app

from devpilot import clock
from devpilot.adapters.payment import PaymentFailed
from devpilot.services.customers import Provider

KEPT = timedelta(hours=1)
FAILED_KEPT = timedelta(minutes=1)
"""Before a provider that did not answer is asked again: each page would wait for it."""

log = structlog.get_logger("devpilot")


@dataclass(slots=True)
class Prices:
    """The provider's prices, by interval; None where they are not known."""

    provider: Provider | None
    known: dict[str, str] | None = None
    until: datetime = field(default_factory=clock.now)

    def ask(self) -> dict[str, str] | None:
        if self.provider is None:
            return None
        self.until = clock.now() + FAILED_KEPT  # one page waits, and the others go without
        try:
            self.known = self.provider.prices()
            self.until = clock.now() + KEPT
        except PaymentFailed:
            log.warning("prices_unknown")
        return self.known


def prepare(*_of_page: object) -> Callable[[], dict[str, str] | None] | None:
    """What a page that shows prices calls before it is drawn; nothing where none are sold."""
    prices: Prices = current_app.extensions["devpilot_prices"]
    if prices.provider is None:
        return None
    return (lambda: prices.known) if clock.now() < prices.until else prices.ask
