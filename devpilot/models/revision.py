"""Revisions of a project, and each one's story."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
    bindparam,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.orm.attributes import set_committed_value

from devpilot.db import Base, change_row, session
from devpilot.models.columns import (
    Created,
    Identifier,
    Moment,
    OptionalMoment,
    one_of,
    unique_where,
)
from devpilot.models.project import Project
from devpilot.states import Mode, RevisionStatus, moved

if TYPE_CHECKING:
    from devpilot.models.step import Step


class EventKind(StrEnum):
    CREATED = "created"
    COMPLETED = "completed"
    RESTARTED = "restarted"
    EXPORTED = "exported"


class Revision(Base):
    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        unique_where("uq_revision_one_active", "project_id", "is_active"),
        unique_where("uq_revision_one_draft", "project_id", "status = 'draft'"),
        CheckConstraint(
            "(completed_at IS NOT NULL) = (status = 'completed')", name="completed_at_iff_completed"
        ),
    )

    id: Mapped[Identifier]
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    mode: Mapped[Mode] = mapped_column(one_of(Mode, "mode"))
    status: Mapped[RevisionStatus] = mapped_column(
        one_of(RevisionStatus, "status"), default=RevisionStatus.DRAFT
    )
    is_active: Mapped[bool]
    completed_at: Mapped[OptionalMoment]
    created_at: Mapped[Created]
    updated_at: Mapped[Moment]
    """When it or anything below it changed last."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by every change of the revision or below it; a form carries the one it shows."""
    cloned_from: Mapped[int | None]
    """The number of the revision that this one began as a copy of."""
    reopened_from: Mapped[int | None]
    """The step that a restart begins with: the key to the triggers that keep a lock closed.
    Set within the transaction of a restart alone; NULL in every committed row."""

    project: Mapped[Project] = relationship(back_populates="revisions")
    steps: Mapped[list["Step"]] = relationship(back_populates="revision", order_by="Step.order")
    events: Mapped[list["RevisionEvent"]] = relationship(
        order_by="RevisionEvent.version, RevisionEvent.at", viewonly=True
    )

    @property
    def is_completed(self) -> bool:
        return self.status is RevisionStatus.COMPLETED

    def raise_version(self, at: datetime) -> None:
        """What `steps.touch` does, where nothing else of the revision changes: see ADR 0008."""
        raised = {"version": self.version + 1, "updated_at": at}
        change_row(_RAISE, {"revision": self.id, **raised})
        for key, stored in raised.items():
            set_committed_value(self, key, stored)

    def settle(self, at: datetime) -> None:
        """Derive the status from the steps: completed if and only if all are locked."""
        completed = all(step.is_locked for step in self.steps)
        if completed is self.is_completed:
            return
        self.status = RevisionStatus.COMPLETED if completed else RevisionStatus.DRAFT
        self.completed_at = at if completed else None
        if completed:
            self.tell(EventKind.COMPLETED, at)

    def tell(
        self,
        kind: EventKind,
        at: datetime,
        *,
        step_order: int | None = None,
        export_id: uuid.UUID | None = None,
    ) -> None:
        """Add a line to this revision's story."""
        event = RevisionEvent(revision_id=self.id, kind=kind, at=at, version=self.version)
        event.step_order, event.export_id = step_order, export_id
        session().add(event)

    @validates("status")
    def _legal(self, _key: str, new: RevisionStatus) -> RevisionStatus:
        return moved(self.status, new)


_RAISE = update(Revision).where(Revision.id == bindparam("revision"))


class RevisionEvent(Base):
    """One line of a revision's story: what happened, when, and to which step or export."""

    __tablename__ = "revision_event"

    id: Mapped[Identifier]
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("revision.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(one_of(EventKind, "kind"))
    at: Mapped[Moment]
    version: Mapped[int] = mapped_column(server_default="0")
    """The revision's version at that time: events are told in this order, whatever the clock."""
    step_order: Mapped[int | None]
    export_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("export.id"))
