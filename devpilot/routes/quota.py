"""What the user has used of what the plan holds."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from devpilot import clock, gate
from devpilot.answers import page
from devpilot.enforce import enforce
from devpilot.models import Account
from devpilot.pages.usage import meters

bp = Blueprint("quota", __name__)


@bp.get("/usage")
@enforce()
def usage(user: Account) -> ResponseReturnValue:
    standing = g.act.standing
    drawn = list(meters(user, standing))
    return page(
        "quota/usage.html", standing=standing, meters=drawn, now=clock.now(), ai=gate.settings().ai
    )
