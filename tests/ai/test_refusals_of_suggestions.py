"""Every refusal of the endpoints for suggestions: its code, and nothing that changed or counted."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from devpilot.db import transaction
from devpilot.models import Plan, Usage, UsageType
from devpilot.services import reservations
from tests.ai.suggesting import agree, ask, asked, pending, suggestions, under_way, used
from tests.billing.conftest import at
from tests.conftest import app_on
from tests.page import page_of
from tests.pipeline.asking import predicted
from tests.quota.counting import REGENERATION, SUGGESTION, as_person, use
from tests.refusals import HTMX, JSON, assert_problem, assert_refused

pytestmark = pytest.mark.slow

WISH = "Something about nights & <weekends>."


@pytest.fixture
def refused(nothing_changes, server):
    """Judges a refusal: `refused("not_found", owned, lambda: ask(owned))`."""

    def judge(code, owned, post):
        before, calls = used(owned), len(server.requests)
        with nothing_changes():
            answer = post()
        assert_refused(answer, code)
        assert (used(owned), len(server.requests)) == (before, calls)
        return answer

    return judge


def act(owned, suggestion, action, *, headers=None, **fields):
    """Use, undo or dismiss, from a page that was opened just now."""
    given = {"version": str(owned.owner.version(owned.revision)), **fields}
    if action == "dismiss":
        given.pop("version")
    return owned.owner.post(f"/suggestions/{suggestion.id}/{action}", given, headers=headers)


def using(owned, suggestion):
    """Use and undo, as posts for a row of `refused`."""
    return [lambda one=one: act(owned, suggestion, one) for one in ("apply", "undo")]


# --- 1 and 2: who asks, and what is theirs ---------------------------------------------------


def paths(owned, suggestion):
    of_step = [f"{owned.step(1)}/suggestions{end}" for end in ("", "/agreement", "/cancel")]
    return [*of_step, *(f"/suggestions/{suggestion.id}/{a}" for a in ("apply", "undo", "dismiss"))]


def test_nobody_is_signed_in(asker, refused, app):
    posts = paths(asker, asked(asker))
    tab = asker.owner.twin()
    tab.post("/logout")
    for path in posts:
        refused("authentication_required", asker, lambda path=path: tab.post(path, {"bogus": "x"}))
        assert_problem(tab.post(path, headers=JSON), "authentication_required")
    panel = tab.open(f"{asker.step(1)}/suggestions")
    assert (panel.status_code, panel.headers["Location"].partition("?")[0]) == (303, "/login")


def test_a_strangers_are_not_found(asker, stranger, refused):
    for path in paths(asker, asked(asker)):
        answer = refused("not_found", asker, lambda path=path: stranger.post(path, {"bogus": "x"}))
        assert "Suggested" not in answer.text
    assert_refused(stranger.open(f"{asker.step(1)}/suggestions"), "not_found")


def test_what_is_not_there_is_not_found(asker, refused):
    nowhere = [f"/suggestions/{uuid.uuid4()}/{action}" for action in ("apply", "undo", "dismiss")]
    nowhere += [f"{asker.step(9)}/suggestions", f"/revisions/{uuid.uuid4()}/steps/1/suggestions"]
    for path in nowhere:
        refused("not_found", asker, lambda path=path: asker.owner.post(path))


FORGED = {"csrf_token": "forged", "bogus": "x"}


@pytest.mark.slow
def test_a_form_of_another_site_is_refused_before_anything_else(asker, stranger, refused):
    for path in paths(asker, asked(asker)):
        for person in (asker.owner, stranger):
            refused("csrf_failed", asker, lambda p=path, who=person: who.post(p, FORGED))


def test_a_hundred_and_twenty_in_an_hour(asker, refused):
    for _ in range(120):
        assert ask(asker, ask="nothing", headers=JSON).status_code == 422
    refused("rate_limited", asker, lambda: ask(asker))


# --- 3: the plan -----------------------------------------------------------------------------


def test_a_step_above_the_plan(make_asker, refused):
    owned = make_asker(locked=3)
    found = asked(owned, 4)
    owned.owner.post("/billing/sandbox", {"event": "period_ended"})
    refused("subscription_required", owned, lambda: ask(owned, 4, bogus="x"))
    for post in using(owned, found):
        refused("subscription_required", owned, post)
    assert act(owned, found, "dismiss").status_code == 303, "that needs no plan"


def test_a_regeneration_without_pro(make_asker, make_person, refused):
    for part in ("free", "expired"):
        owned = make_asker(part)
        asked(owned)
        answer = refused("subscription_required", owned, lambda owned=owned: ask(owned))
        assert "regeneration" in answer.text
        refused("subscription_required", owned, lambda owned=owned: ask(owned, ask="missing"))
        assert act(owned, pending(owned), "dismiss").status_code == 303
        assert asked(owned).kind == "suggestion"


# --- 4: what is left -------------------------------------------------------------------------


def test_the_ten_of_free_are_used_up(app, make_asker, refused, at_time):
    owned = make_asker("free")
    use(app, owned.owner, SUGGESTION, 9)
    asked(owned)
    act(owned, pending(owned), "dismiss")
    for days in (0, 5):
        at_time(days=days)
        answer = refused("quota_exceeded", owned, lambda: ask(owned, instruction=WISH, bogus="x"))
        assert "10 of 10 are used" in answer.text
        assert "This limit does not reset" in answer.text


@pytest.mark.parametrize(("kind", "limit"), [(SUGGESTION, 200), (REGENERATION, 100)])
def test_the_month_of_pro_is_used_up(app, asker, refused, kind, limit):
    if kind is REGENERATION:
        asked(asker)
    use(app, asker.owner, kind, limit)
    answer = refused("quota_exceeded", asker, lambda: ask(asker))
    assert f"{limit} of {limit} are used" in answer.text


def test_one_used_up_leaves_the_other(app, asker):
    use(app, asker.owner, REGENERATION, 100)
    assert asked(asker).kind == "suggestion"
    assert_refused(ask(asker), "quota_exceeded")
    act(asker, pending(asker), "dismiss")
    assert asked(asker).kind == "suggestion"


def test_one_is_under_way(app, asker, refused):
    with as_person(app, asker.owner, write=True) as account:
        reservations.reserve(account.id, SUGGESTION, timedelta(seconds=45))
    held = under_way(asker)
    for order in (1, 2):
        refused("quota_exceeded", asker, lambda order=order: ask(asker, order))
    assert under_way(asker) == held, "nobody else's was ended"
    assert "under way already" in asker.owner.page(f"{asker.step(1)}/suggestions").text


def fill_storage(app, owned):
    """Leave no byte of the plan's storage."""
    with app.app_context(), transaction() as session:
        mine = Usage.user_id == owned.owner.user_id, Usage.type == UsageType.STORAGE
        most = session.scalars(select(Plan.storage_bytes).where(Plan.code == "pro")).one()
        session.execute(update(Usage).where(*mine).values(count=most))


