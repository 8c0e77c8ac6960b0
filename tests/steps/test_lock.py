"""Locking a step, with and without fields, and what it needs."""

import json
import re
import uuid
from typing import Any

import pytest
import rfc8785
from sqlalchemy import select

from devpilot.db import reading
from devpilot.models import EventKind, LockedText, Revision, RevisionEvent, Step, StepContent
from tests.page import page_of
from tests.refusals import HTMX, JSON, assert_problem, assert_refused
from tests.steps.typing_in import goal, statuses, storage_held, storage_used, stored


def dead_problem_links(response):
    """The links of the problems alone: the panel of checks speaks of what is saved."""
    problems = page_of(response.text.partition('<section id="checks"')[0])
    return [link for link in problems.dead_links() if link != "#checks"]


def revision_id(owned):
    return owned.revision.rsplit("/", 1)[-1]


def row_of(app, owned, entity, **where: Any):
    with app.app_context(), reading() as session:
        statement = select(entity).filter_by(**where)
        if entity is Revision:
            statement = statement.where(Revision.id == uuid.UUID(revision_id(owned)))
        found = session.scalars(statement).one()
        session.expunge_all()
        return found


def test_a_lock_closes_the_step_and_leads_to_the_next(app, free, make_project):
    owned = make_project(free)
    response = free.lock(owned.revision, 1)
    assert response.status_code == 303
    assert response.headers["Location"] == owned.step(2)
    assert statuses(app, owned.revision) == ["locked", "draft", "draft", "draft"]
    assert free.open(owned.step(1)).text.count("<textarea") == 0


def test_what_was_locked_is_remembered_outside_the_quota(app, free, make_project):
    owned = make_project(free)
    before = storage_used(app, free.user_id)
    free.lock(owned.revision, 1)
    with app.app_context(), reading() as session:
        kept = session.execute(
            select(LockedText.data, StepContent.data, LockedText.version, Revision.version)
            .join(StepContent, StepContent.step_id == LockedText.step_id)
            .join(Step, Step.id == LockedText.step_id)
            .join(Revision, Revision.id == Step.revision_id)
            .where(Revision.id == uuid.UUID(revision_id(owned)))
        ).one()
    assert kept[0] == kept[1]
    assert kept[2] == kept[3]
    assert storage_used(app, free.user_id) == before == storage_held(app, free.user_id)


def test_a_lock_with_fields_saves_and_locks(app, free, make_project):
    owned = make_project(free)
    assert free.lock(owned.revision, 1, {"summary": "Typed with the lock."}).status_code == 303
    assert stored(app, owned.revision)["summary"] == "Typed with the lock."
    assert statuses(app, owned.revision)[0] == "locked"
    assert storage_used(app, free.user_id) == storage_held(app, free.user_id)


def test_a_lock_with_fields_that_do_not_validate_saves_nothing(free, make_project, nothing_changes):
    owned = make_project(free)
    with nothing_changes():
        response = free.lock(owned.revision, 1, {"summary": "", "problem": "Typed with the lock"})
    assert_refused(response, "step_validation_failed")
    page = page_of(response.text)
    assert dict(page.form("/draft").fields)["problem"] == "Typed with the lock"
    assert page.form("/draft").buttons[0].get("formaction") is None, "it can be saved as a draft"
    assert "#summary" in page.links


def test_an_empty_step_lists_all_that_is_missing(free, make_project, nothing_changes):
    owned = make_project(free, example="")
    with nothing_changes():
        response = free.lock(owned.revision, 1)
    assert_refused(response, "step_validation_failed")
    page = page_of(response.text)
    assert {"#summary", "#problem", "#goals", "#features"} <= set(page.links)
    assert dead_problem_links(response) == []


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_each_problem_of_an_empty_step_links_to_a_control(written, nothing_changes, order):
    written.owner.lock_up_to(written.revision, order - 1)
    fields = written.owner.page(written.step(order)).form("/draft").fields
    named = [value for name, value in fields if name == "fields"]
    with nothing_changes():
        response = written.owner.lock(written.revision, order, {"fields": named})
    assert_refused(response, "step_validation_failed")
    assert dead_problem_links(response) == []


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_each_problem_of_blanked_cells_links_to_a_control(written, nothing_changes, order):
    written.owner.lock_up_to(written.revision, order - 1)
    form = written.owner.page(written.step(order)).form("/draft")
    kept = ("-key", "-new", "-name", "-goal", "-action", "-what", "-case", "-thing")
    pairs = [
        (name, value if name.endswith(kept) or "-" not in name else "")
        for name, value in form.fields
    ]
    with nothing_changes():
        response = written.owner.post(f"{written.step(order)}/lock", pairs)
    assert_refused(response, "step_validation_failed")
    assert dead_problem_links(response) == []


