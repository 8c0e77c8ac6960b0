"""Making an export, its page, and the download."""

import functools
from collections.abc import Callable

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.http import quote_etag

from devpilot.adapters import graphviz
from devpilot.adapters.artifacts import ArtifactFolder
from devpilot.answers import Answer, go, page
from devpilot.document import NotDrawn, build
from devpilot.enforce import enforce
from devpilot.models import Export, Revision
from devpilot.policy import fields_fit
from devpilot.services import billing, exports, projects, revisions
from devpilot.services.exports import Rendered
from devpilot.services.version_form import VersionForm

bp = Blueprint("exports", __name__)


def store() -> ArtifactFolder:
    found: ArtifactFolder = current_app.extensions["devpilot_artifacts"]
    return found


def read_version(_revision: Revision, pairs: list[tuple[str, str]]) -> VersionForm:
    return VersionForm.read_if_said(pairs)


def render_and_put(revision: Revision, _form: VersionForm) -> Callable[[], Rendered]:
    """Render the artifact and store it, while no transaction is open."""
    snapshot, version = exports.snapshot_of(revision), revision.version
    warnings = exports.warnings_of(revision)
    artifacts = store()

    def outside() -> Rendered:
        try:
            artifact = build(snapshot, graphviz.lay_out_patiently, warnings)
        except NotDrawn as missing:  # never an export without its pictures
            raise exports.not_drawn() from missing
        artifacts.put(artifact.sha256, artifact.content)
        return Rendered(version, artifact.export_hash, artifact.sha256, len(artifact.content))

    return outside


@bp.post("/revisions/<uuid:revision_id>/exports")
@enforce(
    owns=Revision,
    reads=read_version,
    fields=("version",),
    subscription=billing.ensure_paid_to_export,
    invariants=(
        projects.ensure_active_above,
        fields_fit,
        revisions.ensure_as_shown,
        exports.ensure_exportable,
    ),
    keyed=True,
    prepares=render_and_put,
)
def create(revision: Revision, _form: VersionForm, rendered: Rendered) -> Answer:
    return go("exports.show", export_id=exports.record(revision, rendered))


def fetch(export: Export, _form: object) -> Callable[[], bytes]:
    """Get the artifact's bytes, while no transaction is open."""
    return functools.partial(store().get, export.artifact)


@bp.get("/exports/<uuid:export_id>")
@enforce(owns=Export, prepares=fetch)
def show(export: Export, content: bytes) -> ResponseReturnValue:
    manifest = exports.manifest_in(content)
    return page("exports/show.html", export=export, manifest=manifest)


@bp.get("/exports/<uuid:export_id>/download")
@enforce(owns=Export, prepares=fetch)
def download(export: Export, content: bytes) -> ResponseReturnValue:
    response = current_app.response_class(content, mimetype="application/zip")
    name = f"blueprint-r{export.revision.number}-{export.hash[:12]}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = quote_etag(export.artifact)
    return response.make_conditional(request)
