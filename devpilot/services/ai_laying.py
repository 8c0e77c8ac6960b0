"""Parts of a suggestion laid among the posted fields of a step's form, as far as they still fit.

What is typed comes first, and is read before anything is laid: a part finds its place among what
the form would make of the step, not among what is stored. A newcomer's likely mistake: letting the
form's grammar find a row that a part refers to by name. A name may hold a comma, or be two rows'.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from devpilot.methodology import definition
from devpilot.methodology.matrix import axes
from devpilot.methodology.posted import is_index
from devpilot.methodology.references import split_key
from devpilot.methodology.registry import list_named, rows_of
from devpilot.methodology.tables import as_typed
from devpilot.methodology.vocabulary import Column, Data, Matrix, Reference, Rows
from devpilot.models import Step
from devpilot.services import steps
from devpilot.services.added_rows import pairs_of
from devpilot.services.step_buttons import Pairs
from devpilot.services.step_form import StepForm
from devpilot.services.suggestions import Part

Place = tuple[str, int]
"""A list, and the index under which a row of it is posted."""


class Laying:
    """Parts being laid among typed fields that were read without a problem."""

    def __init__(self, step: Step, typed: StepForm) -> None:
        self._typed = typed
        self._step = definition(step.order)
        self._upstream = steps.blueprint_before(step)
        self._stored = step.data
        self.data: Data = step.data if typed.data is None else typed.data
        """What the step would hold without the parts."""
        self.places: dict[str, Place] = {}
        """Where each laid row is posted, by the name of its part."""
        self.cells: dict[str, dict[str, Any]] = {}
        """The cells that were laid of a row of a matrix, by the name of its part."""
        self._named: dict[str, dict[str, int]] = {}

    def fitting(self, parts: Sequence[Part]) -> list[Part]:
        """Those for which there is a place: field by field, as many rows as there is room for."""
        applicable = self._step.applicable(self.data)
        fitting = [p for p in parts if p.field in applicable and self._has_place(p)]
        for part in fitting:
            if isinstance(part.field, Rows):
                label = str(part.value.get(part.field.label_column, ""))
                known = self._named.setdefault(part.field.id, {})
                known[label] = known.get(label, 0) + 1
        return fitting

    def _has_place(self, part: Part) -> bool:
        field = part.field
        if isinstance(field, Matrix):
            self.cells[part.name] = self._fitting_cells(field, part)
            return bool(self.cells[part.name])
        if not isinstance(field, Rows):
            return True
        laid = sum(1 for list_id, _ in self.places.values() if list_id == field.id)
        index = self._next_index(field) + laid
        has_room = len(self.data.get(field.id) or ()) + laid < field.maximum
        if has_room and is_index(str(index)):
            self.places[part.name] = (field.id, index)
        return part.name in self.places

    def _next_index(self, field: Rows) -> int:
        """The index after the last row that is posted, or that is laid from what is stored."""
        posted = self._typed.posted.rows.get(field.id, ())
        if self._typed.posted.mentions(field.id):
            return max((row.index for row in posted), default=-1) + 1
        return len(self._stored.get(field.id) or ())

    def _fitting_cells(self, field: Matrix, part: Part) -> dict[str, Any]:
        """The proposed cells whose row and column are there."""
        down, across = axes(field, lambda name: list_named(self._step, name), self._rows)
        if part.row not in down:
            return {}
        return {column: cell for column, cell in part.value.items() if column in across}

    def pairs(self, parts: Sequence[Part], version: Pairs) -> Pairs:
        """The posted fields and their version with these parts, each of which has a place."""
        brought: Pairs = []
        for part in parts:
            brought += self._pairs_of(part)
        replaced = {name for name, _ in brought}
        lists = {part.field.id for part in parts if isinstance(part.field, Rows | Matrix)}
        before = [pair for list_id in sorted(lists) for pair in self._stored_pairs(list_id)]
        typed = [pair for pair in [*self._typed.pairs, *before] if pair[0] not in replaced]
        return [*version, *typed, *brought]

    def _stored_pairs(self, list_id: str) -> Pairs:
        """What is stored of a list or a matrix that the form does not mention: it stays."""
        if self._typed.posted.mentions(list_id):
            return []
        field, stored = self._step.by_id[list_id], self._stored.get(list_id)
        if isinstance(field, Rows):
            return pairs_of(field, stored or ())
        return [
            pair
            for row, line in (stored or {}).items()
            for column, cell in line.items()
            for pair in _cell_pairs(f"{list_id}-{row}-{column}", cell)
        ]

    def _pairs_of(self, part: Part) -> Pairs:
        field = part.field
        if isinstance(field, Matrix):
            return [
                pair
                for column, cell in self.cells[part.name].items()
                for pair in _cell_pairs(f"{part.name}-{column}", cell)
            ]
        if not isinstance(field, Rows):
            return [(field.id, as_typed(field, part.value))]
        list_id, index = self.places[part.name]
        return [
            (f"{list_id}-{index}-{column.id}", value)
            for column in field.columns
            for value in self._typed_cell(column, part.value.get(column.id))
        ]

    def _typed_cell(self, column: Column, value: Any) -> Sequence[str]:  # noqa: ANN401  any cell
        if not isinstance(column, Reference):
            return [as_typed(column, value)]
        named = value if isinstance(value, list) else [value] if value else []
        return [found for name in named for found in self._referred(column, name)]

    def _referred(self, column: Reference, name: str) -> Iterator[str]:
        """The one row that is meant, as it is typed; nothing where there is none any more."""
        rows = [row for list_id in column.lists for row in self._rows(list_id)]
        labels = {list_id: list_named(self._step, list_id).label_column for list_id in column.lists}
        if split_key(name)[0]:
            yield from [name] if any(row["key"] == name for row in rows) else []
            return
        stored = [
            row["key"]
            for list_id in column.lists
            for row in self._rows(list_id)
            if row.get(labels[list_id]) == name
        ]
        laid = sum(self._named.get(list_id, {}).get(name, 0) for list_id in column.lists)
        if len(stored) + laid == 1:
            yield stored[0] if stored else name

    def _rows(self, list_id: str) -> Sequence[Mapping[str, Any]]:
        return rows_of(self._step, self.data, self._upstream, list_id)


def _cell_pairs(name: str, cell: Mapping[str, str]) -> Pairs:
    pairs = [(name, cell["value"])]
    return [*pairs, (f"{name}-condition", cell["condition"])] if "condition" in cell else pairs
