"""The list of a person's projects."""

import re

import pytest

from tests.refusals import HTMX


def names(page):
    return re.findall(r"Project-[A-Z]", page.text)


def test_nobody_elses_projects_are_listed(free, stranger):
    free.create_project("Project-A", example="")
    stranger.create_project("Project-B", example="")
    assert set(names(free.page("/projects"))) == {"Project-A"}


def test_the_last_changed_comes_first(paying):
    first = paying.create_project("Project-A", example="")
    paying.create_project("Project-B", example="")
    assert list(dict.fromkeys(names(paying.page("/projects")))) == ["Project-B", "Project-A"]
    paying.save(paying.revision_of(first), 1, {"summary": "Changed"})
    assert list(dict.fromkeys(names(paying.page("/projects")))) == ["Project-A", "Project-B"]


def test_it_tells_how_far_each_one_is(free, make_project):
    make_project(free, locked=2)
    assert re.search(r"2 of 4", free.page("/projects").text)


def marks(page):
    return re.findall(r'<span data-status="(\w+)">', page.html)


def test_the_picture_has_each_step_in_its_state(paying, make_project):
    owned = make_project(paying, locked=3)
    assert marks(paying.page("/projects")) == ["locked", "locked", "locked", "draft"]
    paying.post(f"{owned.step(2)}/restart", {"version": str(paying.version(owned.revision))})
    assert marks(paying.page("/projects")) == ["locked", "draft", "invalidated", "waiting"]
    paying.lock(owned.revision, 2)
    assert marks(paying.page("/projects")) == ["locked", "locked", "invalidated", "waiting"]


def test_without_a_project_it_says_what_to_do(free):
    page = free.page("/projects")
    assert "/projects/new" in page.links
    assert free.open("/projects?status=deleted").status_code == 200


@pytest.mark.parametrize("status", ["active", "", "x", "%00", "deleted&status=active"])
def test_any_other_status_is_answered(free, status):
    free.create_project("Project-A", example="")
    assert free.open(f"/projects?status={status}").status_code == 200


def test_for_htmx_it_is_the_region_alone(free):
    response = free.open("/projects", headers=HTMX)
    assert "<html" not in response.text
    assert "HX-Request" in response.headers["Vary"]
