"""Renaming a project."""

import pytest

from tests.refusals import JSON, assert_problem, assert_refused


def test_a_renamed_project_has_its_new_name_everywhere(written):
    owner = written.owner
    form = owner.page(written.project).form("/rename")
    response = owner.post(form.action, form.filled(name="  Tierärzte & <Co>  "))
    assert (response.status_code, response.headers["Location"]) == (303, written.project)
    for path in (written.project, "/projects", written.step(1), written.revision):
        assert "Tierärzte & <Co>" in owner.page(path).text, path


def test_a_name_that_cannot_be_used_is_refused_and_comes_back(written, nothing_changes):
    with nothing_changes():
        for name in ("", "   ", "x" * 121, "a\nb", "a\x00b", "a\u202eb"):
            response = written.owner.post(f"{written.project}/rename", {"name": name})
            assert_refused(response, "invalid_input")
        missing = written.owner.post(f"{written.project}/rename", {})
        assert_refused(missing, "invalid_input")
        long = written.owner.post(f"{written.project}/rename", {"name": "Typed " * 21})
    assert "Typed Typed" in long.text


def test_a_deleted_project_keeps_its_name(written, nothing_changes):
    written.owner.post(f"{written.project}/delete")
    with nothing_changes():
        response = written.owner.post(f"{written.project}/rename", {"name": "New name"})
        body = written.owner.post(f"{written.project}/rename", {"name": "x"}, headers=JSON)
    assert_refused(response, "project_deleted")
    assert_problem(body, "project_deleted")


@pytest.mark.parametrize("part", ["free", "expired"])
def test_renaming_needs_no_plan(make_person, part):
    person = make_person(part)
    project = person.create_project()
    assert person.post(f"{project}/rename", {"name": "Renamed"}).status_code == 303


def test_a_completed_revision_does_not_change_by_it(app, completed):
    before = completed.owner.version(completed.revision)
    completed.owner.post(f"{completed.project}/rename", {"name": "Renamed"})
    assert completed.owner.version(completed.revision) == before
