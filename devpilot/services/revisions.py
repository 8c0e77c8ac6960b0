"""Revisions: creation, which one is active, and immutability once completed.

A newcomer's likely mistake: assigning `revision.status`. A lock asks the revision to
`settle`, which derives the status from the steps.
"""

import uuid
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from devpilot import clock
from devpilot.db import session
from devpilot.errors import InvalidInput, Problem, RevisionInvalidState, StaleVersion
from devpilot.methodology.examples import Example
from devpilot.models import EventKind, Project, Revision, Step
from devpilot.services import new_steps
from devpilot.services.version_form import VersionForm
from devpilot.states import Mode, RevisionStatus


class VersionedForm(Protocol):
    """A posted form of a revision: the version it shows, and whether it changes anything."""

    @property
    def version(self) -> int | None: ...
    @property
    def changes_nothing(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class NewRevision:
    """The next revision as asked for: a copy of `source` in this mode."""

    source: Revision | None
    """The latest completed revision; None when there is none."""
    mode: Mode
    problems: tuple[Problem, ...] = ()

    @property
    def storage_delta(self) -> int:
        """Bytes that the copy adds to the user's stored step data."""
        if self.source is None:
            return 0
        return sum(step.content.size for step in self.source.steps) + new_steps.size_of_added(
            self.source.mode, self.mode
        )


def create_first(project: Project, example: Example | None) -> Revision:
    """Revision 1, active, with every step of the project's mode as a draft."""
    moment = clock.now()
    revision = Revision(
        id=uuid.uuid4(), project=project, number=1, mode=project.mode,
        status=RevisionStatus.DRAFT, is_active=True, created_at=moment, updated_at=moment,
        version=1,
    )  # fmt: skip
    session().add(revision)
    new_steps.create(revision, example)
    revision.tell(EventKind.CREATED, moment)
    return revision


def initial_size(mode: Mode, example: Example | None) -> int:
    """Bytes that the steps of a first revision store."""
    return sum(
        map(len, (text.encode() for text in new_steps.initial_texts(mode, example).values()))
    )


def read_new(project: Project, mode: str) -> NewRevision:
    """The posted form. Without a mode, the copy has its source's; full never becomes lean."""
    source = latest_completed(project)
    before = source.mode if source else project.mode
    if mode in modes_after(before):
        return NewRevision(source, Mode(mode))
    offered = " or ".join(modes_after(before))
    problem = Problem("mode", f"Choose a mode that is offered here: {offered}.")
    return NewRevision(source, before, (problem,) if mode else ())


def modes_after(before: Mode) -> tuple[Mode, ...]:
    """The modes that a copy of a revision of mode `before` may have; its own comes first."""
    wider = (Mode.FULL,) if before is Mode.LEAN and Mode.FULL in new_steps.ORDERS else ()
    return (before, *wider)


def latest_completed(project: Project) -> Revision | None:
    """The completed revision with the highest number, with what its steps hold."""
    statement = (
        select(Revision)
        .where(Revision.project_id == project.id, Revision.status == RevisionStatus.COMPLETED)
        .options(selectinload(Revision.steps).joinedload(Step.content))
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return session().scalars(statement).one_or_none()


def ensure_creatable(project: Project, new: NewRevision | None = None) -> None:
    """One draft at a time, and something completed to copy."""
    if _has_draft(project.id):
        raise RevisionInvalidState(
            "This project has a revision that is still a draft, and it has one draft at a time.",
            "Lock what is open in it first; then open a new revision.",
        )
    if new is not None and new.problems:
        raise InvalidInput("revisions", new.problems)


def create_next(project: Project, new: NewRevision) -> Revision:
    """A copy of the latest completed revision, every step a draft. It becomes the active one."""
    source, moment = new.source, clock.now()
    if source is None:
        raise LookupError(project.id)  # no draft and nothing completed cannot be
    latest = max(revision.number for revision in project.revisions)
    _deactivate(project)
    revision = Revision(
        id=uuid.uuid4(), project=project, number=latest + 1, mode=new.mode,
        status=RevisionStatus.DRAFT, is_active=True, created_at=moment, updated_at=moment,
        version=1, cloned_from=source.number,
    )  # fmt: skip
    session().add(revision)
    new_steps.copy(revision, source)
    revision.tell(EventKind.CREATED, moment)
    return revision


def activate(revision: Revision) -> None:
    """Make this the revision that is worked on. Activating the active one changes nothing."""
    if revision.is_active:
        return
    _deactivate(revision.project)
    revision.is_active = True


def _deactivate(project: Project) -> None:
    for revision in project.revisions:
        revision.is_active = False
    session().flush()  # before another one becomes active: there is never more than one


def _has_draft(project_id: uuid.UUID) -> bool:
    statement = select(
        exists().where(Revision.project_id == project_id, Revision.status == RevisionStatus.DRAFT)
    )
    return bool(session().scalar(statement))


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
    _ensure_active(revision)
    if revision.is_completed:
        raise RevisionInvalidState(
            f"Revision {revision.number} is completed, so it does not change.",
            "Read it or export it. To change it, restart from a step or open a new revision.",
        )


def ensure_restartable(step: Step, _form: object = None) -> None:
    """Restarting makes a draft, and a project has one draft at a time."""
    revision = step.revision
    _ensure_active(revision)
    if revision.is_completed and _has_draft(revision.project_id):
        raise RevisionInvalidState(
            "Another revision of this project is still a draft, and it has one draft at a time.",
            "Make that one active and lock what is open in it first.",
        )


def _ensure_active(revision: Revision) -> None:
    if not revision.is_active:
        raise RevisionInvalidState(
            f"Revision {revision.number} is not the active one, so it can only be read.",
            "Make it the active one on the project’s page, or go on in the one that is.",
        )


def ensure_as_shown(revision: Revision, form: VersionForm | None = None) -> None:
    """Where a form says which version its page shows, that is the present one."""
    if form is not None and form.problems:
        raise InvalidInput("revisions", form.problems)
    if form is not None and form.version not in {None, revision.version}:
        raise StaleVersion(
            f"Revision {revision.number} was changed after this page was opened, in another tab "
            "or by a script.",
            "Open the project again, and look at what it holds now.",
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