def test_no_room_for_what_would_be_used(app, asker, refused):
    found = asked(asker)
    fill_storage(app, asker)
    form = dict(asker.owner.page(asker.step(1)).form("/draft").fields)
    answer = refused(
        "quota_exceeded", asker, lambda: act(asker, found, "apply", field="*", summary="Kept text")
    )
    assert dict(page_of(answer.text).form("/draft").fields)["summary"] == "Kept text"
    assert form["summary"] != "Kept text"
    assert act(asker, found, "apply", field="summary").status_code == 303, "a shorter text fits"


# --- 5: the state ----------------------------------------------------------------------------


def test_the_project_is_deleted(make_asker, refused):
    owned = make_asker()
    found = asked(owned)
    owned.owner.post(f"{owned.project}/delete")
    refused("project_deleted", owned, lambda: ask(owned, bogus="x"))
    for post in using(owned, found):
        refused("project_deleted", owned, post)
    refused("project_deleted", owned, lambda: act(owned, found, "dismiss"))


def test_a_completed_revision(make_asker, refused):
    owned = make_asker(locked=3)
    found = asked(owned, 4)
    owned.owner.lock(owned.revision, 4)
    refused("revision_invalid_state", owned, lambda: ask(owned, 4, bogus="x"))
    for post in using(owned, found):
        refused("revision_invalid_state", owned, post)


def test_a_revision_that_is_not_the_active_one(make_asker, refused):
    first = make_asker(locked=4)
    opened = first.owner.post(f"{first.project}/revisions").headers["Location"]
    second = type(first)(first.owner, first.project, opened.removesuffix("/steps/1"))
    found = asked(second)
    first.owner.post(f"{first.revision}/activate")
    refused("revision_invalid_state", second, lambda: ask(second, bogus="x"))
    for post in using(second, found):
        refused("revision_invalid_state", second, post)


def test_a_locked_step(asker, refused):
    found = asked(asker)
    asker.owner.lock(asker.revision, 1)
    assert suggestions(asker)[0].state == "dismissed"
    refused("step_locked", asker, lambda: ask(asker, bogus="x"))
    for post in using(asker, found):
        refused("step_locked", asker, post)


def test_out_of_sequence(make_asker, refused):
    owned = make_asker(locked=1)
    found = asked(owned, 2)
    assert act(owned, found, "apply", field="deferred-0").status_code == 303
    owned.owner.post(
        f"{owned.step(1)}/restart", {"version": str(owned.owner.version(owned.revision))}
    )
    refused("step_out_of_sequence", owned, lambda: ask(owned, 2, bogus="x"))
    for post in using(owned, found):
        refused("step_out_of_sequence", owned, post)


