"""What goes wrong in a call of Stripe, in our terms: refused, failed, or the customer is gone.

The SDK raises its own errors, and a wrong body also raises plain ValueErrors, KeyErrors and
TypeErrors. A newcomer's likely mistake: to catch the SDK's errors where it is called.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import ParamSpec, TypeVar

import stripe
import structlog

from devpilot.adapters.payment import CustomerGone, PaymentFailed, PaymentRefused

_NOT_KEPT = {HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
"""Answers that say that nothing was begun. Stripe forgets them; any other it repeats for a day."""

log = structlog.get_logger("devpilot")
Given = ParamSpec("Given")
Got = TypeVar("Got")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except stripe.InvalidRequestError as error:
        log.warning("payment_call", why="refused", code=error.code, param=error.param)
        gone = error.code == "resource_missing" and error.param == "customer"
        raise (CustomerGone if gone else PaymentRefused)(error.code) from error
    except stripe.StripeError as error:
        log.warning("payment_call", why=type(error).__name__, code=error.code)
        answered = error.http_status is not None and error.http_status not in _NOT_KEPT
        raise (PaymentRefused if answered else PaymentFailed)(type(error).__name__) from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        log.warning("payment_call", why="malformed", error=type(error).__name__)
        raise PaymentFailed("malformed") from error


def translated(call: Callable[Given, Got]) -> Callable[Given, Got]:
    """Wraps a method: whatever goes wrong in it is a PaymentFailed."""

    @functools.wraps(call)
    def wrapped(*args: Given.args, **kwargs: Given.kwargs) -> Got:
        with _translated():
            return call(*args, **kwargs)

    return wrapped
