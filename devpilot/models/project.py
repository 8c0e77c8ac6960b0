"""Projects: the root of the tree that one user owns."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from devpilot.db import Base
from devpilot.models.columns import Created, Identifier, OptionalMoment, one_of
from devpilot.states import Mode, ProjectStatus, moved

if TYPE_CHECKING:
    from devpilot.models.revision import Revision

NAME_LIMIT = 120


class Project(Base):
    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint(
            "(deleted_at IS NOT NULL) = (status = 'soft_deleted')", name="deleted_at_iff_deleted"
        ),
    )

    id: Mapped[Identifier]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LIMIT))
    mode: Mapped[Mode] = mapped_column(one_of(Mode, "mode"))
    status: Mapped[ProjectStatus] = mapped_column(
        one_of(ProjectStatus, "status"), default=ProjectStatus.ACTIVE
    )
    deleted_at: Mapped[OptionalMoment]
    created_at: Mapped[Created]

    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="project", order_by="Revision.number"
    )

    @property
    def is_active(self) -> bool:
        return self.status is ProjectStatus.ACTIVE

    @validates("status")
    def _legal(self, _key: str, new: ProjectStatus) -> ProjectStatus:
        return moved(self.status, new)
