"""A blueprint as checks read it: rows by list and by key, names for sentences.

Owns one view of the data up to one step. A newcomer's likely mistake: to index rows
directly. Drafts are incomplete and references dangle; every lookup here has an answer for
what is missing, so that no rule can crash on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from devpilot.methodology.labels import listed, sentence_name
from devpilot.methodology.matrix import Axis, axes
from devpilot.methodology.registry import STEPS, definition, list_home, list_named
from devpilot.methodology.vocabulary import Blueprint, Data, Matrix, Rows, StepDefinition

Row: TypeAlias = Mapping[str, Any]


class Facts:
    """The data of the steps up to `order`, as it applies. Read only."""

    __slots__ = ("_applied", "_by_key", "_rows", "data", "step", "unsettled")

    def __init__(self, blueprint: Blueprint, order: int) -> None:
        self.step: StepDefinition = definition(order)
        self._applied = {
            step.order: _applicable(step, blueprint.get(step.order, {}))
            for step in STEPS
            if step.order <= order
        }
        self.data: Data = self._applied[order]
        """What applies of the step that is judged."""

        self.unsettled: set[tuple[str, str]] = set()
        """List and column, where completeness found a cell empty or dangling."""

        self._rows: dict[str, Sequence[Row]] = {}
        self._by_key: dict[str, tuple[Rows, Row]] = {}

    def rows(self, list_id: str) -> Sequence[Row]:
        """The rows of a list; none where its step comes later or the list does not apply."""
        rows = self._rows.get(list_id)
        if rows is None:
            order = self.step.order if list_id in self.step.by_id else list_home(list_id)[0]
            rows = self._rows[list_id] = self._applied.get(order, {}).get(list_id) or ()
        return rows

    def axes(self, matrix: Matrix) -> tuple[Axis, Axis]:
        """The rows and the columns of a matrix of this step."""
        return axes(matrix, lambda list_id: list_named(self.step, list_id), self.rows)

    def value(self, order: int, field_id: str) -> Any:  # noqa: ANN401 - the shape is the field's
        """What a field of any step holds; None where it is absent."""
        return self._applied.get(order, {}).get(field_id)

    def settled(self, list_id: str, *columns: str) -> bool:
        """True when completeness has nothing against these columns in any row."""
        return not any((list_id, column) in self.unsettled for column in columns)

    def row(self, key: str) -> Row | None:
        """The row of a key; None when there is none."""
        return self._found(key)[1]

    def list_of(self, key: str) -> str:
        """The id of the list that holds a key's row; "" when there is none."""
        rows, row = self._found(key)
        return rows.id if rows and row else ""

    def name(self, key: str) -> str:
        """`feature “Reminders” (F3)`, or the bare key of a row that is gone."""
        rows, row = self._found(key)
        return sentence_name(rows, row) if rows and row else key

    def names(self, keys: Iterable[str]) -> str:
        """Names in a row: "a, b and c"."""
        return listed([self.name(key) for key in keys])

    def _found(self, key: str) -> tuple[Rows, Row] | tuple[None, None]:
        if not self._by_key:
            self._by_key = {
                row["key"]: (field, row)
                for order, data in self._applied.items()
                for field in definition(order).fields
                if isinstance(field, Rows)
                for row in data.get(field.id) or ()
            }
        return self._by_key.get(key, (None, None))


def _applicable(step: StepDefinition, data: Data) -> Data:
    """The data without fields whose condition does not hold: rules ignore those."""
    if all(field.when is None for field in step.fields):
        return data
    return {field.id: data[field.id] for field in step.applicable(data) if field.id in data}
