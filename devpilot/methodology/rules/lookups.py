"""What rules of several steps ask of the blueprint, and words they share.

A newcomer's likely mistake: to read an empty matrix cell as `none`. Empty is undecided
and answered with ""; only a cell that says `none` is none.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.vocabulary import Rows

FIGURE = re.compile(r"\d")
ABSOLUTE_WORD = re.compile(r"\b(?:zero|none|never|always|every|all|no)\b", re.IGNORECASE)


def same(text: str) -> str:
    """Text as names are compared: case and spacing aside."""
    return " ".join(text.casefold().split())


def mvp_features(facts: Facts) -> list[Row]:
    return [row for row in facts.rows("features") if row.get("release") == "mvp"]


def mvp_keys(facts: Facts) -> list[str]:
    return [row["key"] for row in mvp_features(facts)]


def capability(facts: Facts, feature: str, role: str) -> str:
    """What the matrix of step 2 says, or "" where it says nothing."""
    cells = facts.value(2, "capabilities") or {}
    value = cells.get(feature, {}).get(role, {}).get("value", "")
    return str(value)


def capabilities(facts: Facts, feature: str) -> list[tuple[str, str]]:
    """Each role's key, with what it may do with the feature."""
    return [(role["key"], capability(facts, feature, role["key"])) for role in facts.rows("roles")]


def none_everywhere(facts: Facts, role: str, features: Sequence[str]) -> bool:
    """True when there are features and the matrix says `none` for each of them."""
    return bool(features) and all(capability(facts, key, role) == "none" for key in features)


def keys_where(facts: Facts, list_id: str, column: str, values: Collection[str]) -> list[str]:
    """The keys of the rows whose cell is one of the values."""
    return [row["key"] for row in facts.rows(list_id) if row.get(column) in values]


def referred(facts: Facts, list_id: str, column: str) -> set[str] | None:
    """The keys that a column of the step's list refers to, whichever row does.

    None while completeness still speaks about that column, or asks for the first row: what
    is left out is not known yet.
    """
    declared = facts.step.by_id[list_id]
    rows = facts.rows(list_id)
    awaited = not rows and isinstance(declared, Rows) and declared.required
    if awaited or not facts.settled(list_id, column):
        return None
    found: set[str] = set()
    for row in rows:
        value = row.get(column) or ()
        found.update((value,) if isinstance(value, str) else value)
    return found


def left_out(facts: Facts, keys: Iterable[str], list_id: str, column: str) -> list[str]:
    """Those of the keys that no row's column refers to; none while that is not known."""
    found = referred(facts, list_id, column)
    return [] if found is None else [key for key in keys if key not in found]


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words in a row: "a, b and c"."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
