"""What the crash drill changes of one person, as it must be stored and as it is."""

import re
import uuid
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import Select, func, select

from devpilot.db import reading, session
from devpilot.models import Export, Project, Revision, Usage, UsageType
from devpilot.states import ProjectStatus

DRAFT, LOCKED, INVALIDATED = "draft", "locked", "invalidated"


@dataclass(frozen=True, slots=True)
class State:
    """What is stored of one writer, as far as the drill changes it."""

    projects: int
    revisions: int
    version: int
    statuses: tuple[str, ...]
    text: int
    """The number in the text of step 1."""
    restarts: int
    exports: int

    def with_step(self, order: int, *statuses: str) -> "State":
        """With these statuses from the step on, in the next version."""
        changed = (*self.statuses[: order - 1], *statuses)
        kept = self.statuses[len(changed) :]
        return replace(self, statuses=changed + kept, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Move:
    """One post, and what is stored when it is done."""

    name: str
    path: str
    fields: dict[str, str]
    after: State


def observed(app: Flask, user_id: uuid.UUID, project: str) -> State:
    """What is stored of this person, whose project this is."""
    project_id = uuid.UUID(project.rpartition("/")[2])
    mine = Project.user_id == user_id, Project.status == ProjectStatus.ACTIVE
    in_project = Revision.project_id == project_id
    spent = Usage.user_id == user_id, Usage.type == UsageType.RESTART
    with app.app_context(), reading():
        active = session().scalars(select(Revision).where(in_project, Revision.is_active)).one()
        found = re.search(r"Text number (\d+)", active.steps[0].content.data)
        return State(
            projects=_count(select(Project.id).where(*mine)),
            revisions=_count(select(Revision.id).where(in_project)),
            version=active.version,
            statuses=tuple(step.status.value for step in active.steps),
            text=int(found[1]) if found else 0,
            restarts=session().scalar(select(func.sum(Usage.count)).where(*spent)) or 0,
            exports=_count(select(Export.id).join(Revision).where(in_project)),
        )


def _count(rows: Select[Any]) -> int:
    return session().scalar(select(func.count()).select_from(rows.subquery())) or 0
