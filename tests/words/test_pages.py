"""What the pages say, in their states: signed out, on Free, on Pro, after Pro, refused.

What somebody typed, and what the methodology published, is theirs. The rest is ours to answer for.
"""

import pytest

from devpilot.methodology import EXAMPLES
from devpilot.pages import examples
from devpilot.pages.specimens import anywhere
from tests.ai_server import AiServer
from tests.ai_server.behind import behind
from tests.page import page_of
from tests.refusals import HTMX
from tests.words.tidy import strings, tidy
from tests.words.voice import (
    SAYS_NOTHING,
    faults,
    faults_of_capitals,
    faults_of_title,
    published,
)

pytestmark = pytest.mark.slow

PUBLIC = (
    "/", "/pricing", "/methodology", "/accessibility", "/privacy", "/errors", "/register",
    "/login", "/examples/wellbrook", "/examples/doorstep", "/nothing", "/_components",
)  # fmt: skip
CAREFUL = {code: tidy(example.steps) for code, example in EXAMPLES.items()}
"""The examples, typed with care."""

OWN = {example.name for example in EXAMPLES.values()} | {"Clinic"} | published()
for example in EXAMPLES.values():
    OWN.update(strings(CAREFUL[example.code]), strings(example.steps))
"""Their words, and the name of every project here."""

CUT = "…"
"""What a name ends with when it is somebody's, and too long."""

BY_THEMSELVES = {"button", "label", "legend", "summary"}
"""What is never a sentence, or within one."""


@pytest.fixture(autouse=True)
def typed_with_care(monkeypatch):
    """Whatever is drawn or copied from an example here."""
    forget_what_was_drawn()
    for code, steps in CAREFUL.items():
        for order, data in steps.items():
            monkeypatch.setitem(EXAMPLES[code].steps, order, data)
    yield
    forget_what_was_drawn()


def forget_what_was_drawn():
    for kept in (examples.drawn, anywhere.document, anywhere.pictures, anywhere.gaps):
        kept.cache_clear()


def heard(response):
    """What is wrong with how the page sounds; its structure is checked as with every page."""
    page = page_of(response.text)
    found = [fault for words in page.words for fault in faults(words, OWN)]
    for named in (one for one in page.named if not one.name.endswith(CUT)):
        judge = faults_of_title if named.tag in BY_THEMSELVES else faults_of_capitals
        name = named.name.partition(" · ")[0]
        found += [f"<{named.tag}> {fault}" for fault in judge(name, OWN)]
        if named.tag == "a" and name.casefold() in SAYS_NOTHING:
            found.append(f"<a> says nothing: {name}")
    return found


def all_heard(browser, *paths):
    return [f"{path}: {fault}" for path in paths for fault in heard(browser.open(path))]


def test_public_pages(visitor):
    assert all_heard(visitor, *PUBLIC) == []
    assert heard(visitor.post("/register", {"email": "nobody", "password": "short"})) == []
    assert heard(visitor.post("/login", {"email": "a@example.com", "password": "wrong"})) == []
    assert heard(visitor.post("/login", {"nothing": "x"})) == []
    assert heard(visitor.post("/nothing")) == []
    assert heard(visitor.post("/pricing")) == []


def test_whoever_is_signed_out_keeps_what_they_typed(written):
    stranger = written.owner.twin()
    stranger.client.delete_cookie(stranger.app.config["SESSION_COOKIE_NAME"])
    fields = {"version": "1", "summary": "Typed for an hour", "fields": ["summary"]}
    assert heard(stranger.post(f"{written.step(1)}/draft", fields)) == []


def test_on_free(free, make_project):
    assert (
        all_heard(free, "/projects", "/projects/new", "/billing/return", "/billing/sandbox") == []
    )
    owned = make_project(free, locked=3)
    paths = [owned.project, f"{owned.project}/delete", f"{owned.project}/revisions/new"]
    paths += [owned.revision, *(owned.step(order) for order in range(1, 5))]
    paths += [f"{owned.step(1)}/restart", f"{owned.step(1)}/table?list=features"]
    paths += ["/projects", "/projects/new", "/projects?status=deleted", "/usage", "/billing"]
    assert all_heard(free, *paths) == []
    assert heard(free.post("/projects", {"name": "Clinic", "mode": "lean", "example": ""})) == []
    assert heard(free.post(f"{owned.project}/rename", {"name": ""})) == []
    assert heard(free.post(f"{owned.step(1)}/restart", {"version": "1"})) == []
    assert heard(free.post(f"{owned.revision}/exports")) == []
    assert heard(free.save(owned.revision, 4, {"deferred-0-question": "Clinic"})) == []
    assert heard(free.post(f"{owned.project}/delete", {"nothing": "x"})) == []
    free.post(f"{owned.project}/delete")
    assert all_heard(free, owned.project, owned.step(4), "/projects?status=deleted") == []


