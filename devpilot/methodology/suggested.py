"""What an AI may propose for a step: its shape, and reading an answer as strictly as a post.

Owns the JSON Schema that is asked for and the judgement of what came. The shape is made from the
step's definition, like the form. A newcomer's likely mistake: storing an answer's rows. They have
no keys, and become rows by the path that typed text takes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from devpilot.methodology.cells import read_value
from devpilot.methodology.matrix import axes, read_matrix
from devpilot.methodology.placeholders import placeholder
from devpilot.methodology.posted import PostedCell
from devpilot.methodology.references import Targets
from devpilot.methodology.registry import list_home, list_named, rows_of
from devpilot.methodology.text import clean, presentable
from devpilot.methodology.vocabulary import (
    Blueprint,
    Choice,
    Column,
    Data,
    Markdown,
    Matrix,
    Number,
    Reference,
    Rows,
    StepDefinition,
    StepField,
    YesNo,
)

Schema: TypeAlias = dict[str, Any]
Values: TypeAlias = dict[str, Any]
"""Field id to what is proposed: a text, rows without keys, or the cells of a matrix."""

MOST_CONSIDERATIONS = 7
CONSIDERATION_LIMIT = 400


class UnfitAnswer(Exception):
    """The answer is not of the step's structure. The text names a place, never content."""


def asked_fields(step: StepDefinition, data: Data) -> tuple[StepField, ...]:
    """The fields that may be proposed: those that apply to this draft."""
    return step.applicable(data)


def draft_schema(step: StepDefinition, data: Data) -> Schema:
    """The shape of proposals for a step. Lengths and references are checked on reading.

    It uses no keyword beyond those that every server with strict answers knows.
    """
    return _object({field.id: _of_field(field) for field in asked_fields(step, data)})


def considerations_schema(step: StepDefinition, data: Data) -> Schema:
    """The shape of a list of considerations, each about one field."""
    fields = [field.id for field in asked_fields(step, data)]
    row = {"type": "string", "description": "the key of the row that it is about, or nothing"}
    one = _object({"field": {"type": "string", "enum": fields}, "row": row, "text": _STRING})
    return _object({"considerations": {"type": "array", "items": one}})


_STRING: Schema = {"type": "string"}


