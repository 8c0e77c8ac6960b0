"""Rules of step 4 about what must always hold: state changes and invariants.

A newcomer's likely mistake: to compare states by their spelling. "held" and "Held" are
one state, as names are everywhere in the method.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.rules.lookups import capital, same
from devpilot.methodology.rules.rule import Breach, error, warning
from devpilot.methodology.text import presentable

_START = "(start)"
_HEDGE = re.compile(r"\b(?:should|usually|normally|try\s+to)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing with states, and its rows in order."""

    name: str
    rows: Sequence[Row]

    @property
    def decided(self) -> bool:
        """Whether every row is filled in; completeness speaks about the others."""
        return all(row.get(cell) for row in self.rows for cell in ("from", "to", "allowed"))

    def moves(self, allowed: str) -> list[tuple[str, str, Row]]:
        return [
            (same(row["from"]), same(row["to"]), row)
            for row in self.rows
            if row["allowed"] == allowed
        ]

    @property
    def states(self) -> dict[str, str]:
        """The states of its allowed changes, as they compare and as they were first spelled."""
        found: dict[str, str] = {}
        for start, end, row in self.moves("allowed"):
            found.setdefault(start, row["from"])
            found.setdefault(end, row["to"])
        found.pop(_START, None)
        return found


def things(facts: Facts) -> list[Thing]:
    """The things whose changes are all filled in; none while a row names no thing."""
    if not facts.settled("transitions", "thing"):
        return []
    grouped: dict[str, list[Row]] = {}
    for row in facts.rows("transitions"):
        if name := row.get("thing"):
            grouped.setdefault(same(name), []).append(row)
    found = [Thing(presentable(rows[0]["thing"]), rows) for rows in grouped.values()]
    return [thing for thing in found if thing.decided]


@error(
    "4.8",
    "Per thing: one allowed change from (start); every other state is reached from it; "
    "a forbidden change names states that exist; the same change is not both.",
    why="A state that cannot be reached, or two ways to begin, is where data goes wrong later.",
    reads=("transitions",),
)
def changes_are_consistent(facts: Facts) -> Iterator[Breach]:
    for thing in things(facts):
        yield from _starts(thing)
        yield from _reach(thing)
        yield from _forbidden(thing)


def _starts(thing: Thing) -> Iterator[Breach]:
    starts = [row for start, _, row in thing.moves("allowed") if start == _START]
    if not starts:
        yield Breach(
            field="transitions",
            row=thing.rows[0]["key"],
            column="from",
            message=f"{capital(thing.name)} has no allowed change from (start).",
            mend="Add the change that creates it: from (start) to its first state.",
        )
    for row in starts[1:]:
        yield Breach(
            field="transitions",
            row=row["key"],
            column="from",
            message=f"{capital(thing.name)} starts twice: as {starts[0]['to']} "
            f"({starts[0]['key']}) and as {row['to']} ({row['key']}).",
            mend="Keep one allowed change from (start).",
        )


def _reach(thing: Thing) -> Iterator[Breach]:
    """Says nothing while there is no start: that has been said, and nothing is reached."""
    allowed = thing.moves("allowed")
    if not any(start == _START for start, _, _ in allowed):
        return
    reached = _reachable({(start, end) for start, end, _ in allowed})
    for start, end, row in allowed:
        for state, column in ((start, "from"), (end, "to")):
            if state not in reached:
                reached.add(state)
                yield Breach(
                    field="transitions",
                    row=row["key"],
                    column=column,
                    message=f"{capital(thing.name)} never gets to {presentable(row[column])}: "
                    "no allowed changes lead there from (start).",
                    mend=f"Add the change that leads to {presentable(row[column])}, "
                    "or correct its spelling.",
                )


def _reachable(edges: set[tuple[str, str]]) -> set[str]:
    reached = {_START}
    waiting = deque(reached)
    while waiting:
        here = waiting.popleft()
        for start, end in edges:
            if start == here and end not in reached:
                reached.add(end)
                waiting.append(end)
    return reached


def _forbidden(thing: Thing) -> Iterator[Breach]:
    allowed = {(start, end): row for start, end, row in thing.moves("allowed")}
    states = {_START, *(state for move in allowed for state in move)}
    for start, end, row in thing.moves("forbidden"):
        for state, column in ((start, "from"), (end, "to")):
            if state not in states:
                yield Breach(
                    field="transitions",
                    row=row["key"],
                    column=column,
                    message=f"{row['key']} forbids a change of {thing.name} that names "
                    f"{presentable(row[column])}, which is no state of its allowed changes.",
                    mend="Name a state that exists, or remove the row.",
                )
        if (start, end) in allowed:
            yield Breach(
                field="transitions",
                row=row["key"],
                column="allowed",
                message=f"The change of {thing.name} from {presentable(row['from'])} to "
                f"{presentable(row['to'])} is allowed ({allowed[start, end]['key']}) "
                f"and forbidden ({row['key']}).",
                mend="Decide which, and remove the other.",
            )


@error(
    "4.9",
    "An invariant has no 'should', 'usually', 'normally', 'try to'.",
    why="What holds only usually cannot be relied on, nor tested.",
    reads=("invariants",),
)
def invariant_is_absolute(facts: Facts) -> Iterator[Breach]:
    for invariant in facts.rows("invariants"):
        hedge = _HEDGE.search(invariant.get("statement") or "")
        if hedge:
            yield Breach(
                field="invariants",
                row=invariant["key"],
                column="statement",
                message=f"{capital(facts.name(invariant['key']))} says “{hedge[0]}”.",
                mend="State what always holds; what only mostly holds is a quality scenario.",
            )


@warning(
    "4.10",
    "A thing has no forbidden change.",
    why="The changes that must never happen are the ones that a test has to try.",
    reads=("transitions",),
)
def something_is_forbidden(facts: Facts) -> Iterator[Breach]:
    for thing in things(facts):
        if not thing.moves("forbidden"):
            yield Breach(
                field="transitions",
                row=thing.rows[0]["key"],
                column="thing",
                message=f"No change of {thing.name} is forbidden.",
                mend="Add a change that must never happen, and say why.",
            )
