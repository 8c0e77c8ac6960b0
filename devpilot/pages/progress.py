"""The progress map: each step of a revision with its state in words, and its link."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import url_for
from markupsafe import Markup

from devpilot.methodology import definition
from devpilot.models import Revision
from devpilot.states import StepStatus

WORDS = {
    StepStatus.DRAFT: "Draft",
    StepStatus.LOCKED: "Locked",
    StepStatus.INVALIDATED: "Invalidated",
}


@dataclass(frozen=True, slots=True)
class ProgressItem:
    """One step in the progress map."""

    order: int
    title: str
    status: str
    word: str
    locked_at: datetime | None
    href: str
    current: bool
    note: str = ""


def progress_of(revision: Revision, current: int = 0) -> list[ProgressItem]:
    """The map of a revision's steps. A draft behind an unlocked step is "not yet"."""
    items = []
    reachable = True
    base = url_for("revisions.show", revision_id=revision.id)
    for step in revision.steps:
        waiting = step.status is StepStatus.DRAFT and not reachable
        items.append(
            ProgressItem(
                order=step.order,
                title=definition(step.order).title,
                status="waiting" if waiting else step.status.value,
                word="Not yet" if waiting else WORDS[step.status],
                locked_at=step.locked_at,
                href=f"{base}/steps/{step.order}",
                current=step.order == current,
            )
        )
        reachable = step.is_locked
    return items


@lru_cache(maxsize=128)
def strip(locked: int, total: int, invalidated: range) -> Markup:
    """Progress as a small picture, one mark for each step; the words stand beside it.

    The first `locked` steps are locked, and those whose orders are in `invalidated` wait to
    be validated again.
    """

    def status(order: int) -> str:
        if order <= locked:
            return "locked"
        if order in invalidated:
            return "invalidated"
        return "draft" if order == locked + 1 else "waiting"

    marks = "".join(f'<span data-status="{status(order)}"></span>' for order in range(1, total + 1))
    return Markup(f'<span class="strip" aria-hidden="true">{marks}</span>')  # noqa: S704  fixed text
