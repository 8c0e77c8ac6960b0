"""Creating a project: empty or from the example, within what the plan holds."""

import json

import pytest
from sqlalchemy import select

from devpilot.db import reading
from devpilot.methodology import EXAMPLES, canonical
from devpilot.models import Project, Revision, Step, StepContent
from tests.refusals import assert_refused
from tests.steps.typing_in import row_keys, statuses, storage_held, storage_used, stored

NEW = {"name": "Clinic", "mode": "lean"}


def test_a_project_opens_with_four_draft_steps(app, free):
    project = free.create_project("My system", example="")
    page = free.page(project)
    assert page.headings == ["My system"]
    assert "Go on with step 1" in page.text
    assert statuses(app, free.revision_of(project)) == ["draft"] * 4


def test_the_first_revision_is_active_a_draft_and_number_one(app, free):
    project = free.create_project(example="")
    with app.app_context(), reading() as session:
        found = session.execute(
            select(Revision.number, Revision.status, Revision.is_active, Revision.completed_at)
            .join(Project)
            .where(Project.user_id == free.user_id)
        ).all()
    assert [tuple(row) for row in found] == [(1, "draft", True, None)]
    assert "Created" in free.page(project).text


def test_the_example_is_stored_as_it_is_declared(app, free):
    revision = free.new_revision()
    for order, data in EXAMPLES["wellbrook"].steps.items():
        assert stored(app, revision, order) == json.loads(canonical(data))


def test_the_examples_bytes_count_as_storage(app, free):
    free.new_revision()
    steps = EXAMPLES["wellbrook"].steps.values()
    expected = sum(len(canonical(data)) for data in steps)
    assert storage_used(app, free.user_id) == storage_held(app, free.user_id) == expected


def test_the_examples_row_keys_are_given_out(app, free):
    revision = free.new_revision()
    lists = [v for d in EXAMPLES["wellbrook"].steps.values() for v in d.values()]
    declared = {row["key"] for rows in lists if isinstance(rows, list) for row in rows}
    assert set(row_keys(app, revision)) == declared
    last = max(int(key[1:]) for key in declared if key[0] == "G" and key[1:].isdigit())
    rows = {f"goals-{n}-goal": f"Goal {n}" for n in range(3)}
    assert free.save(revision, 1, rows).status_code == 303
    given = [row["key"] for row in stored(app, revision)["goals"]]
    assert given == [f"G{last + n}" for n in (1, 2, 3)]


def test_an_empty_project_counts_its_empty_steps(app, free):
    free.create_project(example="")
    with app.app_context(), reading() as session:
        sizes = session.scalars(
            select(StepContent.size).join(Step).join(Revision).join(Project)
            .where(Project.user_id == free.user_id)
        ).all()  # fmt: skip
    assert storage_used(app, free.user_id) == storage_held(app, free.user_id) == sum(sizes)


def test_a_free_user_has_one_project_ever(free, nothing_changes):
    project = free.create_project()
    with nothing_changes():
        response = free.post("/projects", {**NEW, "name": "Second"})
    assert_refused(response, "quota_exceeded")
    assert "1 of 1" in response.text
    assert "Second" in response.text
    free.post(f"{project}/delete")
    with nothing_changes():
        assert_refused(free.post("/projects", NEW), "quota_exceeded")


def test_an_expired_user_has_no_further_project(paying, nothing_changes):
    paying.create_project(example="")
    paying.create_project(example="")
    paying.post("/billing/sandbox", {"event": "period_ended"})
    with nothing_changes():
        assert_refused(paying.post("/projects", NEW), "quota_exceeded")
    assert paying.page("/projects").text.count("Clinic") >= 2, "they can still be read"


def test_pro_holds_twenty_active_projects_and_a_deleted_one_frees_its_place(
    paying, nothing_changes
):
    projects = [paying.create_project(example="") for _ in range(20)]
    with nothing_changes():
        response = paying.post("/projects", NEW)
    assert_refused(response, "quota_exceeded")
    assert "20 of 20" in response.text
    paying.post(f"{projects[0]}/delete")
    assert paying.post("/projects", NEW).status_code == 303
    with nothing_changes():
        assert_refused(paying.post(f"{projects[0]}/restore"), "quota_exceeded")
    paying.post(f"{projects[1]}/delete")
    assert paying.post(f"{projects[0]}/restore").status_code == 303


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x", "x"), ("x" * 120, "x" * 120), ("\U0001f600" * 120, "\U0001f600" * 120),
        ("  trimmed  ", "trimmed"), ("cafe\u0301", "café"), ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("'; DROP TABLE project; --", "'; DROP TABLE project; --"),
    ],
)  # fmt: skip
def test_a_name_of_permitted_length_is_kept_as_typed(app, free, name, kept):
    project = free.create_project(name, example="")
    assert free.page(project).headings == [kept]
    assert kept in free.page("/projects").text


def test_any_other_name_is_refused_and_comes_back(free, nothing_changes):
    names = (
        "", " ", "\u200b", "x" * 121, "x" * 100_000, "a\nb", "a\x00b", "a\u2028b", "a\u202eb",
        "a\x7fb",
    )  # fmt: skip
    with nothing_changes():
        for name in names:
            response = free.post("/projects", {**NEW, "name": name})
            assert response.headers.get("DevPilot-Error") == "invalid_input", repr(name)[:30]
            assert_refused(response, "invalid_input")


def test_a_mode_or_example_that_is_not_offered_is_refused(free, nothing_changes):
    fields = ({"mode": "huge"}, {"mode": "LEAN"}, {"mode": "\x00"}, {"example": "nothing"},
              {"example": "../wellbrook"}, {"example": "\x00"})  # fmt: skip
    with nothing_changes():
        for other in fields:
            response = free.post("/projects", {**NEW, "name": "Typed name", **other})
            assert_refused(response, "invalid_input")
            assert "Typed name" in response.text, other


def test_the_page_of_a_new_project_says_beforehand_that_it_is_refused(free):
    free.create_project()
    page = free.page("/projects/new")
    assert "1 of 1" in page.text
    assert not [form for form in page.forms if form.action == "/projects"]


def test_the_example_can_be_chosen_by_its_address(free):
    form = free.page("/projects/new?example=wellbrook").form("/projects")
    assert dict(form.fields)["example"] == "wellbrook"
    assert free.post(form.action, form.filled(name="From the form")).status_code == 303


def test_full_mode_has_ten_steps(app, free):
    fields = {**NEW, "name": "All of it", "mode": "full"}
    project = free.post("/projects", fields).headers["Location"]
    revision = free.revision_of(project)
    assert statuses(app, revision) == ["draft"] * 10
    assert "Step 10 of 10" in free.page(f"{revision}/steps/10").text


def test_an_example_brings_its_own_mode(app, paying):
    """The webhook service, whatever mode the form names: ten steps that all lock as they are."""
    fields = {**NEW, "name": "Doorstep", "mode": "lean", "example": "doorstep"}
    revision = paying.revision_of(paying.post("/projects", fields).headers["Location"])
    paying.lock_up_to(revision, 10)
    assert statuses(app, revision) == ["locked"] * 10
    assert paying.post(f"{revision}/exports").status_code == 303


def test_where_the_plan_ends_the_project_says_so_and_offers_no_going_on(free, paying, make_project):
    ended = make_project(free, locked=3)
    page = free.page(ended.project)
    assert "Go on with step 4" not in page.text
    assert "step 4 needs Pro" in page.text
    assert "Look at step 4" in page.text
    assert "Go on with step 4" in paying.page(make_project(paying, locked=3).project).text
