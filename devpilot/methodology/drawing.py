"""Drawing stored data as the controls of a form.

Owns what each control shows. A newcomer's likely mistake: to compute options per cell. A
page may have hundreds of cells; what the cells of a column share is made once per column,
in `Choices`.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from devpilot.methodology.controls import (
    CellState,
    MatrixCell,
    MatrixRow,
    MatrixState,
    Options,
    RowState,
    Section,
)
from devpilot.methodology.matrix import axes
from devpilot.methodology.posted import PLACE
from devpilot.methodology.problems import Problem
from devpilot.methodology.references import Targets
from devpilot.methodology.registry import list_named, rows_of
from devpilot.methodology.vocabulary import (
    Blueprint,
    Column,
    Data,
    Matrix,
    Reference,
    Rows,
    StepDefinition,
    StepField,
    YesNo,
)

CHECKBOXES = 12
"""A reference to several rows is a checkbox for each of so many targets. Of more, those that are
chosen have one, and a text input takes others."""

CellValues: TypeAlias = Callable[[str, str], tuple[str, str]]
"""A matrix cell's value and condition, by row key and column key."""


class Choices:
    """What the cells of one reference column share."""

    __slots__ = ("few", "id", "labels", "names", "shown")

    def __init__(self, lists: Sequence[str], targets: Targets) -> None:
        self.id = "names-" + "-".join(lists)
        """The id of the datalist of `names`."""
        self.labels = targets.told_apart()
        self.shown = targets.shown()
        self.names: Options = tuple([(shown, key) for key, shown in self.shown.items()])
        self.few = len(self.labels) <= CHECKBOXES

    def one(self, column: Reference, name: str, value: str, error: str) -> CellState:
        return CellState(column, name, value, (), error, (), self.id)

    def several(
        self, column: Reference, name: str, keys: Sequence[str], error: str, *, text: str = ""
    ) -> CellState:
        """A reference to several rows. `text` is what no box can show.

        A key whose row is gone has a box, so that it can be cleared.
        """
        gone = [(key, f"{key}, removed") for key in keys if key not in self.labels]
        offered = self.labels if self.few else [key for key in keys if key in self.labels]
        boxes = (*[(key, self.labels[key]) for key in offered], *gone)
        names = "" if self.few and self.labels and not text else self.id
        return CellState(column, name, text, tuple(keys), error, boxes, names)


