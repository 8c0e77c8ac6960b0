"""The row that was removed last from a step, kept as it was typed so that it can come back.

It comes back as posted fields with its own key or token, so it is read and judged as typed
rows are, and what refers to it finds it again. A newcomer's likely mistake: counting it as
part of the draft. It is beside the draft: no check, no export and no quota knows of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from devpilot.errors import Problem
from devpilot.methodology.labels import sentence_name
from devpilot.methodology.posted import CALLED, read_called
from devpilot.methodology.tables import PastedRow
from devpilot.methodology.vocabulary import Data, Matrix, Reference, Rows, StepDefinition, YesNo
from devpilot.services.added_rows import Added, pairs_of, with_rows
from devpilot.services.step_buttons import Command, Pairs, placed

LONGEST = 20_000
"""No longer a row is kept; one that fits its fields is far below this."""
NAMED = ("key", "new")
"""The cells that say which row it is."""


@dataclass(frozen=True, slots=True)
class RemovedRow:
    """A row's posted cells by column, its key or token among them, and where it stood."""

    list_id: str
    place: int
    """From 0, among the rows of its list."""
    cells: Mapping[str, str]
    crossings: Mapping[str, str] = field(default_factory=dict)
    """Its cells in the step's matrices, by posted name."""

    @property
    def text(self) -> str:
        """How it is stored."""
        return json.dumps([self.list_id, self.place, self.cells, self.crossings])

    def name(self, step: StepDefinition) -> str:
        """The row in a sentence."""
        rows = step.by_id[self.list_id]
        return sentence_name(rows, self.cells).rstrip() if isinstance(rows, Rows) else self.list_id


def stored_row(text: str) -> RemovedRow | None:
    """The row that was stored; None when there is none."""
    return RemovedRow(*json.loads(text)) if text else None


def taken_out(
    step: StepDefinition, command: Command, pairs: Pairs, stored: Data
) -> RemovedRow | None:
    """The row that the pressed button removes; None when there is nothing in it to keep."""
    rows = step.by_id.get(command.list_id)
    if command.kind != "remove" or not isinstance(rows, Rows):
        return None
    posted = command.position >= 0
    typed = pairs if posted else pairs_of(rows, stored.get(rows.id) or [])
    cells: dict[str, str] = {}
    for name, value in typed:
        column = name.removeprefix(f"{rows.id}-{command.index}-")
        if value and column != name and (column in rows.by_id or column in NAMED):
            cells[column] = f"{cells[column]}, {value}" if column in cells else value
    called = _called(rows, pairs)
    cells = {
        name: called.get(cell, cell) if isinstance(rows.by_id.get(name), Reference) else cell
        for name, cell in cells.items()
    }
    written = [c for c in rows.columns if c.id in cells and not isinstance(c, YesNo)]
    removed = RemovedRow(rows.id, command.position if posted else int(command.index), cells)
    if not written or len(removed.text) > LONGEST:
        return None
    crossed = replace(removed, crossings=_crossings(step, cells.get("key", ""), pairs, stored))
    return crossed if len(crossed.text) <= LONGEST else removed


def _called(rows: Rows, pairs: Pairs) -> dict[str, str]:
    """The key of each row that the form calls by a name: the name may be another's by then."""
    said = [read_called(value) for name, value in pairs if name == CALLED]
    keys: dict[str, set[str]] = {}
    for list_id, key, label in said:
        if list_id == rows.id:
            keys.setdefault(label, set()).add(key)
    return {label: next(iter(found)) for label, found in keys.items() if len(found) == 1}


def _crossings(step: StepDefinition, key: str, pairs: Pairs, stored: Data) -> dict[str, str]:
    """What stands in the step's matrices for the row with this key."""
    return {
        name: value
        for matrix in _matrices(step)
        for name, value in matrix_pairs(matrix, pairs, stored)
        if value and key in name.split("-")[1:3]
    }


def _matrices(step: StepDefinition) -> list[Matrix]:
    return [one for one in step.fields if isinstance(one, Matrix)]


def matrix_pairs(matrix: Matrix, pairs: Pairs, stored: Data) -> Pairs:
    """The matrix as posted; where nothing of it was, as stored."""
    prefix = f"{matrix.id}-"
    if posted := [(name, value) for name, value in pairs if name.startswith(prefix)]:
        return posted
    return [
        (f"{prefix}{row}-{column}{suffix}", cell[part])
        for row, line in (stored.get(matrix.id) or {}).items()
        for column, cell in line.items()
        for part, suffix in (("value", ""), ("condition", "-condition"))
        if part in cell
    ]


def brought_back(
    step: StepDefinition, rows: Rows, removed: RemovedRow | None, pairs: Pairs, stored: Data
) -> Added:
    """The posted fields with the row where it stood, and with its cells of matrices."""
    if removed is None or removed.list_id != rows.id:
        gone = "There is no removed row to bring back any more."
        return Added(pairs, problems=(Problem("restore", gone),))
    listed = stored.get(rows.id) or []
    added = with_rows(rows, [PastedRow(1, "", dict(removed.cells))], pairs, listed)
    fields = placed(added.pairs, rows.id, removed.place)
    for matrix in _matrices(step):
        crossed = {n: v for n, v in removed.crossings.items() if n.startswith(f"{matrix.id}-")}
        if crossed:  # a matrix that is mentioned is replaced, so all of it goes along
            known = matrix_pairs(matrix, pairs, stored)
            others = [pair for pair in fields if not pair[0].startswith(f"{matrix.id}-")]
            fields = [*others, *(pair for pair in known if pair[0] not in crossed)]
            fields += crossed.items()
    return Added(fields, count=1)
