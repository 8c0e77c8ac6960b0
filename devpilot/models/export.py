"""The record of an export. Its bytes lie in the artifact store, under their own hash."""

import uuid

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from devpilot.db import Base
from devpilot.models.columns import Created, Identifier
from devpilot.models.revision import Revision


class Export(Base):
    __tablename__ = "export"
    __table_args__ = (UniqueConstraint("revision_id", "hash"),)

    id: Mapped[Identifier]
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("revision.id"))
    template_version: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    """The manifest's hash: what was exported."""
    artifact: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the ZIP file: where its bytes are, and the download's ETag."""
    size: Mapped[int]
    created_at: Mapped[Created]

    revision: Mapped[Revision] = relationship()
