"""What rows are called: their labels on forms, their names in sentences.

A newcomer's likely mistake: to treat a label as an identity. Labels repeat and change;
the key is the identity.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from devpilot.methodology.text import presentable
from devpilot.methodology.vocabulary import Rows


def listed(words: Sequence[str]) -> str:
    """Words in a sentence: "a, b and c". There is at least one."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def sentence_name(rows: Rows, row: Mapping[str, Any]) -> str:
    """A row in a sentence: `feature “Reminders” (F3)`, or `feature F3` while unnamed."""
    label = row.get(rows.label_column) or ""
    key = row.get("key", "")
    return f"{rows.singular} “{presentable(label)}” ({key})" if label else f"{rows.singular} {key}"
