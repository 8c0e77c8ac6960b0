"""A revision as one readable, printable document."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from devpilot.answers import page
from devpilot.document import document_html
from devpilot.enforce import enforce
from devpilot.models import Revision
from devpilot.services import exports

bp = Blueprint("revisions", __name__)


@bp.get("/revisions/<uuid:revision_id>")
@enforce(owns=Revision)
def show(revision: Revision) -> ResponseReturnValue:
    document = document_html(exports.snapshot_of(revision))
    return page("revisions/show.html", revision=revision, document=document)