def test_as_a_session_ends(app, free, at_time):
    hours = app.extensions["devpilot_settings"].session_absolute_hours
    for share in (0.3, 0.6, 0.9):
        at_time(hours=hours * share)
        free.open("/usage")
    at_time(hours=hours, minutes=-20)
    assert "stay-password" in free.page("/usage").ids
    assert all_heard(free, "/usage") == []


def test_a_step_as_it_is_written(paying, make_project):
    empty, owned = make_project(paying, example=""), make_project(paying)
    assert all_heard(paying, empty.project, *(empty.step(order) for order in range(1, 5))) == []
    assert all_heard(paying, empty.revision, f"{owned.step(1)}?blank=goals") == []
    assert heard(paying.lock(empty.revision, 1)) == []
    assert heard(paying.lock(empty.revision, 2)) == []
    wrong = {"summary": "x" * 3001, "goals-0-goal": "x" * 121, "features-0-release": "never"}
    assert heard(paying.save(owned.revision, 1, wrong)) == []
    assert heard(paying.save(owned.revision, 1, wrong, headers=HTMX)) == []
    assert heard(paying.save(owned.revision, 1, {"summary": "Clinic"}, headers=HTMX)) == []
    stale = {"version": "0", "summary": "Clinic again"}
    assert heard(paying.post(f"{owned.step(1)}/draft", stale)) == []
    assert heard(paying.post(f"{owned.step(1)}/draft", stale, headers=HTMX)) == []
    assert heard(paying.post(f"{owned.step(1)}/draft", {**stale, "csrf_token": "x"})) == []
    table = {"paste": "goals", "paste-goals": "Goal\tNonsense\nx\ty"}
    assert heard(paying.save(owned.revision, 1, table)) == []
    assert heard(paying.save(owned.revision, 1, {"remove": "goals-0"}, follow_redirects=True)) == []


@pytest.mark.slow
@pytest.mark.parametrize("locked", [4, 9])
def test_every_step_of_full_mode(paying, make_project, locked):
    owned = make_project(paying, example="doorstep", locked=locked)
    assert all_heard(paying, *(owned.step(order) for order in range(locked, 11))) == []
    assert all_heard(paying, owned.project, owned.revision) == []


def test_after_the_last_lock(completed):
    owner, made = completed.owner, completed.owner.post(f"{completed.revision}/exports")
    paths = [completed.project, completed.revision, made.headers["Location"], "/usage", "/billing"]
    paths += [
        "/billing/sandbox",
        "/billing/return",
        completed.step(4),
        f"{completed.step(2)}/restart",
    ]
    paths += [f"{completed.project}/revisions/new", "/projects", "/projects/new"]
    assert all_heard(owner, *paths) == []
    stale = {"version": "0"}
    assert heard(owner.post(f"{completed.step(1)}/restart", stale)) == []
    assert heard(owner.save(completed.revision, 1, {"summary": "Clinic"})) == []


def test_after_a_restart_and_in_a_copy(completed, stranger, make_project):
    owner = completed.owner
    version = {"version": str(owner.version(completed.revision))}
    assert owner.post(f"{completed.step(1)}/restart", version).status_code == 303
    owner.save(completed.revision, 1, {"features-1-key": "F2", "features-1-name": "Clinic"})
    owner.lock(completed.revision, 1)
    paths = [completed.project, *(completed.step(order) for order in range(1, 5))]
    assert all_heard(owner, *paths) == []
    copied = make_project(stranger, locked=4)
    assert stranger.post(f"{copied.project}/revisions").status_code == 303
    revision = stranger.revision_of(copied.project)
    paths = [copied.project, f"{copied.project}/revisions/new", f"{revision}/steps/1", revision]
    assert all_heard(stranger, *paths) == []


@pytest.mark.parametrize("event", ["payment_failed", "cancelled", "period_ended"])
def test_as_pro_ends(completed, event):
    owner = completed.owner
    owner.post("/billing/sandbox", {"event": event})
    paths = ["/billing", "/billing/sandbox", "/usage", completed.project, completed.step(4)]
    assert all_heard(owner, *paths, f"{completed.step(1)}/restart", "/projects/new") == []
    assert heard(owner.post("/billing/checkout", {"interval": "never"})) == []


def test_the_ai(app, paying, make_project):
    with AiServer() as ai, behind(app, ai):
        owned = make_project(paying, example="")
        asked = f"{owned.step(1)}/suggestions"
        assert all_heard(paying, owned.step(1), asked, "/privacy") == []
        assert heard(paying.post(asked, {"ask": "draft"})) == []
        assert paying.post(f"{asked}/agreement").status_code == 303
        assert all_heard(paying, asked) == []
        for ask in ("draft", "missing"):
            assert paying.post(asked, {"ask": ask}).status_code == 303
            assert all_heard(paying, owned.step(1), asked) == []
        assert heard(paying.post(asked, {"ask": "nothing", "instruction": "x" * 501})) == []
        ai.way = 500
        assert heard(paying.post(asked, {"ask": "draft"})) == []
