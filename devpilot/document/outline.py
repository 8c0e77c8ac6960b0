"""What the document says of a step, field by field, before it is Markdown or HTML.

Owns the reading of stored data for readers: references with their names, matrices as
tables, what does not apply and by which decision. A newcomer's likely mistake: to escape
here. An outline is plain text; how text is made safe is each rendering's own business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from devpilot.document.snapshot import Snapshot
from devpilot.methodology import (
    Blueprint,
    Column,
    Condition,
    Data,
    Markdown,
    Matrix,
    Number,
    Reference,
    Rows,
    StepDefinition,
    StepField,
    YesNo,
    definition,
    list_home,
)

BLANK = "—"
"""What stands in a cell that holds nothing."""

_GONE = "no longer there"
_LABEL_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Named:
    """A row that is referred to. `label` is its text, shortened."""

    key: str
    label: str


Cell: TypeAlias = str | tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown as the user wrote it."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One plain line that the user wrote or chose."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the document itself says where there is no answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their keys; one heading more than a row has cells, for the key."""

    headings: tuple[str, ...]
    rows: list[tuple[str, list[Cell]]]


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix: what stands at the top left, the columns, each row and its cells."""

    corner: str
    columns: tuple[Named, ...]
    rows: list[tuple[Named, list[str]]]
    legend: tuple[tuple[str, str], ...]


Answer: TypeAlias = Prose | Line | Note | Table | Grid


class Outline:
    """A blueprint's answers. `complete` says that what is missing was left out on purpose."""

    __slots__ = ("_names", "complete", "steps")

    def __init__(self, steps: Blueprint, *, complete: bool) -> None:
        self.steps = steps
        self.complete = complete
        self._names = _names(steps)

    def answers(self, order: int) -> list[tuple[StepField, Answer]]:
        """Every field of the step in the order of its definition, and what is answered."""
        step = definition(order)
        data = self.steps.get(order, {})
        return [(field, self._answer(step, field, data)) for field in step.fields]

    def cell(self, column: Column, value: Any) -> Cell:  # noqa: ANN401 - any stored value
        """A stored cell as it is shown."""
        return self._shower(column)(value)

    def _shower(self, column: Column) -> Callable[[Any], Cell]:
        """How every cell of the column is shown; asked once for each column of a table."""
        match column:
            case Reference(many=True):
                return self._all_named
            case Reference():
                return lambda key: (self.named(key),) if key else BLANK
            case YesNo():
                return lambda value: "yes" if value else "no"
            case Number():
                return lambda value: BLANK if value in ("", None) else str(value)
            case _:
                return lambda text: text or BLANK

    def _all_named(self, keys: list[str]) -> Cell:
        return tuple([self.named(key) for key in keys]) if keys else BLANK

    def named(self, key: str) -> Named:
        """The row with this key, as whoever reads of it knows it."""
        return self._names.get(key) or Named(key, _GONE)

    def _answer(self, step: StepDefinition, field: StepField, data: Data) -> Answer:
        if field.when is not None and not field.when.holds(data):
            return Note(_not_applicable(step, field.when, data))
        if isinstance(field, Matrix):
            grid = self._grid(field, data.get(field.id) or {})
            return grid if grid.rows and grid.columns else self._nothing()
        value = data.get(field.id)
        return self._nothing() if value in (None, "", []) else self._given(field, value)

    def _given(self, field: StepField, value: Any) -> Answer:  # noqa: ANN401 - any stored value
        match field:
            case Rows():
                return self._table(field, value)
            case Markdown():
                return Prose(value)
            case YesNo():
                return Line("yes" if value else "no")
            case _:
                return Line(str(value))

    def _nothing(self) -> Note:
        return Note("None." if self.complete else "Nothing yet.")

    def _table(self, field: Rows, stored: list[dict[str, Any]]) -> Table:
        columns = [(column.id, self._shower(column)) for column in field.columns]
        rows = [(row["key"], [show(row.get(name)) for name, show in columns]) for row in stored]
        return Table(("Key", *[column.label for column in field.columns]), rows)

    def _grid(self, field: Matrix, stored: dict[str, Any]) -> Grid:
        columns = tuple([self.named(row["key"]) for row in self._rows(field.columns)])
        rows = []
        for row in self._rows(field.rows):
            if field.rows_where is None or row.get(field.rows_where[0]) == field.rows_where[1]:
                cells = stored.get(row["key"], {})
                shown = [mark(cells.get(column.key, {})) for column in columns]
                rows.append((self.named(row["key"]), shown))
        corner = _capital(list_home(field.rows)[1].singular)
        return Grid(corner, columns, rows, field.legend)

    def _rows(self, list_id: str) -> list[dict[str, Any]]:
        return self.steps.get(list_home(list_id)[0], {}).get(list_id) or []


def outline_of(snapshot: Snapshot) -> Outline:
    return Outline(snapshot.steps, complete=bool(snapshot.completed_at))


def _names(steps: Blueprint) -> dict[str, Named]:
    """Every row of the blueprint by its key; keys are unique across lists."""
    names = {}
    for order, data in steps.items():
        for field in definition(order).fields:
            if isinstance(field, Rows):
                for row in data.get(field.id) or ():
                    key = row["key"]
                    names[key] = Named(key, _short(row.get(field.label_column) or BLANK))
    return names


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_LIMIT else label[: _LABEL_LIMIT - 1].rstrip() + "…"


def mark(cell: dict[str, str]) -> str:
    """A matrix cell on one line, with its condition."""
    value = cell.get("value", "") or BLANK
    return f"{value}: {cell['condition']}" if cell.get("condition") else value


def _not_applicable(step: StepDefinition, when: Condition, data: Data) -> str:
    label = step.by_id[when.field].label
    decided = data.get(when.field)
    if not decided:
        return f"Asked only after this is decided: {label}"
    if label.endswith("?"):
        return f"Not applicable: the answer to “{label}” is {decided}."
    return f"Not applicable: {label[0].lower()}{label[1:]} is {decided}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
