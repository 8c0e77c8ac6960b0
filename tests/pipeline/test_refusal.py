"""What a page is told beforehand is what the post is then answered."""

import pytest
from sqlalchemy import select, update

from devpilot.db import transaction
from devpilot.models import Plan, Subscription
from devpilot.states import SubscriptionState
from tests.pipeline.asking import endpoints, predicted
from tests.refusals import JSON, assert_refused

PARTS = ("free", "paying", "expired")
COVERED = {
    "projects.create", "projects.rename", "projects.delete", "projects.restore", "steps.save",
    "steps.lock", "steps.restart", "revisions.create", "revisions.activate", "exports.create",
    "billing.checkout", "billing.portal", "billing.sandbox_event", "identity.logout",
    "ai.ask", "ai.agree", "ai.cancel",
}  # fmt: skip
OF_A_SUGGESTION = {"ai.apply", "ai.dismiss", "ai.undo"}
"""Asked where there is one, in `tests/ai`."""


def well_formed(person, owned):
    """A post that no reader of forms has a word against, for every endpoint that changes."""
    version = {"version": str(person.version(owned.revision))}
    steps = [
        (f"{owned.step(order)}/{action}", version)
        for order in (1, 2, 3, 4)
        for action in ("draft", "lock")
    ]
    return [
        *steps,
        (f"{owned.revision}/exports", {}),
        (f"{owned.project}/rename", {"name": "Another name"}),
        ("/projects", {"name": "One more", "mode": "lean"}),
        (f"{owned.project}/restore", {}),
        *[
            (f"{owned.step(order)}/suggestions{action}", {})
            for order in (1, 4)
            for action in ("", "/agreement", "/cancel")
        ],
        ("/billing/checkout", {"interval": "monthly"}),
        ("/billing/portal", {}),
        *[(f"{owned.step(order)}/restart", version) for order in (4, 3, 2, 1)],
        (f"{owned.project}/revisions", {}),
        (f"{owned.revision}/activate", {}),
    ]


def said_of(refusal):
    return None if refusal is None else (refusal.code, refusal.text)


def answered(response):
    if response.status_code == 303 and "DevPilot-Error" not in response.headers:
        return None
    return response.json["code"], response.json["detail"]


def compare(person, posts):
    for path, fields in posts:
        before = said_of(predicted(person, path))
        after = answered(person.post(path, fields, headers=JSON))
        assert before == after, path


def test_every_endpoint_that_changes_something_is_asked_here(app):
    changing = {
        endpoint.name
        for endpoint in endpoints(app)
        if endpoint.method == "POST" and not (endpoint.policy.public or endpoint.policy.signed)
    }
    assert changing == COVERED | OF_A_SUGGESTION, "a new endpoint belongs into the comparison below"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("locked", [0, 1, 3, 4])
def test_what_is_said_beforehand_is_what_is_answered(make_person, make_project, part, locked):
    """Each locked prefix, of each kind of subscriber; completed by the one who may."""
    person = make_person("paying")
    owned = make_project(person, locked=locked)
    become(person, part)
    # A lock moves the version, so the forms are read anew before each post.
    for place in range(len(well_formed(person, owned))):
        compare(person, [well_formed(person, owned)[place]])
    again = well_formed(person, owned)
    compare(person, [again[0], again[1]])


@pytest.mark.parametrize("part", PARTS)
def test_it_holds_below_a_deleted_project(make_person, make_project, part):
    person = make_person("paying")
    for locked in (2, 4):
        owned = make_project(person, locked=locked)
        assert person.post(f"{owned.project}/delete").status_code == 303
        become(person, part)
        compare(person, [post for post in well_formed(person, owned) if "restore" not in post[0]])
        compare(person, [(f"{owned.project}/delete", {}), (f"{owned.project}/restore", {})])
        become(person, "paying")


@pytest.mark.parametrize("part", PARTS)
def test_it_holds_for_an_empty_project(make_person, make_project, part):
    person = make_person(part)
    owned = make_project(person, example="")
    compare(person, [post for post in well_formed(person, owned) if "rename" not in post[0]])


def test_it_holds_where_every_place_is_taken(paying, make_project):
    first = make_project(paying, example="")
    paying.post(f"{first.project}/delete")
    for _ in range(20):
        paying.create_project(example="")
    assert predicted(paying, f"{first.project}/restore").code == "quota_exceeded"
    compare(paying, [(f"{first.project}/restore", {}), ("/projects", {"name": "x"})])


def test_a_page_shows_the_very_sentence(expired, make_project):
    owned = make_project(expired, locked=3)
    refusal = predicted(expired, f"{owned.step(4)}/lock")
    assert refusal.sentence in expired.page(owned.step(4)).text
    export = predicted(expired, f"{owned.revision}/exports")
    assert export.sentence in expired.page(owned.project).text


def test_asking_changes_nothing(completed, nothing_changes):
    with nothing_changes():
        for path, _ in well_formed(completed.owner, completed):
            predicted(completed.owner, path)


def become(person, part):
    """Let the person's subscription be what the part says."""
    events = {"paying": ["paid"], "expired": ["period_ended"], "free": []}[part]
    for event in events:
        assert person.post("/billing/sandbox", {"event": event}).status_code == 303
    if part == "free":
        back_to_free(person)


def back_to_free(person):
    """As if they had never paid: no move of the product leads here."""
    with person.app.app_context(), transaction() as session:
        free = session.scalars(select(Plan.id).where(Plan.code == "free")).one()
        session.execute(
            update(Subscription)
            .where(Subscription.user_id == person.user_id)
            .values(state=SubscriptionState.FREE, current_period_end=None, plan_id=free)
        )


@pytest.mark.parametrize(
    ("named", "leads_to"),
    [
        ("http://localhost{project}?x=1", "{project}?x=1"),
        ("http://localhost{revision}/steps/1/draft", "/projects"),
        ("http://localhost/nothing", "/projects"),
        ("http://localhost//evil.example/phish", "/projects"),
        ("https://evil.example{project}", "/projects"),
        ("https://evil.example//evil.example/phish", "/projects"),
        ("http://[", "/projects"),
        ("http://localhost:x", "/projects"),
        ("", "/projects"),
    ],
)
def test_a_refusal_leads_back_to_a_page_of_ours_alone(paying, make_project, named, leads_to):
    owned = make_project(paying, locked=1)
    places = {"project": owned.project, "revision": owned.revision}
    headers = {"Referer": named.format(**places)} if named else {}
    refused = paying.post(f"{owned.revision}/exports", headers=headers)
    assert_refused(refused, "export_ineligible")
    assert f'class="button primary" href="{leads_to.format(**places)}"' in refused.text
