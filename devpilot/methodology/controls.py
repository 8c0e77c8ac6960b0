"""What the form of a step is drawn from: sections, rows, cells, matrices.

Owns the shapes that templates read. A newcomer's likely mistake: to look for rules about
drawing in them. They hold finished values; `drawing` decides what those are.

How a template draws a reference: a checkbox for each of `options`, whose value is the key, and
where there is `names`, a text input over that datalist of `name_lists`.
"""

from dataclasses import dataclass
from typing import TypeAlias

from devpilot.methodology.vocabulary import Column, StepField

Options: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class CellState:
    """One control of a row. `name` is the name it posts.

    A reference to several rows has the keys of its ticked boxes in `chosen`, and in `value` what
    its text input holds, if `names` says that it has one; a yes/no has "yes" or "no" in both.
    """

    column: Column
    name: str
    value: str
    chosen: tuple[str, ...]
    error: str
    options: Options
    names: str
    """The id of the datalist that a text input offers; `""` without a text input."""


@dataclass(slots=True)
class RowState:
    """One row. `index` is the one in its names; `token` is "" where there is a key."""

    index: int
    key: str
    token: str
    label: str
    number: int
    error: str
    cells: tuple[CellState, ...]


@dataclass(slots=True)
class MatrixCell:
    """One cell. Its condition posts as `name` with "-condition" after it."""

    name: str
    value: str
    condition: str
    row_label: str
    column_label: str
    error: str


@dataclass(slots=True)
class MatrixRow:
    key: str
    label: str
    cells: tuple[MatrixCell, ...]


@dataclass(slots=True)
class MatrixState:
    columns: Options
    rows: tuple[MatrixRow, ...]


@dataclass(slots=True)
class Section:
    """One field of the step. `value` is "" for lists and matrices."""

    field: StepField
    applies: bool
    error: str
    value: str
    rows: tuple[RowState, ...]
    matrix: MatrixState | None
    called: Options = ()
    """The key and the label of each row of the same step that the list's references show."""


@dataclass(slots=True)
class FormState:
    sections: tuple[Section, ...]
    name_lists: dict[str, Options]
    """Datalist id to what a text input shows for each target, and the target's key."""