class Drawing:
    """One form under way: what its cells share."""

    __slots__ = ("_choices", "_data", "_errors", "_named", "_step", "_upstream")

    def __init__(
        self,
        step: StepDefinition,
        data: Data,
        upstream: Blueprint,
        problems: Sequence[Problem],
    ) -> None:
        self._step = step
        self._data = data
        self._upstream = upstream
        self._errors: dict[str, str] = {}
        for problem in problems:
            self._errors.setdefault(problem.field, problem.message)
        self._choices: dict[tuple[str, ...], Choices] = {}
        self._named: set[tuple[str, ...]] = set()

    def error(self, name: str) -> str:
        return self._errors.get(name, "") if self._errors else ""

    def row_error(self, prefix: str) -> str:
        """What is wrong with a row as a whole; `prefix` begins the names of its cells."""
        names = (f"{prefix}key", f"{prefix}new", f"{PLACE}{prefix.removesuffix('-')}")
        return next(filter(None, map(self.error, names)), "")

    def choices(self, column: Reference) -> Choices:
        made = self._choices.get(column.lists)
        if made is None:
            lists = [list_named(self._step, list_id) for list_id in column.lists]
            made = Choices(column.lists, Targets(lists, self._rows_of))
            self._choices[column.lists] = made
        return made

    def reference(
        self, column: Reference, name: str, keys: Sequence[str], error: str, *, text: str = ""
    ) -> CellState:
        """The control of a reference: boxes, a text input over its names, or both."""
        choices = self.choices(column)
        if column.many:
            cell = choices.several(column, name, keys, error, text=text)
        else:
            cell = choices.one(column, name, text, error)
        if cell.names:
            self._named.add(column.lists)
        return cell

    def name_lists(self) -> dict[str, Options]:
        """The datalists that this form's text inputs use."""
        named = [made for lists, made in self._choices.items() if lists in self._named]
        return {choices.id: choices.names for choices in named}

    def _rows_of(self, list_id: str) -> Sequence[Mapping[str, Any]]:
        return rows_of(self._step, self._data, self._upstream, list_id)

    def applies(self, field: StepField) -> bool:
        return field.when is None or field.when.holds(self._data)

    def section(self, field: StepField, data: Data, blank: str) -> Section:
        value = data.get(field.id)
        section = Section(field, self.applies(field), self.error(field.id), "", (), None)
        if isinstance(field, Rows):
            section.rows = self.rows(field, value or (), adds=blank == field.id)
            section.called = self._called(field, value or ())
        elif isinstance(field, Matrix):
            section.matrix = self.matrix(field, value or {})
        elif isinstance(field, YesNo):
            section.value = "yes" if value else "no"
        else:
            section.value = "" if value is None else str(value)
        return section

    def _called(self, field: Rows, stored: Sequence[Mapping[str, Any]]) -> Options:
        found: dict[str, str] = {}
        for column in field.columns:
            if not isinstance(column, Reference) or column.many:
                continue
            if self._step.by_id.keys().isdisjoint(column.lists):
                continue  # rows of earlier steps keep their names while this step is open
            shown = self.choices(column).shown
            keys = [row[column.id] for row in stored if row.get(column.id) in shown]
            found |= {key: shown[key] for key in keys if shown[key] != key}
        return tuple(found.items())

    def rows(
        self, field: Rows, stored: Sequence[Mapping[str, Any]], *, adds: bool
    ) -> tuple[RowState, ...]:
        shown = stored or field.initial
        drawn = [self._row(field, index, row) for index, row in enumerate(shown)]
        if (adds or (not drawn and field.minimum)) and len(drawn) < field.maximum:
            drawn.append(self._row(field, len(drawn), {}))
        return tuple(drawn)

    def _row(self, field: Rows, index: int, row: Mapping[str, Any]) -> RowState:
        prefix = f"{field.id}-{index}-"
        key = row.get("key", "")
        return RowState(
            index,
            key,
            "" if key else secrets.token_urlsafe(9),
            row.get(field.label_column, ""),
            index + 1,
            self.row_error(prefix),
            tuple([self._cell(column, prefix, row.get(column.id)) for column in field.columns]),
        )

    def _cell(self, column: Column, prefix: str, value: Any) -> CellState:  # noqa: ANN401
        name = prefix + column.id
        error = self._errors.get(name, "") if self._errors else ""
        if isinstance(column, Reference):
            if column.many:
                return self.reference(column, name, value or (), error)
            shown = self.choices(column).shown.get(value, value) if value else ""
            return self.reference(column, name, (), error, text=shown)
        if isinstance(column, YesNo):
            answer = "yes" if value else "no"
            return CellState(column, name, answer, (answer,), error, (), "")
        return CellState(column, name, "" if value is None else str(value), (), error, (), "")

    def matrix(self, field: Matrix, cells: Mapping[str, Any]) -> MatrixState:
        def stored(row: str, column: str) -> tuple[str, str]:
            cell = cells.get(row, {}).get(column, {})
            return cell.get("value", ""), cell.get("condition", "")

        return self.matrix_of(field, stored)

    def matrix_of(self, field: Matrix, value_of: CellValues) -> MatrixState:
        down, across = axes(field, lambda name: list_named(self._step, name), self._rows_of)
        rows = []
        for row, row_label in down.items():
            cells = []
            for column, column_label in across.items():
                name = f"{field.id}-{row}-{column}"
                value, condition = value_of(row, column)
                error = self.error(name) or self.error(name + "-condition")
                cells.append(MatrixCell(name, value, condition, row_label, column_label, error))
            rows.append(MatrixRow(row, row_label, tuple(cells)))
        return MatrixState(tuple(across.items()), tuple(rows))