# --- 5: what was posted ----------------------------------------------------------------------


QUESTIONS = (
    {"bogus": "x"},
    {"version": "1"},
    {"summary": "A field of the step"},
    {"ask": "everything"},
    {"ask": ""},
    {"ask": "DRAFT"},
    {"instruction": "a\x00b"},
    {"instruction": "w" * 501},
    {"idempotency_key": "é"},
    {"idempotency_key": "k" * 65},
)


def test_questions_of_another_shape(asker, server, nothing_changes):
    with nothing_changes():
        for wrong in QUESTIONS:
            fields = {"instruction": WISH, **wrong}
            answer = ask(asker, **fields)
            assert_refused(answer, "invalid_input")
            kept = dict(page_of(answer.text).form("/suggestions").fields)["instruction"]
            assert kept == fields["instruction"], wrong
            problem = assert_problem(ask(asker, headers=JSON, **fields), "invalid_input")
            assert problem["service"] == "ai"
            assert problem["errors"][0]["field"] == next(iter(wrong))
    assert (server.requests, under_way(asker)) == ([], [])


def test_a_wish_of_five_hundred_characters_fits(server, asker):
    asked(asker, instruction="ü" * 499 + "\r\n" + "x" * 0)
    asked(asker, instruction="ü" * 500)
    assert "ü" * 500 in server.requests[-1].json["messages"][1]["content"]


def test_who_has_not_agreed_is_asked_to(make_person, make_project, server, refused):
    owned = make_project(make_person("paying"))
    answer = refused("invalid_input", owned, lambda: ask(owned, instruction=WISH))
    page = page_of(answer.text)
    assert page.form("/agreement")
    assert "127.0.0.1" in page.text
    assert "Nothing was sent" in assert_problem(ask(owned, headers=JSON), "invalid_input")["detail"]
    agree(owned)
    assert asked(owned).kind == "suggestion"


def test_another_provider_asks_anew(app, asker, nothing_changes, database_url, tmp_path):
    more = {"DEVPILOT_AI_MODEL": "m", "OPENAI_BASE_URL": "http://localhost:9/v1"}
    with app_on(database_url, tmp_path, **more) as other, nothing_changes():
        person = at(other, asker.owner)
        assert_refused(person.post(f"{asker.step(1)}/suggestions"), "invalid_input")
        assert "localhost" in person.page(f"{asker.step(1)}/suggestions").text


def test_an_installation_without_ai(app, asker, nothing_changes, database_url, tmp_path):
    found = asked(asker)
    with app_on(database_url, tmp_path) as other:
        person = at(other, asker.owner)
        base = f"{asker.step(1)}/suggestions"
        with nothing_changes():
            for path in (base, f"{base}/agreement"):
                assert_refused(person.post(path), "ai_unavailable")
            said = assert_problem(person.post(base, headers=JSON), "ai_unavailable")["detail"]
        assert "not set up" in said
        assert "not set up" in person.page(base).text
        assert "not set up" in person.page(asker.step(1)).text
        fields = {"field": "summary", "version": str(person.version(asker.revision))}
        used_it = person.post(f"/suggestions/{found.id}/apply", fields)
        assert used_it.status_code == 303, "what was proposed before can be used all the same"


def test_a_page_that_is_older_than_what_is_stored(asker, refused):
    found, old = asked(asker), str(asker.owner.version(asker.revision))
    asker.owner.save(asker.revision, 1, {"problem": "Newer."})
    typed = {"version": old, "problem": "Typed in the older page."}
    answer = refused("stale_version", asker, lambda: act(asker, found, "apply", **typed))
    assert dict(page_of(answer.text).form("/draft").fields)["problem"] == typed["problem"]
    refused("stale_version", asker, lambda: act(asker, found, "apply", version=old))
    assert act(asker, found, "apply", field="summary").status_code == 303
    refused("stale_version", asker, lambda: act(asker, found, "undo", version=old))


def test_undo_after_something_else(asker, refused):
    found = asked(asker)
    refused("stale_version", asker, lambda: act(asker, found, "undo"))
    act(asker, found, "apply", field="summary")
    typed = "Typed since, and not saved."
    answer = refused("stale_version", asker, lambda: act(asker, found, "undo", problem=typed))
    assert dict(page_of(answer.text).form("/draft").fields)["problem"] == typed
    asker.owner.save(asker.revision, 1, {"problem": "Saved since."})
    refused("stale_version", asker, lambda: act(asker, found, "undo"))


