"""Posted rows made into stored ones: cells read, keys given, references resolved.

A newcomer's likely mistake: to resolve references while reading rows. Rows of one post
may name each other, so every row has its key before any reference is read.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from devpilot.methodology.cells import read_value
from devpilot.methodology.numbering import Numbering
from devpilot.methodology.posted import PostedRow
from devpilot.methodology.problems import Problems
from devpilot.methodology.references import RowsOf, Targets
from devpilot.methodology.registry import list_named
from devpilot.methodology.vocabulary import Reference, Rows, StepDefinition, YesNo


class RowReading:
    """The rows of one post under way: first `read` each list, then `resolve` once."""

    __slots__ = ("_numbering", "_problems", "_read", "_step")

    def __init__(self, step: StepDefinition, numbering: Numbering, problems: Problems) -> None:
        self._step = step
        self._numbering = numbering
        self._problems = problems
        self._read: list[tuple[Rows, list[tuple[int, PostedRow, dict[str, Any]]]]] = []

    def read(
        self, rows: Rows, posted: Sequence[PostedRow], stored: Collection[str]
    ) -> list[dict[str, Any]]:
        """The rows that hold something, with keys; their references are still empty.

        `stored` are the keys that the list holds now.
        """
        read: list[tuple[int, PostedRow, dict[str, Any]]] = []
        taken: set[str] = set()
        for position, typed in enumerate(posted, start=1):
            row = self._row(rows, position, typed)
            if row is None:
                continue
            if len(read) == rows.maximum:
                over = sum(_holds(rows, other) for other in posted[position - 1 :])
                said = f"takes at most {rows.maximum} rows, and these are {rows.maximum + over}"
                self._problems.add(rows.id, f"“{rows.label}” {said}: take {over} out.")
                break
            key, refusal = self._numbering.key_of(rows, typed, stored)
            if key and key in taken:
                refusal = f"Two rows of “{rows.label}” claim to be {key}; one is a copy."
            if refusal:
                name = f"{rows.id}-{typed.index}-{'key' if typed.key else 'new'}"
                self._problems.add(name, refusal)
            taken.add(key)
            row["key"] = key
            read.append((position, typed, row))
        self._read.append((rows, read))
        return [row for _, _, row in read]

    def _row(self, rows: Rows, position: int, posted: PostedRow) -> dict[str, Any] | None:
        """The row without key and references; None when nothing was typed into it."""
        row: dict[str, Any] = {"key": ""}
        typed_in = False
        cells = posted.cells
        for column in rows.columns:
            typed = cells.get(column.id)
            if isinstance(column, Reference):
                row[column.id] = [] if column.many else ""
                typed_in = typed_in or (typed is not None and any(map(str.strip, typed)))
                continue
            value, refusal = read_value(column, typed[0] if typed else "")
            row[column.id] = value
            if refusal:
                self._refuse(rows, column.id, position, posted, refusal)
            # A yes/no is no content: an untouched row would never be blank.
            typed_in = typed_in or bool(refusal) or (value != "" and not isinstance(value, bool))
        return row if typed_in else None

    def resolve(self, rows_of: RowsOf, called: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """Fill in the references of every row that was read. `called` is that of the post."""
        targets: dict[tuple[str, ...], Targets] = {}
        for rows, read in self._read:
            for column in rows.columns:
                if not isinstance(column, Reference):
                    continue
                if column.lists not in targets:
                    lists = [list_named(self._step, list_id) for list_id in column.lists]
                    targets[column.lists] = Targets(lists, rows_of)
                meanings = targets[column.lists].meanings(called.get(rows.id, {}))
                for position, posted, row in read:
                    typed = posted.cells.get(column.id)
                    if typed:
                        refusal = self._refer(targets[column.lists], column, typed, meanings, row)
                        if refusal:
                            self._refuse(rows, column.id, position, posted, refusal)

    def _refer(
        self,
        targets: Targets,
        column: Reference,
        typed: list[str],
        meanings: Mapping[str, str],
        row: dict[str, Any],
    ) -> str:
        allotted = self._numbering.allotted
        refusal = ""
        if column.many:
            row[column.id], refusal = targets.resolve_many(typed, allotted)
        elif value := typed[0].strip():
            row[column.id], refusal = targets.resolve(meanings.get(value, value), allotted)
        return refusal

    def _refuse(
        self, rows: Rows, column_id: str, position: int, posted: PostedRow, refusal: str
    ) -> None:
        where = f"“{rows.by_id[column_id].label}” of {rows.singular} {position}"
        self._problems.add(f"{rows.id}-{posted.index}-{column_id}", f"{where} {refusal}")

    def positions(self) -> dict[tuple[str, int], int]:
        """List and posted index to the row's position among those that hold something."""
        return {
            (rows.id, posted.index): position
            for rows, read in self._read
            for position, (_, posted, _) in enumerate(read)
        }


def _holds(rows: Rows, posted: PostedRow) -> bool:
    """Whether something was typed into the row; a yes/no alone is nothing, as in reading it."""
    typed = [cell for name, cell in posted.cells.items() if not isinstance(rows.by_id[name], YesNo)]
    return any(value.strip() for values in typed for value in values)