def test_a_problem_links_to_the_row_that_was_posted_with_gaps(free, make_project, nothing_changes):
    owned = make_project(free)
    rows = {**goal(3, "Fine"), **goal(7, "Lacks a target", target="")}
    rows |= {"goals-3-key": "G1", "goals-7-key": "G2"}
    with nothing_changes():
        response = free.lock(owned.revision, 1, rows)
    assert_refused(response, "step_validation_failed")
    page = page_of(response.text)
    assert "#goals-7-target" in page.links
    assert dead_problem_links(response) == []


def test_a_problem_links_past_a_blank_row(free, make_project, nothing_changes):
    owned = make_project(free)
    blank = {f"goals-0-{column}": "" for column in ("goal", "measure", "target")}
    rows = {**blank, **goal(1, "Lacks a target", target=""), "goals-1-key": "G1"}
    with nothing_changes():
        response = free.lock(owned.revision, 1, rows)
    assert_refused(response, "step_validation_failed")
    assert "#goals-1-target" in page_of(response.text).links


def test_a_conditional_cell_without_condition_links_to_the_condition(written, nothing_changes):
    written.owner.lock_up_to(written.revision, 1)
    form = written.owner.page(written.step(2)).form("/draft")
    cell = next(name for name, _ in form.fields if re.fullmatch(r"capabilities-F\d+-R\d+", name))
    pairs = form.filled(**{cell.replace("-", "__"): "if", f"{cell}-condition": ""})
    with nothing_changes():
        response = written.owner.post(f"{written.step(2)}/lock", pairs)
    assert_refused(response, "step_validation_failed")
    assert dead_problem_links(response) == []


@pytest.mark.parametrize("order", [1, 3, 4])
def test_the_panel_of_checks_beside_a_refused_form_leads_nowhere_wrong(written, order):
    written.owner.lock_up_to(written.revision, order - 1)
    fields = written.owner.page(written.step(order)).form("/draft").fields
    named = [value for name, value in fields if name == "fields"]
    response = written.owner.lock(written.revision, order, {"fields": named})
    assert page_of(response.text).dead_links() == []


def test_as_json_each_problem_names_its_field(free, make_project):
    owned = make_project(free, example="")
    body = assert_problem(free.lock(owned.revision, 1, headers=JSON), "step_validation_failed")
    assert {"summary", "goals"} <= {error["field"] for error in body["errors"]}


def test_locking_a_locked_step_again_is_a_success_that_changes_nothing(
    free, make_project, nothing_changes
):
    owned = make_project(free, locked=1)
    with nothing_changes():
        assert free.lock(owned.revision, 1).status_code == 303
        assert free.post(f"{owned.step(1)}/lock", {"version": "1"}).status_code == 303


def test_locking_a_locked_step_with_the_same_fields_is_no_news(free, make_project, nothing_changes):
    owned = make_project(free)
    form = free.page(owned.step(1)).form("/draft")
    path = f"{owned.step(1)}/lock"
    pairs = [pair for pair in form.fields if pair[0] != "idempotency_key"]
    assert free.post(path, pairs).status_code == 303
    with nothing_changes():
        assert free.post(path, pairs).status_code == 303


def test_locking_a_locked_step_with_newer_text_is_refused(free, make_project, nothing_changes):
    owned = make_project(free, locked=1)
    with nothing_changes():
        response = free.lock(owned.revision, 1, {"summary": "Too late"})
    assert_refused(response, "step_locked")
    assert "Too late" in response.text


def test_saving_a_locked_step_is_refused(free, make_project, nothing_changes):
    owned = make_project(free, locked=1)
    with nothing_changes():
        late = free.save(owned.revision, 1, {"summary": "Too late"})
        assert_refused(late, "step_locked")
        assert "What is saved now" in late.text
        assert page_of(late.text).form("/draft").filled()
        assert_refused(free.save(owned.revision, 1, {"remove": "goals-0"}), "step_locked")


def test_a_step_waits_for_the_one_before(free, make_project, nothing_changes):
    owned = make_project(free)
    with nothing_changes():
        for order in (2, 3):
            assert_refused(free.lock(owned.revision, order), "step_out_of_sequence")
            saved = free.save(owned.revision, order, {"fields": "deferred"})
            assert_refused(saved, "step_out_of_sequence")
    assert f'href="{owned.step(1)}"' in free.open(owned.step(2)).text


def test_a_stale_lock_with_fields_is_refused_with_both_texts(free, make_project, nothing_changes):
    owned = make_project(free)
    version = str(free.version(owned.revision))
    free.save(owned.revision, 1, {"summary": "Saved by the other tab"})
    fields = {"version": version, "summary": "Typed in this tab"}
    with nothing_changes():
        response = free.post(f"{owned.step(1)}/lock", fields)
    assert_refused(response, "stale_version")
    assert "Saved by the other tab" in response.text
    assert "Typed in this tab" in response.text


