"""What an endpoint asks of a request, as data: its policy, and the quotas it may spend.

A route declares a `Policy` through `enforce()`; `enforce` and `act` alone read it. A
newcomer's likely mistake: looking here for what a guard checks. Guards live in the services,
each with the rule that it owns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask.typing import ResponseReturnValue

from devpilot.gate import Rate
from devpilot.models import Account, UsageType
from devpilot.services import metering, quota
from devpilot.services.billing import Standing
from devpilot.services.metering import Allowance

Guard = Callable[..., None]


class Spends(Protocol):
    """A quota that an endpoint consults before its mutation and counts after it."""

    name: str

    def ensure(self, user: Account, standing: Standing, resource: Any, form: Any) -> None: ...  # noqa: ANN401
    def count(self, user: Account, standing: Standing, form: Any) -> None: ...  # noqa: ANN401


class ProjectPlace:
    """A place for one more project. Counted by the project's own row."""

    name = "projects"

    def ensure(self, user: Account, standing: Standing, resource: Any, form: Any) -> None:  # noqa: ANN401, ARG002
        quota.ensure_room_for_project(user.id, standing.plan)

    def count(self, user: Account, standing: Standing, form: Any) -> None:  # noqa: ANN401
        """The row that stage 6 wrote is the count."""


class RestoredPlace(ProjectPlace):
    """The active place that a restored project takes again."""

    name = "active projects"

    def ensure(self, user: Account, standing: Standing, resource: Any, form: Any) -> None:  # noqa: ANN401, ARG002
        if not resource.is_active:  # restoring twice changes nothing
            quota.ensure_room_to_restore(user.id, standing.plan)


class RevisionPlace:
    """A place for one more revision of the project. Counted by the revision's own row."""

    name = "revisions"

    def ensure(self, user: Account, standing: Standing, resource: Any, form: Any) -> None:  # noqa: ANN401, ARG002
        quota.ensure_room_for_revision(resource.id, standing.plan)

    def count(self, user: Account, standing: Standing, form: Any) -> None:  # noqa: ANN401
        """The row that stage 6 wrote is the count."""


class Monthly:
    """One of what the plan grants by the month."""

    def __init__(self, kind: UsageType) -> None:
        self.kind = kind
        self.name = f"{kind.value}s".replace("_", " ")

    def ensure(self, user: Account, standing: Standing, resource: Any, form: Any) -> None:  # noqa: ANN401, ARG002
        metering.ensure_left(self.left(user, standing))

    def count(self, user: Account, standing: Standing, form: Any) -> None:  # noqa: ANN401, ARG002
        metering.count_one(user.id, self.left(user, standing))

    def left(self, user: Account, standing: Standing) -> Allowance:
        """What is granted and used in this month."""
        return metering.allowance_of(
            user.id, self.kind, plan=standing.plan, paid_since=standing.paid_since
        )


class Storage:
    """The bytes by which a form makes the user's step data grow or shrink."""

    name = "storage"

    def ensure(self, user: Account, standing: Standing, resource: Any, form: Any) -> None:  # noqa: ANN401, ARG002
        if form is not None:
            quota.ensure_room_for_storage(user.id, standing.plan, form.storage_delta)

    def count(self, user: Account, standing: Standing, form: Any) -> None:  # noqa: ANN401
        quota.count_storage(user.id, standing.plan, form.storage_delta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The whole rule for one endpoint. Guards are called with the resource and the form.

    `fields` are the names that may be posted (None: the reader knows them itself); `reads`
    turns the posted fields into the form object; `prepares` returns what is to be
    called while no transaction is open, and the view gets its result; `again` draws the
    form once more, with a refusal and what was typed.
    """

    public: bool = False
    owns: type[Any] | None = None
    reads: Callable[..., Any] | None = None
    fields: tuple[str, ...] | None = ()
    subscription: Guard | None = None
    spends: tuple[Spends, ...] = ()
    invariants: tuple[Guard, ...] = ()
    keyed: bool = False
    rates: tuple[Rate, ...] = ()
    prepares: Callable[..., Callable[[], Any]] | None = None
    again: Callable[..., ResponseReturnValue] | None = None


def fields_fit(_resource: object, _form: object = None) -> None:
    """Stands among the invariants where a posted field that the form lacks is refused.

    Without it they are refused after all other invariants.
    """
