"""What rules of several steps ask of the blueprint, and words they share.

A newcomer's likely mistake: to read an empty matrix cell as `none`. Empty is undecided
and answered with ""; only a cell that says `none` is none.
"""

import re
from collections.abc import Sequence

from devpilot.methodology.facts import Facts, Row

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


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
