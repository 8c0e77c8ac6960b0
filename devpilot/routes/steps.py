"""A step: its page, saving its draft, locking it, restarting from it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from devpilot.answers import Answer, go, posted, wants_fragment
from devpilot.enforce import enforce
from devpilot.errors import Refusal
from devpilot.gate import Rate
from devpilot.models import Step, UsageType
from devpilot.pages import restart as restart_pages
from devpilot.pages import saves
from devpilot.pages import steps as pages
from devpilot.policy import Metered, Storage, fields_fit
from devpilot.services import billing, projects, restart, revisions, steps
from devpilot.services.step_form import StepForm
from devpilot.services.version_form import VersionForm

bp = Blueprint("steps", __name__, url_prefix="/revisions/<uuid:revision_id>/steps/<order:order>")

PRESSED = "DevPilot-Pressed"
"""Our script's header for a button that was pressed; a save by pause has none."""

EDITABLE = (
    projects.ensure_active_above,
    revisions.ensure_editable,
    steps.ensure_unlocked,
    steps.ensure_in_sequence,
    fields_fit,
    steps.ensure_well_formed,
    revisions.ensure_current_or_equal,
)
LOCKABLE = (
    projects.ensure_active_above,
    revisions.ensure_editable,
    steps.ensure_lock_is_news,
    steps.ensure_unlocked,
    steps.ensure_in_sequence,
    fields_fit,
    steps.ensure_well_formed,
    revisions.ensure_current,
    steps.ensure_valid,
)
RESTARTABLE = (
    projects.ensure_active_above,
    revisions.ensure_restartable,
    restart.ensure_locked,
    fields_fit,
    restart.ensure_says_version,
    revisions.ensure_current,
)
RESTARTS = Metered(UsageType.RESTART)
RESTARTING = Rate("restart", 120, 3600, per="session")


def again(step: Step, refusal: Refusal) -> ResponseReturnValue:
    """The form once more, with the refusal and everything that was typed."""
    pairs = posted()
    pressed = request.endpoint == "steps.lock" or PRESSED in request.headers
    if wants_fragment() and not pressed:
        return saves.not_saved(step, refusal)
    return pages.refused(step, pairs, refusal)


@bp.get("")
@enforce(owns=Step)
def show(step: Step) -> ResponseReturnValue:
    asked = request.args
    return pages.shown(step, blank=asked.get("blank", ""), done=saves.counted(step, asked))


@bp.get("/table")
@enforce(owns=Step)
def table(step: Step) -> ResponseReturnValue:
    return pages.table(step, request.args.get("list", ""))


@bp.post("/draft")
@enforce(
    owns=Step,
    reads=steps.read_form,
    fields=None,
    subscription=billing.ensure_step_in_plan,
    spends=(Storage(),),
    invariants=EDITABLE,
    again=again,
)
def save(step: Step, form: StepForm) -> Answer:
    steps.save(step, form)
    return saves.saved(step, form, pressed=PRESSED in request.headers)


@bp.post("/lock")
@enforce(
    owns=Step,
    reads=steps.read_form,
    fields=None,
    subscription=billing.ensure_may_lock,
    spends=(Storage(),),
    invariants=LOCKABLE,
    keyed=True,
    again=again,
)
def lock(step: Step, form: StepForm) -> Answer:
    steps.lock(step, form)
    if step.is_last:
        return go("projects.show", project_id=step.project.id)
    return go("steps.show", revision_id=step.revision_id, order=step.order + 1)


def read_version(_step: Step, pairs: list[tuple[str, str]]) -> VersionForm:
    return VersionForm.read(pairs)


def consequences_again(step: Step, refusal: Refusal) -> ResponseReturnValue:
    return restart_pages.consequences(step, RESTARTS, refusal)


@bp.get("/restart")
@enforce(owns=Step)
def consequences(step: Step) -> ResponseReturnValue:
    return restart_pages.consequences(step, RESTARTS)


@bp.post("/restart", endpoint="restart")
@enforce(
    owns=Step,
    reads=read_version,
    rates=(RESTARTING,),
    fields=("version",),
    subscription=billing.ensure_paid_to_restart,
    spends=(RESTARTS,),
    invariants=RESTARTABLE,
    keyed=True,
    again=consequences_again,
)
def restart_from(step: Step, _form: VersionForm) -> Answer:
    restart.restart_from(step)
    return go("steps.show", revision_id=step.revision_id, order=step.order)
