"""The example's data as a person would type it and as a script would post it.

A newcomer's likely mistake: posting `-key` for a row that does not exist yet. A new row
has no key; it gets one in the order posted, and the example's keys are in that order.
"""

from collections.abc import Iterator
from typing import Any

from devpilot.methodology import EXAMPLES, Matrix, Reference, Rows, YesNo, definition

EXAMPLE = EXAMPLES["wellbrook"].steps
Pairs = list[tuple[str, str]]


def labels() -> dict[str, str]:
    """What names each row of the example to people, by row key."""
    found = {}
    for order, data in EXAMPLE.items():
        for field in definition(order).fields:
            if isinstance(field, Rows):
                rows = data.get(field.id, [])
                found.update({row["key"]: row[field.label_column] for row in rows})
    return found


def pairs_of(order: int) -> Pairs:
    """One step of the example as form fields."""
    return list(_pairs(order, EXAMPLE[order]))


def pairs_with_keys(order: int) -> Pairs:
    """The same for a step that holds its rows already: each is named by its key."""
    data = EXAMPLE[order]
    keys = [
        (f"{field.id}-{index}-key", row["key"])
        for field in definition(order).fields
        if isinstance(field, Rows)
        for index, row in enumerate(data.get(field.id, []))
    ]
    return [*keys, *pairs_of(order)]


def _pairs(order: int, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in definition(order).fields:
        value = data.get(field.id)
        if value is None:
            continue
        if isinstance(field, Rows):
            for index, row in enumerate(value):
                yield from _row(field, index, row)
        elif isinstance(field, Matrix):
            for row_key, line in value.items():
                for column_key, cell in line.items():
                    name = f"{field.id}-{row_key}-{column_key}"
                    yield name, cell["value"]
                    yield f"{name}-condition", cell.get("condition", "")
        else:
            yield field.id, value


def _row(field: Rows, index: int, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for column in field.columns:
        value = row.get(column.id)
        name = f"{field.id}-{index}-{column.id}"
        if isinstance(column, Reference) and column.many:
            yield name, ",".join(value or [])
        elif isinstance(column, YesNo):
            yield name, "yes" if value else "no"
        else:
            yield name, str(value or "")
