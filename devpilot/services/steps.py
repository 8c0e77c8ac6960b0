"""The state machine of steps: drafts, locks, sequence, completion.

A newcomer's likely mistake: deciding something about a lock elsewhere. The guards here, in
the order that a route's policy lists them, are the whole rule; the interface asks the same
guards what it may offer.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, insert, null, select, union_all
from sqlalchemy.orm.attributes import set_committed_value

from devpilot import clock
from devpilot.db import session
from devpilot.errors import (
    InvalidInput,
    NothingToDo,
    Problem,
    StepLocked,
    StepOutOfSequence,
    StepValidationFailed,
)
from devpilot.methodology import LEAN, Severity, canonical, check, control_name, definition
from devpilot.methodology.examples import Example
from devpilot.methodology.vocabulary import Blueprint, Data, Finding
from devpilot.models import Revision, RowKey, Step, StepContent, owned
from devpilot.models.step import EMPTY, parsed, stored_size
from devpilot.services.step_form import Ground, StepForm
from devpilot.states import Mode, StepStatus

ORDERS: Mapping[Mode, tuple[int, ...]] = {Mode.LEAN: LEAN}
"""The steps of each mode whose steps are all declared."""


def initial_texts(mode: Mode, example: Example | None) -> dict[int, str]:
    """The canonical text that each step of a new revision starts with."""
    given = example.steps if example else {}
    return {
        order: canonical(given[order]).decode() if order in given else EMPTY
        for order in ORDERS[mode]
    }


def create_all(revision: Revision, example: Example | None) -> None:
    """Every step of the revision's mode, as a draft."""
    for order, text in initial_texts(revision.mode, example).items():
        step = Step(id=uuid.uuid4(), revision=revision, order=order, status=StepStatus.DRAFT)
        session().add(step)
        session().add(StepContent(step=step, data=text, aside=EMPTY, size=stored_size(text, EMPTY)))
    session().flush()
    if example:
        _give_out(revision.project_id, dict.fromkeys(row_keys(example.steps)))


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
    ids = {"revision_id": revision_id, "user_id": user_id}
    statement = owned.REVISION_LOCKED if hold else owned.REVISION
    revision = session().scalars(statement, ids).one_or_none()
    if revision is not None:
        wanted = {"revision_id": revision_id, "last": texts_up_to}
        steps = list(session().scalars(owned.STEPS_LOCKED if hold else owned.STEPS, wanted))
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
    form = StepForm.read(declared, pairs)
    if not form.posts_data:
        return form.unchanged(step.content.data)
    ground = Ground(step.content.data, step.content.aside, blueprint_before(step), {}, {})
    if not form.makes_rows:
        merged = form.merge(declared, ground)
        if not merged.problems:
            return merged
    # A new row needs a number, and a key that is not in the data may be one of a removed row.
    allotted, tokens = _given_out(step.project.id, form)
    return form.merge(declared, replace(ground, allotted=allotted, tokens=tokens))


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
        raise StepOutOfSequence(
            f"Step {step.order} rests on step {before.order}, which is not locked yet.",
            f"Lock step {before.order}, {definition(before.order).title}, first.",
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
        raise StepValidationFailed(
            f"{things} missing before step {step.order} can be locked. Nothing was saved.",
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
    moment = clock.now()
    content = step.content
    content.data, content.aside = form.text, form.aside_text
    content.size = stored_size(form.text, form.aside_text)
    _give_out(step.project.id, form.new_keys)
    _touch(step.revision, moment)


def lock(step: Step, form: StepForm) -> None:
    """Save what came along, lock, and let the revision complete when this was the last."""
    if step.is_locked:
        return
    save(step, form)
    moment = clock.now()
    step.content.locked_data = step.content.data
    step.invalidated_at = None
    step.locked_at = moment
    step.status = StepStatus.LOCKED
    step.revision.settle(moment)
    if form.changes_nothing:
        _touch(step.revision, moment)


def row_keys(blueprint: Blueprint) -> list[str]:
    """The key of every row in the blueprint."""
    lists = [value for data in blueprint.values() for value in data.values()]
    return [row["key"] for rows in lists if isinstance(rows, list) for row in rows]


def _touch(revision: Revision, moment: datetime) -> None:
    revision.version += 1
    revision.updated_at = moment


def _given_out(
    project_id: uuid.UUID, form: StepForm
) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """The last number per letter, and the key of each posted token. One statement."""
    mine = RowKey.project_id == project_id
    last = (
        select(RowKey.letter, func.max(RowKey.number), null()).where(mine).group_by(RowKey.letter)
    )
    known = select(RowKey.letter, RowKey.number, RowKey.token).where(
        mine, RowKey.token.in_(form.tokens)
    )
    rows: Sequence[Any] = session().execute(union_all(last, known)).all()
    numbers = {letter: number for letter, number, token in rows if token is None}
    tokens = {token: f"{letter}{number}" for letter, number, token in rows if token is not None}
    return numbers, tokens


def _give_out(project_id: uuid.UUID, keys: Mapping[str, str | None]) -> None:
    """Remember row keys (and the token each came with) as given out for ever."""
    if not keys:
        return
    rows: list[dict[str, object]] = [
        {
            "project_id": project_id,
            "letter": key.rstrip("0123456789"),
            "number": int(key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
            "token": token,
        }
        for key, token in keys.items()
    ]
    session().execute(insert(RowKey), rows)
