"""The re-lock queue: what a step's lock stood on, what is different, and one confirmation."""

import uuid

import pytest

from devpilot.db import reading
from devpilot.models import Step
from devpilot.services import relock, steps
from tests.pipeline.asking import tail
from tests.revisions.test_new import open_new, revisions_of
from tests.steps.test_restart import restart
from tests.steps.typing_in import statuses, stored


def review(app, owned, order):
    with app.app_context(), reading():
        step = steps.find(owned.owner.user_id, uuid.UUID(tail(owned.revision)), order, hold=False)
        assert isinstance(step, Step)
        return relock.review_of(step)


def rewrite(app, owned, order, list_id, change, *, revision=""):
    """Save a list of a step with its rows changed in place by `change`."""
    rows = stored(app, revision or owned.revision, order)[list_id]
    fields = {}
    for index, row in enumerate(change([dict(row) for row in rows])):
        for name, value in row.items():
            text = ("yes" if value else "") if isinstance(value, bool) else value
            fields[f"{list_id}-{index}-{name}"] = text
    response = owned.owner.save(revision or owned.revision, order, fields)
    assert response.status_code == 303, response.text[:500]


def renamed(key, column, text):
    def change(rows):
        for row in rows:
            if row["key"] == key:
                row[column] = text
        return rows

    return change


def without(key):
    return lambda rows: [row for row in rows if row["key"] != key]


def confirm_forms(page, order):
    return [form for form in page.forms if form.action.endswith(f"/{order}/lock")]


def test_unchanged_steps_are_locked_with_one_confirmation_each(app, completed):
    restart(completed, 1)
    completed.owner.lock(completed.revision, 1)
    for order in (2, 3, 4):
        page = completed.owner.page(completed.step(order))
        assert "Unchanged since it was locked" in page.text
        form = confirm_forms(page, order)[0]
        assert {name for name, _ in form.fields} == {"csrf_token", "idempotency_key", "version"}
        assert completed.owner.post(form.action, form.fields).status_code == 303
    assert statuses(app, completed.revision) == ["locked"] * 4


def test_the_project_page_holds_the_queue_in_sequence(app, completed):
    restart(completed, 2)
    page = completed.owner.page(completed.project)
    assert "Step 3 : unchanged since it was locked" in page.text.replace("Step 3:", "Step 3 :")
    assert not confirm_forms(page, 3), "step 2 is not locked yet"
    completed.owner.lock(completed.revision, 2)
    page = completed.owner.page(completed.project)
    assert confirm_forms(page, 3)
    assert not confirm_forms(page, 4)
    completed.owner.post(confirm_forms(page, 3)[0].action, confirm_forms(page, 3)[0].fields)
    assert confirm_forms(completed.owner.page(completed.project), 4)


def test_a_changed_row_is_shown_where_it_is_referred_to(app, completed):
    """Role R1 gets another duty; clients of step 3 name it."""
    before = stored(app, completed.revision, 2)["roles"][0]
    restart(completed, 2)
    rewrite(app, completed, 2, "roles", renamed("R1", "does", "Books for others too."))
    completed.owner.lock(completed.revision, 2)
    found = review(app, completed, 3)
    assert found is not None
    assert not found.is_unchanged
    assert [change.row for change in found.upstream] == ["R1"]
    assert {mention.field for mention in found.mentions} == {"Clients"}
    page = completed.owner.page(completed.step(3))
    assert f"“{before['does']}” → “Books for others too.”" in page.text
    assert not confirm_forms(completed.owner.page(completed.project), 3)


def test_a_removed_row_is_named_and_its_check_fails(app, completed):
    """A workflow's feature goes: the references to it fail, and the step says which."""
    restart(completed, 1)
    features = stored(app, completed.revision, 1)["features"]
    gone = next(row for row in features if row["release"] == "mvp")
    rewrite(app, completed, 1, "features", without(gone["key"]))
    text = completed.owner.page(completed.step(4)).text
    assert f"{gone['key']} {gone['name']} : removed".replace(" :", ":") in text.replace(" :", ":")
    found = review(app, completed, 4)
    assert found is not None
    assert any(gone["key"] in finding.message for finding in found.failing)
    assert "Checks that fail now" in text


def test_what_is_not_referred_to_may_change(app, completed):
    """Step 3 does not speak of assumptions, so it stays unchanged; the page says what changed."""
    restart(completed, 1)
    rewrite(app, completed, 1, "assumptions", renamed("A1", "if_wrong", "We stop."))
    completed.owner.lock(completed.revision, 1)
    completed.owner.lock(completed.revision, 2)
    page = completed.owner.page(completed.step(3))
    assert "Unchanged since it was locked" in page.text
    assert "Earlier steps changed elsewhere" in page.text
    assert "We stop." in page.text
    assert confirm_forms(page, 3)


def test_an_edited_step_says_so(app, completed):
    restart(completed, 1)
    completed.owner.lock(completed.revision, 1)
    completed.owner.lock(completed.revision, 2)
    rewrite(app, completed, 3, "zones", renamed("Z1", "name", "The street"))
    found = review(app, completed, 3)
    assert found is not None
    assert [(c.row, c.column, c.after) for c in found.own] == [("Z1", "Name", "The street")]
    assert not found.is_unchanged


def test_a_step_is_compared_with_what_its_own_lock_saw(app, completed):
    """Two restarts: step 2 locked in between is compared with that, step 4 with the first."""
    restart(completed, 1)
    rewrite(app, completed, 1, "goals", renamed("G1", "target", "0 a day"))
    for order in (1, 2):
        completed.owner.lock(completed.revision, order)
    restart(completed, 1)
    completed.owner.lock(completed.revision, 1)
    second, fourth = review(app, completed, 2), review(app, completed, 4)
    assert second is not None
    assert fourth is not None
    assert second.upstream == ()
    assert [(change.step, change.row, change.after) for change in fourth.upstream] == [
        (1, "G1", "0 a day")
    ]


def test_a_change_that_is_taken_back_is_none(app, completed):
    target = stored(app, completed.revision, 1)["goals"][0]["target"]
    restart(completed, 1)
    rewrite(app, completed, 1, "goals", renamed("G1", "target", "0 a day"))
    completed.owner.lock(completed.revision, 1)
    restart(completed, 1)
    rewrite(app, completed, 1, "goals", renamed("G1", "target", target))
    completed.owner.lock(completed.revision, 1)
    found = review(app, completed, 2)
    assert found is not None
    assert (found.upstream, found.is_unchanged) == ((), True)


def test_in_a_copy_the_queue_starts_with_the_first_step(app, completed):
    open_new(completed)
    copy = f"/revisions/{revisions_of(app, completed)[1].id}"
    for order in (1, 2, 3, 4):
        page = completed.owner.page(f"{copy}/steps/{order}")
        assert "Unchanged since it was locked in revision 1" in page.text
        form = confirm_forms(page, order)[0]
        assert completed.owner.post(form.action, form.fields).status_code == 303
    assert statuses(app, copy) == ["locked"] * 4


def test_a_first_draft_has_nothing_to_compare_with(app, written):
    assert review(app, written, 1) is None
    assert "To lock again" not in written.owner.page(written.project).text


@pytest.mark.parametrize("order", [2, 4])
def test_a_locked_step_has_no_review(app, completed, order):
    assert review(app, completed, order) is None
