"""What differs between two states of a blueprint, and which rows refer to which.

Owns the words before and after of a restart: changes by field and row, and mentions of rows.
A newcomer's likely mistake: comparing rows by their place. A row is its key, wherever it stands.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from devpilot.document.outline import BLANK, Cell, Named, Outline, mark
from devpilot.methodology import (
    Blueprint,
    Data,
    Matrix,
    Reference,
    Rows,
    StepDefinition,
    StepField,
    definition,
)


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `row` and `column` are empty for a field that is no list.

    For a row that came or went, `column` is empty and the text is the row's name.
    `place` names what differs by ids: a field, a row, a row's cell, a matrix's cell, as in
    `summary`, `roles-R2`, `roles-R2-name`, `capabilities-R2-F1`; "" for the order of rows.
    """

    step: int
    field: str
    row: str
    column: str
    kind: Kind
    before: str
    after: str
    place: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Where the column of a row refers to other rows; a matrix has no row of its own."""

    step: int
    field: str
    row: str
    name: str
    column: str
    targets: tuple[Named, ...]


def changes(order: int, before: Blueprint, after: Blueprint) -> tuple[Change, ...]:
    """How one step differs between two blueprints, in the order of its definition."""
    old, new = before.get(order, {}), after.get(order, {})
    if old == new:
        return ()
    comparison = _Comparison(order, Outline(before, complete=False), Outline(after, complete=False))
    found: list[Change] = []
    for field in definition(order).fields:
        one, other = _applying(field, old), _applying(field, new)
        if one != other:
            found += comparison.of_field(field, one, other)
    return tuple(found)


def _applying(field: StepField, data: Data) -> Any:  # noqa: ANN401 - any stored value
    return None if field.when is not None and not field.when.holds(data) else data.get(field.id)


class _Comparison:
    """One step compared. References are named as each side names them."""

    __slots__ = ("_after", "_before", "_order")

    def __init__(self, order: int, before: Outline, after: Outline) -> None:
        self._order = order
        self._before = before
        self._after = after

    def of_field(self, field: StepField, old: Any, new: Any) -> Iterator[Change]:  # noqa: ANN401
        match field:
            case Rows():
                yield from self._rows(field, old or [], new or [])
            case Matrix():
                yield from self._matrix(field, old or {}, new or {})
            case _:
                yield self._change(field, field.id, old=_text(old), new=_text(new))

    def _change(
        self, field: StepField, place: str, column: str = "", *, old: str, new: str
    ) -> Change:
        kind = Kind.CHANGED
        if not column:
            kind = Kind.ADDED if not old else Kind.REMOVED if not new else kind
        _, row, *_ = f"{place}-".split("-")
        return Change(self._order, field.label, row, column, kind, old, new, place)

    def _rows(
        self, field: Rows, old: list[dict[str, Any]], new: list[dict[str, Any]]
    ) -> Iterator[Change]:
        was, now = {row["key"]: row for row in old}, {row["key"]: row for row in new}
        for key, row in was.items():
            if key not in now:
                yield self._change(field, f"{field.id}-{key}", old=_name(field, row), new="")
            else:
                yield from self._cells(field, row, now[key])
        for key, row in now.items():
            if key not in was:
                yield self._change(field, f"{field.id}-{key}", old="", new=_name(field, row))
        stayed = [key for key in was if key in now], [key for key in now if key in was]
        if stayed[0] != stayed[1]:
            before, after = map(", ".join, stayed)
            yield self._change(field, "", "Order", old=before, new=after)

    def _cells(self, field: Rows, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        for column in field.columns:
            one, other = old.get(column.id), new.get(column.id)
            if one != other:
                before = as_text(self._before.cell(column, one))
                after = as_text(self._after.cell(column, other))
                place = f"{field.id}-{old['key']}-{column.id}"
                yield self._change(field, place, column.label, old=before, new=after)

    def _matrix(self, field: Matrix, old: Data, new: Data) -> Iterator[Change]:
        """Cells that are on both sides; a row that came or went is told by its own list."""
        both = [(row, column) for row in new if row in old for column in new[row]]
        for row, column in both:
            one, other = old[row].get(column), new[row][column]
            if one is not None and one != other:
                across = as_text((self._after.named(column),))
                place = f"{field.id}-{row}-{column}"
                yield self._change(field, place, across, old=mark(one), new=mark(other))


def mentions(
    blueprint: Blueprint, keys: Collection[str], orders: Iterable[int]
) -> tuple[Mention, ...]:
    """Where rows of these steps refer to rows with these keys."""
    outline = Outline(blueprint, complete=False)
    found: list[Mention] = []
    for order in orders:
        step, data = definition(order), blueprint.get(order, {})
        for field in step.applicable(data):
            if isinstance(field, Rows):
                found += _mentions_of_rows(step, field, data.get(field.id) or [], keys, outline)
            elif isinstance(field, Matrix):
                found += _mentions_of_matrix(step, field, data.get(field.id) or {}, keys, outline)
    return tuple(found)


def _mentions_of_rows(
    step: StepDefinition,
    field: Rows,
    rows: list[dict[str, Any]],
    keys: Collection[str],
    outline: Outline,
) -> Iterator[Mention]:
    references = [column for column in field.columns if isinstance(column, Reference)]
    for row in rows:
        for column in references:
            stored = row.get(column.id) or ()
            named = [stored] if isinstance(stored, str) else stored
            targets = tuple(outline.named(key) for key in named if key in keys)
            if targets:
                name = _name(field, row)
                yield Mention(step.order, field.label, row["key"], name, column.label, targets)


def _mentions_of_matrix(
    step: StepDefinition, field: Matrix, cells: Data, keys: Collection[str], outline: Outline
) -> Iterator[Mention]:
    axes = dict.fromkeys([*cells, *(column for row in cells.values() for column in row)])
    targets = tuple(outline.named(key) for key in axes if key in keys)
    if targets:
        yield Mention(step.order, field.label, "", "", "", targets)


def row_keys(order: int, data: Data) -> set[str]:
    """The key of every row of one step."""
    lists = [field.id for field in definition(order).fields if isinstance(field, Rows)]
    return {row["key"] for list_id in lists for row in data.get(list_id) or ()}


def as_text(cell: Cell) -> str:
    """A cell on one line; what is referred to by key and name."""
    return cell if isinstance(cell, str) else ", ".join(f"{n.key} {n.label}" for n in cell)


def _name(field: Rows, row: dict[str, Any]) -> str:
    return row.get(field.label_column) or BLANK


def _text(value: Any) -> str:  # noqa: ANN401 - any stored value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
