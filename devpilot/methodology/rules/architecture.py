"""Rules of step 3: coverage of roles and features, qualities, decisions, names.

Rules about connections and zones are in `rules.connections`.
"""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules import connections
from devpilot.methodology.rules.lookups import capital, mvp_keys, none_everywhere, same
from devpilot.methodology.rules.rule import Breach, error
from devpilot.methodology.steps.architecture import PARTS

_PROTECTIVE = ("security", "privacy", "integrity")


@error(
    "3.1",
    "Every role uses at least one client, except visitors that hold none on every feature.",
    why="A role without a client has no way in, so what it may do is fiction.",
    reads=("clients",),
)
def role_has_client(facts: Facts) -> Iterator[Breach]:
    clients = facts.rows("clients")
    if not clients or not facts.settled("clients", "roles"):
        return
    served = {key for client in clients for key in client.get("roles") or ()}
    features = mvp_keys(facts)
    for role in facts.rows("roles"):
        key = role["key"]
        exempt = role.get("kind") == "visitor" and none_everywhere(facts, key, features)
        if key not in served and not exempt:
            yield Breach(
                field="clients",
                message=f"{capital(facts.name(key))} uses no client.",
                mend=f"Name {key} at the client that it uses, or add that client.",
            )


@error(
    "3.2",
    "Every mvp feature is served by at least one component.",
    why="A feature that no component serves belongs to nobody, and is built by accident.",
    reads=("components",),
)
def feature_has_component(facts: Facts) -> Iterator[Breach]:
    components = facts.rows("components")
    if not components or not facts.settled("components", "features"):
        return
    served = {key for component in components for key in component.get("features") or ()}
    for feature in mvp_keys(facts):
        if feature not in served:
            yield Breach(
                field="components",
                message=f"No component serves {facts.name(feature)}.",
                mend=f"Name {feature} at the component that is responsible for it.",
            )


@error(
    "3.7",
    "Quality scenarios cover at least three attributes, among them availability "
    "and one of security, privacy, integrity.",
    why="A system that was measured on speed alone is fast until the day it loses something.",
    reads=("qualities",),
)
def qualities_cover(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("qualities")
    if not rows or not facts.settled("qualities", "attribute"):
        return
    covered = {row["attribute"] for row in rows}
    if len(covered) < 3:
        yield Breach(
            field="qualities",
            message=f"The quality scenarios cover {' and '.join(sorted(covered))} alone.",
            mend="Cover at least three attributes.",
        )
    if "availability" not in covered:
        yield Breach(
            field="qualities",
            message="No quality scenario is about availability.",
            mend="Say what must be reachable, when, and how large a gap may be.",
        )
    if not covered.intersection(_PROTECTIVE):
        yield Breach(
            field="qualities",
            message="No quality scenario is about security, privacy or integrity.",
            mend="Say what must never leak, or never be wrong, and how that is measured.",
        )


@error(
    "3.8",
    "Names are unique across clients, components, dependencies and stores.",
    why="Diagrams, failures and logs name the parts; one name for two parts misleads all three.",
    reads=PARTS,
)
def part_names_differ(facts: Facts) -> Iterator[Breach]:
    first: dict[str, tuple[str, str]] = {}
    for list_id in PARTS:
        for row in facts.rows(list_id):
            name = same(row.get("name") or "")
            if not name:
                continue
            other_list, other = first.setdefault(name, (list_id, row["key"]))
            if other_list != list_id:
                yield Breach(
                    field=list_id,
                    row=row["key"],
                    column="name",
                    message=f"{capital(facts.name(row['key']))} has the same name as "
                    f"{facts.name(other)}.",
                    mend="Rename one of them.",
                )


@error(
    "3.9",
    "A decision weighs at least two options.",
    why="With one option there was nothing to decide, and nobody can tell later what was refused.",
    reads=("decisions",),
)
def decision_weighs(facts: Facts) -> Iterator[Breach]:
    for decision in facts.rows("decisions"):
        weighed = {same(option) for option in (decision.get("options") or "").split(";")} - {""}
        if len(weighed) == 1:
            yield Breach(
                field="decisions",
                row=decision["key"],
                column="options",
                message=f"{capital(facts.name(decision['key']))} weighs one option alone.",
                mend="Add what else was possible, separated by a semicolon.",
            )


RULES = (
    role_has_client,
    feature_has_component,
    *connections.JOINING,
    qualities_cover,
    part_names_differ,
    decision_weighs,
    *connections.WARNING,
)
