"""The steps that a new revision starts with: empty, from an example, or as a copy.

A newcomer's likely mistake: copying locks. Every step of a new revision is a draft; what it
held when it was locked comes along beside it, so that the re-lock queue can compare.
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import insert

from devpilot.db import session
from devpilot.methodology import FULL, LEAN, canonical
from devpilot.methodology.examples import Example
from devpilot.models import LockedText, Revision, Step, StepContent
from devpilot.models.step import EMPTY, stored_size
from devpilot.services import row_keys, suggestions
from devpilot.states import Mode, StepStatus

ORDERS: Mapping[Mode, tuple[int, ...]] = {Mode.LEAN: LEAN, Mode.FULL: FULL}
"""The steps of each mode."""

CARRIED_OVER = 0
"""The version of a text that was locked in another revision: older than every lock in this."""


def initial_texts(mode: Mode, example: Example | None) -> dict[int, str]:
    """The canonical text that each step of a first revision starts with."""
    given = example.steps if example else {}
    return {
        order: canonical(given[order]).decode() if order in given else EMPTY
        for order in ORDERS[mode]
    }


def size_of_added(before: Mode, mode: Mode) -> int:
    """Bytes of the empty steps that a copy in a wider mode adds."""
    return stored_size(EMPTY, EMPTY) * (len(ORDERS[mode]) - len(ORDERS[before]))


def create(revision: Revision, example: Example | None) -> None:
    """Every step of the revision's mode, as a draft, with its text and its row keys."""
    for order, text in initial_texts(revision.mode, example).items():
        _add(revision, order, text, EMPTY)
    session().flush()
    if example:
        row_keys.give_out(revision.project_id, dict.fromkeys(row_keys.in_blueprint(example.steps)))


def copy(revision: Revision, source: Revision) -> None:
    """Every step of the revision's mode with what `source` holds of it; the rest empty."""
    known = {step.order: step.content for step in source.steps}
    kept = []
    for order in ORDERS[revision.mode]:
        content = known.get(order)
        if content is None:
            _add(revision, order, EMPTY, EMPTY)
            continue
        step = _add(revision, order, content.data, content.aside)
        kept.append({"step_id": step.id, "version": CARRIED_OVER, "data": content.data})
    session().flush()
    session().execute(insert(LockedText), kept)
    suggestions.copy_origins(source, revision)


def _add(revision: Revision, order: int, text: str, aside: str) -> Step:
    step = Step(id=uuid.uuid4(), revision=revision, order=order, status=StepStatus.DRAFT)
    content = StepContent(step=step, data=text, aside=aside, size=stored_size(text, aside))
    session().add_all([step, content])
    return step
