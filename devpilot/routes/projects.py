"""Projects: the list, one project's page, creating, renaming, deleting, restoring."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from devpilot.answers import Answer, go, page, posted
from devpilot.enforce import enforce
from devpilot.errors import Problem, Refusal
from devpilot.gate import Rate
from devpilot.methodology import EXAMPLES
from devpilot.models import Account, Project
from devpilot.pages import projects as pages
from devpilot.pages.usage import cost_of_project
from devpilot.policy import ProjectPlace, RestoredPlace, Storage
from devpilot.services import exports, projects, revisions
from devpilot.services.projects import NewProject
from devpilot.states import ProjectStatus

bp = Blueprint("projects", __name__)

CREATION = Rate("project-creation", 300, 3600, per="session")


def read_new(_user: Account, pairs: list[tuple[str, str]]) -> NewProject:
    fields = dict(reversed(pairs))
    return projects.read_new(
        fields.get("name", ""), fields.get("mode", ""), fields.get("example", "")
    )


def read_name(_project: Project, pairs: list[tuple[str, str]]) -> tuple[str, tuple[Problem, ...]]:
    return projects.read_name(dict(reversed(pairs)).get("name", ""))


def ensure_creatable(_user: Account, new: NewProject | None = None) -> None:
    if new is not None:
        projects.ensure_creatable(new)


def new_again(user: Account, refusal: Refusal) -> ResponseReturnValue:
    return _new_page(user, dict(reversed(posted())), refusal)


def show_again(project: Project, refusal: Refusal) -> ResponseReturnValue:
    return pages.shown(project, dict(posted()).get("name", project.name), refusal)


@bp.get("/projects")
@enforce()
def index(user: Account) -> ResponseReturnValue:
    deleted = request.args.get("status") == "deleted"
    status = ProjectStatus.SOFT_DELETED if deleted else ProjectStatus.ACTIVE
    return page(
        "projects/index.html",
        projects=projects.listed(user.id, status),
        deleted=deleted,
        examples=EXAMPLES,
        me=user,
    )


@bp.get("/projects/new")
@enforce()
def new(user: Account) -> ResponseReturnValue:
    return _new_page(user, {"example": request.args.get("example", "")}, None)


@bp.post("/projects")
@enforce(
    rates=(CREATION,),
    reads=read_new,
    fields=("name", "mode", "example"),
    spends=(ProjectPlace(), Storage()),
    invariants=(ensure_creatable,),
    keyed=True,
    again=new_again,
)
def create(user: Account, new: NewProject) -> Answer:
    project = projects.create(user.id, new)
    return go("projects.show", project_id=project.id)


@bp.get("/projects/<uuid:project_id>")
@enforce(owns=Project)
def show(project: Project) -> ResponseReturnValue:
    return pages.shown(project, project.name)


@bp.post("/projects/<uuid:project_id>/rename")
@enforce(
    owns=Project,
    reads=read_name,
    fields=("name",),
    invariants=(projects.ensure_renamable,),
    keyed=True,
    again=show_again,
)
def rename(project: Project, name: tuple[str, tuple[Problem, ...]]) -> Answer:
    projects.rename(project, name[0])
    return go("projects.show", project_id=project.id)


@bp.get("/projects/<uuid:project_id>/delete")
@enforce(owns=Project)
def consequences(project: Project) -> ResponseReturnValue:
    found = revisions.of_project(project)
    return page(
        "projects/delete.html", project=project, revisions=found,
        exports=exports.of_revisions([r.id for r in found]),
        plan=g.act.standing.plan,
    )  # fmt: skip


@bp.post("/projects/<uuid:project_id>/delete")
@enforce(owns=Project, keyed=True)
def delete(project: Project) -> Answer:
    projects.soft_delete(project)
    return go("projects.index")


@bp.post("/projects/<uuid:project_id>/restore")
@enforce(owns=Project, spends=(RestoredPlace(),), keyed=True, again=show_again)
def restore(project: Project) -> Answer:
    projects.restore(project)
    return go("projects.show", project_id=project.id)


def _new_page(
    user: Account, values: dict[str, str], refused: Refusal | None
) -> ResponseReturnValue:
    return page(
        "projects/new.html", values=values, refused=refused, examples=EXAMPLES,
        modes=projects.OFFERED_MODES, cost=cost_of_project(user, g.act.standing.plan),
    )  # fmt: skip