def _object(properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _of_field(field: StepField) -> Schema:
    if isinstance(field, Rows):
        cells = {
            column.id: _reference(column) if isinstance(column, Reference) else _of_value(column)
            for column in field.columns
        }
        return {"type": "array", "items": _object(cells)}
    if isinstance(field, Matrix):
        cell: dict[str, Schema] = {
            "row": _key_of(field.rows), "column": _key_of(field.columns),
            "value": {"type": "string", "enum": list(field.options)},
        }  # fmt: skip
        if field.conditional:
            cell["condition"] = _STRING
        return {"type": "array", "items": _object(cell)}
    return _of_value(field)


def _key_of(list_id: str) -> Schema:
    return {"type": "string", "description": f"the key of a row of {list_id}"}


def _reference(column: Reference) -> Schema:
    known = ", or ".join(
        f"a row of {list_id}, by its key or its {list_home(list_id)[1].label_column or 'key'}"
        for list_id in column.lists
    )
    one = {"type": "string", "description": known}
    return {"type": "array", "items": one} if column.many else one


def _of_value(field: Column | Markdown) -> Schema:
    match field:
        case Choice():
            return {"type": "string", "enum": [*field.options, ""]}
        case YesNo():
            return {"type": "boolean"}
        case Number():
            return {"type": ["integer", "null"]}
        case _:
            return _STRING


def read_draft(step: StepDefinition, blueprint: Blueprint, answer: Mapping[str, Any]) -> Values:
    """The proposals of an answer that fits `draft_schema`, without what the draft has already.

    References are row keys, or names of rows that are proposed too. Raises UnfitAnswer.
    """
    return _Reading(step, blueprint, answer).values()


def read_considerations(data: Data, answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """Field, row key ("" for the field as a whole) and text of each. Raises UnfitAnswer."""
    found = []
    for one in answer["considerations"]:
        text, refusal = clean(one["text"], limit=CONSIDERATION_LIMIT, lines=False)
        if refusal or not text or placeholder(text):
            raise UnfitAnswer("a consideration's text")
        rows = data.get(one["field"])
        known = {row["key"] for row in rows} if isinstance(rows, list) else set()
        if one["row"] and one["row"] not in known:
            raise UnfitAnswer("a consideration's row")
        found.append({"field": one["field"], "row": one["row"], "text": text})
    if not 1 <= len(found) <= MOST_CONSIDERATIONS:
        raise UnfitAnswer("the number of considerations")
    return found


class _Reading:
    """One answer being read."""

    def __init__(
        self, step: StepDefinition, blueprint: Blueprint, answer: Mapping[str, Any]
    ) -> None:
        self._step = step
        self._data = blueprint.get(step.order, {})
        self._upstream = {o: data for o, data in blueprint.items() if o < step.order}
        self._answer = answer
        self._fields = asked_fields(step, self._data)
        self._new = {
            field.id: [row for row in answer[field.id] if _holds_something(row)]
            for field in self._fields
            if isinstance(field, Rows)
        }

    def values(self) -> Values:
        found = {field.id: self._read(field) for field in self._fields}
        return {field_id: value for field_id, value in found.items() if value}

    def _read(self, field: StepField) -> Any:  # noqa: ANN401  the shape is the field's
        if isinstance(field, Rows):
            return self._read_rows(field)
        if isinstance(field, Matrix):
            return self._read_matrix(field)
        value = self._value(field, self._answer[field.id], field.id)
        return None if value == (self._data.get(field.id) or "") else value

    def _value(self, field: Any, given: Any, where: str) -> Any:  # noqa: ANN401  one value
        value, refusal = read_value(field, _as_typed(given))
        if refusal or (isinstance(value, str) and placeholder(value)):
            raise UnfitAnswer(where)
        return value

    def _read_rows(self, field: Rows) -> list[dict[str, Any]]:
        stored = self._data.get(field.id) or []
        known = [{name: cell for name, cell in row.items() if name != "key"} for row in stored]
        rows = [self._row(field, row) for row in self._new[field.id]]
        fresh = [row for row in rows if row not in known]
        if len(stored) + len(fresh) > field.maximum:
            raise UnfitAnswer(f"the number of rows of {field.id}")
        return fresh

    def _row(self, field: Rows, given: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for column in field.columns:
            where = f"{field.id}, {column.id}"
            if not isinstance(column, Reference):
                row[column.id] = self._value(column, given[column.id], where)
            elif column.many:
                named = [name for name in given[column.id] if name.strip()]
                row[column.id] = list(dict.fromkeys(self._refer(column, n, where) for n in named))
            elif given[column.id].strip():
                row[column.id] = self._refer(column, given[column.id], where)
            else:
                row[column.id] = ""
        return row

    def _refer(self, column: Reference, named: str, where: str) -> str:
        """The key that is meant, or the name of a row that is proposed in the same answer."""
        lists = [list_named(self._step, list_id) for list_id in column.lists]
        named = named.strip()
        key, refusal = Targets(lists, self._stored_rows).resolve(named, {})
        if not refusal:
            return key
        new = [
            name
            for rows in lists
            for row in self._new.get(rows.id, ())
            if (name := clean(str(row.get(rows.label_column, "")), limit=1000, lines=False)[0])
        ]
        name = clean(named, limit=1000, lines=False)[0]
        if new.count(name) != 1:
            raise UnfitAnswer(f"a reference of {where}")
        return name

    def _stored_rows(self, list_id: str) -> Sequence[Mapping[str, Any]]:
        return rows_of(self._step, self._data, self._upstream, list_id)

    def _read_matrix(self, field: Matrix) -> Data:
        """The cells that are proposed and differ. They are of rows that are there already."""
        down, across = axes(field, lambda name: list_named(self._step, name), self._stored_rows)
        posted: dict[tuple[str, str], PostedCell] = {}
        for cell in self._answer[field.id]:
            at = cell["row"].strip(), cell["column"].strip()
            if at[0] not in down or at[1] not in across or at in posted:
                raise UnfitAnswer(f"a cell of {field.id}")
            posted[at] = PostedCell(cell["value"], cell.get("condition", ""))
        cells, refusals = read_matrix(field, posted, down, across)
        conditions = [cell.get("condition", "") for row in cells.values() for cell in row.values()]
        if refusals or any(map(placeholder, conditions)):
            raise UnfitAnswer(field.id)
        stored = self._data.get(field.id) or {}
        return {
            row: line
            for row, line in cells.items()
            if {**stored.get(row, {}), **line} != stored.get(row, {})
        }


def _holds_something(row: Mapping[str, Any]) -> bool:
    return any(
        not isinstance(value, bool) and value not in ("", None, []) for value in row.values()
    )


def _as_typed(value: Any) -> str:  # noqa: ANN401  one value of an answer
    """A value as a form would post it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def parts_of(step: StepDefinition, values: Values) -> Iterator[tuple[str, StepField, Any]]:
    """Each thing that is used or dismissed by itself: its name, its field, what is proposed.

    A text is named by its field, a row by its place (`goals-0`), cells by their row's key.
    """
    for field in step.fields:
        value = values.get(field.id)
        if isinstance(field, Rows):
            for index, row in enumerate(value or ()):
                yield f"{field.id}-{index}", field, row
        elif isinstance(field, Matrix):
            for key, line in (value or {}).items():
                yield f"{field.id}-{key}", field, line
        elif value is not None:
            yield field.id, field, value


def part_label(field: StepField, part: str, value: Any) -> str:  # noqa: ANN401  a part's value
    """What a part is called: its field, or its field and row."""
    place = part.removeprefix(field.id).removeprefix("-")
    if isinstance(field, Rows):
        label = value.get(field.label_column)
        name = f"“{presentable(label)}”" if label else str(int(place) + 1)
        return f"{field.label}: {field.singular} {name}"
    return f"{field.label}: {place}" if isinstance(field, Matrix) else field.label
