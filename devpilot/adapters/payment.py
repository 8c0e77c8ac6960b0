"""What any payment provider says of a subscription, and how it fails.

The sandbox and Stripe both answer in these words, so billing has one code path for both. A
newcomer's likely mistake: letting a provider's own exception through; whoever asks knows
`PaymentFailed` alone.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SANDBOX, STRIPE, OPERATOR = "sandbox", "stripe", "operator"
"""Who says what a subscription is. An operator may open Pro on an installation of their own."""


class ProviderStatus(StrEnum):
    """A subscription's statuses. The words are Stripe's."""

    ACTIVE = "active"
    TRIALING = "trialing"
    PAST_DUE = "past_due"
    CANCELED = "canceled"
    UNPAID = "unpaid"
    PAUSED = "paused"
    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"


PAYING = frozenset({ProviderStatus.ACTIVE, ProviderStatus.TRIALING, ProviderStatus.PAST_DUE})
"""Pro is open. While a payment is tried again, too: a notice says so."""

WAITING = frozenset({ProviderStatus.UNPAID, ProviderStatus.PAUSED})
"""Pro is over, and the subscription is not: it goes on once its payment is brought in order."""


@dataclass(frozen=True, slots=True)
class ProviderSubscription:
    """What a provider says of one subscription at one moment."""

    provider: str
    customer: str
    subscription: str
    status: ProviderStatus
    interval: str
    period_start: datetime
    period_end: datetime
    cancel_at_period_end: bool = False

    @property
    def is_paying(self) -> bool:
        return self.status in PAYING

    @property
    def is_waiting(self) -> bool:
        return self.status in WAITING


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A page of the provider's where a customer can pay, until it is closed."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A message of the provider, whose signature was right.

    Only whom it concerns is believed; what is true of them now is asked for.
    """

    id: str
    type: str
    customer: str | None


class PaymentFailed(Exception):
    """The provider cannot be reached, refused, or gave no usable answer. Nothing is known."""


class PaymentRefused(PaymentFailed):
    """The provider answered, with an error. It repeats that for the same idempotency key."""


class CustomerGone(PaymentFailed):
    """The provider does not have this customer, or not any more."""


class Forged(Exception):
    """A message that the provider did not sign, or signed too long ago."""


class Unreadable(Exception):
    """A message that is signed, and is none."""
