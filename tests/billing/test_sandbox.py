"""The sandbox's four events, and what a person's subscription is after each."""

import pytest
from sqlalchemy import select

from devpilot.app import create_app
from devpilot.db import db, reading
from devpilot.models import Plan, Subscription
from tests.conftest import all_rows, settings_for
from tests.refusals import JSON, assert_problem, assert_refused

BLUEPRINT = ("project", "revision", "step", "step_content", "row_key", "revision_event", "export",
             "usage")  # fmt: skip
PRODUCTION = {"DEVPILOT_ENV": "production", "DEVPILOT_BASE_URL": "https://pilot.example"}


def subscription_of(person):
    with person.app.app_context(), reading() as session:
        statement = select(Subscription).where(Subscription.user_id == person.user_id)
        found = session.scalars(statement).one()
        session.expunge_all()
        return found


def event(person, name, interval="monthly"):
    response = person.post("/billing/sandbox", {"event": name, "interval": interval})
    assert (response.status_code, response.headers.get("Location")) == (303, "/billing")


def test_a_payment_opens_pro_for_a_month(app, free):
    form = free.page("/billing/sandbox").form("/billing/sandbox")
    assert ("interval", "monthly") in form.fields
    event(free, "paid")
    found = subscription_of(free)
    assert (found.state, found.interval, found.past_due) == ("paid_active", "monthly", False)
    assert 28 <= (found.current_period_end - found.current_period_start).days <= 31
    with app.app_context(), reading() as session:
        assert session.get(Plan, found.plan_id).code == "pro"
    assert "Pro" in free.page("/billing").text


def test_a_payment_for_a_year_lasts_a_year(free):
    response = free.post("/billing/checkout", {"interval": "yearly"})
    form = free.page(response.headers["Location"]).form("/billing/sandbox")
    assert ("interval", "yearly") in form.fields
    event(free, "paid", interval="yearly")
    found = subscription_of(free)
    assert 365 <= (found.current_period_end - found.current_period_start).days <= 366


def test_a_failed_payment_is_told_and_takes_nothing_away_yet(paying, make_project):
    event(paying, "payment_failed")
    found = subscription_of(paying)
    assert (found.state, found.past_due) == ("paid_active", True)
    owned = make_project(paying, locked=3)
    assert paying.lock(owned.revision, 4).status_code == 303
    event(paying, "paid")
    assert subscription_of(paying).past_due is False


def test_a_cancelled_subscription_runs_to_its_end(paying, make_project):
    event(paying, "cancelled")
    found = subscription_of(paying)
    assert (found.state, found.cancel_at_period_end) == ("paid_active", True)
    owned = make_project(paying, locked=4)
    assert paying.post(f"{owned.revision}/exports").status_code == 303


def test_the_end_of_the_period_ends_pro_and_a_payment_opens_it_again(paying):
    event(paying, "period_ended")
    assert subscription_of(paying).state == "paid_expired"
    event(paying, "paid")
    assert subscription_of(paying).state == "paid_active"


@pytest.mark.parametrize("name", ["payment_failed", "cancelled", "period_ended"])
def test_without_a_subscription_nothing_but_a_payment_can_happen(
    free, expired, nothing_changes, name
):
    with nothing_changes():
        for person in (free, expired):
            response = person.post("/billing/sandbox", {"event": name})
            assert_refused(response, "invalid_input")


def test_any_other_event_or_interval_is_refused(paying, free, nothing_changes):
    with nothing_changes():
        for fields in ({}, {"event": ""}, {"event": "PAID"}, {"event": "\x00"}, {"event": "free"},
                       {"event": "paid", "interval": "weekly"}):  # fmt: skip
            assert_refused(paying.post("/billing/sandbox", fields), "invalid_input")
        assert_refused(free.post("/billing/checkout", {"interval": "x"}), "invalid_input")
        checkout = free.post("/billing/checkout", {"interval": "monthly"})
        assert checkout.status_code == 303, "going to the checkout pays nothing"


def test_an_event_concerns_nobody_else(paying, stranger):
    before = subscription_of(stranger)
    event(paying, "period_ended")
    after = subscription_of(stranger)
    assert (after.state, after.current_period_end) == (before.state, before.current_period_end)


def test_no_event_touches_a_blueprint(app, completed):
    """A downgrade takes nothing away: every row of every blueprint table is as it was."""
    completed.owner.post(f"{completed.revision}/exports")
    before = {name: rows for name, rows in all_rows(app).items() if name in BLUEPRINT}
    for name in ("payment_failed", "cancelled", "paid", "period_ended"):
        event(completed.owner, name)
        after = {name: rows for name, rows in all_rows(app).items() if name in BLUEPRINT}
        assert after == before, name


@pytest.fixture
def in_production(app, database_url, tmp_path):
    """The product as in production, on the same database, reached over HTTPS."""
    own = create_app(settings_for(database_url, tmp_path, **PRODUCTION))
    yield own
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()


def over_https(own, person):
    """The same person's client of the production application."""
    client = own.test_client()
    client.set_cookie("__Host-devpilot", person.cookie(), domain="pilot.example")
    return client


def test_in_production_there_is_no_sandbox(in_production, free, nothing_changes):
    client, address = over_https(in_production, free), "https://pilot.example"

    def post(path, fields):
        headers = {**JSON, "Referer": f"{address}/billing"}
        data = {"csrf_token": token, **fields}
        return client.post(path, data=data, headers=headers, base_url=address)

    with nothing_changes():
        shown = client.get("/billing/sandbox", headers=JSON, base_url=address)
        assert_problem(shown, "not_found")
        html = client.get("/billing", base_url=address).text
        token = html.split('name="csrf_token" value="')[1].split('"')[0]
        assert_problem(post("/billing/sandbox", {"event": "paid"}), "not_found")
        assert_problem(post("/billing/checkout", {"interval": "monthly"}), "billing_unavailable")
    assert "/billing/sandbox" not in html


# Where the sandbox is not any more.


def test_what_the_sandbox_opened_is_not_pro_where_it_is_off(
    in_production, paying, make_project, nothing_changes
):
    owned = make_project(paying, locked=4)
    client, address = over_https(in_production, paying), "https://pilot.example"
    html = client.get("/billing", base_url=address).text
    assert "Your Pro period is over" in html
    token = html.split('name="csrf_token" value="')[1].split('"')[0]
    with nothing_changes():
        refused = client.post(
            f"{owned.revision}/exports", data={"csrf_token": token}, base_url=address,
            headers={**JSON, "Referer": f"{address}/billing"},
        )  # fmt: skip
        assert_problem(refused, "subscription_required")
    assert "You are on Pro" in paying.page("/billing").text, "and here it is on"
