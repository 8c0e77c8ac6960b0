"""The words that mutations are written in: what a change is, and the few kinds of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devpilot.methodology import Data

Change = Callable[[Data], None]
"""Changes one step's data in place."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change to the example that breaks one rule."""

    rule: str
    order: int
    words: str
    """What is changed, in a sentence that has the key of each row it touches."""

    changes: tuple[Change, ...]
    names: frozenset[str]
    """The keys that the findings name: these, and no others."""

    says: str
    """What the findings name that has no key."""


def mutation(
    rule: str, words: str, *changes: Change, names: str = "", says: str = "", order: int = 0
) -> Mutation:
    """`names` has keys with blanks between; `order` is needed where the rule does not tell it."""
    order = order or int(rule.partition(".")[0])
    return Mutation(rule, order, words, changes, frozenset(names.split()), says)


def put(list_id: str, key: str, column: str, value: Any) -> Change:
    """One cell of one row."""

    def change(data: Data) -> None:
        [row] = [row for row in data[list_id] if row["key"] == key]
        row[column] = value

    return change


def drop(list_id: str, *keys: str) -> Change:
    """Rows taken out."""

    def change(data: Data) -> None:
        kept = [row for row in data[list_id] if row["key"] not in keys]
        assert len(kept) == len(data[list_id]) - len(keys), keys
        data[list_id] = kept

    return change


def answer(field_id: str, value: Any) -> Change:
    """A field that is no list."""

    def change(data: Data) -> None:
        data[field_id] = value

    return change


def cell(matrix_id: str, row: str, column: str, *value: str) -> Change:
    """One cell of a matrix, or none where no value is given."""

    def change(data: Data) -> None:
        del data[matrix_id][row][column]
        for said in value:
            data[matrix_id][row][column] = {"value": said}

    return change
