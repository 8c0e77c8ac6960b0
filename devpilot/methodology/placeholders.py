"""Words that stand where an answer should: TBD, TODO, FIXME, ???, lorem ipsum.

A newcomer's likely mistake: to search each cell. A step has hundreds; all of its text is
looked over at once, and cells are searched only when something is there.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from devpilot.methodology.facts import Facts
from devpilot.methodology.labels import sentence_name
from devpilot.methodology.vocabulary import Markdown, Matrix, Rows, Text

PlacedText: TypeAlias = tuple[str, str, tuple[str, str, str]]
"""What a text is called in a sentence, the text, and its field, row and column."""

_PLACEHOLDER = re.compile(r"\b(?:TBD|TODO|FIXME)\b|\?\?\?|(?i:lorem\s+ipsum)")


def placeholder(text: str) -> str:
    """The first placeholder in the text, or ""."""
    found = _PLACEHOLDER.search(text)
    return found[0] if found else ""


def any_placeholder(texts: Sequence[str]) -> bool:
    """Whether any text may hold one: quick, and wrong only on the safe side."""
    joined = "\n".join(texts)
    return (
        "TBD" in joined
        or "TODO" in joined
        or "FIXME" in joined
        or "???" in joined
        or "lorem" in joined.lower()
    )


def placed_texts(facts: Facts) -> Iterator[PlacedText]:
    """Every text of the step, with its place."""
    for field in facts.step.applicable(facts.data):
        value = facts.data.get(field.id)
        if isinstance(field, Rows):
            yield from _of_rows(field, value or ())
        elif isinstance(field, Matrix):
            yield from _of_matrix(facts, field, value or {})
        elif isinstance(field, Text | Markdown):
            yield f"“{field.label}”", value or "", (field.id, "", "")


def _of_rows(field: Rows, rows: Sequence[dict[str, Any]]) -> Iterator[PlacedText]:
    columns = [column for column in field.columns if isinstance(column, Text)]
    for row in rows:
        name = sentence_name(field, row)
        for column in columns:
            at = (field.id, row["key"], column.id)
            yield f"“{column.label}” of {name}", row.get(column.id) or "", at


def _of_matrix(facts: Facts, field: Matrix, cells: dict[str, Any]) -> Iterator[PlacedText]:
    """The conditions of cells that are on the matrix; what is left of gone rows is not."""
    down, across = facts.axes(field)
    for row in down:
        for column in across:
            condition = cells.get(row, {}).get(column, {}).get("condition") or ""
            where = f"The condition of {facts.names((row, column))}"
            yield where, condition, (field.id, row, column)
