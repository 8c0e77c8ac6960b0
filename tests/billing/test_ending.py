"""Before the end of Pro: what the page says stops is what is refused then, and in its words."""

import html
import re
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from devpilot.db import transaction
from devpilot.models import Plan, PlanCode, Usage, UsageType
from tests.ai_server import AiServer
from tests.ai_server.behind import behind
from tests.billing.owned_pages import pages_of
from tests.operations.filled import suggestion_of
from tests.pipeline.asking import endpoints, predicted
from tests.refusals import JSON

HELD_BY_PLANS = {"subscription_required", "quota_exceeded"}
EVENT = "billing.sandbox_event"
ASKED = {
    "ai.agree", "ai.apply", "ai.ask", "ai.cancel", "ai.dismiss", "ai.undo",
    "billing.checkout", "billing.portal", EVENT, "exports.create", "identity.logout",
    "projects.create", "projects.delete", "projects.rename", "projects.restore",
    "revisions.activate", "revisions.create", "steps.lock", "steps.restart", "steps.save",
}  # fmt: skip


def listed(person, path="/billing"):
    """The sentences under "What stops"."""
    found = re.search(r"<h3>What stops</h3>.*?<ul>(.*?)</ul>", person.open(path).text, re.DOTALL)
    assert found, path
    return [html.unescape(one) for one in re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL)]


def end(person):
    ended = person.post("/billing/sandbox", {"event": "period_ended"})
    assert ended.status_code == 303


@pytest.fixture
def owned(app, paying, make_project):
    """A project that waits for its last lock, one that is exported, one that is deleted, and one
    beside whose first step a suggestion waits.
    """
    begun, done, gone = (make_project(paying, locked=locked) for locked in (3, 4, 0))
    asked = make_project(paying, example="")
    assert paying.post(f"{done.revision}/exports").status_code == 303
    assert paying.post(f"{gone.project}/delete").status_code == 303
    with AiServer() as server, behind(app, server):
        for path in ("/agreement", ""):
            assert paying.post(f"{asked.step(1)}/suggestions{path}").status_code == 303
        yield begun, done, gone, asked


def posts(person, owned):
    """One post of everything that a signed-in person can change, each of them well formed.

    The steps are the first one that Free does not hold, and the last one; the others are where
    nothing but the plan is in the way.
    """
    begun, done, gone, asked = owned
    suggestion = suggestion_of(person, asked.step(1))
    of_asked = {"version": str(person.version(asked.revision))}
    version = {"version": str(person.version(begun.revision))}
    of_done = {"version": str(person.version(done.revision))}
    return {
        "steps.save": (f"{begun.step(4)}/draft", version),
        "steps.lock": (f"{begun.step(4)}/lock", version),
        "steps.restart": (f"{done.step(1)}/restart", of_done),
        "revisions.create": (f"{done.project}/revisions", {}),
        # Without a version: the restart above has made another one.
        "revisions.activate": (f"{done.revision}/activate", {}),
        "exports.create": (f"{done.revision}/exports", {}),
        "projects.create": ("/projects", {"name": "One more", "mode": "lean"}),
        "projects.restore": (f"{gone.project}/restore", {}),
        "projects.rename": (f"{done.project}/rename", {"name": "Another name"}),
        "billing.checkout": ("/billing/checkout", {"interval": "monthly"}),
        "billing.portal": ("/billing/portal", {}),
        "projects.delete": (f"{done.project}/delete", {}),
        "ai.agree": (f"{asked.step(1)}/suggestions/agreement", {}),
        "ai.cancel": (f"{asked.step(1)}/suggestions/cancel", {}),
        "ai.apply": (f"{suggestion}/apply", {**of_asked, "field": "summary"}),
        "ai.undo": (f"{suggestion}/undo", {"version": str(int(of_asked["version"]) + 1)}),
        "ai.ask": (f"{asked.step(1)}/suggestions", {}),
        "ai.dismiss": (f"{suggestion}/dismiss", {}),
        "identity.logout": ("/logout", {}),
    }


def refused(person, owned):
    """The sentences with which plans refuse now, each really said to a post."""
    said = {}
    for name, (path, fields) in posts(person, owned).items():
        before = predicted(person, path)
        answer = person.post(path, fields, headers=JSON)
        code = answer.headers.get("DevPilot-Error")
        assert code == (before and before.code), (name, answer.text)
        if before and code in HELD_BY_PLANS:
            assert answer.json["detail"] == before.text
            said[name] = before.sentence
    return said


def test_everything_that_changes_something_is_asked_here(app, paying, owned):
    changing = {
        endpoint.name
        for endpoint in endpoints(app)
        if endpoint.method == "POST" and not (endpoint.policy.public or endpoint.policy.signed)
    }
    assert changing == ASKED, "a new endpoint belongs into the posts above"
    assert set(posts(paying, owned)) == ASKED - {EVENT}


