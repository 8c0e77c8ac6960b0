"""The billing page, and the sandbox where no money moves."""

from dataclasses import dataclass

from flask import Blueprint, g, request, url_for
from flask.typing import ResponseReturnValue

from devpilot import clock, gate
from devpilot.adapters.sandbox import SandboxEvent
from devpilot.answers import Answer, go, page
from devpilot.enforce import enforce
from devpilot.errors import BillingUnavailable, InvalidInput, NotFound, Problem
from devpilot.models import Account, Interval
from devpilot.services import billing

bp = Blueprint("billing", __name__)


@dataclass(frozen=True, slots=True)
class BillingForm:
    """What a billing form posts; each form uses its own of the two fields."""

    event: str
    interval: str


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


def ensure_provider(_user: Account, _form: object = None) -> None:
    if not gate.settings().billing_sandbox:
        raise BillingUnavailable


@bp.get("/billing")
@enforce()
def show(user: Account) -> ResponseReturnValue:
    return page(
        "billing/show.html",
        standing=g.act.standing,
        subscription=billing.subscription_of(user.id),
        sandbox=gate.settings().billing_sandbox,
    )


@bp.post("/billing/checkout")
@enforce(
    reads=read_form,
    fields=("interval",),
    invariants=(ensure_interval, ensure_provider),
    keyed=True,
)
def checkout(_user: Account, form: BillingForm) -> Answer:
    return Answer(url_for("billing.sandbox", interval=form.interval))


@bp.get("/billing/sandbox")
@enforce(invariants=(ensure_sandbox,))
def sandbox(_user: Account) -> ResponseReturnValue:
    interval = request.args.get("interval", "")
    return page(
        "billing/sandbox.html",
        standing=g.act.standing,
        interval=interval if interval in set(Interval) else Interval.MONTHLY,
    )


@bp.post("/billing/sandbox")
@enforce(
    reads=read_form,
    fields=("event", "interval"),
    invariants=(ensure_sandbox, ensure_event, ensure_interval),
    keyed=True,
)
def sandbox_event(user: Account, form: BillingForm) -> Answer:
    billing.sandbox_event(
        billing.subscription_of(user.id),
        SandboxEvent(form.event),
        Interval(form.interval),
        clock.now(),
    )
    return go("billing.show")
