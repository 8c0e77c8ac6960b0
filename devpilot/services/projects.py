"""Projects: creation, renaming, soft deletion and restore.

A newcomer's likely mistake: looking for the caps here. How many projects a plan holds is
quota's to know, and the pipeline asks it before anything of this module runs.
"""

import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, func, select

from devpilot import clock
from devpilot.db import rows, session
from devpilot.errors import InvalidInput, Problem, ProjectDeleted
from devpilot.methodology import EXAMPLES
from devpilot.methodology.examples import Example
from devpilot.models import Project, Revision, Step, owned
from devpilot.models.project import NAME_LIMIT
from devpilot.services import revisions
from devpilot.services.new_steps import ORDERS
from devpilot.states import Mode, ProjectStatus, StepStatus

UNPRINTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that have no place in a name: controls, half pairs, line ends."""

OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Direction overrides, which would turn the text around the name."""

OFFERED_MODES = tuple(ORDERS)
"""Modes whose steps are all declared in `methodology`."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a person asks for when creating a project, and what is wrong with it."""

    name: str
    mode: Mode
    example: Example | None
    problems: tuple[Problem, ...] = ()

    @property
    def storage_delta(self) -> int:
        """Bytes that this project adds to the user's stored step data."""
        return revisions.initial_size(self.mode, self.example)


class Listed(NamedTuple):
    """A project as the list shows it, with the progress of its active revision."""

    id: uuid.UUID
    name: str
    mode: Mode
    updated_at: datetime
    deleted_at: datetime | None
    revision_id: uuid.UUID
    revision_number: int
    steps: int
    locked: int
    invalidated: int
    first_invalidated: int | None
    """The order of the first of them; they follow each other."""


def read_name(text: str) -> tuple[str, tuple[Problem, ...]]:
    """The cleaned name and what is wrong with it: 1 to 120 characters on one line."""
    if len(text) > 4 * NAME_LIMIT:  # before normalising, which is slow on long text
        return text, (Problem("name", f"Use at most {NAME_LIMIT} characters."),)
    name = unicodedata.normalize("NFC", text).strip()
    if not any(unicodedata.category(character)[0] not in "CMZ" for character in name):
        return name, (Problem("name", "Enter a name for the project."),)
    if len(name) > NAME_LIMIT:
        message = f"Use at most {NAME_LIMIT} characters; this name has {len(name)}."
        return name, (Problem("name", message),)
    if any(unicodedata.category(c) in UNPRINTED or c in OVERRIDES for c in name):
        return name, (Problem("name", "Use a name on one line, without control characters."),)
    return name, ()


def read_new(name: str, mode: str, example: str) -> NewProject:
    """The posted form as a NewProject. An example brings its own mode."""
    cleaned, problems = read_name(name)
    found = EXAMPLES.get(example)
    if example and found is None:
        problems += (Problem("example", "There is no such example; choose one of the list."),)
    chosen = found.mode if found else mode or Mode.LEAN.value
    if chosen not in OFFERED_MODES:
        offered = " or ".join(OFFERED_MODES)
        problems += (Problem("mode", f"Choose a mode that is offered: {offered}."),)
        chosen = Mode.LEAN.value
    return NewProject(cleaned, Mode(chosen), found, problems)


def ensure_creatable(new: NewProject) -> None:
    if new.problems:
        raise InvalidInput("projects", new.problems)


def create(owner_id: uuid.UUID, new: NewProject) -> Project:
    """The project, its first revision and that revision's steps, all at once."""
    moment = clock.now()
    project = Project(
        id=uuid.uuid4(), user_id=owner_id, name=new.name, mode=new.mode,
        created_at=moment,
    )  # fmt: skip
    session().add(project)
    revisions.create_first(project, new.example)
    return project


def find(user_id: uuid.UUID, project_id: uuid.UUID, *, hold: bool) -> Project | None:
    """The user's project, or None; with `hold`, locked until the transaction ends."""
    statement = owned.PROJECT_LOCKED if hold else owned.PROJECT
    return (
        session().scalars(statement, {"project_id": project_id, "user_id": user_id}).one_or_none()
    )


def ensure_active(project: Project) -> None:
    if not project.is_active:
        raise ProjectDeleted


def ensure_usable(project: Project, _form: object = None) -> None:
    ensure_active(project)


def ensure_active_above(below: Revision | Step, _form: object = None) -> None:
    """Nothing below a soft-deleted project changes."""
    ensure_active(below.project)


def ensure_renamable(project: Project, name: tuple[str, tuple[Problem, ...]] | None = None) -> None:
    ensure_active(project)
    if name and name[1]:
        raise InvalidInput("projects", name[1])


def rename(project: Project, name: str) -> None:
    project.name = name


def soft_delete(project: Project) -> None:
    """Take the project out of use. Nothing of it is erased; deleting twice changes nothing."""
    if project.is_active:
        project.status = ProjectStatus.SOFT_DELETED
        project.deleted_at = clock.now()


def restore(project: Project) -> None:
    """Bring a soft-deleted project back as it was; restoring twice changes nothing."""
    if not project.is_active:
        project.status = ProjectStatus.ACTIVE
        project.deleted_at = None


# Tables rather than mapped classes: twenty plain rows need no work by the ORM.
_project, _revision, _step = Project.__table__, Revision.__table__, Step.__table__
_LIST = (
    select(
        _project.c.id, _project.c.name, _project.c.mode, _revision.c.updated_at,
        _project.c.deleted_at, _revision.c.id, _revision.c.number,
        func.count(_step.c.id),
        func.sum(case((_step.c.status == StepStatus.LOCKED, 1), else_=0)),
        func.sum(case((_step.c.status == StepStatus.INVALIDATED, 1), else_=0)),
        func.min(case((_step.c.status == StepStatus.INVALIDATED, _step.c.order))),
    )
    .join(_revision, and_(_revision.c.project_id == _project.c.id, _revision.c.is_active))
    .join(_step, _step.c.revision_id == _revision.c.id)
    .where(_project.c.user_id == bindparam("user_id"), _project.c.status == bindparam("status"))
    .group_by(_project.c.id, _revision.c.id)
    .order_by(_revision.c.updated_at.desc(), _project.c.id)
)  # fmt: skip


def listed(user_id: uuid.UUID, status: ProjectStatus) -> Sequence[Listed]:
    """The user's projects of one status, the last changed first. One statement."""
    return list(map(Listed._make, rows(_LIST, {"user_id": user_id, "status": status})))
