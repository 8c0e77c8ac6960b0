"""Reading the form fields of a step: what was posted where, before any of it is judged.

Owns the grammar of field names. A newcomer's likely mistake: to expect values to be
checked here. This module only takes names apart; `merge` judges what they carry.

The caller takes away its own fields first: csrf_token, version, idempotency_key, add,
remove, move and the like. Every other name that is not the step's is a problem.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from devpilot.methodology.problems import Problem, Problems
from devpilot.methodology.text import presentable
from devpilot.methodology.vocabulary import Matrix, Reference, Rows, StepDefinition

PLACE = "place-"
"""The name of the field for a row's place begins with this; list and index follow."""
CALLED = "called"
"""The name under which a form says what it calls the rows that its references show."""

_MAX_INDEX_DIGITS = 15
_KEY = re.compile(r"[A-Z]{1,2}[1-9][0-9]{0,8}", re.ASCII)


@dataclass(slots=True)
class PostedRow:
    """One posted row. `cells` holds what was typed, by column, repeated names included."""

    index: int
    key: str = ""
    token: str = ""
    cells: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class PostedCell:
    """One posted cell of a matrix."""

    value: str = ""
    condition: str = ""


@dataclass(slots=True)
class Posted:
    """A step's form fields, taken apart. Rows are in the order of their index."""

    values: dict[str, str]
    rows: dict[str, list[PostedRow]]
    matrices: dict[str, dict[tuple[str, str], PostedCell]]
    shown: set[str]
    """The fields that the form named with `fields=`: emptied where nothing else came."""

    called: dict[str, dict[str, list[str]]]
    """By list, what the form called the rows that its references show: label to keys.

    A row may be renamed in the same form, or by a save that could not draw the list anew.
    """

    problems: tuple[Problem, ...]

    def mentions(self, field_id: str) -> bool:
        return (
            field_id in self.values
            or field_id in self.rows
            or field_id in self.matrices
            or field_id in self.shown
        )

    @property
    def tokens(self) -> frozenset[str]:
        """Every name under which `merge` may look up or remember a token of this post."""
        posted = [(list_id, row.token) for list_id in self.rows for row in self.rows[list_id]]
        return frozenset(
            name for list_id, token in posted if token for name in token_names(list_id, token)
        )


def token_names(list_id: str, token: str) -> tuple[str, str]:
    """A token's own name and, where a script used the same one in two lists, its second."""
    return token, f"{list_id}/{token}"


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def is_index(text: str) -> bool:
    """ASCII digits in their one spelling: `00` would be a second name for `0`."""
    return (
        text.isascii()
        and text.isdigit()
        and len(text) <= _MAX_INDEX_DIGITS
        and (text[0] != "0" or text == "0")
    )


def read_post(step: StepDefinition, pairs: Sequence[tuple[str, str]]) -> Posted:
    """Take a post apart. Any input is answered; nothing is raised."""
    reader = _Reader(step)
    for name, value in pairs:
        if refusal := reader.take(name, value):
            reader.problems.add(name, refusal)
    return reader.posted()


def read_called(value: str) -> tuple[str, str, str]:
    """A list, a key and what the form called that row; all empty for what makes no sense."""
    list_id, key, label = [*value.split(" ", 2), "", ""][:3]
    return (list_id, key, label) if is_key(key) and label else ("", "", "")


def posted_label(step: StepDefinition, name: str, posted: Mapping[str, str]) -> str:
    """What people call the posted field `name`: “Goals, G1: Goal”. The name where it has none.

    `posted` is the whole post, which says the keys of its rows.
    """
    head, _, rest = name.partition("-")
    if head == "paste" and isinstance(listed := step.by_id.get(rest), Rows):
        return f"{listed.label}, as a table"
    declared = step.by_id.get(head)
    if isinstance(declared, Rows):
        index, _, column_id = rest.partition("-")
        column = declared.by_id.get(column_id)
        if column is None or not is_index(index):
            return name
        key = posted.get(f"{head}-{index}-key", "")
        row = key if is_key(key) else f"row {int(index) + 1}"
        return f"{declared.label}, {row}: {column.label}"
    if isinstance(declared, Matrix):
        return f"{declared.label}, {presentable(rest.replace('-', ', '))}"
    return declared.label if declared and not rest else name


