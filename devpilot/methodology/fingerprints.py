"""What a step held when its form was opened: a few characters for each place of it.

The form carries them, so that in a conflict it can be told who changed what: a place whose
fingerprint is the opened one was left alone on that side. A newcomer's likely mistake: trusting
them with more. They are too short to prove anything, and whoever posts the form may change them.
"""

import json
import zlib
from binascii import b2a_base64
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from devpilot.methodology.registry import definition
from devpilot.methodology.tables import KEY, as_typed
from devpilot.methodology.vocabulary import Data, Matrix, Rows

Fingerprints: TypeAlias = Mapping[str, str]
"""By place: `summary`, `roles-R2` (those of its cells, joined), `capabilities-R2-F1`.

A place that holds nothing is not among them.
"""

OPENED = "opened"
"""The name under which a form carries them."""
_LENGTH = 3
"""Eighteen bits. They cannot be compressed, so each character counts on a page of 400 cells."""


def of(order: int, data: Data) -> Fingerprints:
    """Those of all places of a step that holds this."""
    found: dict[str, str] = {}
    for field in definition(order).fields:
        value = data.get(field.id)
        match field:
            case Rows():
                for row in value or ():
                    cells = [as_typed(column, row.get(column.id)) for column in field.columns]
                    found[f"{field.id}-{row[KEY]}"] = "".join(map(_print, cells))
            case Matrix():
                for row, line in (value or {}).items():
                    for column, cell in line.items():
                        if cell:
                            mark = _print("\n".join(text for _, text in sorted(cell.items())))
                            found[f"{field.id}-{row}-{column}"] = mark
            case _:
                if text := as_typed(field, value):
                    found[field.id] = _print(text)
    return found


@lru_cache(maxsize=64)
def written(order: int, text: str) -> str:
    """The fingerprints of a step's canonical text, as its form carries them."""
    return " ".join(f"{place}={mark}" for place, mark in of(order, json.loads(text)).items())


def read(text: str) -> Fingerprints:
    """What a form carried. Any text is read: what makes no sense is at no place."""
    found = (part.partition("=") for part in text.split())
    return {place: mark for place, _, mark in found}


def at(order: int, known: Fingerprints, place: str) -> str:
    """The fingerprint of one place, named as `Change.place` names it; "" for nothing there."""
    field_id, *within = place.split("-")
    rows = definition(order).by_id.get(field_id)
    if not isinstance(rows, Rows) or len(within) == 1:
        return known.get(place, "")
    key, column_id = within
    start = list(rows.by_id).index(column_id) * _LENGTH
    return known.get(f"{field_id}-{key}", "")[start : start + _LENGTH]


def _print(text: str) -> str:
    digest = zlib.crc32(text.encode()).to_bytes(4, "big")
    return b2a_base64(digest[1:], newline=False).decode()[:_LENGTH]
