"""The state machine of steps: drafts, locks, sequence, completion.

A newcomer's likely mistake: deciding something about a lock elsewhere. The guards here, in
the order that a route's policy lists them, are the whole rule; the interface asks the same
guards what it may offer.
"""

import uuid
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import insert
from sqlalchemy.orm.attributes import set_committed_value

from devpilot import clock
from devpilot.db import holds_rows, rows, session
from devpilot.errors import (
    InvalidInput,
    NothingToDo,
    Problem,
    StepLocked,
    StepOutOfSequence,
    StepValidationFailed,
)
from devpilot.methodology import Severity, check, control_name, definition
from devpilot.methodology.vocabulary import Data, Finding
from devpilot.models import LockedText, Revision, Step, owned
from devpilot.models.step import parsed
from devpilot.services import row_keys, suggestions
from devpilot.services.step_form import Ground, StepForm, Stored
from devpilot.states import StepStatus


def find(user_id: uuid.UUID, revision_id: uuid.UUID, order: int, *, hold: bool) -> Step | None:
    """The step, with its siblings' states and the texts up to it; None when not the user's."""
    revision = find_revision(user_id, revision_id, texts_up_to=order, hold=hold)
    if revision is None or order > len(revision.steps):
        return None
    return revision.steps[order - 1]


def find_revision(
    user_id: uuid.UUID, revision_id: uuid.UUID, *, texts_up_to: int, hold: bool
) -> Revision | None:
    """The user's revision with its steps, and the texts of the first ones."""
    wanted = {"revision_id": revision_id, "user_id": user_id, "last": texts_up_to}
    if hold and holds_rows():
        revision = session().scalars(owned.REVISION_LOCKED, wanted).one_or_none()
        if revision is None:
            return None
        steps = list(session().scalars(owned.STEPS_LOCKED, wanted))
    else:
        steps = list(session().scalars(owned.STEPS, wanted))
        if not steps:  # each revision has some
            return None
        revision = steps[0].revision
    set_committed_value(revision, "steps", steps)
    for step in steps:
        # The session holds rows weakly: without these, the revision would be read again.
        set_committed_value(step, "revision", revision)
        if step.order <= texts_up_to:
            set_committed_value(step.content, "step", step)
    return revision


def load_texts(revision: Revision) -> None:
    """Read what the steps of the revision hold, in one statement."""
    found = session().scalars(owned.CONTENTS, {"revision_id": revision.id})
    by_step = {content.step_id: content for content in found}
    for step in revision.steps:
        set_committed_value(step, "content", by_step[step.id])


def blueprint_before(step: Step) -> dict[int, Data]:
    """The data of every earlier step."""
    return {earlier.order: earlier.data for earlier in step.revision.steps[: step.order - 1]}


def read_form(step: Step, pairs: list[tuple[str, str]]) -> StepForm:
    """The posted fields as the data that they would make of this step. Writes nothing."""
    declared = definition(step.order)
    upstream = blueprint_before(step)
    form = StepForm.read(declared, pairs, stored(step), upstream)
    if not form.posts_data:
        return form.unchanged(step.content.data, step.content.aside)
    ground = Ground(step.content.data, step.content.aside, upstream, {}, {})
    if not form.makes_rows:
        merged = form.merge(declared, ground)
        if not merged.problems:
            return merged
    # A new row needs a number, and a key that is not in the data may be one of a removed row.
    allotted, tokens = row_keys.given_out(step.project.id, form.tokens)
    return form.merge(declared, replace(ground, allotted=allotted, tokens=tokens))


def stored(step: Step) -> Stored:
    """What a posted form of the step is read against."""
    return Stored(step.data, step.content.removed)


def ensure_unlocked(step: Step, _form: StepForm | None = None) -> None:
    if step.is_locked:
        raise StepLocked(f"Step {step.order} is locked, so its text does not change.")


def ensure_lock_is_news(step: Step, form: StepForm | None = None) -> None:
    """A lock of a locked step with no newer data is a success that changes nothing."""
    if step.is_locked and (form is None or form.changes_nothing):
        raise NothingToDo


def ensure_in_sequence(step: Step, _form: StepForm | None = None) -> None:
    before = step.before
    if before is not None and not before.is_locked:
        # Often not the one just before: named is the one that can be locked now.
        due = next(each.order for each in step.revision.steps if not each.is_locked)
        raise StepOutOfSequence(
            f"Step {step.order} rests on step {due}, which is not locked yet.",
            f"Lock step {due}, {definition(due).title}, first.",
        )


def ensure_well_formed(_step: Step, form: StepForm | None = None) -> None:
    if form is not None and form.problems:
        raise InvalidInput("steps", form.problems)


def ensure_valid(step: Step, form: StepForm | None = None) -> None:
    """Raises StepValidationFailed listing what still stands between the step and its lock."""
    text = form.text if form is not None else step.content.data
    errors = [f for f in findings(step, text) if f.severity is Severity.ERROR]
    if errors:
        things = "1 thing is" if len(errors) == 1 else f"{len(errors)} things are"
        kept = "" if form is None or form.changes_nothing else " Nothing was saved."
        raise StepValidationFailed(
            f"{things} missing before step {step.order} can be locked.{kept}",
            problems=[_problem(step, form, parsed(text), error) for error in errors],
        )


def _problem(step: Step, form: StepForm | None, data: Data, found: Finding) -> Problem:
    """A finding as an error of the control that it is about."""
    name = control_name(definition(step.order), data, found)
    return Problem(form.posted_name(name) if form else name, f"{found.message} {found.mend}")


def findings(step: Step, text: str) -> tuple[Finding, ...]:
    """What the checks say of this canonical text, given the steps before it."""
    before = [earlier.content.data for earlier in step.revision.steps[: step.order - 1]]
    return _findings((*before, text))


@lru_cache(maxsize=32)
def _findings(texts: tuple[str, ...]) -> tuple[Finding, ...]:
    """The same texts have the same findings; a page asks more than once."""
    blueprint = {order: parsed(text) for order, text in enumerate(texts, start=1)}
    return check(blueprint, len(texts))


def save(step: Step, form: StepForm) -> None:
    """Store what was posted as the step's draft; an equal draft changes nothing."""
    if form.changes_nothing:
        return
    _store(step, form)
    step.revision.raise_version(clock.now())


def lock(step: Step, form: StepForm) -> None:
    """Save what came along, lock, and let the revision complete when this was the last."""
    if step.is_locked:
        return
    revision, moment = step.revision, clock.now()
    # The text first: the database lets none into a locked step. What was removed is settled.
    _store(step, replace(form, removed=""))
    touch(revision, moment)
    step.invalidated_at = None
    step.locked_at = moment
    step.status = StepStatus.LOCKED
    rows(_KEEP, {"step_id": step.id, "version": revision.version, "data": step.content.data})
    suggestions.end_pending(step)
    revision.settle(moment)


_KEEP = insert(LockedText)


def _store(step: Step, form: StepForm) -> None:
    if form.changes_nothing and form.removed == step.content.removed:
        return
    step.content.replace(form.text, form.aside_text, form.removed)
    row_keys.give_out(step.project.id, form.new_keys)


def put(step: Step, text: str, aside: str) -> None:
    """Replace what the step holds, whose row keys are given out already."""
    step.content.replace(text, aside, step.content.removed)


def touch(revision: Revision, moment: datetime) -> None:
    """Every change of a revision, or of anything below it, makes pages of it out of date.

    It is written with what else changes of the revision; a draft save has nothing else, and
    asks for `raise_version`.
    """
    revision.version += 1
    revision.updated_at = moment
