"""Rules of step 5: whoever is let in has a surface, and whoever has none has another way."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.rules.lookups import (
    capability,
    capital,
    keys_where,
    left_out,
    mvp_keys,
)
from devpilot.methodology.rules.rule import Breach, error

_ON_A_SCREEN = frozenset({"web", "mobile", "desktop"})


@error(
    "5.1",
    "No interface contradicts a client of kind web, mobile or desktop, and needs at least one "
    "mechanism. The following are judged only when there is an interface.",
    why="A client with a screen is an interface; without one, systems still need a way in.",
    reads=("has_interface", "mechanisms"),
)
def absence_is_true(facts: Facts) -> Iterator[Breach]:
    if facts.data.get("has_interface") != "no":
        return
    screens = keys_where(facts, "clients", "kind", _ON_A_SCREEN)
    if screens:
        yield Breach(
            field="has_interface",
            message=f"There is to be no interface, but step 3 has {facts.names(screens)}.",
            mend="Answer yes, or change these clients or their kind in step 3.",
        )
    if not facts.rows("mechanisms"):
        yield Breach(
            field="mechanisms",
            message="There is to be no interface, and no mechanism either: nobody can use it.",
            mend="Add how the first consumer uses the system, and proves who it is.",
        )


@error(
    "5.2",
    "Every client of kind web, mobile or desktop has at least one surface.",
    why="A client without a surface is an empty window.",
    reads=("surfaces",),
)
def client_has_surface(facts: Facts) -> Iterator[Breach]:
    screens = keys_where(facts, "clients", "kind", _ON_A_SCREEN)
    for client in left_out(facts, screens, "surfaces", "client"):
        yield Breach(
            field="surfaces",
            message=f"{capital(facts.name(client))} has no surface.",
            mend=f"Add a surface on {client}, such as the first thing that someone sees there.",
        )


@error(
    "5.3",
    "Every workflow whose actor is a role, other than a system, is reached from a surface.",
    why="What nobody can get to is not used, however well it works.",
    reads=("surfaces",),
)
def workflow_is_reached(facts: Facts) -> Iterator[Breach]:
    people = {
        row["key"] for row in facts.rows("roles") if row.get("kind") not in {"system", "", None}
    }
    begun = {row["key"]: row["actor"] for row in facts.rows("workflows") if row.get("actor")}
    by_hand = [key for key, actor in begun.items() if actor in people]
    for workflow in left_out(facts, by_hand, "surfaces", "workflows"):
        yield Breach(
            field="surfaces",
            message=f"No surface reaches {facts.name(workflow)}, "
            f"whose actor is {facts.name(begun[workflow])}.",
            mend=f"Name {workflow} at the surface where it begins, or add that surface.",
        )


@error(
    "5.4",
    "A role that acts on a surface holds own, all or if on an mvp feature of one of the "
    "surface's workflows; on a surface without workflows anyone may.",
    why="A button for someone whom step 2 refuses is either a hole or an insult.",
    reads=("surfaces", "visibility"),
)
def who_acts_may(facts: Facts) -> Iterator[Breach]:
    cells = facts.data.get("visibility") or {}
    if not facts.settled("surfaces", "workflows"):
        return
    mvp = set(mvp_keys(facts))
    for surface in facts.rows("surfaces"):
        features = _features(facts, surface) & mvp
        for role in facts.rows("roles") if surface.get("workflows") else ():
            key = role["key"]
            acts = cells.get(surface["key"], {}).get(key, {}).get("value") == "act"
            if acts and all(capability(facts, f, key) in {"none", "view"} for f in features):
                yield Breach(
                    field="visibility",
                    row=surface["key"],
                    column=key,
                    message=f"{capital(facts.name(key))} acts on {facts.name(surface['key'])}, "
                    "and holds only none or view on the mvp features of the workflows behind it.",
                    mend="Choose read or hidden for this role, or change its capability in step 2.",
                )


def _features(facts: Facts, surface: Row) -> set[str]:
    """The features that the surface's workflows realise."""
    reached = [facts.row(key) for key in surface.get("workflows") or ()]
    return {key for workflow in reached if workflow for key in workflow.get("features") or ()}


@error(
    "5.5",
    "One commitment is of kind accessibility.",
    why="Whoever is not thought of here is shut out, and is the last to be asked.",
    reads=("commitments",),
)
def access_is_promised(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("commitments")
    if not rows or not facts.settled("commitments", "kind"):
        return
    if all(row["kind"] != "accessibility" for row in rows):
        yield Breach(
            field="commitments",
            message="No commitment is about accessibility.",
            mend="Say which standard is met, such as WCAG 2.2 AA, and what checks it.",
        )


RULES = (absence_is_true, client_has_surface, workflow_is_reached, who_acts_may, access_is_promised)
