"""Steps, what they hold and held when locked, and the row keys a project has given out.

A step's text lives in a table of its own: a lock or a restart then rewrites a row of a few
bytes, and never the text. A newcomer's likely mistake: changing `content.data` in place;
it is the canonical JSON text, and is replaced whole.
"""

import json
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates
from sqlalchemy.orm.attributes import set_committed_value

from devpilot.db import Base, change_row
from devpilot.methodology.vocabulary import Data
from devpilot.models.columns import Identifier, OptionalMoment, one_of
from devpilot.models.project import Project
from devpilot.models.revision import Revision
from devpilot.states import StepStatus, moved

if TYPE_CHECKING:
    from devpilot.models.suggestion import Suggestion

EMPTY = "{}"


@lru_cache(maxsize=32)
def parsed(text: str) -> Data:
    """The data of a canonical text. Shared by all who read the same text."""
    return cast("Data", json.loads(text))


class LockedDataError(RuntimeError):
    """Code tried to change what a locked step holds. Always a bug, never input."""


class Step(Base):
    __tablename__ = "step"
    __table_args__ = (
        UniqueConstraint("revision_id", "order"),
        CheckConstraint('"order" BETWEEN 1 AND 10', name="order_range"),
        CheckConstraint(
            "(locked_at IS NOT NULL) = (status = 'locked')", name="locked_at_iff_locked"
        ),
        CheckConstraint(
            "(invalidated_at IS NOT NULL) = (status = 'invalidated')",
            name="invalidated_at_iff_invalidated",
        ),
    )

    id: Mapped[Identifier]
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("revision.id"))
    order: Mapped[int]
    status: Mapped[StepStatus] = mapped_column(
        one_of(StepStatus, "status"), default=StepStatus.DRAFT
    )
    locked_at: Mapped[OptionalMoment]
    invalidated_at: Mapped[OptionalMoment]

    revision: Mapped[Revision] = relationship(back_populates="steps")
    content: Mapped["StepContent"] = relationship(back_populates="step")
    pending: Mapped["Suggestion | None"] = relationship(
        primaryjoin="and_(Suggestion.step_id == Step.id, Suggestion.state == 'pending')",
        viewonly=True,
        uselist=False,
    )
    """The suggestion that waited for a decision when it was first asked for here."""

    @property
    def is_locked(self) -> bool:
        return self.status is StepStatus.LOCKED

    @property
    def project(self) -> Project:
        return self.revision.project

    @property
    def is_last(self) -> bool:
        """Locking this step completes the revision."""
        return self.order == len(self.revision.steps)

    @property
    def before(self) -> "Step | None":
        """The step that must be locked before this one is worked on."""
        return self.revision.steps[self.order - 2] if self.order > 1 else None

    @property
    def data(self) -> Data:
        """The stored data. Shared with other readers of the same text: copy before editing."""
        return parsed(self.content.data)

    @validates("status")
    def _legal(self, _key: str, new: StepStatus) -> StepStatus:
        return moved(self.status, new)


class StepContent(Base):
    """What the user wrote in one step, as canonical JSON (RFC 8785)."""

    __tablename__ = "step_content"
    __table_args__ = (CheckConstraint("size >= 0", name="size_not_negative"),)

    step_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("step.id"), primary_key=True)
    data: Mapped[str] = mapped_column(Text, default=EMPTY)
    aside: Mapped[str] = mapped_column(Text, default=EMPTY)
    """Typed content of fields whose condition does not hold at present."""
    removed: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """The row that was removed last, to be brought back; outside the storage quota."""
    size: Mapped[int]
    """Bytes of `data` and of a non-empty `aside`, in UTF-8; what the storage quota counts."""

    step: Mapped[Step] = relationship(back_populates="content")

    @validates("data", "aside")
    def _refuse_when_locked(self, key: str, new: str) -> str:
        step: Step | None = self.step
        if step is not None and step.is_locked and getattr(self, key) != new:
            raise LockedDataError(f"step {step.order} is locked; its {key} may not change")
        return new

    def replace(self, data: str, aside: str, removed: str) -> None:
        """Store another text at once, without the unit of work: see ADR 0008."""
        self._refuse_when_locked("data", data)
        self._refuse_when_locked("aside", aside)
        size = stored_size(data, aside)
        texts = {"data": data, "aside": aside, "removed": removed, "size": size}
        change_row(_REPLACE, {"step": self.step_id, **texts})
        for key, stored in texts.items():
            set_committed_value(self, key, stored)


_REPLACE = update(StepContent).where(StepContent.step_id == bindparam("step"))


class LockedText(Base):
    """What a step held at one of its locks, outside the storage quota. Never changed.

    `version` is the revision's version that the lock made; 0 for what a clone brought along.
    What step N was locked against is, of each earlier step, the last one not newer than N's own.
    """

    __tablename__ = "locked_text"

    step_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("step.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[str] = mapped_column(Text)


def stored_size(data: str, aside: str) -> int:
    """Bytes that a step's content counts for the storage quota."""
    return len(data.encode()) + (0 if aside == EMPTY else len(aside.encode()))


class RowKey(Base):
    """Every row key ever given out in a project, so that none is given twice.

    `token` is the random one that a form gave a new row: the same token always means the
    same row, however often the form is sent.
    """

    __tablename__ = "row_key"
    __table_args__ = (UniqueConstraint("project_id", "token"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    letter: Mapped[str] = mapped_column(String(2), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str | None] = mapped_column(String(100))
