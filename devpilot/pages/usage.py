"""What is used of what the plan holds, made ready to be shown; and what an act will take.

A newcomer's likely mistake: deciding something by a meter. It is drawn from the counts that
stage 4 reads, and stage 4 reads them anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from devpilot.models import Account, Limits, UsageType
from devpilot.pages.sizes import size
from devpilot.services import metering, quota
from devpilot.services.billing import Standing
from devpilot.services.metering import NEVER_RESETS, PRO_RAISES_IT, Allowance

METERED = (UsageType.RESTART, UsageType.AI_SUGGESTION, UsageType.AI_REGENERATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One limit, what is used of it, and what is said about it. `limit` None is unlimited."""

    name: str
    used: int
    limit: int | None
    unit: tuple[str, str]
    """The word for one, and for any other number."""
    plan: str
    resets_at: datetime | None = None
    resets: str = NEVER_RESETS
    """What is said where there is no such moment."""
    raised_by: str
    under_way_until: datetime | None = None
    is_size: bool = False
    """Whether bytes are counted: a share of them is said in larger units."""

    @property
    def share(self) -> str:
        """How much of how much; a limit of nothing is said in words."""
        if self.limit is None:
            return f"{self.used:,} {self._units(self.used)}, unlimited"
        if not self.limit:
            return f"None on {self.plan}" + (f", and {self.used:,} used" if self.used else "")
        if self.is_size:
            return f"{size(self.used)} of {size(self.limit)}"
        return f"{self.used:,} of {self.limit:,} {self._units(self.limit)}"

    @property
    def most(self) -> str:
        """The limit with its unit, in words where it is no number."""
        if self.limit is None:
            return "Unlimited"
        return f"{self.limit:,} {self._units(self.limit)}" if self.limit else f"None on {self.plan}"

    def _units(self, number: int) -> str:
        return self.unit[number != 1]


def meters(user: Account, standing: Standing) -> Iterator[Meter]:
    """Everything that a plan limits by number."""
    plan = standing.plan
    yield _projects(user, plan)
    yield Meter(
        name="Most revisions in one project",
        used=quota.most_revisions(user.id),
        limit=plan.revisions_per_project,
        unit=("revision", "revisions"),
        plan=plan.name,
        raised_by="" if plan.revisions_per_project is None else metering.raised_by(plan),
    )
    for kind in METERED:
        yield _metered(metering.allowance_of(user, kind, plan, standing.paid_since))
    yield Meter(
        name="Storage of step text",
        used=quota.stored_bytes(user.id),
        limit=plan.storage_bytes,
        unit=("byte", "bytes"),
        is_size=True,
        plan=plan.name,
        raised_by=f"Shorter text takes less. {metering.raised_by(plan)}",
    )


def _projects(user: Account, plan: Limits) -> Meter:
    counted = quota.count_projects(user.id)
    unit = "project", "projects"
    if plan.max_total_projects is not None:
        return Meter(
            name="Projects, in total, ever", used=counted.total, limit=plan.max_total_projects,
            unit=unit, plan=plan.name, raised_by=PRO_RAISES_IT,
        )  # fmt: skip
    return Meter(
        name="Active projects", used=counted.active, limit=plan.max_active_projects, unit=unit,
        plan=plan.name, resets="A deleted project frees its place at once.",
        raised_by="Deleting a project that is done makes room.",
    )  # fmt: skip


def _metered(allowance: Allowance) -> Meter:
    kind = allowance.kind
    things = f"{kind.plural[0].upper()}{kind.plural[1:]}"
    if allowance.period is None:
        name = things
    else:
        name = f"{things} this month" if allowance.resets_at else f"{things}, in total, ever"
    return Meter(
        name=name,
        used=allowance.used,
        limit=allowance.limit,
        unit=(kind.singular, kind.plural),
        plan=allowance.plan.name,
        resets_at=allowance.resets_at,
        raised_by=metering.raised_by(allowance.plan),
        under_way_until=allowance.under_way_until,
    )


def cost_of_project(user: Account, plan: Limits) -> str:
    """What a new project takes and what is left, as a sentence."""
    counted = quota.count_projects(user.id)
    if plan.max_total_projects is not None:
        return _cost("project", plan.max_total_projects, counted.total, "in total, ever")
    if plan.max_active_projects is not None:
        return _cost("project", plan.max_active_projects, counted.active, "active at once")
    return f"The {plan.name} plan holds any number of projects."


def cost_of_revision(plan: Limits, number: int) -> str:
    """What one more revision of a project that has `number` of them takes, as a sentence."""
    limit = plan.revisions_per_project
    if limit is None:
        return f"A project may have any number of revisions on the {plan.name} plan."
    return _cost("revision", limit, number, "for this project")


def _cost(thing: str, limit: int, used: int, which: str) -> str:
    if limit == 1:
        return f"It is the one {thing} that there may be {which}."
    left = max(0, limit - used)
    share = "the last one left" if left == 1 else f"1 of the {left} left"
    return f"It takes {share} of {limit} {thing}s {which}."
