"""From each goal to what proves it: features, workflows, invariants, enforcement, proof.

Owns the chain and its gaps. A newcomer's likely mistake: looking for a reference from a workflow
to an invariant; there is none. A workflow meets the invariants of the components that it
touches: those that act in it, and those that it acts on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from devpilot.document.outline import Named, Outline
from devpilot.methodology import Blueprint

Row: TypeAlias = dict[str, Any]

ENFORCEMENT_STEP, PROOF_STEP = 7, 9


@dataclass(frozen=True, slots=True)
class Kept:
    """One invariant with where it is enforced and what proves it; empty where nothing does."""

    invariant: Named
    enforced: tuple[str, ...]
    proved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One feature of the first release that serves a goal; without one, the goal has a gap."""

    feature: Named | None
    workflows: tuple[Named, ...]
    invariants: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """One goal and the features that serve it."""

    goal: Named
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    goals: tuple[Covered, ...]
    invariants: tuple[Kept, ...]
    unreached: tuple[Kept, ...]
    """Invariants that no workflow meets."""

    @property
    def gaps(self) -> int:
        """How many places of the chain are empty."""
        lines = [line for covered in self.goals for line in covered.lines]
        empty = sum(not (line.feature and line.workflows and line.invariants) for line in lines)
        empty += sum((not one.enforced) + (not one.proved) for one in self.invariants)
        return empty + len(self.unreached)


def coverage(blueprint: Blueprint) -> Coverage:
    """The chain of a whole blueprint; steps that it does not have yet are gaps, lean ones aside."""
    return _Chain(blueprint).coverage()


class _Chain:
    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint
        self._named = Outline(blueprint, complete=False).named
        self._invariants = [self._kept(row) for row in self._rows(4, "invariants")]
        self._homes = {r["key"]: r.get("enforced_by") for r in self._rows(4, "invariants")}

    def coverage(self) -> Coverage:
        goals = tuple(self._covered(row["key"]) for row in self._rows(1, "goals"))
        met = {k.invariant.key for g in goals for line in g.lines for k in line.invariants}
        unreached = [kept for kept in self._invariants if kept.invariant.key not in met]
        return Coverage(goals, tuple(self._invariants), tuple(unreached))

    def _rows(self, order: int, list_id: str) -> Sequence[Row]:
        return self._blueprint.get(order, {}).get(list_id) or ()

    def _covered(self, goal: str) -> Covered:
        serving = [
            row["key"]
            for row in self._rows(1, "features")
            if row.get("release") == "mvp" and goal in (row.get("goals") or ())
        ]
        lines = [self._line(feature) for feature in serving] or [Line(None, (), ())]
        return Covered(self._named(goal), tuple(lines))

    def _line(self, feature: str) -> Line:
        workflows = [
            row["key"]
            for row in self._rows(4, "workflows")
            if feature in (row.get("features") or ())
        ]
        touched = self._touched(workflows)
        met = [kept for kept in self._invariants if self._homes[kept.invariant.key] in touched]
        return Line(self._named(feature), tuple(map(self._named, workflows)), tuple(met))

    def _touched(self, workflows: Iterable[str]) -> set[str | None]:
        """The components that act in these workflows or are acted on."""
        of = set(workflows)
        touched: set[str | None] = set()
        for row in self._rows(4, "steps"):
            if row.get("workflow") in of:
                touched |= {row.get("by"), row.get("touches")}
        touched |= {r.get("actor") for r in self._rows(4, "workflows") if r["key"] in of}
        return touched - {None, ""}

    def _kept(self, invariant: Row) -> Kept:
        key = invariant["key"]
        enforced = [
            f"{row.get('by') or '?'}: {row.get('how') or ''}".rstrip(": ")
            for row in self._rows(ENFORCEMENT_STEP, "enforcement")
            if row.get("invariant") == key
        ]
        proved = [
            f"{row.get('level') or '?'}: {row.get('how') or ''}".rstrip(": ")
            for row in self._rows(PROOF_STEP, "proof")
            if row.get("proves") == key
        ]
        if ENFORCEMENT_STEP not in self._blueprint and invariant.get("enforced_by"):
            home = self._named(invariant["enforced_by"])
            enforced = [f"{home.key} {home.label}"]
        if PROOF_STEP not in self._blueprint and invariant.get("proof"):
            proved = [invariant["proof"]]
        return Kept(self._named(key), tuple(enforced), tuple(proved))
