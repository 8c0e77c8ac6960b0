"""What each plan allows, endpoint for endpoint, as the product's rules say it.

Written by hand from the rules and never from the code: a cell that differs is a decision of
somebody's. An endpoint without a line here fails.
"""

import pytest
from sqlalchemy import update

from devpilot.db import transaction
from devpilot.models import Plan, PlanCode
from tests.pipeline.asking import endpoints
from tests.pipeline.permissions import LINES, YES, asked
from tests.pipeline.places import STANDINGS, world

pytestmark = pytest.mark.slow

PAID = {"Pro", "payment failed", "cancelled", "in grace"}
OVER = {"ended", "lapsed"}
NOBODY_IS_FREE = PAID | OVER

ALL = dict.fromkeys(STANDINGS, YES)
NONE = dict.fromkeys(STANDINGS, "quota_exceeded")


def only(standings, code):
    """Yes to these, and to everybody else the refusal."""
    return {one: YES if one in standings else code for one in STANDINGS}


NEEDS_PRO = only(PAID, "subscription_required")
ROOM_ON_PRO = only(PAID, "quota_exceeded")

EXPECTED = {
    # Public pages, signing in and out, health: no plan is asked for.
    ("identity.landing", ""): ALL,
    ("identity.accessibility", ""): ALL,
    ("identity.components", ""): ALL,  # in development; in production it is not there
    ("identity.create_account", ""): ALL,
    ("identity.errors", ""): ALL,
    ("identity.example", ""): ALL,
    ("identity.healthz", ""): ALL,
    ("identity.login", ""): ALL,
    ("identity.logout", ""): ALL,
    ("identity.methodology", ""): ALL,
    ("identity.pricing", ""): ALL,
    ("identity.privacy", ""): ALL,
    ("identity.readyz", ""): ALL,
    ("identity.register", ""): ALL,
    ("identity.sign_in", ""): ALL,
    # Billing: nobody pays twice, and the portal is for who has been a customer.
    ("billing.show", ""): ALL,
    ("billing.returned", ""): ALL,
    ("billing.webhook", ""): ALL,
    ("billing.checkout", ""): only({"Free"} | OVER, "invalid_input"),
    ("billing.portal", ""): only(NOBODY_IS_FREE, "subscription_required"),
    ("billing.sandbox", ""): ALL,
    ("billing.sandbox_event", "a payment"): ALL,
    # Nothing can fail, be cancelled or end where nothing runs. No word ended what lapsed.
    ("billing.sandbox_event", "a payment that fails"): only(PAID | {"lapsed"}, "invalid_input"),
    ("billing.sandbox_event", "a cancellation"): only(PAID | {"lapsed"}, "invalid_input"),
    ("billing.sandbox_event", "the period's end"): only(PAID | {"lapsed"}, "invalid_input"),
    ("quota.usage", ""): ALL,
    # Projects: Free has 1 in total, ever, where deleted ones count; Pro 20 active at once.
    ("projects.index", ""): ALL,
    ("projects.new", ""): ALL,
    ("projects.show", ""): ALL,
    ("projects.create", "the first"): ALL,
    ("projects.create", "a further one"): ROOM_ON_PRO,
    ("projects.create", "after a deleted one"): ROOM_ON_PRO,
    ("projects.create", "above 20 active ones"): NONE,
    ("projects.rename", ""): ALL,
    ("projects.consequences", ""): ALL,
    ("projects.delete", ""): ALL,
    ("projects.restore", "the only one"): ALL,
    ("projects.restore", "one of several"): ROOM_ON_PRO,
    ("projects.restore", "above 20 active ones"): NONE,
    # Revisions: everybody reads and chooses; a new one needs a paid plan.
    ("revisions.show", ""): ALL,
    ("revisions.activate", ""): ALL,
    ("revisions.new", ""): ALL,  # the page says what refuses the button
    ("revisions.create", ""): NEEDS_PRO,
    # Steps: Free edits and locks 1 to 3; the last lock completes; no restart.
    ("steps.show", ""): ALL,
    ("steps.table", ""): ALL,
    ("steps.consequences", ""): ALL,
    ("steps.save", "step 1"): ALL,
    ("steps.save", "step 2"): ALL,
    ("steps.save", "step 3"): ALL,
    ("steps.save", "step 4"): NEEDS_PRO,
    ("steps.lock", "step 1"): ALL,
    ("steps.lock", "step 2"): ALL,
    ("steps.lock", "step 3"): ALL,
    ("steps.lock", "step 4, which completes"): NEEDS_PRO,
    ("steps.restart", "of a draft revision"): NEEDS_PRO,
    ("steps.restart", "of a completed revision"): NEEDS_PRO,
    # The AI: within the plan's steps; asking again while a suggestion waits needs a paid plan.
    ("ai.panel", ""): ALL,
    ("ai.agree", ""): ALL,
    ("ai.cancel", ""): ALL,
    ("ai.ask", "step 1"): ALL,
    ("ai.ask", "step 4"): NEEDS_PRO,
    ("ai.ask", "while a suggestion waits"): NEEDS_PRO,
    ("ai.apply", ""): ALL,
    ("ai.undo", ""): ALL,
    ("ai.dismiss", ""): ALL,
    # Exports: finished ones are anybody's who owns them, on any plan.
    ("exports.create", "a further time"): NEEDS_PRO,
    ("exports.show", ""): ALL,
    ("exports.download", ""): ALL,
}

HAS_BEEN_A_CUSTOMER = {("billing.portal", "")}


@pytest.fixture(scope="module")
def arranged(databases, tmp_path_factory):
    url = databases.create()
    with world(url, tmp_path_factory.mktemp("permissions")) as found:
        yield found
    databases.drop(url)


@pytest.fixture(scope="module")
def answers(arranged):
    return {standing: asked(arranged, standing) for standing in STANDINGS}


def test_every_endpoint_has_its_lines(app):
    assert {name for name, _ in EXPECTED} == {endpoint.name for endpoint in endpoints(app)}
    assert len(LINES) == len(EXPECTED)
    assert {line.name for line in LINES} == set(EXPECTED)


@pytest.mark.parametrize("standing", STANDINGS)
def test_what_is_answered_is_what_the_rules_say(answers, standing):
    said = answers[standing]
    wrong = {
        line: f"{said[line]}, and not {EXPECTED[line][standing]}"
        for line in EXPECTED
        if said[line] != EXPECTED[line][standing]
    }
    assert wrong == {}


@pytest.mark.parametrize("standing", ["ended", "lapsed"])
def test_whose_plan_is_over_may_do_what_free_may_do(answers, standing):
    """What they can do besides concerns the subscription that they had."""
    differs = {line for line in EXPECTED if answers[standing][line] != answers["Free"][line]}
    events = {line for line in EXPECTED if line[0] == "billing.sandbox_event"}
    assert differs - events == HAS_BEEN_A_CUSTOMER


def test_completing_needs_pro_whatever_steps_the_plan_has(arranged):
    """Free's row names every step: step 4 is edited, and its lock would complete."""
    steps = arranged.places["3 locked"]
    for standing in STANDINGS:
        arranged.become(steps.owner, standing)
        arranged.now_there = None
        with arranged.app.app_context(), transaction() as session:
            free = update(Plan).where(Plan.code == PlanCode.FREE)
            session.execute(free.values(max_step_order=None))
        asker = steps.owner.twin()
        assert asker.save(steps.revision, 4, {}).status_code == 303
        refused = asker.lock(steps.revision, 4).headers.get("DevPilot-Error")
        assert refused == (None if standing in PAID else "subscription_required")
    arranged.put_back()
