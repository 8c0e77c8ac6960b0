"""The billing page, going to pay, and the provider's messages; the sandbox where no money moves."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, g, make_response, request, url_for
from flask.typing import ResponseReturnValue

from devpilot import clock, gate
from devpilot.adapters.payment import Forged, ProviderEvent, Unreadable
from devpilot.adapters.sandbox import SandboxEvent
from devpilot.answers import Answer, go, page
from devpilot.enforce import enforce
from devpilot.errors import (
    AuthenticationRequired,
    BillingUnavailable,
    InvalidInput,
    NotFound,
    Problem,
    SubscriptionRequired,
)
from devpilot.models import Account, Interval
from devpilot.pages import ending, prices
from devpilot.remembered import FIELD
from devpilot.services import customers, payment_messages, payments, subscriptions
from devpilot.services.customers import Heard
from devpilot.services.payments import Elsewhere, PaysAlready, Wish
from devpilot.states import SubscriptionState

if TYPE_CHECKING:
    from devpilot.adapters.stripe_api import StripeApi

bp = Blueprint("billing", __name__)

TO_PROVIDER = gate.Rate("payment", 60, 3600, per="session")
"""Each asks Stripe several times, and holds a thread meanwhile."""


@dataclass(frozen=True, slots=True)
class BillingForm:
    """What a billing form posts; each form uses its own of the two fields."""

    event: str
    interval: str


def provider() -> "StripeApi | None":
    """Stripe, where it is configured."""
    found: StripeApi | None = current_app.extensions["devpilot_payments"]
    return found


def read_form(_user: Account, pairs: list[tuple[str, str]]) -> BillingForm:
    fields = dict(reversed(pairs))
    return BillingForm(fields.get("event", ""), fields.get("interval", "monthly"))


def ensure_event(_user: Account, form: BillingForm | None = None) -> None:
    if form is not None and form.event not in set(SandboxEvent):
        known = ", ".join(SandboxEvent)
        raise InvalidInput("billing", [Problem("event", f"Choose one of: {known}.")])


def ensure_interval(_user: Account, form: BillingForm | None = None) -> None:
    if form is not None and form.interval not in set(Interval):
        raise InvalidInput("billing", [Problem("interval", "Choose monthly or yearly.")])


def ensure_sandbox(_user: Account, _form: object = None) -> None:
    """Where the sandbox is off, its address does not exist."""
    if not gate.settings().billing_sandbox:
        raise NotFound


def ensure_provider(_resource: object, _form: object = None) -> None:
    if provider() is None and not gate.settings().billing_sandbox:
        raise BillingUnavailable


def ensure_not_paying(_user: Account, _form: object = None) -> None:
    """Nobody pays twice."""
    if g.act.standing.is_paid:
        raise InvalidInput(
            "billing",
            [Problem("interval", "You are on Pro already.")],
            "You are on Pro already, so there is nothing to pay.",
            "Nothing was changed. See Billing for your period, and for how to change or end it.",
        )


def ensure_has_been_customer(user: Account, _form: object = None) -> None:
    known = user.subscription_state is not SubscriptionState.FREE
    if not (known if provider() is None else customers.customer_of(user.id)):
        raise SubscriptionRequired(
            "There is no subscription of yours to manage yet.",
            "Start Pro on the Billing page first.",
        )


@bp.get("/billing")
@enforce(prepares=prices.prepare)
def show(user: Account, costs: dict[str, str] | None = None) -> ResponseReturnValue:
    return page(
        "billing/show.html",
        standing=g.act.standing,
        subscription=subscriptions.subscription_of(user.id),
        sandbox=gate.settings().billing_sandbox,
        stops=ending.what_stops(g.act.standing) if g.act.standing.is_paid else [],
        prices=costs,
    )


def begin_checkout(
    user: Account, form: BillingForm
) -> Callable[[], Elsewhere | PaysAlready] | None:
    """Open a payment page at Stripe; the sandbox is a page of our own."""
    stripe = provider()
    if stripe is None:
        return None
    customer = customers.customer_of(user.id)
    wish = Wish(
        form.interval,
        success=f"{_outside('billing.returned')}?session_id={{CHECKOUT_SESSION_ID}}",
        back=_outside("billing.show"),
        # The form sent twice is one intent; a form drawn anew is another.
        intent=f"{request.form.get(FIELD) or secrets.token_hex(16)} {form.interval}",
    )
    return lambda: payments.checkout(stripe, user.id, user.email, customer, wish)


@bp.post("/billing/checkout")
@enforce(
    reads=read_form,
    fields=("interval",),
    invariants=(ensure_interval, ensure_provider, ensure_not_paying),
    keyed=True,
    rates=(TO_PROVIDER,),
    prepares=begin_checkout,
)
def checkout(
    _user: Account, form: BillingForm, found: Elsewhere | PaysAlready | None = None
) -> Answer:
    if found is None:
        return Answer(url_for("billing.sandbox", interval=form.interval))
    if isinstance(found, PaysAlready):
        customers.take(found.heard, clock.now())
        return go("billing.show")
    return Answer(found.address)


def begin_portal(user: Account, _form: object) -> Callable[[], str] | None:
    stripe, customer = provider(), customers.customer_of(user.id)
    if stripe is None or customer is None:
        return None
    back = _outside("billing.show")
    return lambda: payments.portal(stripe, customer, back)


@bp.post("/billing/portal")
@enforce(
    invariants=(ensure_provider, ensure_has_been_customer),
    rates=(TO_PROVIDER,),
    prepares=begin_portal,
)
def portal(_user: Account, address: str = "") -> Answer:
    return Answer(address or url_for("billing.sandbox"))


@bp.get("/billing/return")
@enforce()
def returned(_user: Account) -> ResponseReturnValue:
    """Where the provider sends people after paying. Its message opens Pro, not this page."""
    return page("billing/return.html", standing=g.act.standing)


def signed_by_provider() -> ProviderEvent:
    """Stage 1 of a message: its signature. Raises AuthenticationRequired and others."""
    stripe = provider()
    if stripe is None:
        raise BillingUnavailable
    signature = request.headers.get("Stripe-Signature", "")
    try:
        return stripe.event(request.get_data(), signature, clock.now())
    except Forged:
        raise AuthenticationRequired(
            "This message does not carry the provider’s signature, or an old one.",
            "Check STRIPE_WEBHOOK_SECRET and both clocks.",
        ) from None
    except Unreadable:
        raise InvalidInput(
            "billing", [Problem("request", "This is signed, and is no event of Stripe’s.")]
        ) from None


def ask_provider(event: ProviderEvent, _form: object) -> Callable[[], Heard] | None:
    """What is true of the customer now, unless the message was dealt with or is no concern."""
    stripe = provider()
    if stripe is None or event.customer is None or payment_messages.is_known(event):
        return None
    user_id = customers.user_of(event.customer)
    if user_id is None or not payment_messages.concerns_subscription(event):
        return None
    customer = event.customer
    return lambda: payment_messages.ask_for_message(stripe, user_id, customer)


@bp.post("/billing/webhook")
@enforce(
    signed=signed_by_provider,
    fields=None,  # the raw body is the message, whatever its type says
    prepares=ask_provider,
)
def webhook(event: ProviderEvent, heard: Heard | None = None) -> ResponseReturnValue:
    payment_messages.deal_with(event, heard, clock.now())
    return make_response("ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"})


@bp.get("/billing/sandbox")
@enforce(invariants=(ensure_sandbox,))
def sandbox(_user: Account) -> ResponseReturnValue:
    interval = request.args.get("interval", "")
    return page(
        "billing/sandbox.html",
        standing=g.act.standing,
        interval=interval if interval in set(Interval) else Interval.MONTHLY,
        stops=ending.what_stops(g.act.standing) if g.act.standing.is_paid else [],
    )


@bp.post("/billing/sandbox")
@enforce(
    reads=read_form,
    fields=("event", "interval"),
    invariants=(ensure_sandbox, ensure_event, ensure_interval),
    keyed=True,
)
def sandbox_event(user: Account, form: BillingForm) -> Answer:
    subscriptions.sandbox_event(
        subscriptions.subscription_of(user.id),
        SandboxEvent(form.event),
        Interval(form.interval),
        clock.now(),
    )
    return go("billing.show")


def _outside(endpoint: str) -> str:
    """A page's whole address, as people reach it."""
    base = gate.settings().base_url or request.host_url.rstrip("/")
    return base + url_for(endpoint)