USES = (
    ({"version": []}, "version"),
    ({"version": "x"}, "version"),
    ({"version": ["1", "2"]}, "version"),
    ({"field": "goals-99"}, "field"),
    ({"field": "roles"}, "field"),
    ({"field": ""}, "field"),
    ({"dismiss": "everything"}, "dismiss"),
    ({"field": ["*", "bogus"]}, "field"),
    ({"bogus": "x"}, "bogus"),
    ({"goals-²-goal": "x"}, "goals-²-goal"),
    ({"goals-00-goal": "x"}, "goals-00-goal"),
    ({"goals--goal": "x"}, "goals--goal"),
    ({"summary": "x" * 901}, "summary"),
    ({"summary": "x" * 901, "field": "goals"}, "summary"),
    ({"idempotency_key": "k" * 65}, "idempotency_key"),
)


def test_uses_of_another_shape(asker, nothing_changes):
    found, typed = asked(asker), {"problem": "Typed and kept."}
    with nothing_changes():
        for wrong, field in USES:
            fields = {**typed, **wrong}
            answer = act(asker, found, "apply", **fields)
            assert_refused(answer, "invalid_input")
            assert f"\n{typed['problem']}</textarea>" in answer.text, wrong
            told = act(asker, found, "apply", headers=JSON, **fields)
            errors = assert_problem(told, "invalid_input")["errors"]
            assert field in [each["field"] for each in errors], wrong


def test_an_undo_of_another_shape(asker, refused):
    found = asked(asker)
    act(asker, found, "apply", field="summary")
    for fields in ({"bogus": "x"}, {"version": []}, {"field": "goals"}):
        refused("invalid_input", asker, lambda f=fields: act(asker, found, "undo", **f))
    for fields in ({"bogus": "x"}, {"field": "*"}):
        refused("invalid_input", asker, lambda f=fields: act(asker, found, "dismiss", **f))


@pytest.mark.slow
def test_one_that_waits_for_nothing(asker, refused):
    first = asked(asker)
    act(asker, first, "apply", field="summary", dismiss="*")
    second = asked(asker)
    act(asker, second, "dismiss")
    for found in (first, second):
        for fields in ({}, {"field": "summary"}, {"dismiss": "*"}):
            refused("invalid_input", asker, lambda f=found, g=fields: act(asker, f, "apply", **g))
        assert act(asker, found, "dismiss").status_code == 303, "it is so already"


def test_considerations_cannot_be_used(asker, refused):
    found = asked(asker, ask="missing")
    for fields in ({}, {"field": "*"}, {"field": "summary"}):
        refused("invalid_input", asker, lambda f=fields: act(asker, found, "apply", **f))
    assert act(asker, found, "apply", dismiss="*").status_code == 303


def test_one_that_was_replaced(asker, refused):
    first = asked(asker)
    asked(asker)
    refused("invalid_input", asker, lambda: act(asker, first, "apply"))
    refused("stale_version", asker, lambda: act(asker, first, "undo"))


# --- the order of refusals -------------------------------------------------------------------


def test_the_earlier_of_two_refusals_wins(app, make_asker, refused):
    """Each arrangement stays when the next one comes: from the last stage to the first."""
    owned = make_asker("paying", locked=3)
    found = asked(owned, 4)

    def both(code, **fields):
        refused(code, owned, lambda: ask(owned, 4, instruction="w" * 501, **fields))

    both("invalid_input")
    owned.owner.lock(owned.revision, 4)
    both("revision_invalid_state", bogus="x")
    owned.owner.post(f"{owned.project}/delete")
    both("project_deleted", bogus="x")
    use(app, owned.owner, SUGGESTION, 199)
    both("quota_exceeded", bogus="x")
    owned.owner.post("/billing/sandbox", {"event": "period_ended"})
    both("subscription_required", bogus="x")
    refused("subscription_required", owned, lambda: act(owned, found, "apply", bogus="x"))


def test_the_page_says_beforehand_what_would_be_refused(app, make_asker):
    owned = make_asker("free")
    path = f"{owned.step(1)}/suggestions"
    assert predicted(owned.owner, path) is None
    asked(owned)
    assert predicted(owned.owner, path).code == "subscription_required"
    panel = owned.owner.page(path)
    assert "is a regeneration, and needs Pro" in panel.text
    assert not [form for form in panel.forms if form.action.endswith("/suggestions")]
    act(owned, pending(owned), "dismiss")
    use(app, owned.owner, SUGGESTION, 9)
    assert "10 of 10 are used" in owned.owner.page(path).text


def test_with_htmx_a_refusal_is_the_panel_alone(asker, nothing_changes):
    with nothing_changes():
        answer = ask(asker, headers=HTMX, ask="nothing", instruction=WISH)
    assert_refused(answer, "invalid_input")
    assert "<!doctype" not in answer.text.lower()
    assert answer.text.strip().startswith('<div id="asked-of-')
    assert dict(page_of(answer.text).form("/suggestions").fields)["instruction"] == WISH
