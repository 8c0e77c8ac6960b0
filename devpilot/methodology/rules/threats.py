"""Rules of step 10 about threats: every boundary has been looked at from the outside."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules.connections import trust, zone_of
from devpilot.methodology.rules.lookups import capital, listed, referred
from devpilot.methodology.rules.rule import Breach, error, warning
from devpilot.methodology.steps.operations import THREATS
from devpilot.methodology.vocabulary import Choice

_TRUST = ("untrusted", "third-party", "trusted", "restricted")


@error(
    "10.2",
    "Every connection that crosses zones has a threat on it or on its less trusted end; "
    "all six categories appear.",
    why="Attacks come in where trust changes, and by the kind that was not considered.",
    reads=("threats",),
)
def crossing_is_threatened(facts: Facts) -> Iterator[Breach]:
    yield from _unguarded(facts)
    yield from _categories(facts)


def _unguarded(facts: Facts) -> Iterator[Breach]:
    threatened = referred(facts, "threats", "on")
    if threatened is None:
        return
    for row in facts.rows("connections"):
        ends = row.get("from") or "", row.get("to") or ""
        weaker = _less_trusted(facts, *ends)
        if weaker and not threatened & {row["key"], *weaker}:
            yield Breach(
                field="threats",
                message=f"Connection {row['key']} from {facts.name(ends[0])} to "
                f"{facts.name(ends[1])} crosses zones, and no threat is on it or on "
                f"{listed([facts.name(end) for end in weaker], 'or')}.",
                mend=f"Add what someone could do on {row['key']}, and what stops them.",
            )


def _less_trusted(facts: Facts, start: str, end: str) -> list[str]:
    """The end that lies in the less trusted zone, or both; none where no zone is left."""
    zones = zone_of(facts, start), zone_of(facts, end)
    if not all(zones) or zones[0] == zones[1]:
        return []
    ranks = {part: _rank(facts, part) for part in (start, end)}
    lowest = min(ranks.values())
    return [part for part, rank in ranks.items() if rank == lowest]


def _rank(facts: Facts, part: str) -> int:
    found = trust(facts, facts.row(part) or {})
    return _TRUST.index(found) if found in _TRUST else 0


def _categories(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("threats")
    category = THREATS.column("category")
    if not rows or not facts.settled("threats", "category") or not isinstance(category, Choice):
        return
    found = {row["category"] for row in rows}
    missing = [option for option in category.options if option not in found]
    if missing:
        yield Breach(
            field="threats",
            message=f"No threat is about {listed(missing, 'or')}.",
            mend="Ask all six of every boundary, and write down the worst answer to each.",
        )


@warning(
    "10.8",
    "A threat is accepted on a store of sensitivity special or secret.",
    why="Whoever accepts it does so for the people whose data it is.",
    reads=("threats",),
)
def secrets_take_no_risk(facts: Facts) -> Iterator[Breach]:
    for threat in facts.rows("threats"):
        store = facts.row(threat.get("on") or "")
        if threat.get("treatment") != "accepted" or store is None:
            continue
        sensitivity = store.get("sensitivity")
        if facts.list_of(store["key"]) == "stores" and sensitivity in {"special", "secret"}:
            yield Breach(
                field="threats",
                row=threat["key"],
                column="treatment",
                message=f"{capital(facts.name(threat['key']))} is accepted on "
                f"{facts.name(store['key'])}, which is {sensitivity}.",
                mend="Treat it, or say at the control who accepted it, and until when.",
            )
