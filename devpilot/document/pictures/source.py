"""What pictures are drawn from: a blueprint's rows, and the names that readers know them by.

A newcomer's likely mistake: to trust a cell. The pictures of a draft are drawn from rows
that are half filled in, and that refer to rows that are gone.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from devpilot.document.outline import BLANK, Outline
from devpilot.methodology import Blueprint, list_home

Row: TypeAlias = dict[str, Any]


class Source:
    """A blueprint as the pictures read it."""

    def __init__(self, outline: Outline) -> None:
        self._steps: Blueprint = outline.steps
        self._named = outline.named

    def rows(self, list_id: str) -> Sequence[Row]:
        return self._steps.get(list_home(list_id)[0], {}).get(list_id) or ()

    def of(self, list_id: str, column: str, value: str) -> list[Row]:
        """The rows of the list that have that value in that column."""
        return [row for row in self.rows(list_id) if row.get(column) == value]

    def name(self, key: str) -> str:
        """What the row with that key is called."""
        return self._named(key).label if key else BLANK

    def called(self, key: str) -> str:
        """Its name with its key, as a sentence gives it."""
        return f"{self.name(key)} ({key})" if key else "somewhere not named yet"


def words(row: Row, column: str) -> str:
    """A cell's text; a blank's sign where nothing was written."""
    return row.get(column) or BLANK


def sentence(*parts: str) -> str:
    """The parts that say something, in one line."""
    return "; ".join([part for part in parts if part])
