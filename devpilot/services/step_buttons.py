"""The buttons of a step's form that change rows: add, duplicate, remove, restore, move and more.

They are submit buttons of the form itself, so each also saves what is typed. A newcomer's
likely mistake: taking the index in a button's value for a place among the rows; posted
indexes may have gaps, and `position` is the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from devpilot.errors import Problem
from devpilot.methodology import move_row, remove_row
from devpilot.methodology.posted import PLACE, is_index
from devpilot.methodology.vocabulary import Data, Rows, StepDefinition

Pairs = list[tuple[str, str]]
"""Posted names and values, in order."""

BUTTONS = ("add", "duplicate", "remove", "restore", "move", "paste", "propose")
ADDING = frozenset({"duplicate", "paste", "propose"})
"""Those that bring rows of their own, to the end of the list."""
BRINGING = ADDING | {"restore"}


@dataclass(frozen=True, slots=True)
class Command:
    """A button that changes rows.

    `add`, `restore`, `paste` and `propose` name a list; the others one row of it.
    `direction` is up, down or to: then the row's own `place` field says where to.
    """

    kind: str
    list_id: str
    index: str = ""
    direction: str = ""
    position: int = -1
    """Where the row stands among the posted ones, from 0; -1 when none was posted."""
    target: int = -1
    """Where a move leads, from 0, among the rows of its list; it may lie outside."""
    added: int = 0
    """How many rows the button brought to the end of the list."""

    def anchor(self, step: StepDefinition, data: Data) -> str:
        """The id of the control to go on with, for an address: a browser moves the focus there."""
        declared = step.by_id[self.list_id]
        if not isinstance(declared, Rows):
            return self.list_id
        count = len(data.get(self.list_id) or ())
        if self.kind == "add":
            place = min(count, declared.maximum - 1)
        elif self.kind in ADDING:
            place = self._first_added(count)
        else:
            place = min(max(self.target if self.kind == "move" else self.position, 0), count - 1)
        if self.kind == "move" and self.direction != "to":
            # The first row has no button up and the last none down; the other one is there.
            ends = {0: "down", count - 1: "up"}
            return f"{ends.get(place, self.direction)}-{self.list_id}-{place}"
        return f"{self.list_id}-{place}-{declared.columns[0].id}" if place >= 0 else self.list_id

    def focus(self, data: Data) -> str:
        """The control to go on with: the moved row's button, or a neighbour's first cell."""
        rows = data.get(self.list_id) or ()
        if self.kind == "move":
            place = min(max(self.target, 0), len(rows) - 1)
            if self.direction == "to":
                return f"row:{self.list_id}-{place}"
            return f"move:{self.list_id}-{place}-{self.direction}"
        if self.kind in {"remove", "restore"} and rows:
            return f"row:{self.list_id}-{min(max(self.position, 0), len(rows) - 1)}"
        if self.kind in ADDING and rows:
            return f"row:{self.list_id}-{self._first_added(len(rows))}"
        return f"add:{self.list_id}"

    def _first_added(self, count: int) -> int:
        return min(max(count - self.added, 0), count - 1)


def changed_in_store(data: Data, command: Command | None) -> Data | None:
    """For a button posted without its rows, the change to the stored ones; None: no such row."""
    if command is None or command.kind not in {"remove", "move"} or command.position >= 0:
        return data
    index, count = int(command.index), len(data.get(command.list_id) or ())
    if index >= count:
        return None
    if command.kind == "remove":
        return remove_row(data, command.list_id, index)
    to = min(command.target, count - 1) if command.direction == "to" else command.target
    return move_row(data, command.list_id, index, to)


SHAPES = {
    "add": 0, "restore": 0, "paste": 0, "propose": 0, "duplicate": 1, "remove": 1, "move": 2
}  # fmt: skip
"""How many words follow the list in each button's value."""


def read_command(
    step: StepDefinition, own: Mapping[str, list[str]], places: Mapping[str, str]
) -> tuple[Command | None, list[Problem]]:
    """The pressed button. `places` are the numbers typed beside rows, by list and index."""
    if not own:
        return None, []
    if sum(map(len, own.values())) > 1:
        return None, [Problem(next(iter(own)), "Press one button at a time.")]
    kind, (value,) = next(iter(own.items()))
    list_id, *rest = value.split("-")
    fits = isinstance(step.by_id.get(list_id), Rows) and len(rest) == SHAPES[kind]
    fits = fits and (not rest or is_index(rest[0]))
    fits = fits and (kind != "move" or rest[1] in {"up", "down", "to"})
    if not fits:
        return None, [Problem(kind, f"There is no row that “{kind}” could mean by this.")]
    index, direction = (*rest, "", "")[:2]
    command = Command(kind, list_id, index, direction)
    if kind != "move":
        return command, []
    return _with_target(command, places.get(f"{list_id}-{index}", "").strip())


def _with_target(command: Command, typed: str) -> tuple[Command | None, list[Problem]]:
    """A move with the place that it leads to, should its rows not be posted."""
    if command.direction != "to":
        step = -1 if command.direction == "up" else 1
        return replace(command, target=int(command.index) + step), []
    if is_index(typed) and int(typed):
        return replace(command, target=int(typed) - 1), []
    name = f"{PLACE}{command.list_id}-{command.index}"
    return None, [Problem(name, "Type the number of the place that the row should have.")]


def pressed(pairs: Pairs, command: Command) -> tuple[Pairs, Command]:
    """The posted fields with the button's row gone or moved, before they are read."""
    prefix = f"{command.list_id}-"
    ordered = _indexes(pairs, prefix)
    if command.kind not in {"remove", "move"} or command.index not in ordered:
        return pairs, command
    here = ordered.index(command.index)
    command = replace(command, position=here)
    if command.kind == "move":
        if command.direction != "to":
            command = replace(command, target=here + (-1 if command.direction == "up" else 1))
        to = min(command.target, len(ordered) - 1) if command.direction == "to" else command.target
        return _moved(pairs, prefix, ordered, here, to), command
    gone = f"{prefix}{command.index}-"
    kept = [pair for pair in pairs if not pair[0].startswith(gone)]
    # A list whose last row goes is still mentioned, so that it is emptied.
    return [*kept, ("fields", command.list_id)], command


def placed(pairs: Pairs, list_id: str, place: int) -> Pairs:
    """The posted fields with the last row of a list at this place, from 0."""
    ordered = _indexes(pairs, f"{list_id}-")
    last = len(ordered) - 1
    return _moved(pairs, f"{list_id}-", ordered, last, min(place, last))


def _indexes(pairs: Pairs, prefix: str) -> list[str]:
    indexes = {name.split("-", 2)[1] for name, _ in pairs if name.startswith(prefix)}
    return sorted((index for index in indexes if is_index(index)), key=int)


def _moved(pairs: Pairs, prefix: str, ordered: list[str], here: int, to: int) -> Pairs:
    """The rows keep their fields and get the indexes that their new order gives them."""
    if not 0 <= to < len(ordered):
        return pairs
    turned = list(ordered)
    turned.insert(to, turned.pop(here))
    names = {
        f"{prefix}{old}-": f"{prefix}{new}-"
        for old, new in zip(turned, ordered, strict=True)
        if old != new
    }
    return [(_renamed(name, names), value) for name, value in pairs]


def _renamed(name: str, names: Mapping[str, str]) -> str:
    list_id, _, rest = name.partition("-")
    index, dash, column = rest.partition("-")
    head = names.get(f"{list_id}-{index}{dash}")
    return head + column if head else name
