"""Deleting a project and restoring it: nothing is erased."""

from tests.conftest import all_rows
from tests.refusals import assert_refused
from tests.steps.typing_in import storage_held, storage_used

BELOW = ("revision", "step", "step_content", "row_key", "revision_event", "export", "usage")


def test_the_page_before_it_says_what_it_means_and_changes_nothing(completed, nothing_changes):
    completed.owner.post(f"{completed.revision}/exports")
    with nothing_changes():
        page = completed.owner.page(f"{completed.project}/delete")
    assert "1 revision " in page.text
    assert "1 finished export" in page.text
    assert "20 active projects" in page.text
    assert page.form("/delete").method == "post"


def test_the_page_tells_a_free_person_that_the_place_stays_taken(free):
    project = free.create_project()
    assert "1 project in total, ever" in free.page(f"{project}/delete").text


def test_a_deleted_project_leaves_the_list_and_is_found_among_the_deleted(written):
    owner = written.owner
    form = owner.page(f"{written.project}/delete").form("/delete")
    response = owner.post(form.action, form.fields)
    assert (response.status_code, response.headers["Location"]) == (303, "/projects")
    assert written.project not in owner.page("/projects").links
    assert written.project in owner.page("/projects?status=deleted").links


def test_deleting_and_restoring_leave_everything_below_as_it_was(app, completed):
    before = {name: rows for name, rows in all_rows(app).items() if name in BELOW}
    for action in ("delete", "restore"):
        assert completed.owner.post(f"{completed.project}/{action}").status_code == 303
        after = {name: rows for name, rows in all_rows(app).items() if name in BELOW}
        assert after == before, action


def test_nothing_below_a_deleted_project_changes(completed, nothing_changes):
    owner = completed.owner
    owner.post(f"{completed.project}/delete")
    with nothing_changes():
        for order in (1, 2, 3, 4):
            for act in (owner.save, owner.lock):
                assert_refused(act(completed.revision, order, {}), "project_deleted")
        assert_refused(owner.post(f"{completed.revision}/exports"), "project_deleted")


def test_everything_below_a_deleted_project_can_be_read(completed):
    owner = completed.owner
    export = owner.post(f"{completed.revision}/exports").headers["Location"]
    owner.post(f"{completed.project}/delete")
    paths = [completed.project, completed.revision, export, f"{completed.project}/delete"]
    for path in [*paths, *(completed.step(order) for order in (1, 2, 3, 4))]:
        assert owner.open(path).status_code == 200, path
    forms = [form.action for form in owner.page(completed.project).forms]
    offered = [action for action in forms if action.startswith(completed.project)]
    assert offered == [f"{completed.project}/restore"]


def test_its_text_keeps_counting_for_storage(app, written):
    owner = written.owner
    used = storage_used(app, owner.user_id)
    owner.post(f"{written.project}/delete")
    assert storage_used(app, owner.user_id) == used == storage_held(app, owner.user_id)


def test_doing_it_twice_changes_nothing(written, nothing_changes):
    owner = written.owner
    for action in ("delete", "restore"):
        owner.post(f"{written.project}/{action}")
        with nothing_changes():
            assert owner.post(f"{written.project}/{action}").status_code == 303


def test_a_restored_project_goes_on_where_it_was(written):
    owner = written.owner
    owner.post(f"{written.project}/delete")
    form = owner.page(written.project).form("/restore")
    response = owner.post(form.action, form.fields)
    assert (response.status_code, response.headers["Location"]) == (303, written.project)
    assert owner.lock(written.revision, 1).status_code == 303


def test_a_free_person_may_restore_the_one_project(free):
    project = free.create_project()
    free.post(f"{project}/delete")
    assert free.post(f"{project}/restore").status_code == 303


def test_an_expired_person_with_several_projects_restores_none(paying, nothing_changes):
    first, _ = paying.create_project(example=""), paying.create_project(example="")
    paying.post(f"{first}/delete")
    paying.post("/billing/sandbox", {"event": "period_ended"})
    with nothing_changes():
        response = paying.post(f"{first}/restore")
    assert_refused(response, "quota_exceeded")
    page = paying.page(first)
    assert not [form for form in page.forms if form.action.endswith("/restore")]
