"""Where the words of a step came from: for each place, the suggestion whose words it held last.

Owns the writing of `Origin`; `suggestions` reads it. A place is a field, a row by its key, or a
row of a matrix.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select

from devpilot.db import rows
from devpilot.models import Origin

_origin = Origin.__table__
_AT = (_origin.c.step_id == bindparam("step"), _origin.c.place == bindparam("at"))
_KNOWN = select(_origin.c.suggestion_id, _origin.c.value).where(*_AT)
_FORGET = delete(Origin).where(*_AT)
_REMEMBER = insert(Origin)


def note(
    step_id: uuid.UUID, at: str, suggestion_id: uuid.UUID, value: str
) -> tuple[str, str] | None:
    """Note where this place's words come from now; returns what was noted before."""
    known = rows(_KNOWN, {"step": step_id, "at": at}).one_or_none()
    was = (str(known.suggestion_id), known.value) if known else None
    put_back(step_id, at, (str(suggestion_id), value))
    return was


def put_back(step_id: uuid.UUID, at: str, was: Sequence[str] | None) -> None:
    """Note what `note` returned, which may be nothing, in place of what is noted now."""
    rows(_FORGET, {"step": step_id, "at": at})
    if was:
        suggestion_id, value = was
        origin = {"step_id": step_id, "place": at, "value": value}
        rows(_REMEMBER, {**origin, "suggestion_id": uuid.UUID(suggestion_id)})
