"""The axes of a matrix, which follow the rows of other lists, and reading a posted one.

A newcomer's likely mistake: to store the axes. They are computed from the lists, so a
cell of a row that is gone stops counting by itself.
"""

from collections.abc import Callable, Mapping
from typing import Any

from devpilot.methodology.posted import PostedCell
from devpilot.methodology.references import RowsOf
from devpilot.methodology.text import clean, presentable
from devpilot.methodology.vocabulary import Data, Matrix, Rows

Axis = dict[str, str]
"""Row keys and labels, in row order."""


def axes(matrix: Matrix, list_of: Callable[[str], Rows], rows_of: RowsOf) -> tuple[Axis, Axis]:
    """The rows and the columns of the matrix."""
    across = list_of(matrix.columns).label_column
    down = list_of(matrix.rows).label_column
    column, value = matrix.rows_where or ("key", "")
    return (
        {
            row["key"]: row.get(down, "")
            for row in rows_of(matrix.rows)
            if matrix.rows_where is None or row.get(column) == value
        },
        {row["key"]: row.get(across, "") for row in rows_of(matrix.columns)},
    )


def within(cells: Data, down: Axis, across: Axis) -> Data:
    """Only the cells whose row and column exist."""
    kept = {
        row: {column: cell for column, cell in line.items() if column in across}
        for row, line in cells.items()
        if row in down
    }
    return {row: line for row, line in kept.items() if line}


def read_matrix(
    matrix: Matrix, posted: Mapping[tuple[str, str], PostedCell], down: Axis, across: Axis
) -> tuple[Data, list[tuple[str, str]]]:
    """The stored cells, and the refusals as posted name and message."""
    cells: Data = {}
    refusals: list[tuple[str, str]] = []
    for row, row_label in down.items():
        line: dict[str, Any] = {}
        for column, column_label in across.items():
            typed = posted.get((row, column))
            if typed is None:
                continue
            cell, refused, why = _read_cell(matrix, typed)
            if cell:
                line[column] = cell
            if why:
                where = f"“{presentable(column_label)}” on “{presentable(row_label)}”"
                refusals.append((f"{matrix.id}-{row}-{column}{refused}", f"{where} {why}"))
        if line:
            cells[row] = line
    return cells, refusals


def _read_cell(matrix: Matrix, typed: PostedCell) -> tuple[dict[str, str], str, str]:
    """The cell ({} when empty), the suffix of the name that is refused, and why."""
    value = typed.value.strip()
    if not value:
        return {}, "", ""
    if value not in matrix.options:
        known = ", ".join(matrix.options)
        return {}, "", f"is “{presentable(value)}”, which is not offered; choose one of: {known}."
    if value != matrix.conditional:
        return {"value": value}, "", ""
    condition, refusal = clean(typed.condition, limit=matrix.condition_limit, lines=False)
    return {"value": value, "condition": condition}, "-condition", refusal
