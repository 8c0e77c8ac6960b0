"""Drawing a post that was refused: exactly what was typed, cell by cell.

A newcomer's likely mistake: to leave a row out because it is wrong. Whoever is refused
gets every word back, in the row and under the index where they typed it.
"""

import secrets
from collections.abc import Sequence

from devpilot.methodology.controls import CellState, MatrixState, RowState, Section
from devpilot.methodology.drawing import Drawing
from devpilot.methodology.posted import Posted, PostedCell, PostedRow
from devpilot.methodology.text import encodable
from devpilot.methodology.vocabulary import Column, Matrix, Reference, Rows, StepField, YesNo

_SPARE_ROWS = 100
"""So many rows above a list's maximum are still shown; more can only be hostile."""

_NO_CELL = PostedCell()


class TypedDrawing(Drawing):
    """Draws what was posted, cell by cell, as it was typed."""

    __slots__ = ()

    def typed_section(self, field: StepField, posted: Posted, blank: str) -> Section:
        section = Section(field, self.applies(field), self.error(field.id), "", (), None)
        if isinstance(field, Rows):
            section.rows = self._typed_rows(field, posted.rows.get(field.id, ()), blank)
            called = posted.called.get(field.id, {}).items()
            section.called = tuple(
                [(key, encodable(label)) for label, keys in called for key in keys]
            )
        elif isinstance(field, Matrix):
            section.matrix = self._typed_matrix(field, posted)
        else:
            section.value = encodable(posted.values.get(field.id, ""))
        return section

    def _typed_rows(
        self, field: Rows, posted: Sequence[PostedRow], blank: str
    ) -> tuple[RowState, ...]:
        shown = posted[: field.maximum + _SPARE_ROWS]
        rows = [self._typed_row(field, number, row) for number, row in enumerate(shown, start=1)]
        if blank == field.id or (not rows and field.minimum):
            index = shown[-1].index + 1 if shown else 0
            rows.append(self._typed_row(field, len(rows) + 1, PostedRow(index)))
        return tuple(rows)

    def _typed_row(self, field: Rows, number: int, row: PostedRow) -> RowState:
        prefix = f"{field.id}-{row.index}-"
        key = encodable(row.key)
        return RowState(
            row.index,
            key,
            "" if key else encodable(row.token) or secrets.token_urlsafe(9),
            encodable(row.cells.get(field.label_column, [""])[0]),
            number,
            self.row_error(prefix),
            tuple(
                [
                    self._typed_cell(column, prefix + column.id, row.cells.get(column.id, []))
                    for column in field.columns
                ]
            ),
        )

    def _typed_cell(self, column: Column, name: str, typed: list[str]) -> CellState:
        value = encodable(typed[0]) if typed else ""
        error = self.error(name)
        if isinstance(column, Reference) and column.many:
            known = self.choices(column).labels
            parts = [part.strip() for each in typed for part in encodable(each).split(",")]
            keys = [part for part in dict.fromkeys(parts) if part in known]
            text = ", ".join([part for part in parts if part and part not in known])
            return self.reference(column, name, keys, error, text=text)
        if isinstance(column, Reference):
            return self.reference(column, name, (), error, text=value)
        if isinstance(column, YesNo):
            value = value or "no"
            return CellState(column, name, value, (value,), error, (), "")
        return CellState(column, name, value, (), error, (), "")

    def _typed_matrix(self, field: Matrix, posted: Posted) -> MatrixState:
        cells = posted.matrices.get(field.id, {})

        def typed(row: str, column: str) -> tuple[str, str]:
            cell = cells.get((row, column), _NO_CELL)
            return encodable(cell.value), encodable(cell.condition)

        return self.matrix_of(field, typed)
