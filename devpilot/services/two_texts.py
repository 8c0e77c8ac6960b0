"""What is saved, taken instead of what was typed, at the places that the user ticked.

After a conflict the form still holds everything that was typed, and each place that differs
from what is saved has a box to tick. A newcomer's likely mistake: laying what is saved over the
draft afterwards. It is put among the posted fields, and read as if it had been typed.
"""

from collections.abc import Sequence
from typing import Any

from devpilot.errors import Problem
from devpilot.methodology.tables import PastedRow, as_typed
from devpilot.methodology.vocabulary import Data, Matrix, Rows, StepDefinition
from devpilot.services.added_rows import is_key_of, with_rows
from devpilot.services.removed_row import matrix_pairs
from devpilot.services.step_buttons import Pairs, placed

TAKE = "take"
"""The name of the boxes. A page of two texts posts an empty one, which says what it is."""


def with_saved(
    step: StepDefinition, places: Sequence[str], pairs: Pairs, stored: Data
) -> tuple[Pairs, list[Problem]]:
    """The posted fields with what is stored at these places, named as `Change.place` names them."""
    problems = []
    for place in filter(None, places):
        taken = _taken(step, place.split("-"), pairs, stored)
        if taken is None:
            said = f"Nothing is saved at “{place}” any more; look at the form and save again."
            problems.append(Problem(TAKE, said))
        else:
            pairs = taken
    return pairs, problems


def _taken(step: StepDefinition, place: list[str], pairs: Pairs, stored: Data) -> Pairs | None:
    """None where there is no such place."""
    field_id, *within = place
    match step.by_id.get(field_id), within:
        case Rows() as rows, [key]:
            return _row(rows, key, pairs, stored.get(rows.id) or [])
        case Rows() as rows, [key, column_id]:
            return _cell(rows, key, column_id, pairs, stored.get(rows.id) or [])
        case Matrix() as matrix, [row, column]:
            return _crossing(matrix, f"{matrix.id}-{row}-{column}", pairs, stored)
        case Rows() | Matrix() | None, _:
            return None
        case _, []:
            value = stored.get(field_id)
            text = ("yes" if value else "no") if isinstance(value, bool) else str(value or "")
            return _replaced(pairs, {field_id: text})
    return None


def _replaced(pairs: Pairs, values: dict[str, str]) -> Pairs:
    return [*(pair for pair in pairs if pair[0] not in values), *values.items()]


def _row(rows: Rows, key: str, pairs: Pairs, stored: list[dict[str, Any]]) -> Pairs | None:
    """A saved row that was not posted, where it stands in what is saved."""
    place = next((at for at, row in enumerate(stored) if row["key"] == key), None)
    if place is None:
        return None
    is_posted = any(n.startswith(f"{rows.id}-") or (n, v) == ("fields", rows.id) for n, v in pairs)
    if not is_posted or _index(rows, key, pairs) is not None:
        return pairs
    row = stored[place]
    cells = {"key": key, **{c.id: as_typed(c, row.get(c.id)) for c in rows.columns}}
    return placed(with_rows(rows, [PastedRow(1, "", cells)], pairs, []).pairs, rows.id, place)


def _cell(
    rows: Rows, key: str, column_id: str, pairs: Pairs, stored: list[dict[str, Any]]
) -> Pairs | None:
    row = next((row for row in stored if row["key"] == key), None)
    column, index = rows.by_id.get(column_id), _index(rows, key, pairs)
    if row is None or column is None or index is None:
        return None
    name = f"{rows.id}-{index}-{column_id}"
    return _replaced(pairs, {name: as_typed(column, row.get(column_id))})


def _index(rows: Rows, key: str, pairs: Pairs) -> str | None:
    """The posted index of the row with this key."""
    found = (name for name, value in pairs if value == key and is_key_of(rows, name))
    return next((name.split("-")[1] for name in found), None)


def _crossing(matrix: Matrix, name: str, pairs: Pairs, stored: Data) -> Pairs | None:
    names = {name: "", f"{name}-condition": ""}
    saved = {n: value for n, value in matrix_pairs(matrix, [], stored) if n in names}
    return _replaced(pairs, {**names, **saved})
