"""What the database holds of some users, in the words of the model, and what the model expects.

Both sides give one dictionary; the machine compares them after each step. Times are rounded:
the machine's clock stands still within a step, the application's goes on for milliseconds.
"""

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, func, select

from devpilot.db import reading, rows
from devpilot.models import (
    Export,
    LockedText,
    Project,
    Revision,
    RevisionEvent,
    Step,
    StepContent,
    Subscription,
    Usage,
    UsageType,
)
from tests.model.reference import World

GRAIN = timedelta(seconds=10)
Facts = dict[str, Any]

_p, _r, _s = Project.__table__, Revision.__table__, Step.__table__
_c, _e, _x = StepContent.__table__, RevisionEvent.__table__, Export.__table__
_l, _u, _b = LockedText.__table__, Usage.__table__, Subscription.__table__
_mine = _p.c.user_id.in_(bindparam("users", expanding=True))
_below = _r.join(_p, _p.c.id == _r.c.project_id)

_PROJECTS = select(_p.c.id, _p.c.user_id, _p.c.name, _p.c.status).where(_mine)
_REVISIONS = (
    select(
        _r.c.id, _r.c.project_id, _r.c.number, _r.c.mode, _r.c.status, _r.c.is_active,
        _r.c.version, _r.c.completed_at,
    ).select_from(_below).where(_mine)
)  # fmt: skip
_STEPS = (
    select(_s.c.revision_id, _s.c.order, _s.c.status, _c.c.data)
    .select_from(_s.join(_c, _c.c.step_id == _s.c.id).join(_below, _r.c.id == _s.c.revision_id))
    .where(_mine)
)
_KEPT = (
    select(_s.c.revision_id, _s.c.order, func.length(_l.c.data))
    .select_from(_s.join(_l, _l.c.step_id == _s.c.id).join(_below, _r.c.id == _s.c.revision_id))
    .where(_mine)
    .order_by(_l.c.version)
)
_STORY = (
    select(_e.c.revision_id, _e.c.kind)
    .select_from(_e.join(_below, _r.c.id == _e.c.revision_id))
    .where(_mine)
    .order_by(_e.c.version, _e.c.at)
)
_EXPORTS = (
    select(_x.c.revision_id).select_from(_x.join(_below, _r.c.id == _x.c.revision_id)).where(_mine)
)
_USAGE = select(_u.c.user_id, _u.c.type, _u.c.period_start, _u.c.count).where(
    _u.c.user_id.in_(bindparam("users", expanding=True)), _u.c.count > 0
)
_BILLED = select(
    _b.c.user_id, _b.c.state, _b.c.interval, _b.c.current_period_start, _b.c.current_period_end,
    _b.c.cancel_at_period_end, _b.c.past_due,
).where(_b.c.user_id.in_(bindparam("users", expanding=True)))  # fmt: skip


def rounded(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return start + round((moment - start) / GRAIN) * GRAIN


def stored(app: Flask, user_ids: list[uuid.UUID]) -> Facts:
    """What the database holds of these users."""
    users = {"users": user_ids}
    story: dict[Any, list[str]] = {}
    with app.app_context(), reading():
        for revision, kind in rows(_STORY, users):
            story.setdefault(revision, []).append(kind.value)
        kept = {(revision, order): length for revision, order, length in rows(_KEPT, users)}
        exports = Counter(row[0] for row in rows(_EXPORTS, users))
        return {
            "subscriptions": {
                user: (state.value, interval and interval.value, rounded(start), rounded(end), *how)
                for user, state, interval, start, end, *how in rows(_BILLED, users)
            },
            "projects": {
                project: (user, name, status.value)
                for project, user, name, status in rows(_PROJECTS, users)
            },
            "revisions": {
                revision: (
                    project, number, mode.value, status.value, active, version, rounded(completed),
                    exports[revision], story[revision],
                )
                for revision, project, number, mode, status, active, version, completed in rows(
                    _REVISIONS, users
                )
            },
            "steps": {
                (revision, order): (status.value, data, kept.get((revision, order), 0))
                for revision, order, status, data in rows(_STEPS, users)
            },
            "usage": {
                (user, kind.value, "ever" if kind is UsageType.STORAGE else rounded(start)): count
                for user, kind, start, count in rows(_USAGE, users)
            },
        }  # fmt: skip


def expected(world: World, ids: dict[tuple[Any, ...], uuid.UUID]) -> Facts:
    """What the model says that the database holds. `ids` knows users, projects, revisions."""
    projects = [(user, project) for user in world.users for project in user.projects]
    revisions = [(project, revision) for _, project in projects for revision in project.revisions]
    return {
        "subscriptions": {
            ids["user", user.number]: (
                paid.state, paid.interval, paid.start, paid.end, paid.ending, paid.past_due,
            )
            for user in world.users for paid in [user.subscription]
        },
        "projects": {
            ids["project", project.number]: (
                ids["user", user.number], project.name,
                "soft_deleted" if project.deleted else "active",
            )
            for user, project in projects
        },
        "revisions": {
            ids["revision", project.number, revision.number]: (
                ids["project", project.number], revision.number, revision.mode, revision.status,
                revision.active, revision.version, revision.completed_at, len(revision.exports),
                revision.story,
            )
            for project, revision in revisions
        },
        "steps": {
            (ids["revision", project.number, revision.number], step.order): (
                step.status, step.text, len(step.kept or ""),
            )
            for project, revision in revisions for step in revision.steps
        },
        "usage": _usage(world, ids),
    }  # fmt: skip


def _usage(world: World, ids: dict[tuple[Any, ...], uuid.UUID]) -> Facts:
    found: Facts = {}
    for user in world.users:
        owner = ids["user", user.number]
        if user.storage:
            found[owner, "storage", "ever"] = user.storage
        for month, count in user.subscription.restarts.items():
            found[owner, "restart", month] = count
    return found
