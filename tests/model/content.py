"""What a step holds, as far as the reference model types it: texts, and rows with their keys.

Written from the specification. A newcomer's likely mistake: giving a row its key when a form
is refused. Keys are given by a save that happens, so `applied` answers with the keys as they
would be, and changes nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import rfc8785

Data = dict[str, Any]

LIMITS = {"summary": 900, "problem": 2500}
LETTERS = {"features": "F", "deferred": "Y"}
MOST_ROWS = {"features": 40, "deferred": 7}
FIELDS_OF_ALL = {"deferred"}
FIELDS_OF_FIRST = {"summary", "problem", "features"}
SEVERAL = {"goals"}  # columns that hold a list of keys
PLACEHOLDER = "TBD"
EMPTY = "{}"


@dataclass(frozen=True)
class Row:
    """A row as a form posts it: by its key, or new, with a token or without one."""

    cells: tuple[tuple[str, str], ...]
    key: str = ""
    token: str = ""


@dataclass(frozen=True)
class Edit:
    """One field of a form: a text, or all the rows of a list."""

    field: str
    value: str | tuple[Row, ...]


@dataclass(frozen=True)
class Keys:
    """The row keys that a project has given out: the last number, and what a token means."""

    last: Mapping[str, int] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)


def canonical(data: Data) -> str:
    """The text that is stored: RFC 8785."""
    return rfc8785.dumps(data).decode()


@lru_cache(maxsize=256)
def parsed(text: str) -> Data:
    """The data of a canonical text. Shared by all who ask: copy before editing."""
    return cast("Data", json.loads(text))


def size(text: str) -> int:
    """Bytes of storage."""
    return len(text.encode())


def well_formed(order: int, edits: tuple[Edit, ...]) -> bool:
    """Whether a draft may hold this: known fields, not too long, not too many rows."""
    known = FIELDS_OF_ALL | (FIELDS_OF_FIRST if order == 1 else set())
    return all(edit.field in known and _fits(edit) for edit in edits)


def _fits(edit: Edit) -> bool:
    if isinstance(edit.value, str):
        return len(edit.value) <= LIMITS[edit.field]
    return len(edit.value) <= MOST_ROWS[edit.field]


def applied(text: str, keys: Keys, edits: tuple[Edit, ...]) -> tuple[str, Keys]:
    """The step's text and the project's keys after a save of these fields."""
    if not edits:
        return text, keys
    new = dict(parsed(text))
    for edit in edits:
        value: Any = edit.value
        if not isinstance(value, str):
            value, keys = _rows(edit.field, value, keys)
        new[edit.field] = value
        if not value:
            del new[edit.field]
    return canonical(new), keys


def _rows(name: str, rows: tuple[Row, ...], keys: Keys) -> tuple[list[Data], Keys]:
    """A list as it is stored: whoever has no key gets the next one; a token keeps its own."""
    last, tokens, found = dict(keys.last), dict(keys.tokens), []
    letter = LETTERS[name]
    for row in rows:
        if not any(text for _, text in row.cells):
            continue
        key = row.key or tokens.get(row.token)
        if not key:
            last[letter] = last.get(letter, 0) + 1
            key = f"{letter}{last[letter]}"
        if row.token:
            tokens[row.token] = key
        cells = {name: _several(text) if name in SEVERAL else text for name, text in row.cells}
        found.append({"key": key, **cells})
    return found, Keys(last, tokens)


def _several(text: str) -> list[str]:
    return text.split(",") if text else []


def posted(rows: list[Data]) -> tuple[Row, ...]:
    """Stored rows as a form posts them back."""
    return tuple(
        Row(
            tuple((name, _text(cell)) for name, cell in row.items() if name != "key"),
            key=row["key"],
        )
        for row in rows
    )


def _text(cell: Any) -> str:
    return ",".join(cell) if isinstance(cell, list) else cell


def may_lock(order: int, texts: list[str], example: Mapping[int, str]) -> bool:
    """Whether a step of an example passes its checks after what the machine types into it.

    Every field of the example is required; rows are complete; no placeholder; a feature of the
    first release serves a goal, and has its place in the matrix of step 2.
    """
    if order not in example:
        return False
    data, sample = parsed(texts[order - 1]), parsed(example[order])
    cells = [cell for row in data.get("deferred", []) for cell in row.values()]
    typed = [data.get(name, "") for name in LIMITS] + cells
    asked = set(sample) - {"deferred"}
    if any(PLACEHOLDER in cell for cell in typed) or not all(cells) or not asked <= set(data):
        return False
    features = parsed(texts[0]).get("features", [])
    if order == 1:
        return all(row["goals"] or row["release"] != "mvp" for row in features)
    return order > 2 or bool(features == parsed(example[1])["features"])


def keys_of(texts: Mapping[int, str]) -> Keys:
    """The keys that a project has given out when it starts with this."""
    lists = [parsed(text).get(name, []) for text in texts.values() for name in LETTERS]
    given = [row["key"] for rows in lists for row in rows]
    return Keys({
        letter: max((int(key[1:]) for key in given if key[0] == letter), default=0)
        for letter in LETTERS.values()
    })  # fmt: skip
