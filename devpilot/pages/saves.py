"""What a save of a step is answered with: the step again, or for htmx only what changed.

A newcomer's likely mistake: answering a save by pause with the form. Somebody is typing in it.
"""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from devpilot import clock
from devpilot.answers import Answer
from devpilot.errors import Refusal
from devpilot.methodology import (
    FormState,
    Markdown,
    Matrix,
    Reference,
    Rows,
    StepField,
    definition,
    form_state,
)
from devpilot.methodology.posted import is_index
from devpilot.models import Step
from devpilot.pages import ai, drawing, frame
from devpilot.pages.checks import checks_of, missing, standings_of
from devpilot.pages.steps import ELSEWHERE, places_beside, shown
from devpilot.pages.two_texts import Opened
from devpilot.services import steps
from devpilot.services.added_rows import said
from devpilot.services.step_buttons import Command
from devpilot.services.step_form import StepForm

COUNTED = frozenset({"paste", "propose"})
"""Buttons that bring so many rows that the page says how many."""


def saved(step: Step, form: StepForm, *, pressed: bool) -> Answer:
    """After a save: the step again, or for htmx only what changed on the page.

    What shows other lists' rows is drawn after a pressed save too: the page may have passed
    over an earlier drawing, because somebody was typing there.
    """
    command = form.command
    location = url_for("steps.show", revision_id=step.revision_id, order=step.order)
    if form.then:
        location = url_for("ai.panel", revision_id=step.revision_id, order=step.order)
    if form.settles:
        return Answer(location, fragment=None if form.then else lambda: shown(step))
    if command is None:
        lists = frozenset(definition(step.order).by_id) if pressed else form.renamed
        return Answer(location, fragment=lambda: _saved_fragment(step, form, lists))
    if command.kind == "add":
        location += f"?blank={command.list_id}"
    if form.added and command.kind in COUNTED:
        brought = {"added": form.added.count, "replaced": form.added.replaced}
        location += f"?{urlencode({**brought, 'version': step.revision.version})}"
    location += f"#{command.anchor(definition(step.order), step.data)}"
    return Answer(location, fragment=lambda: _rows_changed(step, form, command))


def counted(step: Step, asked: Mapping[str, str]) -> str:
    """How many rows the button brought that led to this address, while nothing came after it."""
    added, replaced = asked.get("added", ""), asked.get("replaced", "")
    is_latest = asked.get("version") == str(step.revision.version)
    is_said = is_latest and is_index(added) and is_index(replaced)
    return said(int(added), int(replaced)) if is_said else ""


def not_saved(step: Step, found: Refusal) -> ResponseReturnValue:
    """A save by pause that was refused: one line beside the button, the form untouched."""
    gone = isinstance(found, ELSEWHERE)
    return render_template("steps/_not_saved.html", refused=found, step=step, reload=gone)


def _rows_changed(step: Step, form: StepForm, command: Command) -> ResponseReturnValue:
    blank = command.list_id if command.kind == "add" else ""
    added = form.added if command.kind in COUNTED else None
    done = said(added.count, added.replaced) if added else ""
    return shown(step, blank=blank, focus=command.focus(step.data), done=done)


def _redrawn(step: Step, changed: frozenset[str]) -> FormState:
    """The sections that show rows of these lists, and the names to choose from: out of date."""

    def shows(field: StepField) -> bool:
        if isinstance(field, Matrix):
            return not changed.isdisjoint((field.rows, field.columns))
        columns = field.columns if isinstance(field, Rows) else ()
        lists = [name for c in columns if isinstance(c, Reference) for name in c.lists]
        return not changed.isdisjoint(lists)

    declared = definition(step.order)
    if not any(map(shows, declared.fields)):
        return FormState((), {})
    form = form_state(
        declared,
        step.data,
        upstream=steps.blueprint_before(step),
        aside=json.loads(step.content.aside),
    )
    names = {
        list_id: names
        for list_id, names in form.name_lists.items()
        if not changed.isdisjoint(list_id.split("-"))
    }
    return FormState(tuple([s for s in form.sections if shows(s.field)]), names)


def _saved_fragment(step: Step, form: StepForm, lists: frozenset[str]) -> ResponseReturnValue:
    checks, form_now = checks_of(step), _redrawn(step, lists)
    sections = form_now.sections
    places = places_beside(step, ai.beside(step)) if sections else {}
    names = [section.field.id for section in sections]
    base = url_for("steps.show", revision_id=step.revision_id, order=step.order)
    return render_template(
        "steps/_saved.html",
        base=base,
        ending=frame.ending(g.act.user, base),
        at=clock.now(),
        opened=Opened.now(step),
        keys=form.row_keys,
        sections=sections,
        name_lists=form_now.name_lists,
        beside={name: places[drawing.beside(name)] for name in names},
        removed={name: places[drawing.removed(name)] for name in names},
        reworded=_reworded(step, form),
        marks=ai.marks(step),
        assistant=ai.region(step) if form.then else None,
        checks=checks,
        missing=missing(checks),
        standings=standings_of(step),
    )


def _reworded(step: Step, form: StepForm) -> Iterator[tuple[StepField, str]]:
    """Each Markdown field whose reading on the page may be old, and its text."""
    for field in definition(step.order).fields:
        # Where nothing changed, the answer to the same save before may have been lost.
        is_old = field.id in form.reworded or form.changes_nothing
        if is_old and isinstance(field, Markdown):
            yield field, step.data.get(field.id, "")
