"""Revisions: one as a readable document, opening the next one, which one is active."""

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from devpilot.adapters.graphviz import lay_out
from devpilot.answers import Answer, go, page, posted
from devpilot.document import document_html
from devpilot.document.coverage import coverage
from devpilot.enforce import enforce, refusal
from devpilot.errors import Refusal
from devpilot.models import Project, Revision
from devpilot.packing import Kept
from devpilot.pages import projects as project_pages
from devpilot.pages.usage import cost_of_revision
from devpilot.policy import RevisionPlace, Storage, fields_fit
from devpilot.services import billing, exports, projects, quota, revisions, suggestions
from devpilot.services.revisions import NewRevision
from devpilot.services.version_form import VersionForm

bp = Blueprint("revisions", __name__)


@bp.get("/revisions/<uuid:revision_id>")
@enforce(owns=Revision)
def show(revision: Revision) -> ResponseReturnValue:
    snapshot = exports.snapshot_of(revision)
    document = Kept.of(document_html(snapshot, lay_out))
    return page(
        "revisions/show.html", packed=document, document=document.place, revision=revision,
        coverage=coverage(snapshot.steps), words=suggestions.words_of(revision),
    )  # fmt: skip


def read_new(project: Project, pairs: list[tuple[str, str]]) -> NewRevision:
    return revisions.read_new(project, dict(reversed(pairs)).get("mode", ""))


def new_again(project: Project, refused: Refusal) -> ResponseReturnValue:
    return _new_page(project, dict(posted()).get("mode", ""), refused)


@bp.get("/projects/<uuid:project_id>/revisions/new")
@enforce(owns=Project)
def new(project: Project) -> ResponseReturnValue:
    return _new_page(project, "", None)


@bp.post("/projects/<uuid:project_id>/revisions")
@enforce(
    owns=Project,
    reads=read_new,
    fields=("mode",),
    subscription=billing.ensure_paid_for_revision,
    spends=(RevisionPlace(), Storage()),
    invariants=(projects.ensure_usable, revisions.ensure_creatable),
    keyed=True,
    again=new_again,
)
def create(project: Project, new: NewRevision) -> Answer:
    revision = revisions.create_next(project, new)
    return go("steps.show", revision_id=revision.id, order=1)


def read_version(_revision: Revision, pairs: list[tuple[str, str]]) -> VersionForm:
    return VersionForm.read_if_said(pairs)


def activation_again(revision: Revision, refused: Refusal) -> ResponseReturnValue:
    project = revision.project
    return project_pages.shown(project, project.name, refused)


@bp.post("/revisions/<uuid:revision_id>/activate")
@enforce(
    owns=Revision,
    reads=read_version,
    fields=("version",),
    invariants=(projects.ensure_active_above, fields_fit, revisions.ensure_as_shown),
    keyed=True,
    again=activation_again,
)
def activate(revision: Revision, _form: VersionForm) -> Answer:
    revisions.activate(revision)
    return go("projects.show", project_id=revision.project_id)


def _new_page(project: Project, mode: str, refused: Refusal | None) -> ResponseReturnValue:
    new, plan = revisions.read_new(project, mode), g.act.standing.plan
    return page(
        "revisions/new.html",
        project=project,
        source=new.source,
        modes=revisions.modes_after(new.source.mode) if new.source else (),
        chosen=new.mode,
        adds=new.storage_delta,
        room=max(0, plan.storage_bytes - quota.stored_bytes(project.user_id)),
        cost=cost_of_revision(plan, quota.count_revisions(project.id)),
        refused=refused,
        closed=refusal("revisions.create", project, new),
    )
