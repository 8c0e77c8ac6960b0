"""A project's page: each revision with its progress, its story, and what can be done next."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from devpilot.answers import page, problem_for
from devpilot.enforce import refusal
from devpilot.errors import Refusal
from devpilot.models import EventKind, Export, Project, Revision
from devpilot.pages.progress import ProgressItem, progress_of
from devpilot.services import exports, relock, revisions
from devpilot.services.relock import Review


@dataclass(frozen=True, slots=True)
class Told:
    """A revision as the project's page shows it."""

    revision: Revision
    progress: list[ProgressItem]
    exports: list[tuple[Export, bool]]
    """Each with whether it was made before a restart."""
    queue: list[Review]
    """The steps that wait to be locked again."""


def shown(project: Project, name: str, refused: Refusal | None = None) -> ResponseReturnValue:
    """The project. `name` is what the rename form holds."""
    found = revisions.of_project(project)
    made = exports.of_revisions([revision.id for revision in found])
    return page(
        "projects/show.html",
        project=project,
        told=[_told(revision, made) for revision in found],
        name=name,
        refused=refused,
        name_error=problem_for(refused.problems, "name") if refused else "",
        new_closed=refusal("revisions.create", project),
    )


def _told(revision: Revision, made: list[Export]) -> Told:
    kinds = EventKind.RESTARTED, EventKind.EXPORTED
    restarted, exported = ([e for e in revision.events if e.kind is kind] for kind in kinds)
    last = max((event.version for event in restarted), default=0)
    before = {event.export_id for event in exported if event.version < last}
    return Told(
        revision=revision,
        progress=progress_of(revision),
        exports=[(e, e.id in before) for e in made if e.revision_id == revision.id],
        queue=relock.queue_of(revision) if revision.is_active else [],
    )
