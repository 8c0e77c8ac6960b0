"""How a request reaches what its address names: always through its owner.

Another user's row is simply not found, and nobody learns that it exists.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from devpilot.models import Export, Project, Revision, Step, Suggestion
from devpilot.services import ai_use, exports, projects, steps


def _find_step(user_id: uuid.UUID, args: Mapping[str, Any], *, hold: bool) -> Step | None:
    return steps.find(user_id, args["revision_id"], args["order"], hold=hold)


NO_TEXT = 0
"""What a revision holds is read where it is shown; most requests ask for its state alone."""


def _find_revision(user_id: uuid.UUID, args: Mapping[str, Any], *, hold: bool) -> Revision | None:
    return steps.find_revision(user_id, args["revision_id"], texts_up_to=NO_TEXT, hold=hold)


def _find_project(user_id: uuid.UUID, args: Mapping[str, Any], *, hold: bool) -> Project | None:
    return projects.find(user_id, args["project_id"], hold=hold)


def _find_export(user_id: uuid.UUID, args: Mapping[str, Any], *, hold: bool) -> Export | None:  # noqa: ARG001
    return exports.find(user_id, args["export_id"])


def _find_suggestion(
    user_id: uuid.UUID, args: Mapping[str, Any], *, hold: bool
) -> Suggestion | None:
    return ai_use.find(user_id, args["suggestion_id"], hold=hold)


FINDERS: Mapping[type[Any], Callable[..., Any]] = {
    Step: _find_step,
    Revision: _find_revision,
    Project: _find_project,
    Export: _find_export,
    Suggestion: _find_suggestion,
}
