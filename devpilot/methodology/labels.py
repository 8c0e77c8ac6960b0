"""What rows are called: their labels on forms, their names in sentences.

A newcomer's likely mistake: to treat a label as an identity. Labels repeat and change;
the key is the identity.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from devpilot.methodology.text import presentable
from devpilot.methodology.vocabulary import Choice, Reference, Rows, Text

SHORT = 40
"""A text of no more characters may stand in a row's summary."""


def listed(words: Sequence[str]) -> str:
    """Words in a sentence: "a, b and c". There is at least one."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


@cache
def names_rows(rows: Rows) -> bool:
    """Whether a column names each row: one that every row fills in."""
    return bool(rows.label_column) and rows.column(rows.label_column).required


@cache
def summary_columns(rows: Rows) -> frozenset[str]:
    """The columns that tell rows apart beside their label: short ones, two of them at most.

    Three where no column names the row.
    """
    short = [
        column.id
        for column in rows.columns
        if column.id != rows.label_column
        and (
            isinstance(column, Choice)
            or (isinstance(column, Reference) and not column.many)
            or (isinstance(column, Text) and column.limit <= SHORT)
        )
    ]
    return frozenset(short[: 2 if rows.label_column else 3])


def sentence_name(rows: Rows, row: Mapping[str, Any]) -> str:
    """A row in a sentence: `feature “Reminders” (F3)`, or `feature F3` while unnamed."""
    label = row.get(rows.label_column) or ""
    key = row.get("key", "")
    return f"{rows.singular} “{presentable(label)}” ({key})" if label else f"{rows.singular} {key}"
