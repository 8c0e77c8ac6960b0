"""Revisions: creation, which one is active, and immutability once completed.

A newcomer's likely mistake: assigning `revision.status`. A lock asks the revision to
`settle`, which derives the status from the steps.
"""

import uuid
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from devpilot import clock
from devpilot.db import session
from devpilot.errors import RevisionInvalidState, StaleVersion
from devpilot.methodology.examples import Example
from devpilot.models import EventKind, Project, Revision, Step
from devpilot.services import steps
from devpilot.states import Mode, RevisionStatus


class VersionedForm(Protocol):
    """A posted form of a revision: the version it shows, and whether it changes anything."""

    @property
    def version(self) -> int | None: ...
    @property
    def changes_nothing(self) -> bool: ...


def create_first(project: Project, example: Example | None) -> Revision:
    """Revision 1, active, with every step of the project's mode as a draft."""
    moment = clock.now()
    revision = Revision(
        id=uuid.uuid4(), project=project, number=1, mode=project.mode,
        status=RevisionStatus.DRAFT, is_active=True, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session().add(revision)
    steps.create_all(revision, example)
    revision.tell(EventKind.CREATED, moment)
    return revision


def initial_size(mode: Mode, example: Example | None) -> int:
    """Bytes that the steps of a first revision store."""
    return sum(map(len, (text.encode() for text in steps.initial_texts(mode, example).values())))


def of_project(project: Project) -> list[Revision]:
    """The project's revisions with their steps and stories, the newest first."""
    statement = (
        select(Revision)
        .where(Revision.project_id == project.id)
        .options(selectinload(Revision.steps), selectinload(Revision.events))
        .order_by(Revision.number.desc())
    )
    return list(session().scalars(statement))


def ensure_editable(step: Step, _form: object = None) -> None:
    """Only the active revision is worked on, and only while it is a draft."""
    revision = step.revision
    if not revision.is_active:
        raise RevisionInvalidState(
            f"Revision {revision.number} is not the active one, so it can only be read.",
            "Go on in the project's active revision.",
        )
    if revision.is_completed:
        raise RevisionInvalidState(
            f"Revision {revision.number} is completed, so it does not change.",
            "Read it as one document, or export it.",
        )


def ensure_current_or_equal(step: Step, form: VersionedForm | None = None) -> None:
    """A draft that is equal to the stored one may be saved from a page of any age."""
    if form is not None and not form.changes_nothing:
        ensure_current(step, form)


def ensure_current(step: Step, form: VersionedForm | None = None) -> None:
    """Raises StaleVersion for a form older than the revision."""
    if form is None or form.version == step.revision.version:
        return
    raise StaleVersion(
        "Something was saved after this page was opened, in another tab or by a script. "
        "Nothing of it was overwritten."
    )
