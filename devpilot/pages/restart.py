"""The page before a restart: everything that it would do, on the version that is shown."""

from flask import g
from flask.typing import ResponseReturnValue

from devpilot.answers import page
from devpilot.enforce import refusal
from devpilot.errors import Refusal
from devpilot.methodology import definition
from devpilot.models import Step
from devpilot.policy import Metered
from devpilot.services import exports, restart


def consequences(
    step: Step, restarts: Metered, refused: Refusal | None = None
) -> ResponseReturnValue:
    """What a restart from this step changes and what stays; with `refused`, after a refusal."""
    act = g.act
    return page(
        "steps/restart.html",
        step=step,
        revision=step.revision,
        project=step.project,
        title_of=lambda order: definition(order).title,
        invalidated=restart.cascade(step),
        mentions=restart.dependents(step),
        exports=exports.of_revisions([step.revision_id]),
        left=restarts.left(act.signed_in, act.standing),
        closed=refusal("steps.restart", step),
        refused=refused,
    )
