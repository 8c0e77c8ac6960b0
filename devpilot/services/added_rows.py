"""Rows that a button brings along, put among the posted ones as if they had been typed.

So they are read, judged and kept by the one path that typed rows take. A newcomer's likely
mistake: storing them from here. What comes out is posted names and values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from devpilot.errors import Problem
from devpilot.methodology.posted import is_index
from devpilot.methodology.proposals import Proposal
from devpilot.methodology.tables import KEY, PastedRow, as_typed, read_table
from devpilot.methodology.vocabulary import Rows
from devpilot.services.step_buttons import Pairs

BOX = "paste-"
"""The name of a list's box for a table begins with this; the list's id follows."""


@dataclass(frozen=True, slots=True)
class Added:
    """The posted fields with the rows in place; which table row each posted index came from."""

    pairs: Pairs
    numbers: Mapping[int, int] = field(default_factory=dict)
    count: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def replaced(self) -> int:
        """How many rows took the place of others."""
        return len(self.numbers) - self.count

    def told(self, rows: Rows, problem: Problem) -> Problem:
        """A problem of a row that came from a table, told as that table's."""
        list_id, _, rest = problem.field.partition("-")
        index, _, _ = rest.partition("-")
        number = self.numbers.get(int(index)) if list_id == rows.id and is_index(index) else None
        if number is None:
            return problem
        return Problem(f"{BOX}{rows.id}", f"Row {number} of the table: {problem.message}")


def said(added: int, replaced: int) -> str:
    """How many rows a button added and replaced, in words."""
    rows = f"{added} row{'' if added == 1 else 's'} added"
    return f"{rows}, {replaced} replaced" if replaced else rows


def pasted(rows: Rows, text: str, pairs: Pairs, stored: Sequence[Mapping[str, Any]]) -> Added:
    """The posted fields with a pasted table's rows. A row with a known key takes its place."""
    table = read_table(rows, text)
    if table.problems:
        box = f"{BOX}{rows.id}"
        return Added(pairs, problems=tuple(Problem(box, said) for said in table.problems))
    return with_rows(rows, table.rows, pairs, stored)


def proposed(
    rows: Rows, offered: Sequence[Proposal], pairs: Pairs, stored: Sequence[Mapping[str, Any]]
) -> Added:
    """The posted fields with the rows that earlier steps imply."""
    if not offered:
        said = f"Earlier steps imply no further rows for “{rows.label}”."
        return Added(pairs, problems=(Problem(rows.id, said),))
    additions = [PastedRow(n, "", dict(one.cells)) for n, one in enumerate(offered, start=1)]
    return with_rows(rows, additions, pairs, stored)


def duplicated(rows: Rows, index: str, pairs: Pairs, stored: Sequence[Mapping[str, Any]]) -> Added:
    """The posted fields with one row once more, at the end and without its key."""
    prefix = f"{rows.id}-"
    typed = pairs if any(n.startswith(prefix) for n, _ in pairs) else pairs_of(rows, stored)
    cells: dict[str, str] = {}
    for name, value in typed:
        column = name.removeprefix(f"{prefix}{index}-")
        if column != name and column in rows.by_id:
            cells[column] = f"{cells[column]}, {value}" if column in cells else value
    if not cells:
        gone = "There is no such row any more; open the step again."
        return Added(pairs, problems=(Problem("duplicate", gone),))
    return with_rows(rows, [PastedRow(1, "", cells)], pairs, stored)


def with_rows(
    rows: Rows, additions: Sequence[PastedRow], pairs: Pairs, stored: Sequence[Mapping[str, Any]]
) -> Added:
    """The posted fields with these rows; where none of the list were posted, the stored ones."""
    prefix = f"{rows.id}-"
    if not any(name.startswith(prefix) for name, _ in pairs):
        pairs = [*pairs, *pairs_of(rows, stored)]
    indexes = {name.split("-", 2)[1] for name, _ in pairs if name.startswith(prefix)}
    following = max((int(index) for index in indexes if is_index(index)), default=-1) + 1
    known = {value: name.split("-", 2)[1] for name, value in pairs if is_key_of(rows, name)}
    replaced: set[str] = set()
    brought: Pairs = []
    numbers: dict[int, int] = {}
    for row in additions:
        index = known.get(row.key) if row.key else None
        if index is None:
            index, following = str(following), following + 1
        numbers[int(index)] = row.number
        for column_id, cell in row.cells.items():
            replaced.add(f"{prefix}{index}-{column_id}")
            brought.append((f"{prefix}{index}-{column_id}", cell))
    kept = [pair for pair in pairs if pair[0] not in replaced]
    new = sum(1 for row in additions if row.key not in known)
    return Added([*kept, *brought], numbers, new)


def is_key_of(rows: Rows, name: str) -> bool:
    """Whether a posted field of this name says which row of the list it is."""
    head, _, rest = name.partition("-")
    index, _, column = rest.partition("-")
    return head == rows.id and column == KEY and is_index(index)


def pairs_of(rows: Rows, stored: Sequence[Mapping[str, Any]]) -> Pairs:
    return [
        (f"{rows.id}-{index}-{name}", value)
        for index, row in enumerate(stored)
        for name, value in [
            (KEY, row[KEY]),
            *((column.id, as_typed(column, row.get(column.id))) for column in rows.columns),
        ]
    ]
