"""What rows are called: their labels on forms, their names in sentences.

A newcomer's likely mistake: to treat a label as an identity. Labels repeat and change;
the key is the identity.
"""

from collections.abc import Mapping
from typing import Any

from devpilot.methodology.registry import list_home
from devpilot.methodology.text import presentable
from devpilot.methodology.vocabulary import Blueprint, Rows


def labels(blueprint: Blueprint, list_id: str) -> dict[str, str]:
    """Each row's key and label, in row order. Raises KeyError for an unknown list."""
    order, rows = list_home(list_id)
    column = rows.label_column
    stored = blueprint.get(order, {}).get(list_id) or ()
    return {row["key"]: row.get(column, "") for row in stored}


def sentence_name(rows: Rows, row: Mapping[str, Any]) -> str:
    """A row in a sentence: `feature “Reminders” (F3)`, or `feature F3` while unnamed."""
    label = row.get(rows.label_column) or ""
    key = row.get("key", "")
    return f"{rows.singular} “{presentable(label)}” ({key})" if label else f"{rows.singular} {key}"
