"""Specimens of a step's fields: each kind in each state, by the partial that draws all of them.

The words are the clinic example's, with less in it. A newcomer's likely mistake: looking for a
folded row. Scripts fold rows, and without them all are open.
"""

from collections.abc import Sequence

from markupsafe import Markup

from devpilot.errors import Problem
from devpilot.methodology import Blueprint, FormState, definition, form_state
from devpilot.methodology.proposals import proposals
from devpilot.pages.drawing import EMPTY_BOXES, Boxes, at_address, sections_of
from devpilot.pages.slots import emptied
from devpilot.pages.specimens.anywhere import EXAMPLE

WHOLE = EXAMPLE.steps


def texts() -> Markup:
    """A text as it is, and one with an error."""
    wrong = Problem("problem", "“Problem” takes at most 2,000 characters.")
    return drawn(1, ("summary", "problem"), WHOLE, [wrong])


def choice() -> Markup:
    return drawn(3, ("structure",), WHOLE)


def refused_choice() -> Markup:
    wrong = Problem("business_model", "“Business model” is “barter”, which is not offered.")
    return drawn(2, ("business_model",), WHOLE, [wrong])


def unasked() -> Markup:
    """A choice, and a list that it leaves out; scripts hide what does not apply."""
    return drawn(2, ("business_model", "plans"), {2: {"business_model": "internal"}})


def rows() -> Markup:
    """Rows that scripts fold, one with an error, which stays open, and one that is new."""
    wrong = Problem("goals-1-target", "“Target” of goal 2 takes at most 120 characters.")
    return drawn(1, ("goals",), {1: {"goals": WHOLE[1]["goals"]}}, [wrong], blank="goals")


def cells() -> Markup:
    """A row with each other kind of cell: choice, boxes to tick, yes or no, a reference."""
    first = {name: WHOLE[1][name][:1] for name in ("goals", "features")}
    second = {"roles": WHOLE[2]["roles"][:1]}
    third = {name: WHOLE[3][name][:1] for name in ("zones", "stores", "components")}
    few = {1: first, 2: second, 3: third}
    return drawn(1, ("features",), few) + drawn(2, ("roles",), few) + drawn(3, ("stores",), few)


def numbers() -> Markup:
    return drawn(6, ("limits",), {6: {}}, blank="limits")


def long_list() -> Markup:
    """More than eight rows: a search, and places by number."""
    rows = [
        {"key": f"C{number}", "kind": "budget", "constraint": f"Constraint {number}"}
        for number in range(1, 10)
    ]
    return drawn(1, ("constraints",), {1: {"constraints": rows}})


def offers() -> Markup:
    """Rows that follow from what is written elsewhere, and a pasted table that was refused."""
    unsaid = {**WHOLE, 2: {**WHOLE[2], "capabilities": {}, "business_rules": []}}
    said = {"business_rules": ["Row 3 of the table: “Rule” takes at most 250 characters."]}
    boxes = Boxes({"business_rules": "source\trule\teffect"}, said)
    return drawn(2, ("business_rules",), unsaid, boxes=boxes)


def matrix() -> Markup:
    """Three roles by three features, with a condition, and a cell that is wrong."""
    features, roles = WHOLE[1]["features"][:3], WHOLE[2]["roles"][:3]
    given = WHOLE[2]["capabilities"]
    cells = {f["key"]: {r["key"]: given[f["key"]][r["key"]] for r in roles} for f in features}
    few = {1: {"features": features}, 2: {"roles": roles, "capabilities": cells}}
    wrong = Problem("capabilities-F3-R1", "“Patient” on “Reminders” is “some”, not offered.")
    return drawn(2, ("capabilities",), few, [wrong])


def empty_matrix() -> Markup:
    return drawn(2, ("capabilities",), {})


def drawn(  # noqa: PLR0913  what a form is drawn from, by name
    order: int,
    wanted: Sequence[str],
    blueprint: Blueprint,
    problems: Sequence[Problem] = (),
    *,
    blank: str = "",
    boxes: Boxes = EMPTY_BOXES,
) -> Markup:
    """These fields of a step's form."""
    form = form_state(
        definition(order), blueprint.get(order, {}), upstream=blueprint, blank=blank,
        problems=problems,
    )  # fmt: skip
    chosen = tuple(section for section in form.sections if section.field.id in wanted)
    offered = proposals(blueprint, order)
    text = sections_of(FormState(chosen, form.name_lists), focus="", offered=offered, boxes=boxes)
    return emptied(at_address(text, "/", {}))
