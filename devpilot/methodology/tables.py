"""A pasted table read as rows of a list, and a list written as a table to copy.

Tab-separated from a spreadsheet, CSV with commas or semicolons, or Markdown; by a header that
names columns, or else in the order of the columns. A newcomer's likely mistake: judging cells
here. A pasted cell is text as if it had been typed, and is judged where typed text is.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from devpilot.methodology.text import presentable
from devpilot.methodology.vocabulary import Choice, Column, Markdown, Reference, Rows, YesNo

KEY = "key"
SEPARATORS = ("\t", ";", ",")
MOST_IN_LINE = 100_000
LINES_FOR_ROW = 10
"""More lines than this for each row that a list takes are too many, whatever they hold."""

_RULE_MARKS = frozenset("|-: \t")
"""All that the line below a Markdown table's header consists of."""

_YES = frozenset({"yes", "y", "true", "x", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "-"})


@dataclass(frozen=True, slots=True)
class PastedRow:
    """One row of a table: its number as its reader counts it, and its cells by column id."""

    number: int
    key: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text holds. `problems` are sentences, each naming its row."""

    rows: tuple[PastedRow, ...]
    problems: tuple[str, ...]


def read_table(rows: Rows, text: str) -> Pasted:
    """Any text is answered; nothing is raised."""
    if said := _too_large(rows, text):
        return Pasted((), (said,))
    try:
        lines = _lines(text)
    except csv.Error as error:
        return Pasted((), (f"This cannot be read as a table: {error}.",))
    header = _header(rows, lines[0]) if lines else []
    body = lines[1:] if header else lines
    if said := _unfit(rows, lines, header, body):
        return Pasted((), (said,))
    return _rows(rows, header or [column.id for column in rows.columns], body)


def _unfit(
    rows: Rows, lines: Sequence[Sequence[str]], header: Sequence[str], body: Sequence[object]
) -> str:
    """Why the table as a whole is none for this list; "" when it is."""
    if not lines:
        return "There is no table in this text. Paste at least one row."
    if not body:
        return "The table has a header and no row below it."
    if len(body) > rows.maximum:
        return f"The table has {len(body):,} rows; “{rows.label}” takes {rows.maximum}."
    unknown = [presentable(n) for n, place in zip(lines[0], header, strict=False) if not place]
    if not unknown:
        return ""
    named = ", ".join(f"“{name}”" for name in unknown)
    known = ", ".join(column.label for column in rows.columns)
    return f"The header names {named}, which is no column. It has: {known}."


def _too_large(rows: Rows, text: str) -> str:
    """Said before anything is made of it: a few million cells would fill the memory."""
    count = 0
    for number, line in enumerate(io.StringIO(text), start=1):
        count += bool(line.strip())
        if len(line) > MOST_IN_LINE:
            return f"Line {number} has {len(line):,} characters, which is no row of a table."
    if count > LINES_FOR_ROW * rows.maximum:
        return f"The table has {count:,} lines; “{rows.label}” takes {rows.maximum} rows."
    return ""


def _rows(rows: Rows, order: Sequence[str], body: Sequence[Sequence[str]]) -> Pasted:
    found, problems = [], []
    for number, cells in enumerate(body, start=1):
        extra = [cell for cell in cells[len(order) :] if cell.strip()]
        if extra:
            problems.append(
                f"Row {number} has {len(cells)} cells where {len(order)} fit; the first too many "
                f"is “{presentable(extra[0])}”. Check what separates the cells."
            )
            continue
        given = dict(zip(order, cells, strict=False))
        key = given.pop(KEY, "").strip()
        read = {name: _typed(rows.by_id[name], cell) for name, cell in given.items()}
        found.append(PastedRow(number, key, read))
    return Pasted(tuple(found), tuple(problems))


def _typed(column: Column, cell: str) -> str:
    """The cell as a form would post it: options and yes or no in their own spelling."""
    text = cell.strip()
    if isinstance(column, YesNo):
        folded = text.casefold()
        return "yes" if folded in _YES else "no" if folded in _NO else text
    if isinstance(column, Choice):
        return next((o for o in column.options if o.casefold() == text.casefold()), text)
    return text


def _header(rows: Rows, cells: Sequence[str]) -> list[str]:
    """The column of each cell, "" for one that names none; nothing when it is no header.

    It is one when the first cell, and at least half of them, name columns.
    """
    known = {column.id.casefold(): column.id for column in rows.columns}
    known |= {column.label.casefold(): column.id for column in rows.columns}
    known[KEY] = KEY
    named = [known.get(cell.strip().casefold(), "") for cell in cells]
    hits = [name for name in named if name]
    is_header = bool(named) and bool(named[0]) and 2 * len(hits) >= len(named)
    return named if is_header and len(set(hits)) == len(hits) else []


def _lines(text: str) -> list[list[str]]:
    """The cells of each line that holds something."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return []
    if len(lines) > 1 and "|" in lines[0] and _RULE_MARKS.issuperset(lines[1]) and "-" in lines[1]:
        return [_markdown_cells(line) for line in [lines[0], *lines[2:]]]
    if all(line.lstrip().startswith("|") for line in lines):
        return [_markdown_cells(line) for line in lines]
    separator = next((mark for mark in SEPARATORS if mark in lines[0]), "\t")
    parsed = csv.reader(io.StringIO(text), delimiter=separator, strict=False)
    return [cells for cells in parsed if any(cell.strip() for cell in cells)]


def _markdown_cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]


def as_table(rows: Rows, stored: Sequence[dict[str, Any]]) -> str:
    """The rows as tab-separated text with a header: what `read_table` reads back."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerow(["Key", *(column.label for column in rows.columns)])
    for row in stored:
        writer.writerow(
            [row[KEY], *(as_typed(column, row.get(column.id)) for column in rows.columns)]
        )
    return written.getvalue()


def as_typed(column: Column | Markdown, value: Any) -> str:  # noqa: ANN401 - any stored value
    """A stored cell, or the value of a field that is no list, as a form would post it."""
    if isinstance(column, YesNo):
        return "yes" if value else "no"
    if isinstance(column, Reference) and column.many:
        return ", ".join(value or ())
    return "" if value is None else str(value)
