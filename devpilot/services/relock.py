"""The re-lock queue: what an open step's last lock stood on, and what is different now.

After a restart, and in a copy of a revision, a step that is unchanged and meets its rules is
locked again with one confirmation. A newcomer's likely mistake: comparing with the newest lock
of an earlier step. A step is compared with what its own lock saw: see `LockedText`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from devpilot.db import rows
from devpilot.document.comparison import Change, Kind, Mention, changes, mentions
from devpilot.methodology import Blueprint, Finding, Severity
from devpilot.models import LockedText, Revision, Step
from devpilot.models.step import parsed
from devpilot.services import steps
from devpilot.states import StepStatus


@dataclass(frozen=True, slots=True)
class Review:
    """How an open step compares with its own last lock."""

    step: Step
    own: tuple[Change, ...]
    """What the step itself holds otherwise than when it was locked."""
    upstream: tuple[Change, ...]
    """What earlier steps hold otherwise than when this one was locked."""
    mentions: tuple[Mention, ...]
    """Its rows that refer to rows which changed or went."""
    failing: tuple[Finding, ...]
    """The rules that stand between it and a lock now."""

    @property
    def is_unchanged(self) -> bool:
        """Nothing of it, and nothing that it refers to, is different; all its rules hold."""
        return not (self.own or self.mentions or self.failing)

    def of_row(self, key: str) -> tuple[Change, ...]:
        """What changed of an earlier step's row."""
        return tuple(change for change in self.upstream if change.row == key)


_locked, _step = LockedText.__table__, Step.__table__
_HELD = (
    select(_step.c.order, _locked.c.version, _locked.c.data)
    .join(_step, _step.c.id == _locked.c.step_id)
    .where(_step.c.revision_id == bindparam("revision_id"), _step.c.order <= bindparam("last"))
    .order_by(_locked.c.version)
)


def review_of(step: Step) -> Review | None:
    """The review of one open step whose texts are loaded up to it; None for a first draft."""
    revision = step.revision
    if step.is_locked or not (step.status is StepStatus.INVALIDATED or revision.cloned_from):
        return None
    return next(iter(_reviews(revision, [step])), None)


def queue_of(revision: Revision) -> list[Review]:
    """The reviews of every step that waits to be locked again, in order."""
    waiting = [
        step
        for step in revision.steps
        if step.status is StepStatus.INVALIDATED or (revision.cloned_from and not step.is_locked)
    ]
    if not waiting:
        return []
    steps.load_texts(revision)
    return _reviews(revision, waiting)


def _reviews(revision: Revision, waiting: Sequence[Step]) -> list[Review]:
    last = waiting[-1].order
    found = rows(_HELD, {"revision_id": revision.id, "last": last})
    held: list[tuple[int, int, str]] = [tuple(row) for row in found]
    own = {order: version for order, version, _ in held}  # the newest comes last
    now = {step.order: step.data for step in revision.steps[:last]}
    return [
        _review(step, _seen_at(own[step.order], held), now) for step in waiting if step.order in own
    ]


def _seen_at(version: int, held: Sequence[tuple[int, int, str]]) -> Blueprint:
    """What every step held, when a lock made this version."""
    return {order: parsed(data) for order, locked, data in held if locked <= version}


def _review(step: Step, before: Blueprint, now: Blueprint) -> Review:
    upstream = [change for order in range(1, step.order) for change in changes(order, before, now)]
    touched = {change.row for change in upstream if change.kind is not Kind.ADDED}
    found = steps.findings(step, step.content.data)
    return Review(
        step,
        own=changes(step.order, before, now),
        upstream=tuple(upstream),
        mentions=mentions(now, touched - {""}, [step.order]),
        failing=tuple(one for one in found if one.severity is Severity.ERROR),
    )
