"""People and what they own, for every request that the table of permissions is made of.

One database, arranged once: whoever owns something here is on Free, so that a standing can be
given to them before each request. Nobody on Free can have completed a revision; an account
that could is what shows which stage refuses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from devpilot import clock
from devpilot.adapters.payment import SANDBOX, ProviderStatus, ProviderSubscription
from devpilot.app import create_app
from devpilot.db import db, reading, transaction
from devpilot.models import Plan, Subscription
from devpilot.services import identity, subscriptions
from devpilot.states import SubscriptionState
from tests.ai_server import AiServer
from tests.ai_server.behind import behind
from tests.billing.conftest import stripe_settings
from tests.browser import Browser
from tests.conftest import app_on, settings_for
from tests.operations.filled import bill, person, suggestion_of
from tests.quick_hashes import quick_hashes
from tests.snapshots import kept
from tests.stripe_server import StripeServer

ACTIVE_ON_PRO = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A person, and what of theirs a request is about; the texts are paths, "" for none."""

    owner: Browser
    project: str = ""
    revision: str = ""
    export: str = ""
    suggestion: str = ""

    @property
    def ids(self) -> dict[str, str]:
        """The values of an address, by their names in it."""
        names = ("project", "revision", "export", "suggestion")
        paths = {name: str(getattr(self, name)) for name in names}
        return {f"{name}_id": path.rpartition("/")[2] for name, path in paths.items() if path}


def _seen(status: ProviderStatus, began: int, ends: int, **more: Any) -> Any:
    """What a provider says of a period that began and ends so many days from now."""

    def at(now: datetime) -> ProviderSubscription:
        start, end = (now + timedelta(days=days) for days in (began, ends))
        return ProviderSubscription(SANDBOX, "", "", status, "monthly", start, end, **more)

    return at


RUNNING = _seen(ProviderStatus.ACTIVE, -10, 20)
STANDINGS = {
    "Free": (),
    "Pro": (RUNNING,),
    "payment failed": (RUNNING, _seen(ProviderStatus.PAST_DUE, -10, 20)),
    "cancelled": (_seen(ProviderStatus.ACTIVE, -10, 20, cancel_at_period_end=True),),
    "in grace": (_seen(ProviderStatus.ACTIVE, -31, -2),),
    "ended": (RUNNING, _seen(ProviderStatus.CANCELED, -10, 0)),
    "lapsed": (_seen(ProviderStatus.ACTIVE, -34, -4),),
}
"""Each with what the provider said one after the other; the last of them no word ended."""


@dataclass(slots=True)
class World:
    """The product in the sandbox and at Stripe, both on one database, and its people."""

    app: Flask
    at_stripe: Flask
    stripe: StripeServer
    places: dict[str, Place]
    put_back: Any
    now_there: tuple[Browser, str] | None = None
    """Who was given which standing, while nothing else was changed since."""

    def become(self, owner: Browser, standing: str) -> None:
        """Everything as it was arranged, and this person's subscription in this standing."""
        if self.now_there == (owner, standing):
            return
        self.put_back()
        self.now_there = owner, standing
        now = clock.now()
        with self.app.app_context(), transaction():
            subscription = subscriptions.subscription_of(owner.user_id)
            for seen in STANDINGS[standing]:
                subscriptions.record(subscription, seen(now), now)


@contextmanager
def world(url: str, folder: Path) -> Iterator[World]:
    """Arranged on this migrated database, of which nothing else makes use."""
    with (
        StripeServer(clock=clock.now) as stripe,
        AiServer() as ai,
        app_on(url, folder) as app,
        behind(app, ai),
        quick_hashes(),
    ):
        at_stripe = create_app(settings_for(url, folder, **stripe_settings(stripe)))
        places = {**_a_few(app), **_writers(app), **_full(app)}
        for owner in {place.owner for place in places.values()}:
            _never_paid(owner)
        with kept(url) as put_back:
            yield World(app, at_stripe, stripe, places, put_back)
        with at_stripe.app_context():
            for engine in db.engines.values():
                engine.dispose()


def _a_few(app: Flask) -> dict[str, Place]:
    """No project, one, and one that is deleted."""
    none, one, gone = (_person(app, name) for name in ("none", "one", "gone"))
    project, deleted = one.create_project(), gone.create_project()
    _done(gone, f"{deleted}/delete")
    return {
        "no project": Place(none),
        "one project": Place(one, project, one.revision_of(project)),
        "the only project, deleted": Place(gone, deleted),
    }


def _writers(app: Flask) -> dict[str, Place]:
    """Someone with a revision in each state, and with active places left on Pro."""
    owner = _person(app, "writer")
    bill(owner, "paid")
    places = {}
    for locked in range(5):
        project = owner.create_project()
        places[f"{locked} locked"] = Place(owner, project, owner.revision_of(project))
        owner.lock_up_to(places[f"{locked} locked"].revision, locked)
    completed = places["4 locked"]
    export = _done(owner, f"{completed.revision}/exports")
    copied, deleted = owner.create_project(), owner.create_project()
    first = owner.revision_of(copied)
    owner.lock_up_to(first, 4)
    _done(owner, f"{copied}/revisions")
    _done(owner, f"{deleted}/delete")
    return {
        **places,
        "a suggestion waits": _asked(owner, used=False),
        "a suggestion was used": _asked(owner, used=True),
        "exported": Place(owner, completed.project, completed.revision, export),
        "behind a newer one": Place(owner, copied, first),
        "deleted": Place(owner, deleted),
    }


def _asked(owner: Browser, *, used: bool) -> Place:
    """A first step for which the AI was asked, and of whose answer a part was used."""
    project = owner.create_project(example="")
    revision = owner.revision_of(project)
    step = f"{revision}/steps/1"
    _done(owner, f"{step}/suggestions/agreement")
    _done(owner, f"{step}/suggestions")
    suggestion = suggestion_of(owner, step)
    if used:
        fields = {"field": "summary", "version": str(owner.version(revision))}
        assert owner.post(f"{suggestion}/apply", fields).status_code == 303
    return Place(owner, project, revision, suggestion=suggestion)


def _full(app: Flask) -> dict[str, Place]:
    """Someone with as many active projects as Pro holds, and a deleted one."""
    owner = _person(app, "full")
    bill(owner, "paid")
    deleted = owner.create_project(example="")
    _done(owner, f"{deleted}/delete")
    for _ in range(ACTIVE_ON_PRO):
        owner.create_project(example="")
    return {"every place taken": Place(owner, deleted)}


def _person(app: Flask, name: str) -> Browser:
    owner = person(app, name)
    owner.email = f"{name}@example.com"
    with app.app_context(), reading():
        known = identity.find_by_email(owner.email)
        assert known
        owner.user_id = known.id
    return owner


def _done(owner: Browser, path: str) -> str:
    response = owner.post(path)
    assert response.status_code == 303, (path, response.text[:500])
    return str(response.headers["Location"])


def _never_paid(owner: Browser) -> None:
    """Make this of them; no move of the product leads back to Free."""
    owner.token()
    with owner.app.app_context(), transaction() as session:
        free = session.scalars(select(Plan.id).where(Plan.code == "free")).one()
        session.execute(
            update(Subscription)
            .where(Subscription.user_id == owner.user_id)
            .values(
                state=SubscriptionState.FREE, plan_id=free, interval=None,
                current_period_start=None, current_period_end=None, cancel_at_period_end=False,
                past_due=False, provider="", provider_customer="", provider_subscription="",
            )
        )  # fmt: skip
