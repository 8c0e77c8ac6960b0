"""Paying at Stripe in a browser, where Stripe is a server of our own: there, back, and out again.

The payment pages are another origin, so this also proves that our own headers let a form lead
there and nowhere else.
"""

import pytest
from playwright.sync_api import expect

from e2e.cookies import cookies_of
from e2e.keyboard import Keyboard
from e2e.server import Server
from e2e.story import Story, arrive
from e2e.visitor import Visitor
from tests.stripe_server import StripeServer
from tests.stripe_server.__main__ import environment


@pytest.fixture(scope="module")
def paid_server(tmp_path_factory):
    """The product with Stripe, and that Stripe."""
    with StripeServer() as stripe:
        server = Server(tmp_path_factory.mktemp("stripe"), **environment(stripe))
        server.start()
        stripe.webhook_url = f"{server.url}/billing/webhook"
        yield server, stripe
        server.stop()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request, paid_server, new_context):
    """The billing page of somebody who never paid."""
    somebody = Visitor(paid_server[0].url).sign_up()
    context = new_context(java_script_enabled=request.param)
    context.set_default_timeout(10000)
    context.add_cookies(cookies_of(somebody))
    page = context.new_page()
    page.goto(f"{somebody.url}/billing")
    return page


def test_to_pro_and_to_its_end(page, paid_server):
    server, stripe = paid_server
    story = Story(page)
    page.get_by_role("radio", name="Yearly, 190.00 EUR").check()
    story.button("Go to payment").click()
    expect(page).to_have_title("Checkout · test server")
    page.get_by_role("button", name="Pay").first.click()
    story.arrive("Back from payment")
    stripe.wait_for_deliveries()
    page.goto(f"{server.url}/billing")
    expect(page.get_by_text("You are on Pro, paid yearly.")).to_be_visible()
    expect(page.get_by_text("Making an export needs Pro.")).to_be_visible()

    story.button("Manage at the payment provider").click()
    page.get_by_role("button", name="Let a payment fail").click()
    stripe.wait_for_deliveries()
    page.get_by_role("link", name="Back to DevPilot").click()
    story.arrive("Billing")
    expect(page.get_by_text("A payment failed")).to_be_visible()

    story.button("Manage at the payment provider").click()
    page.get_by_role("button", name="Cancel at the period's end").click()
    stripe.wait_for_deliveries()
    page.get_by_role("link", name="Back to DevPilot").click()
    story.arrive("Billing")
    expect(page.get_by_text("Pro ends: you cancelled.")).to_be_visible()

    story.button("Manage at the payment provider").click()
    page.get_by_role("button", name="Cancel now").click()
    stripe.wait_for_deliveries()
    page.goto(f"{server.url}/billing")
    expect(page.get_by_text("Your Pro period is over.")).to_be_visible()
    expect(story.button("Go to payment")).to_be_visible()


def test_by_keyboard_alone(page, paid_server):
    server, stripe = paid_server
    keyboard = Keyboard(page)
    keyboard.activate("button", "Go to payment")
    expect(page).to_have_title("Checkout · test server")
    keyboard.activate("button", "Pay €19.00")
    arrive(page, "Back from payment")
    stripe.wait_for_deliveries()
    page.goto(f"{server.url}/billing/return")
    expect(page.get_by_text("You are on Pro.")).to_be_visible()
    keyboard.activate("link", "Go on with your projects")
    arrive(page, "Projects")


def test_a_provider_that_is_down_leaves_the_page_as_it_was(page, paid_server):
    _, stripe = paid_server
    story = Story(page)
    with stripe.stopped():
        page.get_by_role("radio", name="Yearly").check()
        story.button("Go to payment").click()
        expect(page.get_by_text("Nothing was paid or changed.")).to_be_visible()
    page.go_back()
    story.button("Go to payment").click()
    expect(page).to_have_title("Checkout · test server")
