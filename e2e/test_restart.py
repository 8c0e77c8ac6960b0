"""Changing a decision: restart, what it touches, locking again; and a new revision."""

import re

import pytest
from playwright.sync_api import expect

from devpilot.methodology import definition
from e2e.cookies import cookies_of
from e2e.keyboard import Keyboard
from e2e.story import Story, arrive
from e2e.visitor import Visitor


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request):
    return request.param


@pytest.fixture
def author(server):
    """Someone with the example completed under Pro: the person, the revision, the project."""
    visitor = Visitor(server.url).sign_up()
    visitor.pay()
    revision = visitor.create_project("Clinic", "wellbrook")
    visitor.lock_up_to(revision, 4)
    return visitor, revision, visitor.project_of(revision)


def page_of(author, new_context, *, scripts):
    context = new_context(java_script_enabled=scripts)
    context.set_default_timeout(10000)
    context.add_cookies(cookies_of(author[0]))
    return context.new_page()


def field(page, name):
    return page.locator(f"[name='{name}']")


@pytest.mark.timeout(120)
def test_a_changed_decision_from_restart_to_completion(author, new_context, scripts):
    page = page_of(author, new_context, scripts=scripts)
    story = Story(page)
    page.goto(f"{author[1]}/steps/2")
    page.get_by_role("link", name="Restart from this step").click()
    story.arrive("Restart from step 2, Users & Business Model")
    changes = page.get_by_role("region", name="What changes")
    expect(changes).to_contain_text("Step 4, Product Workflows, is invalidated")
    story.button("Restart from step 2").click()
    story.arrive("Users & Business Model")

    roles = definition(2).field("roles")
    story.open_row(story.rows(roles).nth(0))
    field(page, "roles-0-does").fill("Books for the family.")
    story.button("Lock step 2").click()
    story.arrive("High-Level Architecture")
    expect(page.get_by_text("To be checked and locked again")).to_be_visible()
    expect(page.get_by_role("region", name="What is different")).to_contain_text(
        "→ “Books for the family.”"
    )
    expect(story.button("Lock step 3 as it is")).to_have_count(0)
    story.button("Lock step 3").click()
    story.arrive("Product Workflows")
    story.button("Lock step 4").click()
    expect(page.get_by_text("Completed: every step locked").last).to_be_visible()


@pytest.mark.timeout(120)
def test_what_nothing_touched_takes_one_confirmation_each(author, new_context, scripts):
    page = page_of(author, new_context, scripts=scripts)
    story = Story(page)
    author[0].restart(author[1], 1)
    page.goto(f"{author[1]}/steps/1")
    story.button("Lock step 1").click()
    for order in (2, 3, 4):
        expect(page.get_by_text("Unchanged since it was locked")).to_be_visible()
        story.button(f"Lock step {order} as it is").click()
    story.arrive("Clinic")
    expect(page.get_by_text(re.compile("^All steps are locked"))).to_be_visible()


@pytest.mark.timeout(120)
def test_a_new_revision_and_back_to_the_old_one(author, new_context, scripts):
    page = page_of(author, new_context, scripts=scripts)
    story = Story(page)
    page.goto(author[2])
    page.get_by_role("link", name="Open a new revision").click()
    story.button("Open the new revision").click()
    story.arrive("Project Definition")
    page.goto(author[2])
    story.button("Lock step 1 as it is").click()
    story.arrive("Users & Business Model")
    page.goto(author[2])
    story.button("Make revision 1 the active one").click()
    expect(story.button("Make the export")).to_be_visible()
    expect(story.button("Make revision 2 the active one")).to_be_visible()


def test_a_restart_under_the_fingers_keeps_what_was_typed(author, new_context):
    """Two tabs: one restarts from an earlier step while the other types into a later one."""
    visitor, revision, _ = author
    visitor.restart(revision, 4)
    page = page_of(author, new_context, scripts=True)
    page.goto(f"{revision}/steps/4")
    visitor.restart(revision, 1)
    Story(page).open_row(Story(page).rows(definition(4).field("workflows")).nth(0))
    field(page, "workflows-0-trigger").fill("Typed in the other tab")
    expect(page.get_by_text(re.compile("^Not saved"))).to_be_visible()
    expect(field(page, "workflows-0-trigger")).to_have_value("Typed in the other tab")
    Story(page).button("Save draft").click()
    expect(page.get_by_role("group", name="rests on step 1")).to_be_visible()
    expect(field(page, "workflows-0-trigger")).to_have_value("Typed in the other tab")


@pytest.mark.timeout(120)
def test_by_keyboard_alone(author, new_context):
    page = page_of(author, new_context, scripts=True)
    keyboard = Keyboard(page)
    page.goto(f"{author[1]}/steps/4")
    keyboard.activate("link", "Restart from this step")
    arrive(page, "Restart from step 4, Product Workflows")
    keyboard.activate("button", "Restart from step 4")
    arrive(page, "Product Workflows")
    keyboard.tab_to("button", "Lock step 4", back=True, most=60)
    keyboard.press("Enter")
    expect(page.get_by_text("Completed: every step locked")).to_have_count(2)
