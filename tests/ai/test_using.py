"""Using what the AI proposed: what is stored, where it came from, and taking it back."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from devpilot.db import reading
from devpilot.models import Step, StepContent
from devpilot.routes import ai as routes
from devpilot.services import reservations
from tests.ai.suggesting import (
    agree,
    answering,
    ask,
    asked,
    decide,
    decided,
    origins,
    pending,
    proposed,
    suggestions,
    taken,
    under_way,
    undo,
    used,
)
from tests.ai_server.texts import good_content
from tests.conftest import Owned
from tests.page import page_of
from tests.quota.counting import SUGGESTION, as_person
from tests.refusals import HTMX, assert_refused
from tests.steps.typing_in import storage_held, storage_used, stored

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("stays_sound")]

GOAL = {"goal": "Sleep at night", "measure": "calls after 22:00", "target": "none"}
FEATURE = {
    "name": "Quiet hours", "what": "No reminder leaves at night.", "release": "mvp",
    "goals": ["Sleep at night"],
}  # fmt: skip
AS_IT_CAME = "From a suggestion, as it came:"


@pytest.fixture(autouse=True)
def _storage_is_counted(app, server, request):
    """Whoever a test is about: what is counted is what is held."""
    yield
    for owned in [v for v in request.node.funcargs.values() if isinstance(v, Owned)]:
        person = owned.owner.user_id
        assert storage_used(app, person) == storage_held(app, person)


@pytest.fixture
def suggest(server, asker):
    """`suggest(summary="…")` is what a provider that proposes this alone leads to."""

    def make(order=1, owned=None, **fields):
        server.way = answering(**fields)
        return asked(owned or asker, order)

    return make


def without_keys(rows):
    return [{name: value for name, value in row.items() if name != "key"} for row in rows]


def held(owned, order=1):
    """What the step holds, put aside included."""
    wanted = uuid.UUID(owned.revision.rsplit("/", 1)[-1])
    texts = select(StepContent.data, StepContent.aside, StepContent.size).join(Step)
    with owned.owner.app.app_context(), reading() as session:
        mine = texts.where(Step.revision_id == wanted, Step.order == order)
        return tuple(session.execute(mine).one())


# --- what is used ----------------------------------------------------------------------------


def test_a_text_takes_the_place_of_another_which_stays_one_click_away(app, asker, suggest):
    before = stored(app, asker.revision)
    suggest(summary="Shorter & better.", problem="Another problem.")
    assert taken(asker, field="summary") == {**before, "summary": "Shorter & better."}
    page = asker.owner.page(asker.step(1))
    assert "What “What it is” said before" in page.text
    assert before["summary"] in page.text
    assert decided(pending(asker)) == {"summary": "used"}
    assert origins(asker) == ["summary"]
    assert "1 suggestion to decide" in page.text


def test_a_row_is_added_and_no_other_is_touched(app, asker, suggest):
    before = stored(app, asker.revision)
    suggest(goals=[GOAL, {**GOAL, "goal": "Another"}])
    after = taken(asker, field="goals-1")
    assert after == {**before, "goals": [*before["goals"], after["goals"][-1]]}
    assert after["goals"][-1] == {**GOAL, "goal": "Another", "key": "G4"}
    assert origins(asker) == ["goals-G4"]
    again = taken(asker, field="goals-0")
    assert [row["goal"] for row in again["goals"][-2:]] == ["Another", "Sleep at night"]
    assert suggestions(asker)[-1].state == "applied"


def test_a_row_refers_by_name_to_another_that_is_used_with_it(asker, suggest):
    suggest(goals=[GOAL], features=[FEATURE])
    after = taken(asker, field=["features-0", "goals-0"])
    assert after["goals"][-1]["key"] in after["features"][-1]["goals"]


def test_a_row_refers_by_name_to_another_that_was_used_before_it(asker, suggest):
    suggest(goals=[GOAL], features=[FEATURE])
    taken(asker, field="goals-0")
    assert taken(asker, field="features-0")["features"][-1]["goals"] == ["G4"]


def test_a_row_without_another_that_it_names_is_used_without_that_reference(asker, suggest):
    suggest(goals=[GOAL], features=[{**FEATURE, "goals": ["G1", "Sleep at night"]}])
    after = taken(asker, field="features-0", dismiss="goals")
    assert without_keys(after["features"][-1:]) == [{**FEATURE, "goals": ["G1"]}]
    assert decided(suggestions(asker)[-1]) == {"features-0": "used", "goals-0": "dismissed"}


def test_cells_of_a_table(app, make_asker, suggest):
    owned = make_asker(locked=1)
    before = stored(app, owned.revision, 2)["capabilities"]
    row, column = next((r, c) for r in before for c in before[r] if before[r][c]["value"] == "none")
    other = next(c for c in before[row] if c != column)
    cells = [
        {"row": row, "column": column, "value": "if", "condition": "In the first week."},
        {"row": row, "column": other, "value": "view", "condition": ""},
    ]
    suggest(2, owned, capabilities=cells)
    after = taken(owned, 2, field=f"capabilities-{row}")["capabilities"]
    changed = {column: {"value": "if", "condition": "In the first week."}, other: {"value": "view"}}
    assert after == {**before, row: {**before[row], **changed}}
    assert origins(owned, 2) == [f"capabilities-{row}"]


def test_a_whole_field_and_what_is_left_of_it(asker, suggest):
    rows = [{**GOAL, "goal": f"Goal {n}"} for n in range(3)]
    suggest(goals=rows, summary="Other.")
    taken(asker, dismiss="goals-1")
    after = taken(asker, field="goals")
    assert [row["goal"] for row in after["goals"][-2:]] == ["Goal 0", "Goal 2"]
    found = pending(asker)
    assert decided(found) == {"goals-0": "used", "goals-1": "dismissed", "goals-2": "used"}


@pytest.mark.parametrize("choice", [{}, {"field": "*"}])
def test_everything(app, server, asker, choice):
    found = asked(asker)
    before = stored(app, asker.revision)
    after = taken(asker, **choice)
    for name, value in proposed(found).items():
        if isinstance(value, list):
            assert after[name][: len(before.get(name, []))] == before.get(name, [])
            added = without_keys(after[name][len(before.get(name, [])) :])
            assert [set(row) for row in added] == [set(row) for row in value]
        else:
            assert after[name] == value
    assert suggestions(asker)[0].state == "applied"
    assert "to decide" not in asker.owner.page(asker.step(1)).text


@pytest.mark.parametrize("dismissed", ["summary", "goals", "goals-0", "*"])
def test_what_is_dismissed_leaves_the_step_alone(asker, suggest, dismissed):
    suggest(goals=[GOAL], summary="Other.")
    before = held(asker)
    taken(asker, dismiss=dismissed)
    assert held(asker) == before
    assert origins(asker) == []
    found = suggestions(asker)[0]
    assert found.state == ("dismissed" if dismissed == "*" else "pending")
    assert set(decided(found).values()) == {"dismissed"}
    taken(asker, dismiss="*") if found.is_pending else None
    assert suggestions(asker)[0].state == "dismissed"


def test_dismissed_as_a_whole_after_a_part_was_used_it_was_used(asker, suggest):
    found = suggest(goals=[GOAL], summary="Other.")
    taken(asker, field="summary")
    path = f"/suggestions/{found.id}/dismiss"
    assert [asker.owner.post(path).status_code for _ in range(2)] == [303, 303]
    assert suggestions(asker)[0].state == "applied"


def test_what_was_typed_is_saved_along(asker, suggest):
    suggest(goals=[GOAL], summary="Other.")
    typed = {"problem": "Typed a moment ago.", "goals__0__target": "typed too"}
    after = taken(asker, typed=typed, field="goals-0")
    assert after["problem"] == "Typed a moment ago."
    assert after["goals"][0]["target"] == "typed too"
    assert origins(asker) == ["goals-G4"]
    after = taken(asker, typed={"problem": "Typed again."}, dismiss="*")
    assert after["problem"] == "Typed again."


def test_a_script_may_post_no_field_of_the_step(app, asker, suggest):
    before = stored(app, asker.revision)
    found = suggest(goals=[GOAL], summary="Other.")
    fields = {"version": str(asker.owner.version(asker.revision)), "field": "*"}
    assert asker.owner.post(f"/suggestions/{found.id}/apply", fields).status_code == 303
    after = stored(app, asker.revision)
    assert after["goals"] == [*before["goals"], {**GOAL, "key": "G4"}]
    assert {**after, "goals": 0, "summary": 0} == {**before, "goals": 0, "summary": 0}


def test_with_htmx_the_step_comes_back_alone(asker, suggest):
    suggest(goals=[GOAL], summary="Other.")
    answer = decide(asker, field="summary", headers=HTMX)
    assert answer.status_code == 200
    assert "<!doctype" not in answer.text.lower()
    page = page_of(answer.text)
    assert dict(page.form("/draft").fields)["summary"] == "Other."
    assert "Use it" in page.text


def test_with_htmx_an_answer_fills_what_stands_beside_the_fields_alone(server, asker):
    answer = ask(asker, headers=HTMX)
    assert answer.status_code == 200
    page = page_of(answer.text)
    assert "beside-goals" in page.ids
    assert "step-form" not in page.ids
    assert "goals-0-goal" not in page.ids, "the form is left as it is"


# --- what no longer fits ---------------------------------------------------------------------


def fill_goals(owned, upto=7):
    rows = [{f"goals-{n}-{c}": f"{c} {n}" for c in GOAL} for n in range(3, upto)]
    fields = {name: text for row in rows for name, text in row.items()}
    form = owned.owner.page(owned.step(1)).form("/draft")
    assert owned.owner.post(form.action, [*form.fields, *fields.items()]).status_code == 303


def test_a_row_for_which_there_is_no_room_is_left_open(app, asker, suggest):
    suggest(goals=[GOAL, {**GOAL, "goal": "Second"}], summary="Other.")
    fill_goals(asker, upto=6)
    after = taken(asker)
    assert [row["goal"] for row in after["goals"]][-2:] == ["goal 5", "Sleep at night"]
    assert decided(pending(asker)) == {"goals-0": "used", "summary": "used"}
    before = held(asker)
    for chosen in ({}, {"field": "goals-1"}):
        assert_refused(decide(asker, **chosen), "invalid_input")
    assert held(asker) == before
    assert "1 suggestion to decide" in asker.owner.page(asker.step(1)).text


def test_a_row_that_holds_nothing_takes_no_room(asker, suggest):
    suggest(goals=[GOAL])
    fill_goals(asker, upto=6)
    blank = {f"goals__6__{column}": "" for column in GOAL}
    assert taken(asker, typed=blank)["goals"][-1] == {**GOAL, "key": "G7"}


def test_a_reference_to_a_row_that_was_removed_since_is_left_empty(app, asker, suggest):
    suggest(features=[{**FEATURE, "goals": ["G1"]}, {**FEATURE, "name": "Other", "goals": ["G2"]}])
    form = asker.owner.page(asker.step(1)).form("/draft")
    gone = {f"goals__0__{column}": "" for column in GOAL}
    others = [name for name, value in form.fields if name.startswith("features-") and value == "G1"]
    gone |= dict.fromkeys((name.replace("-", "__") for name in others), "")
    saved = asker.owner.post(form.action, form.filled(**gone))
    assert saved.status_code == 303, saved.text[:800]
    assert [row["key"] for row in stored(app, asker.revision)["goals"]] == ["G2", "G3"]
    features = taken(asker)["features"][-2:]
    assert [row["goals"] for row in features] == [[], ["G2"]]


def test_cells_of_a_column_that_was_removed_since(app, make_asker, suggest):
    owned = make_asker(locked=1)
    before = stored(app, owned.revision, 2)
    row = next(iter(before["capabilities"]))
    gone, stays = before["roles"][-1]["key"], before["roles"][0]["key"]
    values = {
        c: "view" if before["capabilities"][row][c]["value"] != "view" else "own"
        for c in (gone, stays)
    }
    cells = [{"row": row, "column": c, "value": v, "condition": ""} for c, v in values.items()]
    suggest(2, owned, capabilities=cells)
    last = len(before["roles"]) - 1
    blank = {f"roles__{last}__{c}": "" for c in ("name", "kind", "does", "pays")}
    form = owned.owner.page(owned.step(2)).form("/draft")
    assert owned.owner.post(form.action, form.filled(**blank)).status_code == 303
    line = taken(owned, 2)["capabilities"][row]
    assert gone not in line
    assert line[stays] == {"value": values[stays]}


def test_a_row_of_a_table_that_was_removed_since(app, paying, server):
    made = paying.post("/projects", {"name": "Full", "mode": "full", "example": "doorstep"})
    owned = Owned(paying, made.headers["Location"], paying.revision_of(made.headers["Location"]))
    paying.lock_up_to(owned.revision, 4)
    agree(owned)
    before = stored(app, owned.revision, 5)
    last = len(before["surfaces"]) - 1
    gone, role = before["surfaces"][last]["key"], next(iter(before["visibility"]["SF1"]))
    other = {"hidden": "read", "read": "act", "act": "hidden"}
    cells = [
        {"row": row, "column": role, "value": other[before["visibility"][row][role]["value"]]}
        for row in ("SF1", gone)
    ]
    server.way = answering(has_interface="yes", visibility=cells)
    asked(owned, 5)
    saved = owned.owner.save(owned.revision, 5, {"remove": f"surfaces-{last}"})
    assert saved.status_code == 303, saved.text[:800]
    after = taken(owned, 5)["visibility"]
    assert gone not in after
    assert after["SF1"][role]["value"] == cells[0]["value"]


def test_a_field_that_no_longer_applies_is_left_open(app, make_asker, suggest):
    owned = make_asker(locked=1)
    plan = {"name": "Gold", "price": "1", "limits": "none", "on_lapse": "nothing"}
    suggest(2, owned, plans=[plan])
    saved = owned.owner.save(owned.revision, 2, {"business_model": "internal"})
    assert saved.status_code == 303
    before = held(owned, 2)
    assert_refused(decide(owned, 2), "invalid_input")
    assert held(owned, 2) == before
    assert pending(owned, 2)


def test_a_page_says_that_the_draft_changed_since(asker, suggest):
    says = "The draft changed after this was asked."
    suggest(goals=[GOAL], summary="Other.", problem="Another.")
    taken(asker, field="summary")
    assert says not in asker.owner.page(asker.step(1)).text, "its own use is no other draft"
    asker.owner.save(asker.revision, 1, {"problem": "Mine."})
    assert says in asker.owner.page(asker.step(1)).text
    taken(asker, field="problem")
    assert says in asker.owner.page(asker.step(1)).text


# --- taking it back --------------------------------------------------------------------------


def state_of(owned, order=1):
    found = suggestions(owned, order)[-1]
    told = (found.state, decided(found), found.draft_hash, found.content)
    return (
        held(owned, order),
        origins(owned, order),
        storage_used(owned.owner.app, owned.owner.user_id),
        told,
    )


def test_an_undo_puts_everything_back(app, server, asker):
    asked(asker)
    taken(asker, field="goals-0", dismiss="goals-1")
    before = state_of(asker)
    taken(asker)
    assert state_of(asker) != before
    assert undo(asker).status_code == 303
    assert state_of(asker) == before
    assert "Used:" not in asker.owner.page(asker.step(1)).text
    taken(asker)
    assert suggestions(asker)[0].state == "applied"


def test_an_undo_brings_back_what_was_put_aside(app, make_asker, suggest):
    owned = make_asker(locked=1)
    suggest(2, owned, business_model="internal")
    before = state_of(owned, 2)
    assert "plans" not in taken(owned, 2)
    assert undo(owned, 2).status_code == 303
    assert state_of(owned, 2) == before


def test_an_undo_leaves_what_was_put_aside_before_the_use(make_asker, suggest):
    owned = make_asker(locked=1)
    owned.owner.save(owned.revision, 2, {"business_model": "internal"})
    suggest(2, owned, deferred=[{"question": "Who?", "why": "Unclear.", "decide_before": "Launch"}])
    before = state_of(owned, 2)
    assert "plans" in before[0][1], "put aside"
    taken(owned, 2)
    assert undo(owned, 2).status_code == 303
    assert state_of(owned, 2) == before


def test_an_undo_brings_back_where_a_text_came_from_before(asker, suggest):
    suggest(summary="First.")
    taken(asker)
    before = origins(asker)
    suggest(summary="Second.")
    taken(asker)
    assert undo(asker).status_code == 303
    assert origins(asker) == before == ["summary"]
    assert AS_IT_CAME in asker.owner.page(asker.step(1)).text


def test_an_undo_keeps_what_was_typed_before_the_use(asker, suggest):
    """It was saved by the same button, and nobody asked to lose it."""
    suggest(summary="Suggested.", goals=[GOAL])
    typed = {"summary": "Typed.", "problem": "Typed as well.", "goals__3__goal": "Typed goal"}
    taken(asker, typed=typed)
    page = asker.owner.page(asker.step(1))
    assert "What “What it is” said before Typed." in page.text
    assert undo(asker).status_code == 303
    after = stored(asker.owner.app, asker.revision)
    assert (after["summary"], after["problem"]) == ("Typed.", "Typed as well.")
    assert [row["goal"] for row in after["goals"]][3:] == ["Typed goal"]
    assert origins(asker) == []


def test_a_text_too_long_that_is_replaced_is_not_dropped_without_a_word(asker, suggest):
    suggest(summary="Suggested.")
    answer = decide(asker, typed={"summary": "x" * 901})
    assert_refused(answer, "invalid_input")
    assert dict(page_of(answer.text).form("/draft").fields)["summary"] == "x" * 901


# --- where words came from -------------------------------------------------------------------


def test_a_mark_stands_until_the_words_are_edited(asker, suggest):
    suggest(goals=[GOAL], summary="Other.")
    taken(asker)
    page = asker.owner.page(asker.step(1))
    assert page.text.count(AS_IT_CAME) == 2
    assert "G4 Sleep at night" in page.text
    asker.owner.save(asker.revision, 1, {"summary": "Edited."})
    assert asker.owner.page(asker.step(1)).text.count(AS_IT_CAME) == 1
    form = asker.owner.page(asker.step(1)).form("/draft")
    saved = asker.owner.post(form.action, form.filled(goals__3__target="five"), headers=HTMX)
    assert saved.status_code == 200
    assert 'id="mark-goals"' in saved.text, "what is on the page already is mended as well"
    assert AS_IT_CAME not in saved.text
    assert AS_IT_CAME not in asker.owner.page(asker.step(1)).text
    asker.owner.save(asker.revision, 1, {"summary": "Other."})
    assert AS_IT_CAME in asker.owner.page(asker.step(1)).text, "the same words once more"


def test_a_lock_closes_what_waits(make_asker, suggest):
    owned = make_asker()
    for order, part, state in ((1, "", "dismissed"), (2, "deferred-0", "applied")):
        why = {"question": "Who?", "why": "Unclear.", "decide_before": "Launch"}
        suggest(order, owned, deferred=[why, {**why, "question": "When?"}])
        if part:
            taken(owned, order, field=part)
        owned.owner.lock(owned.revision, order)
        found = suggestions(owned, order)[0]
        assert found.state == state


def test_a_new_revision_remembers_where_its_words_came_from(make_asker, suggest):
    owned = make_asker()
    suggest(1, owned, summary="Other.")
    taken(owned)
    owned.owner.lock_up_to(owned.revision, 4)
    opened = owned.owner.post(f"{owned.project}/revisions").headers["Location"]
    fresh = Owned(owned.owner, owned.project, opened.removesuffix("/steps/1"))
    assert origins(fresh) == origins(owned) == ["summary"]
    assert suggestions(fresh) == []
    assert AS_IT_CAME in owned.owner.page(fresh.step(1)).text


# --- once and not twice ----------------------------------------------------------------------


def test_the_same_question_twice_is_one_suggestion_and_one_call(server, asker):
    answers = [ask(asker, idempotency_key="k", instruction="Night") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert (len(server.requests), len(suggestions(asker)), used(asker)) == (1, 1, (1, 0))
    assert_refused(ask(asker, idempotency_key="k", instruction="Day"), "invalid_input")
    assert len(server.requests) == 1


def test_a_key_of_a_failure_may_be_used_again(server, asker):
    server.way = 500
    assert_refused(ask(asker, idempotency_key="k"), "ai_unavailable")
    server.way = "good"
    assert ask(asker, idempotency_key="k").status_code == 303
    assert used(asker) == (1, 0)


def test_the_same_use_twice_is_one(app, asker, suggest):
    found = suggest(goals=[GOAL], summary="Other.")
    pairs = asker.owner.page(asker.step(1)).form("/draft").filled(idempotency_key="k")
    pairs.append(("field", "goals-0"))
    path = f"/suggestions/{found.id}/apply"
    assert [asker.owner.post(path, pairs).status_code for _ in range(2)] == [303, 303]
    assert [row["key"] for row in stored(app, asker.revision)["goals"]] == ["G1", "G2", "G3", "G4"]


def test_a_part_that_was_used_already_is_not_used_again(app, asker, suggest):
    suggest(goals=[GOAL], summary="Other.")
    before = taken(asker, field="goals-0")
    assert taken(asker, field="goals-0") == before


# --- while it is asked -----------------------------------------------------------------------


@pytest.fixture
def meanwhile(server, asker):
    """`meanwhile(act)`: its answer to a question during whose call this was done."""

    def run(act, way):
        server.way = way
        tab, answers = Owned(asker.owner.twin(), asker.project, asker.revision), []
        asking = threading.Thread(target=lambda: answers.append(ask(tab)))
        asking.start()
        server.wait_for_requests(1)
        act()
        asking.join(timeout=20)
        return answers[0]

    return run


def test_cancelled_while_it_hangs(  # noqa: PLR0917  as many fixtures as it needs
    server, asker, hasty, meanwhile, monkeypatch, at_time
):
    hasty(15)
    monkeypatch.setattr(routes, "LOOK_SECONDS", 0.05)

    def cancel():
        answer = asker.owner.post(f"{asker.step(1)}/suggestions/cancel")
        assert answer.status_code == 303
        panel = asker.owner.page(f"{asker.step(1)}/suggestions")
        assert "Cancel what is under way" not in panel.text
        at_time(seconds=2)
        server.way = "good"
        assert asked(asker, 1, ask="missing").ask == "missing", "free in a moment"

    answer = meanwhile(cancel, "hang")
    assert_refused(answer, "ai_unavailable")
    assert "You cancelled this request" in answer.text
    assert [found.ask for found in suggestions(asker)] == ["missing"]
    assert (used(asker), under_way(asker)) == ((1, 0), [])


class Held:
    """An answer that is good, and comes when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, request) -> str:
        assert self.go.wait(20)
        return good_content(request)


