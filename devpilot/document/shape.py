"""Whether data from outside has the stored shape of a step.

Owns the reading of a blueprint that nobody vouches for: the verifier opens files from
strangers. A newcomer's likely mistake: to take this for the check of a draft or a lock.
It judges structure alone, so that rendering cannot trip; completeness is `check`.
"""

import re
from typing import Any

from devpilot.methodology import (
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
    Text,
    YesNo,
)

KEY_PATTERN = "[A-Z]{1,2}[1-9][0-9]{0,8}"
_KEY = re.compile(KEY_PATTERN, re.ASCII)


class NotABlueprint(ValueError):
    """The data is not what a blueprint can be; the message is a sentence that says why."""


def ensure_object(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotABlueprint(f"{what} is not an object.")
    return value


def ensure_text(value: object, what: str, pattern: str = "") -> str:
    if not isinstance(value, str) or (pattern and not re.fullmatch(pattern, value, re.ASCII)):
        raise NotABlueprint(f"{what} is not in the form it has in every blueprint.")
    return value


def ensure_stored_shape(step: StepDefinition, value: object) -> Data:
    """The same data. Raises NotABlueprint naming the step, the field and the row."""
    data = ensure_object(value, f"Step {step.code}")
    for field_id, stored in data.items():
        where = f"{step.code}.{field_id}"
        field = step.by_id.get(field_id)
        if field is None:
            raise NotABlueprint(f"{where} is no field of that step.")
        _ensure_field(field, stored, where)
    return data


def _ensure_field(field: StepField, value: object, where: str) -> None:
    match field:
        case Rows():
            _ensure_rows(field, value, where)
        case Matrix():
            _ensure_matrix(field, value, where)
        case _:
            if not _fits(field, value):
                raise NotABlueprint(f"{where} does not hold what that field may hold.")


def _ensure_rows(rows: Rows, value: object, where: str) -> None:
    if not isinstance(value, list):
        raise NotABlueprint(f"{where} is not a list.")
    seen: set[str] = set()
    expected = {"key", *(column.id for column in rows.columns)}
    for number, item in enumerate(value, start=1):
        row = ensure_object(item, f"{where}, row {number},")
        key = row.get("key", "")
        if not _is_key(key) or key in seen or key.rstrip("0123456789") != rows.letter:
            raise NotABlueprint(f"{where}, row {number}, has no key of its own.")
        seen.add(key)
        if row.keys() != expected:
            raise NotABlueprint(f"{where}, row {key}, does not have exactly that list's columns.")
        for column in rows.columns:
            if not _fits(column, row[column.id]):
                raise NotABlueprint(f"{where}, row {key}, {column.id} cannot hold what it holds.")


def _ensure_matrix(matrix: Matrix, value: object, where: str) -> None:
    for row, cells in ensure_object(value, where).items():
        for column, cell in ensure_object(cells, f"{where}, row {row},").items():
            if not (_is_key(row) and _is_key(column) and _is_cell(matrix, cell)):
                raise NotABlueprint(f"{where}, {row} by {column}, is not a cell of that matrix.")


def _is_cell(matrix: Matrix, cell: object) -> bool:
    if not isinstance(cell, dict) or not cell.keys() <= {"value", "condition"}:
        return False
    condition = cell.get("condition", "")
    known = cell.get("value") in ("", *matrix.options)
    return known and isinstance(condition, str) and len(condition) <= matrix.condition_limit


def _is_key(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _fits(column: Column | Markdown, value: object) -> bool:  # one line for each kind
    match column:
        case Text() | Markdown():
            return isinstance(value, str) and len(value) <= column.limit
        case Choice():
            return isinstance(value, str) and value in ("", *column.options)
        case YesNo():
            return isinstance(value, bool)
        case Number():
            return value == "" or (type(value) is int and 0 <= value <= column.maximum)
        case Reference(many=True):
            return isinstance(value, list) and all(map(_is_key, value))
        case Reference():
            return value == "" or _is_key(value)
