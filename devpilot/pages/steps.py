"""What the step's page shows: the form, what was typed, the checks, what may be done.

A newcomer's likely mistake: drawing a refused form from the stored data. `refused` draws
it from the post, so that nobody loses what they typed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from devpilot.adapters.graphviz import lay_out
from devpilot.answers import page
from devpilot.document import step_html
from devpilot.enforce import refusal
from devpilot.errors import NotFound, Refusal, StaleVersion, StepLocked, StepOutOfSequence
from devpilot.gate import settings
from devpilot.methodology import (
    EXAMPLES,
    Draft,
    Rows,
    definition,
    form_state,
    form_state_from_post,
)
from devpilot.methodology.examples import Example
from devpilot.methodology.proposals import proposals
from devpilot.methodology.tables import as_table, as_typed
from devpilot.models import Step
from devpilot.packing import Kept
from devpilot.pages import ai, drawing
from devpilot.pages.checks import Standings, checks_of, missing, standings_of
from devpilot.pages.drawing import (
    Boxes,
    Texts,
    at_address,
    kept_fields,
    sections_of,
    starts_blank,
)
from devpilot.pages.progress import progress_of
from devpilot.pages.times import is_just_now
from devpilot.pages.two_texts import Difference, Opened, differences
from devpilot.services import relock, steps
from devpilot.services.added_rows import BOX
from devpilot.services.removed_row import stored_row
from devpilot.services.step_buttons import Pairs
from devpilot.services.step_form import StepForm

Places = Mapping[str, Markup]
"""What stands beside the fields, by place."""

ELSEWHERE = (StepLocked, StaleVersion)
"""Refusals of what somebody did meanwhile, or in another tab: there are two texts to look at."""
SUGGESTION = "suggestion"
"""The focus on what the AI proposed."""


def shown(step: Step, *, blank: str = "", focus: str = "", done: str = "") -> ResponseReturnValue:
    """The step as stored: a form where it can be edited, a document where it cannot.

    `done` says what the save before did beside saving.
    """
    text, aside = step.content.data, step.content.aside
    focused = focus == SUGGESTION
    focus = "" if focused else focus or (f"add:{blank}" if blank else "")
    if not focus and not starts_blank(step.order, text):
        before = tuple(earlier.content.data for earlier in step.revision.steps[: step.order - 1])
        texts = Texts(before, text, aside)

        def kept(base: str, places: Places) -> Kept:
            return kept_fields(texts, base, tuple(places.items()))

        return _page(step, kept, focused=focused, done=done)

    def drawn(base: str, places: Places) -> Markup:
        upstream = steps.blueprint_before(step)
        form = form_state(
            definition(step.order), step.data, upstream=upstream, blank=blank,
            aside=json.loads(aside),
        )  # fmt: skip
        offered = proposals({**upstream, step.order: step.data}, step.order)
        return at_address(sections_of(form, focus=focus, offered=offered), base, places)

    return _page(step, drawn, focused=focused, done=done)


def spot(step: Step, field_id: str, place: int) -> tuple[str, str]:
    """A field, or a row of it: as the part of an address that leads there, and as a focus."""
    field = definition(step.order).by_id[field_id]
    if isinstance(field, Rows) and place >= 0:
        return f"{field_id}-{place}-{field.columns[0].id}", f"row:{field_id}-{place}"
    return field_id, f"field:{field_id}"


def table(step: Step, list_id: str) -> ResponseReturnValue:
    """One list of the step as a table to copy. Raises NotFound when the step has no such list."""
    field = definition(step.order).by_id.get(list_id)
    if not isinstance(field, Rows):
        raise NotFound
    stored = step.data.get(list_id) or []
    cells = [[row["key"], *(as_typed(c, row.get(c.id)) for c in field.columns)] for row in stored]
    return page(
        "steps/table.html", step=step, project=step.project, definition=definition(step.order),
        field=field, cells=cells, text=as_table(field, stored),
    )  # fmt: skip


def refused(step: Step, pairs: Pairs, found: Refusal) -> ResponseReturnValue:
    """The form as it was typed, under what is wrong with it."""
    upstream = steps.blueprint_before(step)
    typed = StepForm.read(definition(step.order), pairs, steps.stored(step), upstream)
    stored = Draft(step.data, json.loads(step.content.aside))
    form = form_state_from_post(
        definition(step.order), stored, typed.pairs, upstream=upstream, problems=found.problems
    )
    said: dict[str, list[str]] = {}
    for problem in found.problems:
        if problem.field.startswith(BOX):
            said.setdefault(problem.field.removeprefix(BOX), []).append(problem.message)
    boxes = Boxes(typed.tables, said)
    offered = proposals({**upstream, step.order: step.data}, step.order)
    sections = sections_of(form, focus="", offered=offered, boxes=boxes)
    is_elsewhere = isinstance(found, ELSEWHERE)
    return _page(
        step, lambda base, places: at_address(sections, base, places), found=found,
        apart=differences(step, pairs) if is_elsewhere else None,
        # A form that was refused for another reason may still be older than the step.
        opened=None if is_elsewhere else Opened.posted(typed, pairs),
    )  # fmt: skip


def _page(  # noqa: PLR0913  what differs from page to page, by name
    step: Step,
    draw: Callable[[str, Places], Markup | Kept],
    *,
    found: Refusal | None = None,
    apart: Sequence[Difference] | None = None,
    opened: Opened | None = None,
    focused: bool = False,
    done: str = "",
) -> ResponseReturnValue:
    data = step.data
    save_refusal = refusal("steps.save", step)
    base = url_for("steps.show", revision_id=step.revision_id, order=step.order)
    hidden = found is not None or isinstance(save_refusal, StepOutOfSequence)
    checks = [] if hidden else checks_of(step)
    is_form = save_refusal is None or found is not None
    beside = ai.beside(step) if is_form else None
    drawn = draw(base, places_beside(step, beside)) if beside else ""
    packed = drawn if isinstance(drawn, Kept) else None
    return page(
        "steps/show.html",
        packed=packed,
        step=step,
        revision=step.revision,
        project=step.project,
        opened=opened or Opened.now(step),
        definition=definition(step.order),
        pays=g.act.standing.is_paid,
        progress=progress_of(step.revision, step.order),
        sections=packed.place if packed else drawn,
        beside=beside,
        focused=focused,
        ai=settings().ai,
        base=base,
        checks=checks,
        missing=missing(checks),
        standings=Standings() if hidden else standings_of(step),
        save_refusal=save_refusal,
        lock_refusal=refusal("steps.lock", step),
        readable=_readable(step, data) if save_refusal else None,
        refused=found,
        apart=apart,
        saved_text=_readable(step, data) if isinstance(found, ELSEWHERE) else None,
        typed=found is not None,
        done=done,
        locked=step.before if is_form and _is_just_locked(step.before) else None,
        example=_example_of(step.order) if not data else None,
        review=relock.review_of(step) if found is None else None,
    )


def _is_just_locked(step: Step | None) -> bool:
    return step is not None and is_just_now(step.locked_at)


@cache
def _example_of(order: int) -> Example:
    """The shortest example in which this step is filled in."""
    having = [example for example in EXAMPLES.values() if order in example.steps]
    return min(having, key=lambda example: len(example.steps))


def places_beside(step: Step, found: ai.Beside) -> Places:
    """What the AI proposed beside each field, and the row that was removed last."""
    fields = definition(step.order).fields
    places = {drawing.beside(field.id): found.slots[field.id] for field in fields}
    places |= dict.fromkeys((drawing.removed(field.id) for field in fields), Markup(""))
    if gone := stored_row(step.content.removed):
        name = gone.name(definition(step.order))
        drawn = render_template("steps/_removed.html", list_id=gone.list_id, name=name)
        places[drawing.removed(gone.list_id)] = Markup(drawn)  # noqa: S704  autoescaped
    return places


def _readable(step: Step, data: dict[str, Any]) -> Any:  # noqa: ANN401  safe markup
    blueprint = {**steps.blueprint_before(step), step.order: data}
    if not data:
        return None
    return step_html(blueprint, step.order, complete=step.is_locked, layout=lay_out)
