"""What the forms of a step do: save, lock and restart, stages 3 to 8 of each.

Within stage 5 the order is: project deleted, revision state, the no-op lock, step locked (for a
restart: not locked), out of sequence, malformed, stale, validation. Read `reference.py` first.
"""

from datetime import datetime
from typing import Any

from tests.model.content import Keys, applied, may_lock, size, well_formed
from tests.model.reference import (
    COMPLETED,
    DRAFT,
    INVALIDATED,
    LOCKED,
    Request,
    Revision,
    Step,
    World,
    operation,
    refuse_if,
)

Leads = tuple[Any, ...]


@operation
def save(world: World, step: Step, request: Request, now: datetime) -> Leads:
    revision = step.revision
    text, keys, proper = _typed(step, request)
    _ensure_in_plan(world, step, now)
    world.ensure_room(step.owner, size(text) - size(step.text), now)
    _ensure_open(revision)
    refuse_if(step.status == LOCKED, "step_locked")
    _ensure_ready(step, request, proper=proper)
    if text != step.text:
        refuse_if(request.version != revision.version, "stale_version")
        step.text, revision.project.keys = text, keys
        revision.version += 1
    return ("step", revision, step.order)


@operation
def lock(world: World, step: Step, request: Request, now: datetime) -> Leads:
    revision = step.revision
    text, keys, proper = _typed(step, request)
    last = step.order == len(revision.steps)
    _ensure_in_plan(world, step, now)
    refuse_if(last and not step.owner.subscription.pays(now), "subscription_required")
    world.ensure_room(step.owner, size(text) - size(step.text), now)
    _ensure_open(revision)
    leads = ("project", revision.project) if last else ("step", revision, step.order + 1)
    if step.status == LOCKED:
        refuse_if(text != step.text or not proper, "step_locked")
        return leads
    _ensure_ready(step, request, proper=proper)
    refuse_if(request.version != revision.version, "stale_version")
    texts = [other.text for other in revision.steps]
    texts[step.order - 1] = text
    refuse_if(not may_lock(step.order, texts, revision.project.example), "step_validation_failed")
    step.text, revision.project.keys, step.status, step.kept = text, keys, LOCKED, text
    revision.version += 1
    if last:
        revision.status, revision.completed_at = COMPLETED, now
        revision.story.append("completed")
    return leads


@operation
def restart(world: World, step: Step, request: Request, now: datetime) -> Leads:
    revision, subscription = step.revision, step.owner.subscription
    refuse_if(not subscription.pays(now), "subscription_required")
    used = subscription.restarts_of(now)
    refuse_if(used >= world.plan(step.owner, now).restarts, "quota_exceeded")
    refuse_if(revision.project.deleted, "project_deleted")
    refuse_if(not revision.active, "revision_invalid_state")
    refuse_if(revision.project.draft not in {None, revision}, "revision_invalid_state")
    refuse_if(step.status != LOCKED, "step_not_locked")
    refuse_if(request.bogus or request.version is None, "invalid_input")
    refuse_if(request.version != revision.version, "stale_version")
    for later in revision.steps[step.order :]:
        later.status = INVALIDATED if later.status == LOCKED else later.status
    step.status, revision.status, revision.completed_at = DRAFT, DRAFT, None
    revision.version += 1
    revision.story.append("restarted")
    subscription.restarted(now)
    return ("step", revision, step.order)


def _typed(step: Step, request: Request) -> tuple[str, Keys, bool]:
    """The step's text and the project's keys after the form, and whether it is well formed.

    What is malformed is not read: it stores nothing, and counts as no growth.
    """
    keys, posts = step.revision.project.keys, bool(request.edits or request.bogus)
    proper = not request.bogus and well_formed(step.order, request.edits)
    if not proper or (posts and request.version is None):
        return step.text, keys, False
    return (*applied(step.text, keys, request.edits), True)


def _ensure_in_plan(world: World, step: Step, now: datetime) -> None:
    refuse_if(not world.plan(step.owner, now).reaches(step.order), "subscription_required")


def _ensure_open(revision: Revision) -> None:
    refuse_if(revision.project.deleted, "project_deleted")
    refuse_if(not revision.active or revision.status == COMPLETED, "revision_invalid_state")


def _ensure_ready(step: Step, request: Request, *, proper: bool) -> None:
    refuse_if(not step.revision.reached(step.order), "step_out_of_sequence")
    refuse_if(not proper or request.version is None, "invalid_input")