def test_a_stale_lock_without_fields_does_not_lock_a_text_nobody_saw(
    free, make_project, nothing_changes
):
    owned = make_project(free)
    version = str(free.version(owned.revision))
    free.save(owned.revision, 1, {"summary": "Saved by the other tab"})
    with nothing_changes():
        response = free.post(f"{owned.step(1)}/lock", {"version": version})
    assert_refused(response, "stale_version")


def test_free_locks_three_steps_and_not_the_fourth(app, free, make_project, nothing_changes):
    owned = make_project(free, locked=3)
    with nothing_changes():
        assert_refused(free.lock(owned.revision, 4), "subscription_required")
        saved = free.save(owned.revision, 4, {"workflows-0-name": "Typed above the plan"})
    assert_refused(saved, "subscription_required")
    assert "Typed above the plan" in saved.text
    assert statuses(app, owned.revision) == ["locked"] * 3 + ["draft"]


def test_locking_the_last_step_completes_the_revision(app, paying, make_project):
    owned = make_project(paying, locked=3)
    response = paying.lock(owned.revision, 4)
    assert response.headers["Location"] == owned.project
    revision = row_of(app, owned, Revision)
    assert revision.status == "completed"
    assert revision.completed_at is not None
    story = row_of(app, owned, RevisionEvent, revision_id=revision.id, kind=EventKind.COMPLETED)
    assert story.at == revision.completed_at


def test_a_completed_revision_takes_no_change(completed, nothing_changes):
    with nothing_changes():
        for order in range(1, 5):
            saved = completed.owner.save(completed.revision, order, {"fields": "deferred"})
            assert_refused(saved, "revision_invalid_state")
            locked = completed.owner.lock(completed.revision, order)
            assert_refused(locked, "revision_invalid_state")


def test_the_lock_for_htmx_leads_to_a_fragment_of_the_next_page(free, make_project):
    owned = make_project(free)
    response = free.lock(owned.revision, 1, headers=HTMX)
    assert response.status_code == 303
    followed = free.open(response.headers["Location"], headers=HTMX)
    assert followed.status_code == 200
    assert followed.headers["HX-Retarget"] == "#main"
    assert followed.headers["HX-Reswap"].startswith("outerHTML")
    assert followed.headers["HX-Push-Url"] == owned.step(2)
    assert "<html" not in followed.text
    assert len(re.findall("<main", followed.text)) == 1


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_whole_page_is_sent_where_htmx_wants_one(free, make_project, header):
    owned = make_project(free)
    page = free.open(owned.step(1), headers={**HTMX, header: "true"})
    assert "<html" in page.text
    assert "HX-Retarget" not in page.headers


def test_a_refused_lock_for_htmx_is_the_page_in_place(free, make_project, nothing_changes):
    owned = make_project(free, example="")
    with nothing_changes():
        response = free.lock(owned.revision, 1, headers=HTMX)
    assert_refused(response, "step_validation_failed")
    assert response.headers["HX-Retarget"] == "#main"
    assert "HX-Push-Url" not in response.headers
    assert "<html" not in response.text


def test_the_stored_data_is_canonical(app, completed):
    with app.app_context(), reading() as session:
        texts = session.scalars(select(StepContent.data)).all()
    assert all(rfc8785.dumps(json.loads(text)).decode() == text for text in texts[-4:])


def test_a_refused_lock_of_what_is_saved_does_not_say_that_nothing_was_saved(paying, make_project):
    owned = make_project(paying, example="")
    paying.save(owned.revision, 1, {"summary": "Saved"})
    path = f"{owned.step(1)}/lock"
    version = str(paying.version(owned.revision))
    same = paying.post(path, {"version": version, "summary": "Saved"})
    other = paying.post(path, {"version": version, "summary": "Other"})
    assert_refused(same, "step_validation_failed")
    assert "Nothing was saved" not in same.text
    assert "Nothing was saved" in other.text


def test_a_locked_step_leads_to_the_first_that_is_open(free, make_project):
    owned = make_project(free, locked=2)
    text = free.open(owned.step(1)).text
    assert "Go to step 3" in text
    assert f'href="{owned.step(3)}"' in text


def test_a_step_out_of_sequence_leads_to_the_first_that_is_open(paying, make_project):
    owned = make_project(paying, locked=1)
    text = paying.page(owned.step(4)).text
    assert "Step 4 rests on step 2, which is not locked yet." in text
    assert "Go to step 2" in text
    answer = paying.save(owned.revision, 4, {"deferred-0-question": "Typed"})
    assert_refused(answer, "step_out_of_sequence")
    assert "Lock step 2, Users & Business Model, first." in answer.text.replace("&amp;", "&")
