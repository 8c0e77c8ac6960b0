"""What an endpoint asks of a request, as data: its policy, and the quotas it may spend.

A route declares a `Policy` through `enforce()`; `enforce` and `act` alone read it. A
newcomer's likely mistake: looking here for what a guard checks. Guards live in the services,
each with the rule that it owns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from flask.typing import ResponseReturnValue

from devpilot.gate import Rate
from devpilot.models import Account, Reservation, UsageType
from devpilot.services import ai, metering, quota, reservations
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


class Metered:
    """One of what the plan grants by the month, or on Free in total.

    With `lasting`, one is reserved for that time while the policy's `prepares` is under way
    outside: nobody can use it up meanwhile, and the user has no other one under way.
    """

    def __init__(self, kind: UsageType, *, lasting: timedelta | None = None) -> None:
        if lasting is not None and kind not in reservations.RESERVABLE:
            raise ValueError(f"{kind} cannot be reserved")
        self.kind = kind
        self.lasting = lasting
        self.name = metering.KINDS[kind].plural

    def ensure(self, user: Account, standing: Standing, resource: Any, form: Any) -> None:  # noqa: ANN401
        if self.lasting is not None:
            reservations.ensure_none_under_way(user.id)
        metering.ensure_left(self.left(user, standing, self.kind_of(resource, form)))

    def reserve(self, user: Account, form: Any) -> Reservation | None:  # noqa: ANN401
        """Hold one, which `ensure` found to be left; None where it is not reserved."""
        if self.lasting is None:
            return None
        return reservations.reserve(user.id, self.kind_of(None, form), self.lasting)

    def count(self, user: Account, standing: Standing, form: Any) -> None:  # noqa: ANN401
        metering.count_one(user.id, self.left(user, standing, self.kind_of(None, form)))

    def kind_of(self, resource: Any, form: Any) -> UsageType:  # noqa: ANN401, ARG002
        """What is spent. Without a form, what would be spent on the resource."""
        return self.kind

    def as_reserved(self, form: Any, reservation: Reservation) -> Any:  # noqa: ANN401, ARG002
        """The form, read once more after the call, as it was when its use was reserved."""
        return form

    def left(self, user: Account, standing: Standing, kind: UsageType | None = None) -> Allowance:
        """What is granted and used at this moment."""
        return metering.allowance_of(user, kind or self.kind, standing.plan, standing.paid_since)


class Suggesting(Metered):
    """One suggestion of the AI; while another one of the step is pending, a regeneration."""

    def __init__(self, *, lasting: timedelta) -> None:
        super().__init__(UsageType.AI_SUGGESTION, lasting=lasting)
        self.name = f"{self.name} or regenerations"

    def kind_of(self, resource: Any, form: Any) -> UsageType:  # noqa: ANN401
        kind = ai.kind_of(resource) if form is None else form.kind
        return UsageType(f"ai_{kind}")

    def as_reserved(self, form: Any, reservation: Reservation) -> Any:  # noqa: ANN401
        """What waited may have been decided during the call; what was asked for stays the same."""
        return ai.asked_as(form, reservation.type)


SUGGESTING = Suggesting(lasting=timedelta(seconds=45))
"""Reserved for the call's own deadline, and the time that it takes to write what came."""


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
    form once more, with a refusal and what was typed. `signed` stands for stage 1 where a
    program posts that has no session: it checks the signature, and gives what was signed.
    """

    public: bool = False
    signed: Callable[[], Any] | None = None
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

    def __post_init__(self) -> None:
        if len(self._reserving) > (self.prepares is not None):
            raise ValueError("one spend may be reserved, and only for what `prepares` calls")

    @property
    def reserves(self) -> Metered | None:
        """The spend that is held while what `prepares` returned is under way."""
        return next(iter(self._reserving), None)

    @property
    def _reserving(self) -> list[Metered]:
        return [s for s in self.spends if isinstance(s, Metered) and s.lasting is not None]


def fields_fit(_resource: object, _form: object = None) -> None:
    """Stands among the invariants where a posted field that the form lacks is refused.

    Without it they are refused after all other invariants.
    """
