"""A step's form: every control with its posted name, its value, its error, its options.

Owns the two ways to get one: from stored data, and from a post that was refused. A
newcomer's likely mistake: to draw a refused post from the merged draft. That has lost
what could not be read: a reference to nothing, a choice not offered, text too long.
"""

from collections.abc import Sequence

from devpilot.methodology.controls import FormState
from devpilot.methodology.drafts import Draft
from devpilot.methodology.drawing import Drawing
from devpilot.methodology.posted import Posted, read_post
from devpilot.methodology.problems import Problem
from devpilot.methodology.references import split_key
from devpilot.methodology.registry import list_named
from devpilot.methodology.text import encodable
from devpilot.methodology.typed_drawing import TypedDrawing
from devpilot.methodology.vocabulary import (
    Blueprint,
    Data,
    Finding,
    Matrix,
    Rows,
    StepDefinition,
)


def form_state(  # noqa: PLR0913 - what a form is made of, by name
    step: StepDefinition,
    data: Data,
    *,
    upstream: Blueprint,
    blank: str = "",
    problems: Sequence[Problem] = (),
    aside: Data | None = None,
) -> FormState:
    """The form of stored data.

    `blank` names a list that gets an empty row at its end. A list that must have rows and
    has none starts with its initial rows, or else with an empty one. Give `aside` to show what
    fields that do not apply still hold: a form that names such a field in `fields` without its
    content empties it.
    """
    kept = {**aside, **data} if aside else data
    drawing = Drawing(step, kept, upstream, problems)
    sections = tuple([drawing.section(field, kept, blank) for field in step.fields])
    return FormState(sections, drawing.name_lists())


def form_state_from_post(  # noqa: PLR0913 - what a form is made of, by name
    step: StepDefinition,
    stored: Draft,
    pairs: Sequence[tuple[str, str]],
    *,
    upstream: Blueprint,
    problems: Sequence[Problem] = (),
    blank: str = "",
) -> FormState:
    """The form as it was posted; fields that the post does not mention as they are stored."""
    posted = read_post(step, pairs)
    kept = {**stored.aside, **stored.data}
    drawing = TypedDrawing(step, _as_typed(step, kept, posted), upstream, problems)
    sections = tuple(
        [
            drawing.typed_section(field, posted, blank)
            if posted.mentions(field.id)
            else drawing.section(field, kept, blank)
            for field in step.fields
        ]
    )
    return FormState(sections, drawing.name_lists())


def _as_typed(step: StepDefinition, kept: Data, posted: Posted) -> Data:
    """The data that conditions and references are drawn from: as typed, unjudged."""
    data = {**kept, **{name: encodable(value) for name, value in posted.values.items()}}
    for list_id, typed in posted.rows.items():
        letter = list_named(step, list_id).letter
        data[list_id] = [
            {"key": row.key, **{name: encodable(value[0]) for name, value in row.cells.items()}}
            for row in typed
            if split_key(row.key)[0] == letter
        ]
    return data


def control_name(step: StepDefinition, data: Data, finding: Finding) -> str:
    """The posted name of the control that a finding is about; the field's id when of none.

    A finding about a whole row is answered with the row's first control.
    """
    field = step.by_id[finding.field]
    if isinstance(field, Matrix) and finding.row and finding.column:
        name = f"{field.id}-{finding.row}-{finding.column}"
        cell = (data.get(field.id) or {}).get(finding.row, {}).get(finding.column, {})
        conditional = field.conditional and cell.get("value") == field.conditional
        return f"{name}-condition" if conditional else name
    if isinstance(field, Rows) and finding.row:
        keys = [row["key"] for row in data.get(field.id) or ()]
        column = finding.column or field.columns[0].id
        return f"{field.id}-{keys.index(finding.row)}-{column}" if finding.row in keys else field.id
    return field.id
