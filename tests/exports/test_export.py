"""Making an export: who may, what it records, and that it changes nothing of the blueprint."""

import hashlib
import io
import re
import zipfile
from uuid import UUID

import pytest

from devpilot.adapters import graphviz
from devpilot.adapters.artifacts import ArtifactFolder
from devpilot.db import db, reading
from devpilot.document.pictures import gallery
from devpilot.models import Export
from tests.conftest import all_rows
from tests.refusals import assert_refused

BLUEPRINT = ("project", "revision", "step", "step_content", "row_key", "usage", "subscription")


def exported(owned):
    """The path of a new export of the project's revision."""
    response = owned.owner.post(f"{owned.revision}/exports")
    assert response.status_code == 303, response.text[:500]
    return response.headers["Location"]


def rows_of(app, names):
    return {name: rows for name, rows in all_rows(app).items() if name in names}


@pytest.fixture
def export(completed):
    return exported(completed)


def test_an_export_changes_no_row_of_the_blueprint(app, completed):
    before = rows_of(app, BLUEPRINT)
    exported(completed)
    assert rows_of(app, BLUEPRINT) == before
    assert "Exported" in completed.owner.page(completed.project).text


def test_the_same_content_is_one_record_however_often_it_is_asked_for(
    completed, export, nothing_changes
):
    with nothing_changes():
        for fields in ({}, {"idempotency_key": "one"}, {"idempotency_key": "two"}):
            response = completed.owner.post(f"{completed.revision}/exports", fields)
            assert response.headers["Location"] == export


def test_the_record_says_what_lies_in_the_store(app, completed, export):
    content = completed.owner.open(f"{export}/download").data
    with app.app_context(), reading() as session:
        row = session.get(Export, UUID(export.rsplit("/", 1)[-1]))
        assert row.artifact == hashlib.sha256(content).hexdigest()
        assert row.size == len(content)
        assert row.hash in completed.owner.page(export).text


def test_a_new_name_is_another_export_and_the_first_one_stays(completed, export):
    first = completed.owner.open(f"{export}/download").data
    completed.owner.post(f"{completed.project}/rename", {"name": "Another name"})
    second = exported(completed)
    assert second != export
    assert completed.owner.open(f"{export}/download").data == first
    assert completed.owner.open(f"{second}/download").data != first


def test_what_the_page_showed_is_what_is_exported(completed, nothing_changes):
    owner = completed.owner
    form = owner.page(completed.project).form("/exports").fields
    shown = str(owner.version(completed.revision))
    assert ("version", shown) in form
    owner.post(f"{completed.step(4)}/restart", {"version": shown})
    assert owner.lock(completed.revision, 4).status_code == 303
    with nothing_changes():
        assert_refused(owner.post(f"{completed.revision}/exports", form), "stale_version")
        wrong = owner.post(f"{completed.revision}/exports", {"version": "the last"})
        assert_refused(wrong, "invalid_input")
    exported(completed)


@pytest.mark.parametrize("locked", [0, 3])
def test_a_revision_that_is_not_completed_is_not_exported(
    paying, make_project, nothing_changes, locked
):
    owned = make_project(paying, locked=locked)
    with nothing_changes():
        response = paying.post(f"{owned.revision}/exports")
    assert_refused(response, "export_ineligible")
    assert f"{locked} of 4" in response.text
    assert f"{locked} of 4" in paying.page(owned.project).text, "said beforehand"


def test_it_needs_a_paid_plan_at_that_moment(completed, nothing_changes):
    completed.owner.post("/billing/sandbox", {"event": "period_ended"})
    with nothing_changes():
        response = completed.owner.post(f"{completed.revision}/exports")
    assert_refused(response, "subscription_required")


def test_a_deleted_project_is_not_exported(completed, nothing_changes):
    completed.owner.post(f"{completed.project}/delete")
    with nothing_changes():
        response = completed.owner.post(f"{completed.revision}/exports")
    assert_refused(response, "project_deleted")


def test_what_changes_while_it_is_rendered_refuses_it(app, completed, nothing_changes, monkeypatch):
    """The rendering runs outside any transaction; what was true before it is asked again."""
    owner, put = completed.owner.twin(), ArtifactFolder.put

    def put_late(self, sha256, content):
        put(self, sha256, content)
        owner.post(f"{completed.project}/delete")

    monkeypatch.setattr(ArtifactFolder, "put", put_late)
    response = completed.owner.post(f"{completed.revision}/exports")
    assert_refused(response, "project_deleted")
    assert not any(row for row in all_rows(app)["export"] if _of(row, completed))


def _of(row, owned):
    wanted = owned.revision.rsplit("/", 1)[-1]
    return any(str(value).replace("-", "") == wanted.replace("-", "") for value in row)


def test_no_transaction_is_open_while_it_is_rendered(app, completed, monkeypatch):
    put, open_connections = ArtifactFolder.put, []

    def watched(self, sha256, content):
        open_connections.extend(engine.pool.checkedout() for engine in db.engines.values())
        put(self, sha256, content)

    monkeypatch.setattr(ArtifactFolder, "put", watched)
    exported(completed)
    assert open_connections
    assert set(open_connections) == {0}


def test_the_archive_holds_what_its_page_lists_with_the_same_hashes(completed, export):
    page = completed.owner.page(export)
    content = completed.owner.open(f"{export}/download").data
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        hashes = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in names}
    assert {"BLUEPRINT.md", "blueprint.json", "AGENTS.md", "manifest.json"} <= set(names)
    for name in set(names) - {"manifest.json"}:
        assert name in page.text, name
        assert hashes[name] in re.sub(r"\s", "", page.text), name


def test_an_export_that_cannot_be_drawn_is_not_made(completed, nothing_changes, monkeypatch):
    """An export never differs by the machine: it has its pictures, or there is none."""
    gallery.kept.clear()
    monkeypatch.setattr(graphviz, "lay_out_patiently", lambda _graphs: {})
    with nothing_changes():
        response = completed.owner.post(f"{completed.revision}/exports")
    assert_refused(response, "export_ineligible")
    assert "cannot be drawn" in response.text


def test_a_server_without_the_layout_program_says_so_beforehand(
    completed, nothing_changes, monkeypatch
):
    gallery.kept.clear()
    monkeypatch.setattr(graphviz, "executable", lambda: None)
    with nothing_changes():
        assert_refused(completed.owner.post(f"{completed.revision}/exports"), "export_ineligible")
    assert "graphviz-pure" in completed.owner.page(completed.project).text
    assert "X1: " in completed.owner.page(completed.revision).text, "the words are still there"


def test_the_document_shows_the_pictures(completed):
    page = completed.owner.open(completed.revision).text
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg"') == page.count("<figure") == 10
