"""A step's posted form taken apart: the step's fields, and what belongs to the form itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from devpilot.errors import Problem
from devpilot.methodology.fingerprints import OPENED
from devpilot.methodology.posted import PLACE, is_index
from devpilot.methodology.vocabulary import Rows, StepDefinition
from devpilot.services.added_rows import BOX
from devpilot.services.step_buttons import BUTTONS, Command, Pairs
from devpilot.services.two_texts import TAKE

CARRIED = frozenset({"csrf_token", "idempotency_key", OPENED})
"""What every form carries and no step is made of."""


THEN = "then"
"""The name of a button that saves and leads elsewhere."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Names and values by what they are for."""

    own: dict[str, list[str]]
    """The version, the pressed button and the boxes ticked in a conflict."""
    tables: dict[str, str]
    """The text in each list's box for a table, by list."""
    places: dict[str, str]
    """The number beside each row, by list and index."""
    fields: Pairs
    """The step's own fields, in order."""


def taken_apart(step: StepDefinition, pairs: Pairs) -> Parts:
    """Every posted pair in its part; what every form carries is left out."""
    parts = Parts({}, {}, {}, [])
    for name, value in pairs:
        if name in CARRIED:
            continue
        if name in {"version", THEN, TAKE} or name in BUTTONS:
            parts.own.setdefault(name, []).append(value)
        elif name.startswith(BOX) and _is_of_list(step, name.removeprefix(BOX), words=1):
            parts.tables[name.removeprefix(BOX)] = value
        elif name.startswith(PLACE) and _is_of_list(step, name.removeprefix(PLACE), words=2):
            parts.places[name.removeprefix(PLACE)] = value
        else:
            parts.fields.append((name, value))
    return parts


def _is_of_list(step: StepDefinition, name: str, *, words: int) -> bool:
    """Whether the name is a list of the step's and, for two words, the index of a row."""
    list_id, *rest = name.split("-")
    fits = len(rest) == words - 1 and all(map(is_index, rest))
    return fits and isinstance(step.by_id.get(list_id), Rows)


def left_over(
    step: StepDefinition, command: Command | None, tables: Mapping[str, str]
) -> list[Problem]:
    """A table that was typed and not added would be lost with any other button."""
    taken = command.list_id if command and command.kind == "paste" else ""
    return [
        Problem(
            f"{BOX}{list_id}",
            f"The table pasted under “{step.by_id[list_id].label}” is not added yet. Press “Add "
            "these rows”, or empty the box.",
        )
        for list_id, text in tables.items()
        if list_id != taken and text.strip()
    ]
