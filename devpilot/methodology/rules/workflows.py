"""Rules of step 4: workflows carry the features, and say who is refused and what fails.

Rules about state changes and invariants are in `rules.states`.
"""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.rules import refusals, states
from devpilot.methodology.rules.connections import joined
from devpilot.methodology.rules.lookups import capability, capital, mvp_keys
from devpilot.methodology.rules.rule import Breach, error

_TIMING = ("timeout", "late", "lost")


@error(
    "4.1",
    "Every mvp feature is realised by at least one workflow.",
    why="A feature that no workflow uses has not been thought through to the end.",
    reads=("workflows",),
)
def feature_has_workflow(facts: Facts) -> Iterator[Breach]:
    workflows = facts.rows("workflows")
    if not workflows or not facts.settled("workflows", "features"):
        return
    realised = {key for workflow in workflows for key in workflow.get("features") or ()}
    for feature in mvp_keys(facts):
        if feature not in realised:
            yield Breach(
                field="workflows",
                message=f"No workflow realises {facts.name(feature)}.",
                mend=f"Name {feature} at the workflow that uses it, or add that workflow.",
            )


@error(
    "4.2",
    "A role that acts in a workflow holds more than none on each of the workflow's "
    "features that are mvp.",
    why="Otherwise the workflow describes what step 2 forbids, and one of the two is wrong.",
    reads=("workflows", "steps"),
)
def actor_is_allowed(facts: Facts) -> Iterator[Breach]:
    seen: set[tuple[str, str]] = set()
    for list_id, row, column, workflow in _actors(facts):
        role = row.get(column) or ""
        if facts.list_of(role) != "roles" or (workflow["key"], role) in seen:
            continue
        seen.add((workflow["key"], role))
        mvp = set(mvp_keys(facts)).intersection(workflow.get("features") or ())
        barred = [key for key in workflow.get("features") or () if key in mvp]
        barred = [key for key in barred if capability(facts, key, role) == "none"]
        if barred:
            yield Breach(
                field=list_id,
                row=row["key"],
                column=column,
                message=f"{capital(facts.name(role))} acts in {facts.name(workflow['key'])} "
                f"and holds none on {facts.names(barred)}.",
                mend="Let another role act, or change the capability in step 2.",
            )


def _actors(facts: Facts) -> Iterator[tuple[str, Row, str, Row]]:
    """Who acts where: list, row, column, and the workflow it is in; actors come first."""
    for workflow in facts.rows("workflows"):
        yield "workflows", workflow, "actor", workflow
    for step in facts.rows("steps"):
        key = step.get("workflow") or ""
        workflow_row = facts.row(key) if facts.list_of(key) == "workflows" else None
        if workflow_row is not None:
            yield "steps", step, "by", workflow_row


@error(
    "4.3",
    "When a component acts on another component, a store or a dependency, a connection "
    "joins the two, in either direction.",
    why="A step along a connection that step 3 does not have passes a boundary nobody guards.",
    reads=("steps",),
)
def step_follows_connection(facts: Facts) -> Iterator[Breach]:
    pairs = joined(facts)
    for step in facts.rows("steps"):
        by, touches = step.get("by") or "", step.get("touches") or ""
        if facts.list_of(by) != "components" or by == touches:
            continue
        reached = facts.list_of(touches)
        if reached in {"components", "stores", "dependencies"} and {by, touches} not in pairs:
            yield Breach(
                field="steps",
                row=step["key"],
                column="touches",
                message=f"{capital(facts.name(by))} acts on {facts.name(touches)}, "
                "and no connection joins the two.",
                mend="Go through a part that is connected, or add the connection in step 3.",
            )


@error(
    "4.5",
    "Every workflow has at least two happy-path steps and at least one failure.",
    why="One step is a label, and a workflow that cannot fail has not been looked at.",
    reads=("workflows", "steps", "failures"),
)
def workflow_is_told(facts: Facts) -> Iterator[Breach]:
    yield from _untold(facts, "steps", 2, "happy-path step")
    yield from _untold(facts, "failures", 1, "failure")


def _untold(facts: Facts, list_id: str, least: int, what: str) -> Iterator[Breach]:
    rows = facts.rows(list_id)
    if not rows or not facts.settled(list_id, "workflow"):
        return
    told = [row.get("workflow") for row in rows]
    for workflow in facts.rows("workflows"):
        count = told.count(workflow["key"])
        if count < least:
            yield Breach(
                field=list_id,
                message=f"{capital(facts.name(workflow['key']))} has {count or 'no'} {what}.",
                mend=f"Add at least {least - count} to {workflow['key']}; "
                f"every workflow needs at least {least}.",
            )


@error(
    "4.6",
    "Every dependency that blocks or degrades is the cause of at least one failure.",
    why="What others run will be down; what is guaranteed then is decided now or in the night.",
    reads=("failures",),
)
def dependency_fails(facts: Facts) -> Iterator[Breach]:
    failures = facts.rows("failures")
    if not failures or not facts.settled("failures", "cause"):
        return
    causes = {row.get("cause") for row in failures}
    for dependency in facts.rows("dependencies"):
        critical = dependency.get("criticality") in {"blocks", "degrades"}
        if critical and dependency["key"] not in causes:
            yield Breach(
                field="failures",
                message=f"No failure is caused by {facts.name(dependency['key'])}, "
                f"whose criticality is {dependency['criticality']}.",
                mend=f"Add the failure that {dependency['key']} causes, "
                "starting from what step 3 says happens when it is down.",
            )


@error(
    "4.7",
    "Edge cases cover at least three kinds, among them concurrency, "
    "and one of timeout, late, lost.",
    why="Two at once and too late are what every system meets first and tests last.",
    reads=("edges",),
)
def edges_cover(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("edges")
    if not rows or not facts.settled("edges", "kind"):
        return
    kinds = {row["kind"] for row in rows}
    if len(kinds) < 3:
        yield Breach(
            field="edges",
            message=f"The edge cases cover {' and '.join(sorted(kinds))} alone.",
            mend="Cover at least three kinds.",
        )
    if "concurrency" not in kinds:
        yield Breach(
            field="edges",
            message="No edge case is about concurrency.",
            mend="Say what happens when two people do the same in the same second.",
        )
    if not kinds.intersection(_TIMING):
        yield Breach(
            field="edges",
            message="No edge case is about a timeout, or something late or lost.",
            mend="Say what happens when an answer comes too late, or never.",
        )


RULES = (
    feature_has_workflow,
    actor_is_allowed,
    step_follows_connection,
    refusals.if_has_branch,
    workflow_is_told,
    dependency_fails,
    edges_cover,
    states.changes_are_consistent,
    states.invariant_is_absolute,
    states.something_is_forbidden,
    refusals.refused_role_has_branch,
)
