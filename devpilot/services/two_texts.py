"""What is saved, taken instead of what was typed, at the places that the user ticked.

After a conflict the form still holds everything that was typed, and each place that differs
from what is saved has a box to tick. A newcomer's likely mistake: laying what is saved over the
draft afterwards. It is put among the posted fields, and read as if it had been typed.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from devpilot.errors import Problem
from devpilot.methodology.tables import KEY, PastedRow, as_typed
from devpilot.methodology.vocabulary import Data, Matrix, Rows, StepDefinition
from devpilot.services.added_rows import is_key_of, with_rows
from devpilot.services.removed_row import matrix_pairs
from devpilot.services.step_buttons import Pairs, placed

TAKE = "take"
"""The name of the boxes. A page of two texts posts an empty one, which says what it is."""


def with_saved(
    step: StepDefinition, places: Sequence[str], pairs: Pairs, stored: Data
) -> tuple[Pairs, list[Problem]]:
    """The posted fields with what is stored at these places, named as `Change.place` names them.

    The time it takes grows with the number of fields plus that of places, whatever was posted.
    """
    taking = _Taking(step, pairs, stored)
    for place in dict.fromkeys(filter(None, places)):
        if not taking.takes(place):
            said = "Nothing is saved any more where a box was ticked; look and save again."
            return pairs, [Problem(TAKE, said)]
    return taking.taken(), []


class _Taking:
    """What is taken, gathered place by place and then put among the posted fields at once."""

    def __init__(self, step: StepDefinition, pairs: Pairs, stored: Data) -> None:
        self._step = step
        self._pairs = pairs
        self._stored = stored
        self._values: dict[str, str] = {}
        self._rows: list[tuple[Rows, int]] = []
        self._gone: dict[str, str] = {}
        """The list of each posted row that is not saved any more, by how its names begin."""

    @cached_property
    def _saved(self) -> dict[str, tuple[int, dict[str, Any]]]:
        """The place and the cells of each stored row, by key."""
        lists = [field.id for field in self._step.fields if isinstance(field, Rows)]
        return {
            f"{list_id}-{row[KEY]}": (place, row)
            for list_id in lists
            for place, row in enumerate(self._stored.get(list_id) or ())
        }

    @cached_property
    def _posted(self) -> dict[str, str]:
        """The posted index of each row, by list and key."""
        found = ((name.split("-"), name, value) for name, value in self._pairs)
        return {
            f"{parts[0]}-{value}": parts[1]
            for parts, name, value in found
            if isinstance(rows := self._step.by_id.get(parts[0]), Rows) and is_key_of(rows, name)
        }

    @cached_property
    def _mentioned(self) -> set[str]:
        shown = {value for name, value in self._pairs if name == "fields"}
        return shown | {name.partition("-")[0] for name, _ in self._pairs}

    @cached_property
    def _crossings(self) -> dict[str, str]:
        """The stored cells of the step's matrices, by posted name."""
        matrices = [field for field in self._step.fields if isinstance(field, Matrix)]
        return dict(pair for one in matrices for pair in matrix_pairs(one, [], self._stored))

    def takes(self, place: str) -> bool:
        """Note what is stored there. False where there is no such place."""
        field_id, *within = place.split("-")
        match self._step.by_id.get(field_id), within:
            case Rows() as rows, [key]:
                return self._takes_row(rows, f"{field_id}-{key}")
            case Rows() as rows, [key, column_id]:
                return self._takes_cell(rows, f"{field_id}-{key}", column_id)
            case Matrix(), [_, _]:
                if field_id in self._mentioned:  # else it stays as it is, every cell of it
                    for name in (place, f"{place}-condition"):
                        self._values[name] = self._crossings.get(name, "")
                return True
            case Rows() | Matrix() | None, _:
                return False
            case field, []:
                self._values[field_id] = as_typed(field, self._stored.get(field_id))
                return True
        return False

    def _takes_row(self, rows: Rows, name: str) -> bool:
        """A list that is not mentioned stays as it is, and a saved row keeps what was typed.

        A row comes with what stands for it in the matrices; one that is not saved any more goes.
        """
        if name in self._posted and name not in self._saved:
            self._gone[f"{rows.id}-{self._posted[name]}-"] = rows.id
            return True
        if name in self._saved and name not in self._posted and rows.id in self._mentioned:
            place, row = self._saved[name]
            self._rows.append((rows, place))
            for crossing, value in self._crossings.items():
                matrix, *keys = crossing.split("-")
                if row[KEY] in keys and matrix in self._mentioned:
                    self._values[crossing] = value
        return name in self._saved

    def _takes_cell(self, rows: Rows, name: str, column_id: str) -> bool:
        column, index = rows.by_id.get(column_id), self._posted.get(name)
        if name not in self._saved or column is None or index is None:
            return False
        cell = self._saved[name][1].get(column_id)
        self._values[f"{rows.id}-{index}-{column_id}"] = as_typed(column, cell)
        return True

    def taken(self) -> Pairs:
        """The posted fields with all of it; rows where they stand in what is saved."""
        kept = [(name, v) for name, v in self._pairs if not self._is_replaced(name)]
        emptied = [("fields", list_id) for list_id in dict.fromkeys(self._gone.values())]
        pairs = [*kept, *self._values.items(), *emptied]
        for rows, place in sorted(self._rows, key=lambda row: row[1]):
            row = self._stored[rows.id][place]
            cells = {KEY: row[KEY], **{c.id: as_typed(c, row.get(c.id)) for c in rows.columns}}
            brought = with_rows(rows, [PastedRow(1, "", cells)], pairs, [])
            pairs = placed(brought.pairs, rows.id, place)
        return pairs

    def _is_replaced(self, name: str) -> bool:
        list_id, index, *_ = f"{name}--".split("-")
        return name in self._values or f"{list_id}-{index}-" in self._gone
