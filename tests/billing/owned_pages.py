"""Every page of a person's, with the addresses of everything they own."""

from sqlalchemy import select

from devpilot.db import reading
from devpilot.models import Export, Project, Revision, Step
from tests.browser import Browser
from tests.pipeline.asking import endpoints

QUERIES = {"steps.table": "?list=deferred"}


def pages_of(person: Browser) -> list[str]:
    """The address of each page that this person may open: one of each endpoint for each row."""
    rows = _rows(person)
    found = []
    for endpoint in endpoints(person.app):
        if endpoint.method == "GET" and not endpoint.policy.public:
            more = QUERIES.get(endpoint.name, "")
            found += [endpoint.path(**ids) + more for ids in rows[endpoint.policy.owns]]
    return [*found, "/projects?status=deleted"]


def _rows(person: Browser) -> dict[type | None, list[dict[str, str]]]:
    """What an address of each kind of resource names, row by row."""
    with person.app.app_context(), reading() as session:
        projects = session.scalars(select(Project).where(Project.user_id == person.user_id)).all()
        of_projects = Revision.project_id.in_([project.id for project in projects])
        revisions = session.scalars(select(Revision).where(of_projects)).all()
        below = [revision.id for revision in revisions]
        steps = session.scalars(select(Step).where(Step.revision_id.in_(below))).all()
        exports = session.scalars(select(Export).where(Export.revision_id.in_(below))).all()
        return {
            None: [{}],
            Project: [{"project_id": str(one.id)} for one in projects],
            Revision: [{"revision_id": str(one.id)} for one in revisions],
            Step: [{"revision_id": str(s.revision_id), "order": str(s.order)} for s in steps],
            Export: [{"export_id": str(one.id)} for one in exports],
        }