def test_an_answer_that_comes_after_it_was_cancelled_is_dropped(  # noqa: PLR0917  the same
    server, asker, meanwhile, monkeypatch, nothing_changes, at_time
):
    monkeypatch.setattr(routes, "LOOK_SECONDS", 100)
    answer = Held()

    def cancel():
        asker.owner.post(f"{asker.step(1)}/suggestions/cancel")
        answer.go.set()

    with nothing_changes():
        told = meanwhile(cancel, answer)
    assert told.headers["DevPilot-Error"] in {"quota_exceeded", "ai_unavailable"}
    assert (suggestions(asker), used(asker)) == ([], (0, 0))
    at_time(seconds=2)
    server.way = "good"
    asked(asker)
    assert (used(asker), under_way(asker)) == ((1, 0), [])


def test_an_answer_to_a_step_that_was_locked_meanwhile_is_dropped(asker, meanwhile):
    answer = Held()

    def lock():
        assert asker.owner.lock(asker.revision, 1).status_code == 303
        answer.go.set()

    assert_refused(meanwhile(lock, answer), "step_locked")
    assert (suggestions(asker), used(asker), under_way(asker)) == ([], (0, 0), [])


def test_an_answer_to_a_draft_that_was_saved_meanwhile_says_so(asker, meanwhile):
    answer = Held()

    def save():
        asker.owner.save(asker.revision, 1, {"problem": "Typed meanwhile."})
        answer.go.set()

    assert meanwhile(save, answer).status_code == 303
    assert "The draft changed after this was asked." in asker.owner.page(asker.step(1)).text
    assert stored(asker.owner.app, asker.revision)["problem"] == "Typed meanwhile."


