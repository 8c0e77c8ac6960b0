"""What a person has used and may use, asked of the services and of the rows themselves.

A newcomer's likely mistake: asking for a person's only row of a kind. Each month has its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select

from devpilot import clock, gate
from devpilot.db import reading, rows, transaction
from devpilot.models import Account, Reservation, Usage, UsageType
from devpilot.models.account import BY_TOKEN, account_of
from devpilot.services import billing, identity, metering
from devpilot.services.metering import Allowance
from tests.browser import Browser

SUGGESTION, REGENERATION = UsageType.AI_SUGGESTION, UsageType.AI_REGENERATION
RESTART, STORAGE = UsageType.RESTART, UsageType.STORAGE


@contextmanager
def as_person(app: Flask, person: Browser, *, write: bool = False) -> Iterator[Account]:
    """A transaction with the person's account, also when their session has ended."""
    with person.client.session_transaction() as cookie:
        token = cookie[gate.TOKEN]
    with app.app_context(), transaction() if write else reading():
        by = BY_TOKEN, {"token_hash": identity.token_hash(token)}
        yield account_of(rows(*by).one())


def allowance(account: Account, kind: UsageType) -> Allowance:
    standing = billing.standing_of(account, clock.now())
    return metering.allowance_of(account, kind, standing.plan, standing.paid_since)


def use(app: Flask, person: Browser, kind: UsageType, times: int = 1) -> None:
    """Count so many uses, as stage 8 does."""
    with as_person(app, person, write=True) as account:
        for _ in range(times):
            metering.count_one(account.id, allowance(account, kind))


def left(app: Flask, person: Browser, kind: UsageType) -> int:
    with as_person(app, person) as account:
        return allowance(account, kind).left


def periods(app: Flask, person: Browser, kind: UsageType) -> list[tuple]:
    """Each counted period: its start, its end and its count; the earliest first."""
    mine = select(Usage.period_start, Usage.period_end, Usage.count).where(
        Usage.user_id == person.user_id, Usage.type == kind
    )
    with app.app_context(), reading() as session:
        return [tuple(row) for row in session.execute(mine.order_by(Usage.period_start))]


def counts(app: Flask, person: Browser, kind: UsageType) -> list[int]:
    return [count for _, _, count in periods(app, person, kind)]


def reserved(app: Flask, person: Browser) -> list[UsageType]:
    """What is held for the person, expired or not."""
    mine = select(Reservation.type).where(Reservation.user_id == person.user_id)
    with app.app_context(), reading() as session:
        return list(session.scalars(mine))
