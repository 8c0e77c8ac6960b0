"""Counts what users have used, and refuses what would go above a plan's limit.

A newcomer's likely mistake: checking a limit anywhere else. The pipeline alone calls these
guards, while it holds the user's row, so that nothing can slip between check and count.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, case, func, select, update

from devpilot import clock
from devpilot.db import rows, session
from devpilot.errors import QuotaExceeded
from devpilot.models import Limits, Project, Revision, Usage, UsageType
from devpilot.services.metering import NEVER_RESETS, raised_by
from devpilot.states import ProjectStatus


@dataclass(frozen=True, slots=True)
class ProjectCount:
    """How many projects a user has: `total` with the soft-deleted ones, and `active`."""

    total: int
    active: int


_project = Project.__table__
_COUNT = select(
    func.count(_project.c.id),
    func.coalesce(func.sum(case((_project.c.status == ProjectStatus.ACTIVE, 1), else_=0)), 0),
).where(_project.c.user_id == bindparam("user_id"))

_ADD_STORAGE = (
    update(Usage)
    .where(
        Usage.user_id == bindparam("owner"),
        Usage.type == UsageType.STORAGE,
        (bindparam("delta") <= 0) | (Usage.count + bindparam("delta") <= bindparam("limit")),
    )
    .values(count=Usage.count + bindparam("delta"))
    .execution_options(synchronize_session=False)
)


def count_projects(user_id: uuid.UUID) -> ProjectCount:
    total, active = tuple(rows(_COUNT, {"user_id": user_id}).one())
    return ProjectCount(total, active)


def ensure_room_for_project(user_id: uuid.UUID, plan: Limits) -> None:
    """Raises QuotaExceeded when the plan holds no further project."""
    counted = count_projects(user_id)
    if plan.max_total_projects is not None and counted.total >= plan.max_total_projects:
        raise _projects_exceeded(plan, counted.total, plan.max_total_projects, "in total, ever")
    if plan.max_active_projects is not None and counted.active >= plan.max_active_projects:
        raise _projects_exceeded(plan, counted.active, plan.max_active_projects, "active at once")


def ensure_room_to_restore(user_id: uuid.UUID, plan: Limits) -> None:
    """A restored project is in the total already; it takes an active place anew."""
    counted = count_projects(user_id)
    if plan.max_total_projects is not None and counted.total > plan.max_total_projects:
        raise _projects_exceeded(plan, counted.total, plan.max_total_projects, "in total, ever")
    if plan.max_active_projects is not None and counted.active >= plan.max_active_projects:
        raise _projects_exceeded(plan, counted.active, plan.max_active_projects, "active at once")


def _projects_exceeded(plan: Limits, used: int, limit: int, which: str) -> QuotaExceeded:
    projects = "project" if limit == 1 else "projects"
    mend = (
        "The Pro plan holds more, and there a deleted project frees its place."
        if plan.max_total_projects is not None
        else "Delete a project that is done; its place is free at once, and it can be restored."
    )
    return QuotaExceeded(
        f"The {plan.name} plan has {limit} {projects} {which}, and {_share(used, limit)}. "
        f"{NEVER_RESETS}",
        mend,
    )


def _share(used: int, limit: int) -> str:
    """After a larger plan has ended, more than the limit may be there."""
    are = "is" if used == 1 else "are"
    return f"{used} {are} there" if used > limit else f"{used} of {limit} {are} used"


def ensure_room_for_revision(project_id: uuid.UUID, plan: Limits) -> None:
    """Raises QuotaExceeded when the plan allows the project no further revision."""
    limit = plan.revisions_per_project
    if limit is None:
        return
    used = count_revisions(project_id)
    if used >= limit:
        revisions = "revision" if limit == 1 else "revisions"
        raise QuotaExceeded(
            f"The {plan.name} plan has {limit} {revisions} for each project, and "
            f"{_share(used, limit)}. {NEVER_RESETS}",
            f"{raised_by(plan)} Each project has its own count.",
        )


def most_revisions(user_id: uuid.UUID) -> int:
    """How many revisions the user's project with the most of them has."""
    return rows(_MOST_REVISIONS, {"user_id": user_id}).scalar() or 0


def count_revisions(project_id: uuid.UUID) -> int:
    return int(rows(_REVISIONS, {"project_id": project_id}).scalar_one())


_REVISIONS = select(func.count(Revision.id)).where(Revision.project_id == bindparam("project_id"))
_counted = (
    select(func.count(Revision.id).label("number"))
    .join(Project, Project.id == Revision.project_id)
    .where(Project.user_id == bindparam("user_id"))
    .group_by(Project.id)
    .subquery()
)
_MOST_REVISIONS = select(func.max(_counted.c.number))

_STORED = select(Usage.count).where(
    Usage.user_id == bindparam("user_id"), Usage.type == UsageType.STORAGE
)


def stored_bytes(user_id: uuid.UUID) -> int:
    """What the user's step data takes, in bytes."""
    return rows(_STORED, {"user_id": user_id}).scalar() or 0


def ensure_room_for_storage(user_id: uuid.UUID, plan: Limits, delta: int) -> None:
    """Raises QuotaExceeded when a growth by `delta` bytes would end above the limit."""
    if delta <= 0:
        return
    used = stored_bytes(user_id)
    if used + delta > plan.storage_bytes:
        raise _storage_exceeded(plan, used, delta)


def count_storage(user_id: uuid.UUID, plan: Limits, delta: int) -> None:
    """Add `delta` bytes to what the user stores, in the transaction of the change itself."""
    if delta == 0:
        return
    counted = session().execute(
        _ADD_STORAGE, {"owner": user_id, "delta": delta, "limit": plan.storage_bytes}
    )
    if counted.rowcount != 1:  # type: ignore[attr-defined]  # a CursorResult for an UPDATE
        raise _storage_exceeded(plan, stored_bytes(user_id), delta)


def _storage_exceeded(plan: Limits, used: int, delta: int) -> QuotaExceeded:
    return QuotaExceeded(
        f"This would store {used + delta:,} bytes of step text, and the {plan.name} plan has "
        f"{plan.storage_bytes:,}; {used:,} are used. {NEVER_RESETS}",
        f"Shorten what you wrote. {raised_by(plan)}",
    )


def open_counters(user_id: uuid.UUID) -> None:
    """Give a new user the one lifetime row that counts storage."""
    session().add(Usage(user_id=user_id, type=UsageType.STORAGE, period_start=clock.now(), count=0))
