"""What holds inside the texts of steps: canonical JSON, and row keys that were given out.

The few invariants that need Python. A newcomer's likely mistake: judging what a text says. A
draft may be incomplete, and may refer to a row that is gone; `methodology` judges that.
"""

import json
import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, literal, select, union_all

from devpilot.audit.asking import Found, Invariant, streamed
from devpilot.methodology import canonical
from devpilot.models import LockedText, Project, Revision, RowKey, Step, StepContent

_project, _revision, _step = Project.__table__, Revision.__table__, Step.__table__
_content, _kept, _key = StepContent.__table__, LockedText.__table__, RowKey.__table__

_TEXTS = union_all(
    select(literal("step_content"), _content.c.step_id, _content.c.data),
    select(literal("step_content"), _content.c.step_id, _content.c.aside),
    select(literal("locked_text"), _kept.c.step_id, _kept.c.data),
)
_below = _revision.join(_step, _step.c.revision_id == _revision.c.id)
_mine = _revision.c.project_id == bindparam("project_id")
_TEXTS_OF_PROJECT = union_all(
    *(
        select(literal(name), _step.c.id, column)
        .select_from(_below.join(table, table.c.step_id == _step.c.id))
        .where(_mine)
        for name, table, column in (
            ("step_content", _content, _content.c.data),
            ("step_content", _content, _content.c.aside),
            ("locked_text", _kept, _kept.c.data),
        )
    )
)  # fmt: skip
_KEYS_OF_PROJECT = select(_key.c.letter, _key.c.number).where(
    _key.c.project_id == bindparam("project_id")
)


def _not_canonical(connection: Connection) -> Iterator[Found]:
    for table, step, text in streamed(connection, _TEXTS):
        data = _read(text)
        if data is None:
            yield table, step, "its text is not a JSON object"
        elif not _is_canonical(data, text):
            yield table, step, "its text is not in the canonical form"


def _unknown_keys(connection: Connection) -> Iterator[Found]:
    for (project,) in streamed(connection, select(_project.c.id)):
        known = _known_keys(connection, project)
        asked = _TEXTS_OF_PROJECT.params(project_id=project)
        for table, step, text in streamed(connection, asked):
            for key in sorted(set(_row_keys(_read(text) or {})) - known):
                yield table, step, f"the row key {key} was never given out in its project"


def _known_keys(connection: Connection, project: uuid.UUID) -> set[str]:
    found = connection.execute(_KEYS_OF_PROJECT, {"project_id": project})
    return {f"{letter}{number}" for letter, number in found}


def _read(text: str) -> dict[str, Any] | None:
    """The JSON object in the text; None when there is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _is_canonical(data: dict[str, Any], text: str) -> bool:
    try:
        return canonical(data).decode() == text
    except (ValueError, RecursionError):  # a character that no text can have
        return False


def _row_keys(data: dict[str, Any]) -> Iterator[str]:
    for value in data.values():
        for row in value if isinstance(value, list) else ():
            if isinstance(row, dict) and "key" in row:
                yield str(row["key"])


TEXTS = (
    Invariant(
        "canonical-texts", "Every stored text is a JSON object in the canonical form.",
        _not_canonical,
    ),
    Invariant(
        "known-row-keys", "Every row key in a text was given out in its project.", _unknown_keys,
    ),
)  # fmt: skip
