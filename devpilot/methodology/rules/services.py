"""Rules of step 6: every workflow is carried by services that form no circle and say no.

Rules about single operations are in `rules.calls`.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules import calls
from devpilot.methodology.rules.lookups import capital, left_out, listed
from devpilot.methodology.rules.rule import Breach, error
from devpilot.methodology.steps.services import ERRORS


@error(
    "6.1",
    "Every component that serves a feature has at least one service.",
    why="A component without a service does what it was built for by nobody’s decision.",
    reads=("services",),
)
def component_has_service(facts: Facts) -> Iterator[Breach]:
    serving = [row["key"] for row in facts.rows("components") if row.get("features")]
    for component in left_out(facts, serving, "services", "component"):
        yield Breach(
            field="services",
            message=f"{capital(facts.name(component))} serves a feature and has no service domain.",
            mend=f"Add the service domain that does the work of {component}.",
        )


@error(
    "6.2",
    "Every workflow is carried by at least one operation.",
    why="A workflow that no operation carries cannot be asked for.",
    reads=("operations",),
)
def workflow_is_carried(facts: Facts) -> Iterator[Breach]:
    workflows = [row["key"] for row in facts.rows("workflows")]
    for workflow in left_out(facts, workflows, "operations", "workflows"):
        yield Breach(
            field="operations",
            message=f"No operation carries {facts.name(workflow)}.",
            mend=f"Name {workflow} at the operation that begins it, or add that operation.",
        )


@error(
    "6.4",
    "The uses of services form no circle (one finding for each service that reaches itself).",
    why="Services in a circle can be neither tested, deployed nor understood one at a time.",
    reads=("services",),
)
def uses_form_no_circle(facts: Facts) -> Iterator[Breach]:
    uses = {row["key"]: row.get("uses") or () for row in facts.rows("services")}
    for service in uses:
        circle = _circle(uses, service)
        if circle:
            yield Breach(
                field="services",
                row=service,
                column="uses",
                message=f"{capital(facts.name(service))} reaches itself: {' → '.join(circle)}.",
                mend="Turn one of these uses around, or move what both need into a service "
                "of its own.",
            )


def _circle(uses: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """The shortest way from a service back to itself; [] when there is none."""
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there in uses.get(here, ()):
            if there == start:
                way = [start, here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return []


@error(
    "6.7",
    "Every error class appears exactly once (the form starts with the eight rows).",
    why="A class that is missing is answered by accident; one that is there twice, by chance.",
    reads=("errors",),
)
def error_classes_are_all_there(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("errors")
    if not rows or not facts.settled("errors", "class"):
        return
    first: dict[str, str] = {}
    for row in rows:
        other = first.setdefault(row["class"], row["key"])
        if other != row["key"]:
            yield Breach(
                field="errors",
                row=row["key"],
                column="class",
                message=f"The error class {row['class']} appears twice: {other} and {row['key']}.",
                mend="Keep one row for each class.",
            )
    missing = [row["class"] for row in ERRORS.initial if row["class"] not in first]
    if missing:
        yield Breach(
            field="errors",
            message=f"Nothing says what a caller sees on {listed(missing)}.",
            mend="Give each of the eight error classes a row.",
        )


RULES = (
    component_has_service,
    workflow_is_carried,
    calls.operation_is_authorised,
    uses_form_no_circle,
    calls.dependency_is_limited,
    calls.command_commits_once,
    error_classes_are_all_there,
    calls.public_only_asks,
    calls.command_can_be_repeated,
)
