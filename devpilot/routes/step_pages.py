"""What the step's page shows: the form, what was typed, the checks, the progress map.

A newcomer's likely mistake: deciding here whether something is allowed. This module asks
`refusal()`, which is the endpoint's own policy, and shows its sentence.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from devpilot import clock
from devpilot.answers import Answer, page
from devpilot.document import step_html
from devpilot.enforce import refusal
from devpilot.errors import Problem, Refusal, StaleVersion, StepLocked, StepOutOfSequence
from devpilot.methodology import (
    Draft,
    Finding,
    FormState,
    Severity,
    definition,
    form_state,
    form_state_from_post,
)
from devpilot.models import Revision, Step
from devpilot.services import steps
from devpilot.services.step_form import BUTTONS, Command, Pairs, StepForm, control_name
from devpilot.states import StepStatus

WORDS = {
    StepStatus.DRAFT: "Draft",
    StepStatus.LOCKED: "Locked",
    StepStatus.INVALIDATED: "To re-validate",
}


@dataclass(frozen=True, slots=True)
class ProgressItem:
    """One step in the progress map."""

    order: int
    title: str
    status: str
    word: str
    locked_at: datetime | None
    href: str
    current: bool
    note: str = ""


def progress_of(revision: Revision, current: int = 0) -> list[ProgressItem]:
    """The map of a revision's steps. A draft behind an unlocked step is "not yet"."""
    items = []
    reachable = True
    base = url_for("revisions.show", revision_id=revision.id)
    for step in revision.steps:
        waiting = step.status is StepStatus.DRAFT and not reachable
        items.append(
            ProgressItem(
                order=step.order,
                title=definition(step.order).title,
                status="waiting" if waiting else step.status.value,
                word="Not yet" if waiting else WORDS[step.status],
                locked_at=step.locked_at,
                href=f"{base}/steps/{step.order}",
                current=step.order == current,
            )
        )
        reachable = step.is_locked
    return items


@dataclass(frozen=True, slots=True)
class Check:
    """One finding as the page lists it, with a link to its control."""

    severity: str
    rule: str
    message: str
    mend: str
    href: str


def checks_of(step: Step, data: dict[str, Any]) -> list[Check]:
    declared = definition(step.order)

    def href(finding: Finding) -> str:
        return f"#{control_name(finding, declared, data)}"

    return [
        Check(f.severity.value, f.rule, f.message, f.mend, href(f))
        for f in steps.findings(step, data)
    ]


def shown(step: Step, *, blank: str = "", focus: str = "") -> ResponseReturnValue:
    """The step as stored: a form where it can be edited, a document where it cannot."""
    aside = json.loads(step.content.aside)
    form = form_state(
        definition(step.order), step.data, upstream=steps.blueprint_before(step), blank=blank,
        aside=aside,
    )  # fmt: skip
    return _page(step, form, focus=focus or (f"add:{blank}" if blank else ""))


def refused(step: Step, pairs: Pairs, found: Refusal) -> ResponseReturnValue:
    """The form as it was typed, under what is wrong with it."""
    typed = StepForm.read(definition(step.order), pairs)
    stored = Draft(step.data, json.loads(step.content.aside))
    form = form_state_from_post(
        definition(step.order), stored, typed.pairs, upstream=steps.blueprint_before(step),
        problems=found.problems,
    )  # fmt: skip
    return _page(step, form, found=found)


def _page(
    step: Step, form: FormState, *, found: Refusal | None = None, focus: str = ""
) -> ResponseReturnValue:
    data = step.data
    save_refusal = refusal("steps.save", step)
    checks = checks_of(step, data) if not isinstance(save_refusal, StepOutOfSequence) else []
    return page(
        "steps/show.html",
        step=step,
        revision=step.revision,
        project=step.project,
        definition=definition(step.order),
        word=WORDS[step.status],
        progress=progress_of(step.revision, step.order),
        form=form,
        checks=checks,
        missing=_missing(checks),
        save_refusal=save_refusal,
        lock_refusal=refusal("steps.lock", step),
        readable=_readable(step, data) if save_refusal else None,
        refused=found,
        saved_text=_readable(step, data) if isinstance(found, StaleVersion) else None,
        typed=found is not None,
        focus=focus,
        idempotency_key=secrets.token_urlsafe(16),
    )


def _missing(checks: Sequence[Check]) -> int:
    return sum(1 for check in checks if check.severity == Severity.ERROR)


def _readable(step: Step, data: dict[str, Any]) -> Any:  # noqa: ANN401  safe markup
    blueprint = {**steps.blueprint_before(step), step.order: data}
    return step_html(blueprint, step.order, complete=step.is_locked) if data else None


def changes_rows(pairs: Pairs) -> bool:
    return any(name in BUTTONS for name, _ in pairs)


def saved(step: Step, form: StepForm) -> Answer:
    """After a save: the step again, or for htmx only what changed on the page."""
    command = form.command
    values: dict[str, str] = {"blank": command.list_id} if command and command.kind == "add" else {}
    anchor = command.list_id if command else None
    location = url_for(
        "steps.show", revision_id=step.revision_id, order=step.order, _anchor=anchor, **values
    )
    if command is not None:
        return Answer(location, fragment=lambda: _rows_changed(step, command))
    return Answer(location, fragment=lambda: _saved_fragment(step, form))


def _rows_changed(step: Step, command: Command) -> ResponseReturnValue:
    blank = command.list_id if command.kind == "add" else ""
    return shown(step, blank=blank, focus=command.focus(step.data))


def _saved_fragment(step: Step, form: StepForm) -> ResponseReturnValue:
    checks = checks_of(step, step.data)
    return render_template(
        "steps/_saved.html",
        at=clock.now(),
        revision=step.revision,
        keys=form.row_keys,
        checks=checks,
        missing=_missing(checks),
    )


def not_saved(step: Step, found: Refusal) -> ResponseReturnValue:
    """A save by pause that was refused: one line beside the button, the form untouched."""
    gone = isinstance(found, StepLocked | StaleVersion)
    return render_template("steps/_not_saved.html", refused=found, step=step, reload=gone)
