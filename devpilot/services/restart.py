"""Restart from a step: what it would do, and doing it, all at once or not at all.

A newcomer's likely mistake: working out the consequences twice. `cascade` says which steps a
restart invalidates; the page shows it and `restart_from` does it, on the version shown.
"""

from devpilot import clock
from devpilot.db import session
from devpilot.document.comparison import Mention, mentions, row_keys
from devpilot.errors import InvalidInput, StepNotLocked
from devpilot.models import EventKind, Step
from devpilot.services import steps, suggestions
from devpilot.services.version_form import VersionForm
from devpilot.states import StepStatus


def ensure_locked(step: Step, _form: object = None) -> None:
    if not step.is_locked:
        raise StepNotLocked(f"Step {step.order} is not locked, so there is nothing to reopen.")


def ensure_says_version(_step: Step, form: VersionForm | None = None) -> None:
    if form is not None and form.problems:
        raise InvalidInput("steps", form.problems)


def cascade(step: Step) -> list[Step]:
    """The steps that a restart from this one invalidates: every locked one after it."""
    return [later for later in step.revision.steps[step.order :] if later.is_locked]


def dependents(step: Step) -> tuple[Mention, ...]:
    """The rows of later steps that refer to rows of this one."""
    steps.load_texts(step.revision)
    blueprint = {one.order: one.data for one in step.revision.steps}
    later = range(step.order + 1, len(blueprint) + 1)
    return mentions(blueprint, row_keys(step.order, step.data), later)


def restart_from(step: Step) -> None:
    """Reopen the step and invalidate what stands on it. The revision is a draft after it."""
    revision, moment = step.revision, clock.now()
    revision.reopened_from = step.order
    steps.touch(revision, moment)
    if not all(later.is_locked for later in revision.steps[step.order :]):
        suggestions.end_pending_from(step)  # beside a locked step nothing waits
    invalidated = cascade(step)
    step.locked_at = None
    step.status = StepStatus.DRAFT
    for later in invalidated:
        later.locked_at = None
        later.invalidated_at = moment
        later.status = StepStatus.INVALIDATED
    revision.settle(moment)
    revision.tell(EventKind.RESTARTED, moment, step_order=step.order)
    session().flush()
    revision.reopened_from = None
