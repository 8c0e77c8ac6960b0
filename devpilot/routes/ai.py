"""AI suggestions: asking for one, agreeing to ask, cancelling; using, undoing, dismissing."""

import functools
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, url_for
from flask.typing import ResponseReturnValue

from devpilot.adapters.ai import AiProvider
from devpilot.answers import Answer, posted, see_other, wants_fragment
from devpilot.db import reading
from devpilot.enforce import enforce
from devpilot.errors import AiUnavailable, Refusal
from devpilot.gate import Rate, settings
from devpilot.models import Step, Suggestion
from devpilot.pages import ai as pages
from devpilot.pages import steps as step_pages
from devpilot.policy import SUGGESTING, Storage, fields_fit
from devpilot.services import (
    ai,
    ai_undo,
    ai_use,
    billing,
    projects,
    reservations,
    revisions,
    steps,
)
from devpilot.services.ai import AskForm, Proposal
from devpilot.services.ai_undo import UndoForm
from devpilot.services.ai_use import UseForm
from devpilot.services.billing import Standing

bp = Blueprint("ai", __name__)

OF_STEP = "/revisions/<uuid:revision_id>/steps/<order:order>/suggestions"
ONE = "/suggestions/<uuid:suggestion_id>"

LOOK_SECONDS = 0.2
"""How often a call under way asks whether it was cancelled."""
PER_HOUR = Rate("ai", 120, 3600, per="session")


def provider() -> AiProvider | None:
    """Whom to ask, where AI is set up."""
    found: AiProvider | None = current_app.extensions["devpilot_ai"]
    return found


def ensure_set_up(_step: Step, _form: object = None) -> None:
    if provider() is None:
        raise AiUnavailable(ai.NOT_SET_UP, "Everything else works without them.")


def _host() -> str:
    """Who gets what people write; "" where AI is not set up."""
    found = settings().ai
    return found.host if found else ""


def ensure_agreed(_step: Step, _form: object = None) -> None:
    ai.ensure_agreed(g.act.signed_in.id, _host())


def of_step(guard: Callable[..., None]) -> Callable[..., None]:
    """The guard of a step, for a suggestion of the step."""

    @functools.wraps(guard)
    def guard_of_suggestion(suggestion: Suggestion, form: Any = None) -> None:  # noqa: ANN401  any
        guard(suggestion.step, form)

    return guard_of_suggestion


def ensure_step_in_plan(standing: Standing, suggestion: Suggestion) -> None:
    billing.ensure_step_in_plan(standing, suggestion.step)


ASKABLE = (
    projects.ensure_active_above,
    revisions.ensure_editable,
    steps.ensure_unlocked,
    steps.ensure_in_sequence,
    fields_fit,
    ai.ensure_well_asked,
    ensure_set_up,
    ensure_agreed,
)
OPEN_STEP = (
    of_step(projects.ensure_active_above),
    of_step(revisions.ensure_editable),
    of_step(steps.ensure_unlocked),
    of_step(steps.ensure_in_sequence),
    fields_fit,
)
USABLE = (
    *OPEN_STEP,
    ai_use.ensure_open,
    of_step(steps.ensure_well_formed),
    of_step(revisions.ensure_current_or_equal),
)
UNDOABLE = (
    *OPEN_STEP,
    of_step(steps.ensure_well_formed),
    of_step(revisions.ensure_current),
    ai_undo.ensure_undoable,
)


def panel_again(step: Step, refusal: Refusal) -> ResponseReturnValue:
    return pages.panel(step, refusal)


@bp.get(OF_STEP)
@enforce(owns=Step)
def panel(step: Step) -> ResponseReturnValue:
    return pages.panel(step)


def begin(step: Step, form: AskForm) -> Callable[[], Proposal]:
    """The call to the provider, which stops waiting once its reservation was cancelled."""
    found = provider()
    if found is None:
        raise LookupError("the guards let nobody pass without a provider")
    act, looked = g.act, time.monotonic()

    def cancelled() -> bool:
        nonlocal looked
        if time.monotonic() - looked < LOOK_SECONDS:
            return False
        looked = time.monotonic()
        with reading():
            return not reservations.stands(act.reservation)

    return ai.prepared(found, step, form, cancelled)


