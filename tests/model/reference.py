"""The reference model: what 2-domain of the specification says, small enough to be read whole.

Written from the specification and not from the code, and it imports nothing of the product.
Each operation refuses in the published order of stages, and changes the model only when it
succeeds. A newcomer's likely mistake: mending this file when the product differs from it. Ask
first which of the two the specification supports.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from tests.model.account import Plan, Subscription
from tests.model.content import Edit, Keys, size

DRAFT, LOCKED, INVALIDATED, COMPLETED = "draft", "locked", "invalidated", "completed"
KEPT = timedelta(days=7)
STATUS = {
    "authentication_required": 401, "not_found": 404, "subscription_required": 402,
    "quota_exceeded": 403, "project_deleted": 409, "revision_invalid_state": 409,
    "step_locked": 409, "step_not_locked": 409, "step_out_of_sequence": 409,
    "invalid_input": 422, "stale_version": 409, "step_validation_failed": 422,
    "export_ineligible": 409,
}  # fmt: skip


class Refused(Exception):
    """The error code of the stage that said no."""


@dataclass(frozen=True)
class Request:
    """What one form posts. None for `version` leaves it out; `bogus` adds an unknown field."""

    action: str
    target: tuple[Any, ...] = ()
    version: int | None = None
    edits: tuple[Edit, ...] = ()
    name: str = ""
    mode: str = ""
    example: str = ""
    bogus: bool = False
    key: str = ""


@dataclass(frozen=True)
class Answer:
    """The expected outcome: a refusal's code, or what the answer leads to."""

    status: int
    code: str = ""
    leads: tuple[Any, ...] = ()


@dataclass(eq=False)
class User:
    """An account with all that it owns."""

    number: int
    subscription: Subscription = field(default_factory=Subscription)
    projects: list["Project"] = field(default_factory=list)
    remembered: dict[str, tuple[Request, Answer, datetime]] = field(default_factory=dict)

    @property
    def owner(self) -> "User":
        return self

    @property
    def storage(self) -> int:
        return sum(revision.size for project in self.projects for revision in project.revisions)


@dataclass(eq=False)
class Project:
    owner: User
    number: int
    name: str
    keys: Keys
    example: dict[int, str]
    deleted: bool = False
    revisions: list["Revision"] = field(default_factory=list)

    @property
    def draft(self) -> "Revision | None":
        return next((found for found in self.revisions if found.status == DRAFT), None)


@dataclass(eq=False)
class Step:
    revision: "Revision"
    order: int
    text: str
    status: str = DRAFT
    kept: str | None = None
    """What it held at its last lock; in a new revision, what its source held."""

    @property
    def owner(self) -> User:
        return self.revision.owner


@dataclass(eq=False)
class Revision:
    project: Project
    number: int
    mode: str
    steps: list[Step] = field(default_factory=list)
    status: str = DRAFT
    active: bool = True
    version: int = 1
    completed_at: datetime | None = None
    story: list[str] = field(default_factory=lambda: ["created"])
    exports: list[Any] = field(default_factory=list)

    @property
    def owner(self) -> User:
        return self.project.owner

    @property
    def size(self) -> int:
        return sum(size(step.text) for step in self.steps)

    def reached(self, order: int) -> bool:
        """Whether the step before this one is locked."""
        return order == 1 or self.steps[order - 2].status == LOCKED


def refuse_if(condition: bool, code: str) -> None:
    if condition:
        raise Refused(code)


Change = Callable[["World", Any, Request, datetime], tuple[Any, ...]]
Operation = Callable[["World", User | None, Any, Request, datetime], Answer]


def operation(change: Change) -> Operation:
    """Stages 1 and 2, and what a repeated key is answered, around the stages after them."""

    @wraps(change)
    def answered(
        world: "World", actor: User | None, target: Any, request: Request, now: datetime
    ) -> Answer:
        try:
            refuse_if(actor is None, "authentication_required")
            assert actor is not None
            refuse_if(target is None or target.owner is not actor, "not_found")
            first, answer, at = actor.remembered.get(request.key, (None, None, now))
            if answer is not None and now < at + KEPT:
                refuse_if(first != request, "invalid_input")
                return answer
            answer = Answer(303, leads=change(world, target, request, now))
        except Refused as refusal:
            code = str(refusal)
            return Answer(STATUS[code], code)
        if request.key:
            actor.remembered[request.key] = (request, answer, now)
        return answer

    return answered


@dataclass(eq=False)
class World:
    """The plans' rows, the steps of each mode on offer, the examples' texts, and every user."""

    free: Plan
    pro: Plan
    modes: dict[str, int]
    examples: dict[str, dict[int, str]]
    users: list[User] = field(default_factory=list)

    def plan(self, user: User, now: datetime) -> Plan:
        return self.pro if user.subscription.pays(now) else self.free

    def ensure_room(self, user: User, growth: int, now: datetime) -> None:
        limit = self.plan(user, now).storage
        refuse_if(growth > 0 and user.storage + growth > limit, "quota_exceeded")

    def number(self) -> int:
        """A number for the next project; projects are told apart by it."""
        return sum(len(user.projects) for user in self.users) + 1
