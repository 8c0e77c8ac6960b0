"""Exports: whether one may be made, what goes in, and the record of it.

A newcomer's likely mistake: reading anything but locked data and the revision's metadata
here. The bytes of an export are a function of those and the template version alone.
"""

import io
import json
import uuid
import zipfile
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import bindparam, insert, select

from devpilot import clock
from devpilot.adapters import graphviz
from devpilot.db import rows, session
from devpilot.document import LAYOUT_PROGRAM, LAYOUT_VERSION, TEMPLATE_VERSION, Snapshot
from devpilot.errors import ExportIneligible, Outdated
from devpilot.methodology import Finding, Severity
from devpilot.models import EventKind, Export, Revision, owned
from devpilot.services import steps


def find(user_id: uuid.UUID, export_id: uuid.UUID) -> Export | None:
    """The user's export, or None."""
    return (
        session().scalars(owned.EXPORT, {"export_id": export_id, "user_id": user_id}).one_or_none()
    )


def of_revisions(revision_ids: list[uuid.UUID]) -> list[Export]:
    """The exports of these revisions, the newest first."""
    statement = select(Export).where(Export.revision_id.in_(revision_ids))
    return list(session().scalars(statement.order_by(Export.created_at.desc())))


def ensure_exportable(revision: Revision, _form: object = None) -> None:
    """Raises ExportIneligible unless the revision is the active one and completed."""
    if not revision.is_active:
        raise ExportIneligible(
            f"Revision {revision.number} is not the project’s active revision.",
            "Exports are made of the active revision.",
        )
    open_steps = [step for step in revision.steps if not step.is_locked]
    if not revision.is_completed or open_steps:
        total = len(revision.steps)
        raise ExportIneligible(
            f"{total - len(open_steps)} of {total} steps are locked; an export needs them all.",
            f"Lock step {open_steps[0].order} next." if open_steps else "",
        )
    if graphviz.executable() is None:
        raise not_drawn()


def not_drawn() -> ExportIneligible:
    """An export has all of its pictures, or is not made: its bytes depend on no machine."""
    return ExportIneligible(
        "The pictures of an export cannot be drawn on this server now.",
        f"Try again in a minute; if it stays, tell the operator that {LAYOUT_PROGRAM} "
        f"{LAYOUT_VERSION} is missing or too slow.",
    )


def snapshot_of(revision: Revision) -> Snapshot:
    """The revision as data."""
    steps.load_texts(revision)
    completed = revision.completed_at
    return Snapshot(
        project_name=revision.project.name,
        mode=revision.mode.value,
        number=revision.number,
        revision_id=str(revision.id),
        completed_at=completed.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if completed else "",
        steps={step.order: step.data for step in revision.steps},
    )


def warnings_of(revision: Revision) -> tuple[Finding, ...]:
    """The warnings that were accepted with the locks, in step order."""
    return tuple(
        finding
        for step in revision.steps
        for finding in steps.findings(step, step.content.data)
        if finding.severity is Severity.WARNING
    )


def manifest_in(artifact: bytes) -> dict[str, Any]:
    """The manifest inside an artifact of ours."""
    with zipfile.ZipFile(io.BytesIO(artifact)) as archive:
        found: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return found


@dataclass(frozen=True, slots=True)
class Rendered:
    """An artifact that lies in the store, and the revision version it was made from."""

    version: int
    hash: str
    artifact: str
    size: int


_SAME = select(Export.id).where(
    Export.revision_id == bindparam("revision"), Export.hash == bindparam("content")
)
_RECORD = insert(Export)


def record(revision: Revision, rendered: Rendered) -> uuid.UUID:
    """The id of the export's row: of the one that exists for the same content, or a new one."""
    if revision.version != rendered.version:  # it moved on while its artifact was made
        raise Outdated
    existing = rows(_SAME, {"revision": revision.id, "content": rendered.hash}).scalar()
    if existing is not None:
        return cast("uuid.UUID", existing)
    export_id, moment = uuid.uuid4(), clock.now()
    values = {
        "id": export_id, "revision_id": revision.id, "template_version": TEMPLATE_VERSION,
        "hash": rendered.hash, "artifact": rendered.artifact, "size": rendered.size,
        "created_at": moment,
    }  # fmt: skip
    rows(_RECORD, values)
    revision.tell(EventKind.EXPORTED, moment, export_id=export_id)
    return export_id
