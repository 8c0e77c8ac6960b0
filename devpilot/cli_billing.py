"""`flask devpilot plans`, `subscription` and `reconcile`: money, as an operator sees it."""

from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import inspect, select

from devpilot import clock
from devpilot.adapters.payment import OPERATOR
from devpilot.db import reading, session, transaction
from devpilot.errors import InvalidInput
from devpilot.models import Plan, PlanCode, Subscription
from devpilot.services import identity, payment_messages, subscriptions
from devpilot.services.customers import Provider

LIMITS = tuple(
    column.name
    for column in inspect(Plan).columns
    if column.type.python_type is int and column.name != "id"
)
MOST = 2**31 - 1
"""What the columns hold on every database."""


def init_app(app: Flask) -> None:
    group = app.cli.commands["devpilot"]
    assert isinstance(group, AppGroup)  # noqa: S101  made by `cli` a moment ago
    group.add_command(show_plans)
    group.add_command(subscription)
    group.add_command(reconcile)


@click.command("plans")
@click.argument("code", required=False, type=click.Choice([code.value for code in PlanCode]))
@click.argument("changes", nargs=-1, metavar="[LIMIT=NUMBER]...")
@with_appcontext
def show_plans(code: str | None, changes: tuple[str, ...]) -> None:
    """Print the plans; with a plan and LIMIT=NUMBER, change its limits.

    A limit counts from the next action on. `none` stands for unlimited.
    """
    with transaction():
        for plan in session().scalars(select(Plan).order_by(Plan.storage_bytes)):
            if code in {None, plan.code.value}:
                for change in changes:
                    _set_limit(plan, change)
                click.echo(f"{plan.name} ({plan.code})")
                for name in LIMITS:
                    value = getattr(plan, name)
                    click.echo(f"    {name}: {'none' if value is None else value}")


def _set_limit(plan: Plan, change: str) -> None:
    name, _, value = change.partition("=")
    if name not in LIMITS:
        raise click.UsageError(f"{name}: not a limit; use one of {', '.join(LIMITS)}.")
    if value == "none" and inspect(Plan).columns[name].nullable:
        setattr(plan, name, None)
    elif value.isascii() and value.isdigit() and len(value) < 11 and int(value) <= MOST:
        setattr(plan, name, int(value))
    else:
        raise click.UsageError(f"{name}: {value!r} is not a whole number from 0 to {MOST}.")


@click.group("subscription")
def subscription() -> None:
    """See a user's subscription, or set it on an installation without a payment provider."""


@subscription.command("show")
@click.argument("email")
@with_appcontext
def show_subscription(email: str) -> None:
    """Print what is known of a user's subscription."""
    with reading():
        _echo(_subscription_of(email))


@subscription.command("set")
@click.argument("email")
@click.argument("plan", type=click.Choice([code.value for code in PlanCode]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of Pro, in UTC.")
@with_appcontext
def set_subscription(email: str, plan: str, until: datetime | None) -> None:
    """Open Pro until a day, or end it. Nothing that was written is touched."""
    now = clock.now()
    try:
        with transaction():
            found = _subscription_of(email, hold=True)
            if plan == PlanCode.PRO:
                if until is None:
                    raise click.UsageError("--until: say until which day, such as 2030-12-31.")
                end = until.replace(hour=23, minute=59, second=59, tzinfo=UTC)
                subscriptions.open_by_operator(found, end, now)
            else:
                subscriptions.end_by_operator(found, now)
            session().flush()
            _echo(found)
    except InvalidInput as error:
        raise click.ClickException(" ".join(p.message for p in error.problems)) from error


def _subscription_of(email: str, *, hold: bool = False) -> Subscription:
    user = identity.find_by_email(email)
    if user is None:
        raise click.ClickException(f"{email}: there is no such account.")
    if hold:
        subscriptions.hold(user.id)
    return subscriptions.subscription_of(user.id)


def _echo(found: Subscription) -> None:
    click.echo(f"state: {found.state}")
    if found.current_period_start and found.current_period_end:
        click.echo(f"period: {found.current_period_start:%Y-%m-%d %H:%M} UTC")
        click.echo(f"    to: {found.current_period_end:%Y-%m-%d %H:%M} UTC")
        if found.provider != OPERATOR:
            click.echo(f"cancelled at its end: {'yes' if found.cancel_at_period_end else 'no'}")
            click.echo(f"payment failed: {'yes' if found.past_due else 'no'}")
        click.echo(f"provider: {found.provider} {found.provider_subscription}".rstrip())


@click.command("reconcile")
@with_appcontext
def reconcile() -> None:
    """Compare every subscription with Stripe, and repair ours. Exits 1 if one was not known.

    For a lost message, or after a restore. Run it as often as you like.
    """
    provider: Provider | None = current_app.extensions["devpilot_payments"]
    if provider is None:
        raise click.ClickException("There is no STRIPE_SECRET_KEY, so nobody to compare with.")
    counted = {"same": 0, "repaired": 0, "unknown": 0}
    for user, outcome in payment_messages.reconcile(provider, clock.now()):
        counted[outcome] += 1
        if outcome != "same":
            click.echo(f"{outcome}: {user}")
    click.echo(", ".join(f"{number} {outcome}" for outcome, number in counted.items()))
    if counted["unknown"]:
        raise click.ClickException("Stripe did not answer for some. Run this again later.")
