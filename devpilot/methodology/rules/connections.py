"""Rules of step 3 about connections and trust zones, and how connections are looked up."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.rules.lookups import capital
from devpilot.methodology.rules.rule import Breach, error, warning
from devpilot.methodology.steps.architecture import PARTS

_SENSITIVE = frozenset({"personal", "special", "secret"})


def trust(facts: Facts, part: Row) -> str:
    """The trust of the zone that a part lies in, or "" while that is not known."""
    zone = facts.row(part.get("zone") or "")
    return str(zone.get("trust") or "") if zone and facts.list_of(zone["key"]) == "zones" else ""


def zone_of(facts: Facts, key: str) -> str:
    """The key of the zone that a part lies in, or "" while that is not known."""
    part = facts.row(key)
    zone = part.get("zone") or "" if part else ""
    return zone if isinstance(zone, str) and facts.list_of(zone) == "zones" else ""


def joined(facts: Facts) -> set[frozenset[str]]:
    """Each pair of parts that a connection joins, in whichever direction."""
    return {
        frozenset((row.get("from") or "", row.get("to") or "")) for row in facts.rows("connections")
    }


@error(
    "3.3",
    "Every client, component, dependency and store is an end of at least one connection.",
    why="A part that nothing talks to is either forgotten in the picture or not needed.",
    reads=(*PARTS, "connections"),
)
def part_is_connected(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("connections")
    if not rows or not facts.settled("connections", "from", "to"):
        return
    ends = {row.get(end) for row in rows for end in ("from", "to")}
    for list_id in PARTS:
        for part in facts.rows(list_id):
            if part["key"] not in ends:
                yield Breach(
                    field=list_id,
                    row=part["key"],
                    message=f"Nothing connects to {facts.name(part['key'])}.",
                    mend="Add the connection that it is used through, or remove the part.",
                )


@error(
    "3.4",
    "A connection whose ends lie in different zones states its control.",
    why="Where trust changes, something has to check what passes; unnamed, it is not there.",
    reads=(*PARTS, "connections"),
)
def crossing_is_controlled(facts: Facts) -> Iterator[Breach]:
    for row in facts.rows("connections"):
        start, end = row.get("from") or "", row.get("to") or ""
        zones = zone_of(facts, start), zone_of(facts, end)
        if all(zones) and zones[0] != zones[1] and not row.get("control"):
            yield Breach(
                field="connections",
                row=row["key"],
                column="control",
                message=f"Connection {row['key']} from {facts.name(start)} to "
                f"{facts.name(end)} goes from {facts.name(zones[0])} to "
                f"{facts.name(zones[1])} without a control.",
                mend="Say what checks or protects it: identity, encryption, limits, validation.",
            )


@error(
    "3.5",
    "Clients lie in an untrusted zone (a device may lie elsewhere), dependencies in a "
    "third-party or untrusted one, components never in an untrusted one.",
    why="What is in someone else’s hands cannot be trusted, and what is ours must not be there.",
    reads=("zones", "clients", "components", "dependencies"),
)
def part_is_in_its_place(facts: Facts) -> Iterator[Breach]:
    for client in facts.rows("clients"):
        if client.get("kind") not in {"device", "", None}:
            yield from _misplaced(facts, "clients", client, {"untrusted"})
    for component in facts.rows("components"):
        yield from _misplaced(
            facts, "components", component, {"third-party", "trusted", "restricted"}
        )
    for dependency in facts.rows("dependencies"):
        yield from _misplaced(facts, "dependencies", dependency, {"third-party", "untrusted"})


def _misplaced(facts: Facts, list_id: str, part: Row, fitting: set[str]) -> Iterator[Breach]:
    found = trust(facts, part)
    if found and found not in fitting:
        yield Breach(
            field=list_id,
            row=part["key"],
            column="zone",
            message=f"{capital(facts.name(part['key']))} lies in {facts.name(part['zone'])}, "
            f"which is {found}.",
            mend=f"Put it into a zone that is {' or '.join(sorted(fitting))}.",
        )


@error(
    "3.6",
    "A store of sensitivity personal, special or secret lies in a trusted or restricted zone.",
    why="Data that can hurt someone belongs where only our own components reach it.",
    reads=("zones", "stores"),
)
def sensitive_store_is_safe(facts: Facts) -> Iterator[Breach]:
    for store in facts.rows("stores"):
        found = trust(facts, store)
        if store.get("sensitivity") in _SENSITIVE and found in {"untrusted", "third-party"}:
            yield Breach(
                field="stores",
                row=store["key"],
                column="zone",
                message=f"{capital(facts.name(store['key']))} holds {store['sensitivity']} data "
                f"and lies in {facts.name(store['zone'])}, which is {found}.",
                mend="Put it into a zone that is trusted or restricted.",
            )


@warning(
    "3.10",
    "A component that does not own a store connects to it.",
    why="Two writers of one store end in rules that hold in one of them alone.",
    reads=("stores", "connections"),
)
def owner_is_the_way_in(facts: Facts) -> Iterator[Breach]:
    for row in facts.rows("connections"):
        for here, there in (("from", "to"), ("to", "from")):
            component, store = row.get(here) or "", facts.row(row.get(there) or "")
            if facts.list_of(component) != "components" or store is None:
                continue
            owner = store.get("owner") if facts.list_of(store["key"]) == "stores" else ""
            if owner and owner != component and facts.list_of(owner) == "components":
                yield Breach(
                    field="connections",
                    row=row["key"],
                    column=there,
                    message=f"{capital(facts.name(component))} connects to "
                    f"{facts.name(store['key'])}, which {facts.name(owner)} owns.",
                    mend="Go through the owner, or say among the decisions why not.",
                )


@warning(
    "3.11",
    "A sync connection leads to a dependency that blocks.",
    why="While that dependency is down, so is whoever waits for it.",
    reads=("dependencies", "connections"),
)
def nobody_waits_for_a_blocker(facts: Facts) -> Iterator[Breach]:
    for row in facts.rows("connections"):
        end = row.get("to") or ""
        if row.get("mode") != "sync" or facts.list_of(end) != "dependencies":
            continue
        dependency = facts.row(end)
        if dependency and dependency.get("criticality") == "blocks":
            yield Breach(
                field="connections",
                row=row["key"],
                column="mode",
                message=f"Connection {row['key']} from {facts.name(row.get('from') or '')} waits "
                f"for {facts.name(end)}, which blocks when it is down.",
                mend="Queue the work, or say in step 4 what its users see meanwhile.",
            )


JOINING = (part_is_connected, crossing_is_controlled, part_is_in_its_place, sensitive_store_is_safe)
WARNING = (owner_is_the_way_in, nobody_waits_for_a_blocker)