def test_what_stops_is_what_is_refused_afterwards_in_the_same_words(paying, owned):
    before = listed(paying)
    assert before == listed(paying, "/billing/sandbox")
    end(paying)
    said = refused(paying, owned)
    assert {
        "steps.save", "steps.lock", "steps.restart", "revisions.create", "exports.create",
        "projects.create", "projects.restore", "ai.ask",
    } == set(said)  # fmt: skip
    assert sorted(set(said.values())) == before


def test_nothing_that_is_listed_is_refused_before(paying, owned):
    before = listed(paying)
    assert not set(refused(paying, owned).values()) & set(before)


@contextmanager
def plan(app, code, **limits):
    """A plan's row with other limits, within the block."""

    def put(values):
        with app.app_context(), transaction() as session:
            row = session.query(Plan).filter_by(code=code).one()
            before = {name: getattr(row, name) for name in values}
            session.execute(update(Plan).where(Plan.id == row.id).values(values))
        return before

    before = put(limits)
    try:
        yield
    finally:
        put(before)


@pytest.mark.parametrize(
    ("limits", "was", "instead"),
    [
        ({"max_step_order": 2}, "steps 1 to 3; step 4", "steps 1 to 2; step 3 needs Pro."),
        ({"max_step_order": None}, "step 4 needs Pro", "Locking the last step completes"),
        (
            {"max_total_projects": 2},
            "1 project in total",
            "2 projects in total, ever, and 4 are there",
        ),
        ({"max_total_projects": None}, "in total, ever", "Making an export needs Pro."),
    ],
)
def test_the_list_follows_the_plans_row(owned, *, limits, was, instead):
    person = owned[0].owner
    usual = listed(person)
    with plan(person.app, PlanCode.FREE, **limits):
        changed = listed(person)
    assert any(was in sentence for sentence in usual)
    assert not any(was in sentence for sentence in changed)
    assert any(instead in sentence for sentence in changed)
    assert listed(person) == usual, "and back again"
    with plan(person.app, PlanCode.FREE, **limits):
        end(person)
        first = predicted(person, f"{owned[0].step(3)}/lock")
        said = set(refused(person, owned).values())
        if limits == {"max_step_order": 2}:  # of step 3, that is, and not of the last one
            assert first.code == "subscription_required"
            said = {one.replace("step 4 needs", "step 3 needs") for one in said}
            assert first.sentence in said
        assert said == set(changed)


def test_a_full_revision_is_told_of_its_own_first_step(app, paying):
    with plan(app, PlanCode.FREE, max_step_order=4):
        told = listed(paying)
        assert any("step 5 needs Pro" in one for one in told)
        assert any("Locking the last step" in one for one in told)
    with plan(app, PlanCode.FREE, max_step_order=10):
        assert not any("step 11" in one for one in listed(paying))


def test_who_has_no_project_yet_can_still_make_one(paying):
    assert not any("project" in one for one in listed(paying))
    end(paying)
    assert paying.post("/projects", {"name": "The first", "mode": "lean"}).status_code == 303


def test_text_that_free_cannot_hold_is_told(app, paying, make_project):
    begun = make_project(paying)
    with app.app_context(), transaction() as session:
        mine = session.query(Usage).filter_by(user_id=paying.user_id, type=UsageType.STORAGE)
        mine.one().count = 2 * 1024 * 1024
    (told,) = [one for one in listed(paying) if "bytes of step text" in one]
    end(paying)
    form = paying.page(begun.step(1)).form("/draft")
    (summary,) = [value for name, value in form.fields if name == "summary"]
    answer = paying.post(form.action, form.filled(summary=f"{summary}x"), headers=JSON)
    assert answer.json["code"] == "quota_exceeded"
    assert answer.json["detail"].startswith(told)


def test_what_is_used_up_now_is_told_as_what_it_becomes(app, paying, owned):
    """No restart is left this month; afterwards none is granted at all."""
    with plan(app, PlanCode.PRO, restarts=0):
        assert predicted(paying, f"{owned[1].step(1)}/restart").code == "quota_exceeded"
        assert "Restarting from a step needs Pro." in listed(paying)


@pytest.mark.slow
def test_what_is_said_to_stay_stays(paying, owned):
    done = owned[1]
    assert "every project, revision and step stays readable" in paying.page("/billing").text
    (export,) = re.findall(r'href="(/exports/[0-9a-f-]+)"', paying.open(done.project).text)
    artifact = paying.client.get(f"{export}/download").data
    document = paying.page(done.revision).text
    paths = pages_of(paying)
    end(paying)
    assert paths == pages_of(paying)
    assert {path: paying.open(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert paying.client.get(f"{export}/download").data == artifact
    assert paying.page(done.revision).text == document


def test_whoever_pays_nothing_is_told_of_no_end(free, expired):
    for person in (free, expired):
        assert "What stops" not in person.page("/billing").text
        assert "What stops" not in person.page("/billing/sandbox").text