_NO_ROWS: Mapping[str, PostedRow] = MappingProxyType({})


class _Reader:
    """Takes one name and value after the other; `take` answers with a refusal or ""."""

    __slots__ = ("_called", "_matrices", "_rows", "_shown", "_step", "_values", "problems")

    def __init__(self, step: StepDefinition) -> None:
        self._step = step
        self._values: dict[str, str] = {}
        self._rows: dict[str, dict[str, PostedRow]] = {}
        self._matrices: dict[str, dict[tuple[str, str], PostedCell]] = {}
        self._shown: set[str] = set()
        self._called: dict[str, dict[str, list[str]]] = {}
        self.problems = Problems()

    def posted(self) -> Posted:
        rows = {
            list_id: sorted(rows.values(), key=lambda row: row.index)
            for list_id, rows in self._rows.items()
        }
        problems = tuple(self.problems.found)
        return Posted(self._values, rows, self._matrices, self._shown, self._called, problems)

    def take(self, name: str, value: str) -> str:
        head, dash, rest = name.partition("-")
        declared = self._step.by_id.get(head)
        if isinstance(declared, Rows):
            return self._take_cell(declared, name, rest, value) if dash else _unknown(name)
        if isinstance(declared, Matrix):
            return self._take_matrix(declared, name, rest, value)
        if declared is not None and not dash:
            return self._take_value(name, value)
        if name == "fields" and value in self._step.by_id:
            self._shown.add(value)
            return ""
        if name == CALLED:
            return self._take_called(value)
        return _unknown(value if name == "fields" else name)

    def _take_value(self, name: str, value: str) -> str:
        if name in self._values:
            return _twice(name)
        self._values[name] = value
        return ""

    def _take_cell(self, rows: Rows, name: str, rest: str, value: str) -> str:
        index, _, column_id = rest.partition("-")
        column = rows.by_id.get(column_id)
        if column is None and column_id not in {"key", "new"}:
            return _unknown(name)
        row = self._rows.get(rows.id, _NO_ROWS).get(index)
        if row is None:
            if not is_index(index):
                return _unknown(name)
            row = PostedRow(int(index))
            self._rows.setdefault(rows.id, {})[index] = row
        if column is None:
            return _take_identity(row, column_id, name, value)
        typed = row.cells.get(column_id)
        if typed is None:
            row.cells[column_id] = [value]
        elif isinstance(column, Reference) and column.many:
            typed.append(value)
        else:
            return _twice(name)
        return ""

    def _take_called(self, value: str) -> str:
        """The list whose rows refer, the key that they refer to, what it was called."""
        list_id, key, label = read_called(value)
        if not isinstance(self._step.by_id.get(list_id), Rows):
            return f"“{CALLED}” takes a list, a key and a name, divided by blanks."
        self._called.setdefault(list_id, {}).setdefault(label, []).append(key)
        return ""

    def _take_matrix(self, matrix: Matrix, name: str, rest: str, value: str) -> str:
        parts = rest.split("-", 3)
        conditional = len(parts) == 3 and parts[2] == "condition" and bool(matrix.conditional)
        if not (len(parts) == 2 or conditional) or not (is_key(parts[0]) and is_key(parts[1])):
            return _unknown(name)
        cell = self._matrices.setdefault(matrix.id, {}).setdefault(
            (parts[0], parts[1]), PostedCell()
        )
        if cell.condition if conditional else cell.value:
            return _twice(name)
        if conditional:
            cell.condition = value
        else:
            cell.value = value
        return ""


def _take_identity(row: PostedRow, column_id: str, name: str, value: str) -> str:
    if column_id == "key":
        twice, row.key = bool(row.key), row.key or value.strip()
    else:
        twice, row.token = bool(row.token), row.token or value.strip()
    return _twice(name) if twice else ""


def _unknown(name: str) -> str:
    return f"“{presentable(name)}” is an unknown field of this step."


def _twice(name: str) -> str:
    return f"“{presentable(name)}” was posted twice, and it takes one value."