def test_what_a_crash_left_under_way_ends_by_itself(app, asker, at_time):
    with as_person(app, asker.owner, write=True) as account:
        reservations.reserve(account.id, SUGGESTION, timedelta(seconds=45))
    assert_refused(ask(asker), "quota_exceeded")
    at_time(seconds=46)
    asked(asker)
    assert (used(asker), under_way(asker)) == ((1, 0), [])


def test_a_call_that_outlasts_its_time_makes_way_for_another(server, asker, meanwhile, at_time):
    late = Held()

    def another():
        at_time(seconds=46)
        server.way = "good"
        asked(asker, 1, ask="missing")
        late.go.set()

    assert meanwhile(another, late).headers["DevPilot-Error"] in {
        "quota_exceeded",
        "ai_unavailable",
    }
    assert [found.ask for found in suggestions(asker)] == ["missing"]
    assert (used(asker), under_way(asker)) == ((1, 0), [])


@pytest.mark.parametrize(("part", "anchor"), [("summary", "summary"), ("goals-0", "goals-3-goal")])
def test_a_part_is_used_and_gone_on_with_where_it_stands(asker, suggest, part, anchor):
    suggest(summary="Another summary.", goals=[GOAL])
    answer = decide(asker, edit=part)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{asker.step(1)}#{anchor}"
    assert decided(pending(asker)) == {part: "used"}


def test_by_htmx_the_focus_is_where_it_is_edited(asker, suggest):
    suggest(summary="Another summary.", goals=[GOAL])
    for part, name in (("summary", "summary"), ("goals-0", "goals-3-goal")):
        answer = decide(asker, edit=part, headers=HTMX)
        assert re.search(rf'id="{name}"[^>]* autofocus', answer.text), part
        assert len(re.findall(" autofocus", answer.text)) == 1


def test_a_restart_ends_what_waits_above_it(make_asker, suggest):
    owned = make_asker(locked=2)
    suggest(3, owned, deferred=[{"question": "Who?", "why": "Unclear.", "decide_before": "Launch"}])
    version = str(owned.owner.version(owned.revision))
    restarted = owned.owner.post(f"{owned.step(1)}/restart", {"version": version})
    assert restarted.status_code == 303
    assert [found.state for found in suggestions(owned, 3)] == ["dismissed"]


def test_an_answer_with_nothing_new_says_so(asker, suggest):
    suggest(summary="Another summary.")
    taken(asker)
    answer = ask(asker)
    assert_refused(answer, "ai_invalid_response")
    assert "proposed nothing that the draft does not say already" in answer.text