@bp.post(OF_STEP)
@enforce(
    owns=Step,
    reads=ai.read_ask,
    fields=("instruction", "ask"),
    subscription=billing.ensure_may_suggest,
    spends=(SUGGESTING,),
    invariants=ASKABLE,
    keyed=True,
    rates=(PER_HOUR,),
    prepares=begin,
    again=panel_again,
)
def ask(step: Step, form: AskForm, proposal: Proposal) -> Answer:
    ai.keep(step, form, proposal)
    location = url_for("steps.show", revision_id=step.revision_id, order=step.order)
    return Answer(f"{location}#suggestion", fragment=lambda: pages.asked(step))


@bp.post(f"{OF_STEP}/agreement")
@enforce(owns=Step, invariants=(ensure_set_up,), again=panel_again)
def agree(step: Step) -> Answer:
    ai.agree(g.act.signed_in.id, _host())
    return _to_panel(step)


@bp.post(f"{OF_STEP}/cancel")
@enforce(owns=Step, fields=("instruction",))
def cancel(step: Step) -> Answer:
    """Answers when the next question can be asked: the call has noticed by then."""
    answer = _to_panel(step)
    if not reservations.cancel(g.act.signed_in.id):
        return answer

    def noticed() -> ResponseReturnValue:
        time.sleep(reservations.NOTICED_WITHIN.total_seconds())
        return pages.panel(step) if wants_fragment() else see_other(answer.location)

    return Answer(answer.location, page=noticed)


def _to_panel(step: Step) -> Answer:
    location = url_for("ai.panel", revision_id=step.revision_id, order=step.order)
    return Answer(location, fragment=lambda: pages.panel(step))


def step_again(suggestion: Suggestion, refusal: Refusal) -> ResponseReturnValue:
    """The step's form as it was typed, where it was posted."""
    pairs = [pair for pair in posted() if pair[0] not in ai_use.OWN]
    return step_pages.refused(suggestion.step, pairs, refusal)


@bp.post(f"{ONE}/apply")
@enforce(
    owns=Suggestion,
    reads=ai_use.read_use,
    fields=None,
    subscription=ensure_step_in_plan,
    spends=(Storage(),),
    invariants=USABLE,
    keyed=True,
    again=step_again,
)
def apply(suggestion: Suggestion, form: UseForm) -> Answer:
    ai_use.use(suggestion, form)
    return _to_step(suggestion.step, *ai_use.control_to_edit(form))


@bp.post(f"{ONE}/undo")
@enforce(
    owns=Suggestion,
    reads=ai_undo.read_undo,
    fields=None,
    subscription=ensure_step_in_plan,
    spends=(Storage(),),
    invariants=UNDOABLE,
    keyed=True,
    again=step_again,
)
def undo(suggestion: Suggestion, form: UndoForm) -> Answer:
    ai_undo.undo(suggestion, form)
    return _to_step(suggestion.step)


@bp.post(f"{ONE}/dismiss")
@enforce(
    owns=Suggestion,
    invariants=(of_step(projects.ensure_active_above), ai_use.ensure_dismissable),
    keyed=True,
)
def dismiss(suggestion: Suggestion) -> Answer:
    ai_use.dismiss(suggestion)
    return _to_step(suggestion.step)


def _to_step(step: Step, field_id: str = "", place: int = -1) -> Answer:
    """The step, at what is left of the suggestion; or at a field or row that is to be edited."""
    location = url_for("steps.show", revision_id=step.revision_id, order=step.order)
    anchor, focus = step_pages.SUGGESTION, step_pages.SUGGESTION
    if field_id:
        anchor, focus = step_pages.spot(step, field_id, place)
    return Answer(f"{location}#{anchor}", fragment=lambda: step_pages.shown(step, focus=focus))
