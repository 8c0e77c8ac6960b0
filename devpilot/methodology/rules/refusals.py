"""Rules of step 4 about permission branches: whoever the matrix refuses is told so."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules.lookups import (
    capabilities,
    capital,
    mvp_keys,
    none_everywhere,
)
from devpilot.methodology.rules.rule import Breach, error, warning


@error(
    "4.4",
    "Every 'if' cell of the matrix has a permission branch that names its role, "
    "in a workflow of its feature.",
    why="A condition has a side on which someone is refused; that side is part of the design.",
    reads=("workflows", "branches"),
)
def if_has_branch(facts: Facts) -> Iterator[Breach]:
    settled = facts.settled("workflows", "features") and facts.settled(
        "branches", "workflow", "roles"
    )
    if not facts.rows("workflows") or not settled:
        return
    told = {(feature, role) for feature, role in _branches(facts)}
    for feature in mvp_keys(facts):
        for role, value in capabilities(facts, feature):
            if value == "if" and (feature, role) not in told:
                yield Breach(
                    field="branches",
                    message=f"{capital(facts.name(role))} may use {facts.name(feature)} only if "
                    "a condition holds, and no permission branch says what happens if not.",
                    mend=f"Add a branch that names {role}, in a workflow of {feature}.",
                )


def _branches(facts: Facts) -> Iterator[tuple[str, str]]:
    """Each feature and role that some permission branch is about."""
    for branch in facts.rows("branches"):
        workflow = facts.row(branch.get("workflow") or "")
        for feature in (workflow.get("features") or ()) if workflow else ():
            for role in branch.get("roles") or ():
                yield feature, role


@warning(
    "4.11",
    "Every mvp feature of a workflow is none for some person or administrator, "
    "and the workflow has no permission branch.",
    why="Someone will try that door; what they see was decided by nobody.",
    reads=("workflows", "branches"),
)
def refused_role_has_branch(facts: Facts) -> Iterator[Breach]:
    if not facts.settled("branches", "workflow") or not facts.settled("workflows", "features"):
        return
    told = {branch.get("workflow") for branch in facts.rows("branches")}
    mvp = set(mvp_keys(facts))
    people = [
        row["key"] for row in facts.rows("roles") if row.get("kind") in {"person", "administrator"}
    ]
    for workflow in facts.rows("workflows"):
        features = [key for key in workflow.get("features") or () if key in mvp]
        refused = [role for role in people if none_everywhere(facts, role, features)]
        if refused and workflow["key"] not in told:
            yield Breach(
                field="workflows",
                row=workflow["key"],
                message=f"{capital(facts.name(workflow['key']))} is closed to "
                f"{facts.names(refused)}, and no permission branch says what they see.",
                mend=f"Add a permission branch to {workflow['key']} for whoever is refused.",
            )
