"""Draws the list of projects, one item for each, from `templates/projects/_item.html`."""

from collections.abc import Iterable
from functools import cache, lru_cache

from markupsafe import Markup

from devpilot.pages.progress import strip
from devpilot.pages.slots import filled, slot, slotted
from devpilot.pages.times import when
from devpilot.services.projects import Listed

SLOTS = (
    "id", "name", "revision", "number", "mode", "marks", "locked", "steps", "next",
    "invalidated", "moment",
)  # fmt: skip


def draw_projects(projects: Iterable[Listed]) -> Markup:
    """The items of a list, in the order given."""
    return Markup("\n").join(map(_item, projects))


@lru_cache(maxsize=1000)
def _item(project: Listed) -> Markup:
    """One item, kept while nothing of what it shows changes."""
    completed, deleted = project.locked == project.steps, project.deleted_at is not None
    return filled(
        _kind(completed=completed, deleted=deleted, invalidated=project.invalidated > 0),
        id=project.id,
        name=project.name,
        revision=project.revision_id,
        number=project.revision_number,
        mode=project.mode.value,
        marks=strip(project.locked, project.steps, _invalidated(project)),
        locked=project.locked,
        steps=project.steps,
        next=project.locked + 1,
        invalidated=project.invalidated,
        moment=when(project.deleted_at or project.updated_at),
    )


def _invalidated(project: Listed) -> range:
    first = project.first_invalidated or 0
    return range(first, first + project.invalidated)


@cache
def _kind(*, completed: bool, deleted: bool, invalidated: bool) -> str:
    """The item of every project of this kind, with its slots open."""
    # The macro says nothing of invalidated steps when there are none.
    left_out = () if invalidated else ("invalidated",)
    slots = ["" if name in left_out else slot(name) for name in SLOTS]
    return slotted("projects/_item.html", "item", *slots, completed, deleted)
