"""Rows that earlier steps imply: offered to be taken, never forced, filled with what is known.

Owns one function for each list that can be proposed. A newcomer's likely mistake: proposing
what a rule will not ask for. Each of these answers a rule or names what only has to be decided.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.vocabulary import Blueprint, Rows, Text

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row to take or leave: its cells as they would be typed, and what implies it."""

    because: str
    cells: Mapping[str, str]


def proposals(blueprint: Blueprint, order: int) -> dict[str, tuple[Proposal, ...]]:
    """The proposed rows of one step by list, as many as fit; only lists that have some."""
    facts = Facts(blueprint, order)
    found = {}
    for field in facts.step.applicable(facts.data):
        implied = _IMPLIED.get(field.id)
        if implied is None or not isinstance(field, Rows):
            continue
        room = field.maximum - len(facts.rows(field.id))
        rows = [_fitting(field, proposal) for proposal in implied(facts)]
        if rows[:room]:
            found[field.id] = tuple(rows[:room])
    return found


def _fitting(rows: Rows, proposal: Proposal) -> Proposal:
    """The same with each text cut to what its column takes; it is a start, to be edited."""
    cells = dict(proposal.cells)
    for column in rows.columns:
        text = cells.get(column.id, "")
        if isinstance(column, Text) and len(text) > column.limit:
            cells[column.id] = text[: column.limit - 1].rstrip() + ELLIPSIS
    return Proposal(proposal.because, cells)


def _missing(facts: Facts, wanted: Iterable[Row], list_id: str, column: str) -> Iterator[Row]:
    """Those of the wanted rows that no row of the list refers to."""
    named: set[str] = set()
    for row in facts.rows(list_id):
        value = row.get(column) or ()
        named.update((value,) if isinstance(value, str) else value)
    return (row for row in wanted if row["key"] not in named)


def _text(row: Row, column: str) -> str:
    return str(row.get(column) or "")


def _rules_of_constraints(facts: Facts) -> Iterator[Proposal]:
    sources = {"legal": "law", "budget": "cost"}
    binding = [row for row in facts.rows("constraints") if row.get("kind") in sources]
    for row in _missing(facts, binding, "business_rules", "from"):
        cells = {"source": sources[row["kind"]], "rule": _text(row, "constraint")}
        yield Proposal(facts.name(row["key"]), {**cells, "from": row["key"]})


def _failures(facts: Facts) -> Iterator[Proposal]:
    critical = [r for r in facts.rows("dependencies") if r.get("criticality") in _CRITICAL]
    for row in _missing(facts, critical, "failures", "cause"):
        cells = {"cause": row["key"], "what": f"{_text(row, 'name')} does not answer."}
        yield Proposal(facts.name(row["key"]), {**cells, "recovery": _text(row, "if_down")})


_CRITICAL = frozenset({"blocks", "degrades"})


def _limits(facts: Facts) -> Iterator[Proposal]:
    called = {row.get("to") for row in facts.rows("connections")}
    wanted = [row for row in facts.rows("dependencies") if row["key"] in called]
    for row in _missing(facts, wanted, "limits", "subject"):
        cells = {"subject": row["key"], "when_full": _text(row, "if_down")}
        yield Proposal(facts.name(row["key"]), cells)


def _transactions(facts: Facts) -> Iterator[Proposal]:
    commands = [row for row in facts.rows("operations") if row.get("kind") == "command"]
    for row in _missing(facts, commands, "transactions", "operation"):
        yield Proposal(facts.name(row["key"]), {"operation": row["key"]})


def _entities(facts: Facts) -> Iterator[Proposal]:
    known = {_text(row, "name").casefold() for row in facts.rows("entities")}
    for thing in _things(facts):
        if thing.casefold() not in known:
            yield Proposal(f"its state changes in step 4: {thing}", {"name": thing})


def _things(facts: Facts) -> list[str]:
    things = {_text(row, "thing").casefold(): _text(row, "thing") for row in _changes(facts)}
    return [thing for folded, thing in things.items() if folded]


def _changes(facts: Facts) -> list[Row]:
    return [row for row in facts.rows("transitions") if row.get("allowed") == "allowed"]


