"""What the forms of projects, revisions, exports and the sandbox do: stages 3 to 8 of each.

Within stage 5: project deleted, revision state, malformed, stale, export eligibility.
`steps.py` has the forms of a step. Read `reference.py` first.
"""

from datetime import datetime
from typing import Any

from tests.model.account import ACTIVE, EXPIRED, MONTHS, months_after
from tests.model.content import EMPTY, keys_of, size
from tests.model.reference import (
    COMPLETED,
    Project,
    Request,
    Revision,
    Step,
    User,
    World,
    operation,
    refuse_if,
)

Leads = tuple[Any, ...]


@operation
def create_project(world: World, user: User, request: Request, now: datetime) -> Leads:
    plan, lively = world.plan(user, now), [p for p in user.projects if not p.deleted]
    refuse_if(plan.total is not None and len(user.projects) >= plan.total, "quota_exceeded")
    refuse_if(plan.active is not None and len(lively) >= plan.active, "quota_exceeded")
    content = world.examples.get(request.example, {})
    # Whatever the mode, a project has at least the lean steps: a wrong one is weighed as lean.
    orders = world.modes.get(request.mode, world.modes["lean"])
    texts = [content.get(order, EMPTY) for order in range(1, orders + 1)]
    world.ensure_room(user, sum(map(size, texts)), now)
    proper = _is_name(request.name) and request.mode in world.modes
    refuse_if(request.bogus or not proper, "invalid_input")
    project = Project(user, world.number(), request.name, keys_of(content), content)
    user.projects.append(project)
    _open_revision(project, request.mode, texts)
    return ("project", project)


@operation
def rename(_world: World, project: Project, request: Request, _now: datetime) -> Leads:
    refuse_if(project.deleted, "project_deleted")
    refuse_if(request.bogus or not _is_name(request.name), "invalid_input")
    project.name = request.name
    return ("project", project)


@operation
def delete(_world: World, project: Project, request: Request, _now: datetime) -> Leads:
    """A project that is deleted already stays so: a success that changes nothing."""
    refuse_if(request.bogus, "invalid_input")
    project.deleted = True
    return ("projects",)


@operation
def restore(world: World, project: Project, request: Request, now: datetime) -> Leads:
    """Re-checks the plan's caps; an active project stays so, which takes no place."""
    plan, everyone = world.plan(project.owner, now), project.owner.projects
    lively = [p for p in everyone if not p.deleted]
    if project.deleted:
        refuse_if(plan.total is not None and len(everyone) > plan.total, "quota_exceeded")
        refuse_if(plan.active is not None and len(lively) >= plan.active, "quota_exceeded")
    refuse_if(request.bogus, "invalid_input")
    project.deleted = False
    return ("project", project)


@operation
def open_revision(world: World, project: Project, request: Request, now: datetime) -> Leads:
    """Clones the latest completed revision; what the new mode adds is empty."""
    plan = world.plan(project.owner, now)
    refuse_if(not project.owner.subscription.pays(now), "subscription_required")
    most = plan.revisions
    refuse_if(most is not None and len(project.revisions) >= most, "quota_exceeded")
    completed = [found for found in project.revisions if found.status == COMPLETED]
    held = [step.text for step in completed[-1].steps] if completed else []
    orders = world.modes.get(request.mode, 0)
    texts = held + [EMPTY] * (orders - len(held)) if held else []
    world.ensure_room(project.owner, sum(map(size, texts)), now)
    refuse_if(project.deleted, "project_deleted")
    refuse_if(project.draft is not None, "revision_invalid_state")
    refuse_if(request.bogus or orders < len(held), "invalid_input")
    revision = _open_revision(project, request.mode, texts)
    for step, text in zip(revision.steps, held, strict=False):
        step.kept = text
    return ("step", revision, 1)


def _ensure_as_shown(revision: Revision, request: Request) -> None:
    """A form may leave the version out, and not say another one."""
    refuse_if(request.version not in {None, revision.version}, "stale_version")


@operation
def activate(_world: World, revision: Revision, request: Request, _now: datetime) -> Leads:
    """The active one already: a success that changes nothing."""
    refuse_if(revision.project.deleted, "project_deleted")
    refuse_if(request.bogus, "invalid_input")
    _ensure_as_shown(revision, request)
    for other in revision.project.revisions:
        other.active = other is revision
    return ("project", revision.project)


@operation
def export(_world: World, revision: Revision, request: Request, now: datetime) -> Leads:
    """The same content is one export, however often it is asked for."""
    refuse_if(not revision.owner.subscription.pays(now), "subscription_required")
    refuse_if(revision.project.deleted, "project_deleted")
    refuse_if(request.bogus, "invalid_input")
    _ensure_as_shown(revision, request)
    refuse_if(not revision.active or revision.status != COMPLETED, "export_ineligible")
    texts = [step.text for step in revision.steps]
    content = (revision.project.name, revision.completed_at, texts)
    if content not in revision.exports:
        revision.exports.append(content)
        revision.story.append("exported")
    return ("export", revision, revision.exports.index(content))


@operation
def bill(_world: World, user: User, request: Request, now: datetime) -> Leads:
    """The sandbox provider's word: `name` is the event, `mode` the interval."""
    subscription = user.subscription
    refuse_if(request.bogus or request.mode not in MONTHS, "invalid_input")
    if request.name == "paid":
        if not subscription.pays(now):
            subscription.close(now)
        subscription.state, subscription.start, subscription.interval = ACTIVE, now, request.mode
        subscription.end = months_after(now, MONTHS[request.mode])
        subscription.ending = subscription.past_due = False
        return ("billing",)
    refuse_if(subscription.state != ACTIVE, "invalid_input")
    if request.name == "period_ended":
        subscription.close(now)
        subscription.state, subscription.end, subscription.past_due = EXPIRED, now, False
    subscription.ending |= request.name == "cancelled"
    subscription.past_due |= request.name == "payment_failed"
    return ("billing",)


def _is_name(name: str) -> bool:
    return 1 <= len(name.strip()) <= 120


def _open_revision(project: Project, mode: str, texts: list[str]) -> Revision:
    """A new revision, number after the last, every step a draft, and the active one."""
    for other in project.revisions:
        other.active = False
    revision = Revision(project, len(project.revisions) + 1, mode)
    revision.steps = [Step(revision, order, text) for order, text in enumerate(texts, 1)]
    project.revisions.append(revision)
    return revision
