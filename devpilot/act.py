"""One request on its way through the stages: who asks, what for, and what came of it.

`enforce` drives it. A newcomer's likely mistake: calling `judge` with the request's own form
to ask what may be offered; that is `enforce.refusal`, which has none.
"""

import itertools
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from flask import request
from sqlalchemy.exc import SQLAlchemyError

from devpilot import answers, clock, gate, remembered
from devpilot.db import session, transaction
from devpilot.errors import (
    AuthenticationRequired,
    InvalidInput,
    NotFound,
    NothingToDo,
    Problem,
)
from devpilot.finders import FINDERS
from devpilot.methodology.problems import MAX_PROBLEMS
from devpilot.methodology.text import presentable
from devpilot.models import Account, Reservation, Revision, Step
from devpilot.policy import Policy, fields_fit
from devpilot.services import billing, reservations
from devpilot.services.billing import Standing

log = structlog.get_logger("devpilot")

ALWAYS_POSTED = frozenset({"csrf_token", remembered.FIELD})


class Act:
    """One request on its way through the stages."""

    def __init__(self, policy: Policy, args: Mapping[str, Any]) -> None:
        self.policy = policy
        self.args = args
        self.user: Account | None = None
        self.resource: Any = None
        self.form: Any = None
        self.problems: list[Problem] = []
        self.stage = "gate"
        self.reservation: Reservation | None = None
        self._standing: Standing | None = None

    @property
    def standing(self) -> Standing:
        """The user's subscription at this moment; read once in a transaction."""
        if self._standing is None:
            sandbox = gate.settings().billing_sandbox
            self._standing = billing.standing_of(self.signed_in, clock.now(), sandbox=sandbox)
        return self._standing

    @property
    def signed_in(self) -> Account:
        if self.user is None:
            raise AuthenticationRequired
        return self.user

    def enter(self, *, hold: bool) -> None:
        """Stages 1 and 2: who is asking, and is it theirs."""
        self._standing = None
        self.stage = "authenticate"
        if self.policy.signed is not None:
            self.resource = self.policy.signed()
            return
        self.user = gate.authenticate(hold=hold)
        if self.user is None and not self.policy.public:
            raise AuthenticationRequired
        self.resource = self.user
        self.stage = "ownership"
        if self.policy.owns is not None:
            self.resource = FINDERS[self.policy.owns](self.signed_in.id, self.args, hold=hold)
        if self.policy.owns is not None and self.resource is None:
            self._note_violation(self.policy.owns)
            raise NotFound

    def _note_violation(self, kind: type[Any]) -> None:
        """Not the user's, but somebody's: worth a line of its own in the log."""
        table = Revision if kind is Step else kind
        mine = FINDERS[table](self.user_id, self.args, hold=False)
        if mine is None and session().get(table, next(iter(self.args.values()))) is not None:
            log.warning("ownership_violation", endpoint=request.endpoint, user=str(self.user_id))

    @property
    def user_id(self) -> uuid.UUID | None:
        return self.user.id if self.user else None

    def read(self) -> None:
        """Take the posted form apart. Pure; what is wrong with it is raised in stage 5."""
        pairs = answers.posted()
        if self.policy.fields is not None:
            known = {*ALWAYS_POSTED, *self.policy.fields}
            unknown = dict.fromkeys(name for name, _ in pairs if name not in known)
            self.problems = [
                Problem(presentable(name), f"“{presentable(name)}” is no field of this form.")
                for name in itertools.islice(unknown, MAX_PROBLEMS)
            ]
        if self.policy.keyed:
            self.problems += remembered.problems()
        if self.policy.reads is not None:
            self.form = self.policy.reads(self.resource, pairs)
        if self.reservation is not None and self.policy.reserves is not None:
            self.form = self.policy.reserves.as_reserved(self.form, self.reservation)

    def ensure_readable(self) -> None:
        """Raises InvalidInput for fields that the form does not have."""
        if self.problems:
            service = (request.blueprint or "identity").partition(".")[0]
            raise InvalidInput(service, self.problems)

    def judge(self) -> None:
        """Stages 3 to 5: may they, is there room, does the state allow it."""
        judge(self.policy, self, self.resource, self.form, own=True)

    def reserve(self) -> None:
        """Hold what stage 4 found to be left, while the call outside is under way."""
        if self.policy.reserves is not None:
            self.reservation = self.policy.reserves.reserve(self.signed_in, self.form)

    def settle(self) -> None:
        """End the reservation in the transaction that counts, so that it is not in its own way."""
        if self.reservation is not None:
            reservations.settle(self.reservation)

    def release(self) -> None:
        """End the reservation of a request that failed, which rolled back whatever settled it.

        Never raises: the failure is what is answered, and a reservation also ends by itself.
        """
        if self.reservation is None:
            return
        try:
            with transaction():
                reservations.release(self.reservation)
        except SQLAlchemyError:
            log.warning("not_released", endpoint=request.endpoint, user=str(self.user_id))
        self.reservation = None

    def count(self) -> None:
        """Stage 8: what was used, in the transaction that used it."""
        for spend in self.policy.spends:
            spend.count(self.signed_in, self.standing, self.form)


def judge(
    policy: Policy,
    act: Act,
    resource: Any,  # noqa: ANN401  any owned row
    form: Any,  # noqa: ANN401  whatever the policy reads
    *,
    own: bool = False,
) -> None:
    """Stages 3 to 5 of a policy for a resource.

    With `own` it is what the request itself asks for: its fields must fit, and what it
    reserved is settled. Without, a page asks what would be refused.
    """
    act.stage = "subscription"
    if policy.subscription is not None:
        policy.subscription(act.standing, resource)
    act.stage = "quota"
    if own:
        act.settle()
    for spend in policy.spends:
        spend.ensure(act.signed_in, act.standing, resource, form)
    act.stage = "state invariants"
    try:
        for ensure in policy.invariants:
            if own and ensure is fields_fit:
                act.ensure_readable()
            ensure(resource, form)
    except NothingToDo:
        return
    if own:
        act.ensure_readable()
