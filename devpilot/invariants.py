"""What must hold of a revision before anything of it is written.

The second of three rings: guards refuse politely, this refuses a bug, and the database's
constraints refuse what went around both. Runs before every flush.
"""

from collections.abc import Iterable
from itertools import pairwise

from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import get_history

from devpilot.db import RoutedSession
from devpilot.models import Revision, Step
from devpilot.states import StepStatus


class BrokenInvariantError(RuntimeError):
    """A revision was about to be written in an illegal state. Always a bug, never input."""


def ensure_consistent(revision: Revision) -> None:
    """Steps are locked from the first without a gap; completed means all of them are."""
    locked = [step.status is StepStatus.LOCKED for step in revision.steps]
    if any(later and not earlier for earlier, later in pairwise(locked)):
        raise BrokenInvariantError(
            f"revision {revision.id}: a step is locked above one that is not"
        )
    if revision.is_completed is not all(locked):
        raise BrokenInvariantError(
            f"revision {revision.id}: is {revision.status} with {sum(locked)} locked steps"
        )


@event.listens_for(RoutedSession, "before_flush")
def _before_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for revision in _touched([*session.new, *session.dirty]):
        ensure_consistent(revision)


def _touched(objects: Iterable[object]) -> set[Revision]:
    """Revisions whose status or a step's status is about to be written."""
    touched: set[Revision] = set()
    for instance in objects:
        if not isinstance(instance, Revision | Step):
            continue
        if not get_history(instance, "status").has_changes():
            continue
        touched.add(instance if isinstance(instance, Revision) else instance.revision)
    return touched