def _states(facts: Facts) -> Iterator[Proposal]:
    """An enum attribute for each entity that changes state, with the states of step 4."""
    typed = {row.get("entity") for row in facts.rows("attributes") if row.get("type") == "enum"}
    for entity in facts.rows("entities"):
        name = _text(entity, "name").casefold()
        moves = [row for row in _changes(facts) if _text(row, "thing").casefold() == name]
        if not moves or entity["key"] in typed:
            continue
        ends = [_text(row, end) for row in moves for end in ("from", "to")]
        states = dict.fromkeys(state for state in ends if state and state != "(start)")
        cells = {"entity": entity["key"], "name": "status", "type": "enum", "required": "yes"}
        yield Proposal(facts.name(entity["key"]), {**cells, "rule": ", ".join(states)})


def _enforcement(facts: Facts) -> Iterator[Proposal]:
    for row in _missing(facts, facts.rows("invariants"), "enforcement", "invariant"):
        yield Proposal(facts.name(row["key"]), {"invariant": row["key"]})


def _lifecycles(facts: Facts) -> Iterator[Proposal]:
    for row in _missing(facts, facts.rows("entities"), "lifecycle", "entity"):
        yield Proposal(facts.name(row["key"]), {"entity": row["key"]})


def _proofs(facts: Facts) -> Iterator[Proposal]:
    wanted = [*facts.rows("invariants"), *facts.rows("qualities")]
    for row in _missing(facts, wanted, "proof", "proves"):
        cells = {"proves": row["key"], "how": _text(row, "proof")}
        yield Proposal(facts.name(row["key"]), cells)


def _authentication(facts: Facts) -> Iterator[Proposal]:
    known = [row for row in facts.rows("roles") if row.get("kind") != "visitor"]
    for row in _missing(facts, known, "authentication", "who"):
        yield Proposal(facts.name(row["key"]), {"who": row["key"]})


def _signals(facts: Facts) -> Iterator[Proposal]:
    for row in _missing(facts, facts.rows("failures"), "signals", "shows"):
        yield Proposal(facts.name(row["key"]), {"event": _text(row, "what"), "shows": row["key"]})


def _failure_modes(facts: Facts) -> Iterator[Proposal]:
    parts = [*facts.rows("dependencies"), *facts.rows("stores")]
    for row in _missing(facts, parts, "failure_modes", "part"):
        known = next((f for f in facts.rows("failures") if f.get("cause") == row["key"]), {})
        cells = {
            "part": row["key"],
            "failure": _text(known, "what"),
            "users_see": _text(row, "if_down"),
            "contained_by": _text(known, "state_after"),
        }
        yield Proposal(facts.name(row["key"]), cells)


def _levels(facts: Facts) -> Iterator[Proposal]:
    measured = [r for r in facts.rows("qualities") if r.get("attribute") in _WITH_LEVEL]
    for row in _missing(facts, measured, "levels", "quality"):
        cells = {"quality": row["key"], "indicator": _text(row, "measure")}
        yield Proposal(facts.name(row["key"]), cells)


_WITH_LEVEL = frozenset({"availability", "latency"})


def _recovery(facts: Facts) -> Iterator[Proposal]:
    lasting = [r for r in facts.rows("stores") if r.get("kind") not in _REBUILT]
    for row in _missing(facts, lasting, "recovery", "store"):
        yield Proposal(facts.name(row["key"]), {"store": row["key"]})


_REBUILT = frozenset({"cache", "queue", "search"})

_IMPLIED: Mapping[str, Callable[[Facts], Iterator[Proposal]]] = MappingProxyType(
    {
        "business_rules": _rules_of_constraints,
        "failures": _failures,
        "limits": _limits,
        "transactions": _transactions,
        "entities": _entities,
        "attributes": _states,
        "enforcement": _enforcement,
        "lifecycle": _lifecycles,
        "proof": _proofs,
        "authentication": _authentication,
        "signals": _signals,
        "failure_modes": _failure_modes,
        "levels": _levels,
        "recovery": _recovery,
    }
)
