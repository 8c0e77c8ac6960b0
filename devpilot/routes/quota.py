"""What the user has used of what the plan holds."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from devpilot.answers import page
from devpilot.enforce import enforce
from devpilot.models import Account
from devpilot.services import quota

bp = Blueprint("quota", __name__)


@bp.get("/usage")
@enforce()
def usage(user: Account) -> ResponseReturnValue:
    standing = g.act.standing
    found = quota.meters(user.id, standing.plan, standing.paid_since)
    return page("quota/usage.html", standing=standing, meters=found)
