"""Writing rows for hours: undo, the next row by a key, limits, finding one's way."""

import pytest
from playwright.sync_api import expect

from devpilot.methodology import Rows, definition
from e2e.cookies import cookies_of
from e2e.hearing import heard, listen
from e2e.keyboard import Keyboard
from e2e.story import Story
from e2e.visitor import Visitor

GOALS, FEATURES = (definition(1).by_id[name] for name in ("goals", "features"))
assert isinstance(GOALS, Rows)
assert isinstance(FEATURES, Rows)


@pytest.fixture
def revision(somebody):
    return somebody.create_project("Clinic", "wellbrook")


@pytest.fixture
def story(somebody, revision, context, sign_in):
    listen(context)
    story = Story(sign_in(somebody))
    story.page.goto(f"{revision}/steps/1")
    return story


@pytest.fixture(params=["with scripts", "without scripts"])
def anyhow(request, new_context, somebody, revision):
    context = new_context(java_script_enabled=request.param == "with scripts")
    context.add_cookies(cookies_of(somebody))
    story = Story(context.new_page())
    story.page.goto(f"{revision}/steps/1")
    return story


def labels(story, field):
    return story.rows(field).locator(".row-label").all_inner_texts()


def test_a_removed_row_is_brought_back(anyhow):
    before = labels(anyhow, GOALS)
    row = anyhow.rows(GOALS).nth(1)
    anyhow.open_row(row)
    row.get_by_label("Measured by").fill("Typed just before")
    anyhow.button("Remove goal 2, Fewer missed appointments").click()
    expect(anyhow.rows(GOALS)).to_have_count(2)
    expect(
        anyhow.page.get_by_text("Removed goal “Fewer missed appointments” (G2).")
    ).to_be_visible()
    anyhow.button("Undo, bring back goal “Fewer missed appointments” (G2)").click()
    expect(anyhow.rows(GOALS)).to_have_count(3)
    assert labels(anyhow, GOALS) == before
    expect(anyhow.page.locator("#goals-1-measure")).to_have_value("Typed just before")
    expect(anyhow.page.get_by_text("Removed goal")).to_have_count(0)


def test_the_focus_is_on_the_neighbour_and_then_on_the_row_that_is_back(story):
    Story.open_row(story, story.rows(GOALS).nth(0))
    story.button("Remove goal 1, Stop double booking").click()
    expect(story.page.locator("#goals-0-goal:focus")).to_have_value("Fewer missed appointments")
    story.button("Undo, bring back goal “Stop double booking” (G1)").click()
    expect(story.page.locator("#goals-0-goal:focus")).to_have_value("Stop double booking")


def test_a_key_adds_the_next_row(story):
    row = story.rows(GOALS).nth(2)
    story.open_row(row)
    row.get_by_label("Target").press("Control+Enter")
    expect(story.rows(GOALS)).to_have_count(4)
    expect(story.page.locator("#goals-3-goal")).to_be_focused()


def test_what_is_left_of_a_limit_is_shown_near_it_and_heard_at_it(story):
    row = story.rows(GOALS).nth(0)
    story.open_row(row)
    goal, count = row.get_by_label("Goal", exact=True), row.locator(".count")
    goal.fill("x" * 100)
    expect(count).to_have_count(0)
    goal.fill("x" * 115)
    expect(count).to_have_text("5 left")
    assert not [said for said in heard(story.page) if "limit" in said]
    goal.press_sequentially("xxxxxxxx")
    expect(count).to_have_text("3 too many")
    assert [s for s in heard(story.page) if "limit" in s] == [
        "The limit of 120 characters is reached."
    ]
    expect(goal).to_have_value("x" * 123)
    goal.fill("Short again")
    expect(count).to_have_count(0)


def test_a_folded_row_says_what_tells_it_apart(story):
    row = story.rows(FEATURES).nth(0)
    expect(row.locator(".row-says")).to_have_text("mvp")
    story.open_row(row)
    row.get_by_label("Release").select_option("later")
    row.get_by_label("Name", exact=True).fill("Another name")
    story.open_row(story.rows(FEATURES).nth(1))
    expect(row).to_contain_text("Another name")
    expect(row.locator(".row-says")).to_be_visible()
    expect(row.locator(".row-says")).to_have_text("later")


def test_the_contents_of_a_step_lead_to_its_sections(anyhow):
    contents = anyhow.page.get_by_role("navigation", name="Steps").get_by_role(
        "list", name="Sections of this step"
    )
    fields = [field.label for field in definition(1).fields]
    assert contents.get_by_role("link").all_inner_texts() == fields
    contents.get_by_role("link", name=FEATURES.label).click()
    expect(anyhow.section(FEATURES)).to_be_in_viewport()
    anyhow.page.set_viewport_size({"width": 390, "height": 800})
    anyhow.page.get_by_text("Sections of this step").click()
    anyhow.page.get_by_role("link", name="Constraints", exact=True).click()
    expect(anyhow.page.locator("#f-constraints")).to_be_in_viewport()


def test_the_contents_of_a_step_tell_which_section_is_written(story):
    links = story.page.get_by_role("navigation", name="Steps").get_by_role(
        "list", name="Sections of this step"
    )
    written = links.get_by_role("link", name=FEATURES.label)
    written.click()
    expect(written).to_have_attribute("aria-current", "true")
    expect(links.locator("[aria-current]")).to_have_count(1)


def test_sections_that_do_not_apply_leave_the_contents(sign_in, server):
    visitor = Visitor(server.url).sign_up()
    visitor.pay()
    revision = visitor.create_project("Hooks", "doorstep")
    visitor.lock_up_to(revision, 7)
    page = sign_in(visitor)
    page.goto(f"{revision}/steps/8")
    links = page.get_by_role("list", name="Sections of this step").get_by_role("link")
    jobs, alone = links.get_by_text("Jobs", exact=False), links.get_by_text("No AI cost exposure")
    expect(jobs.first).to_be_visible()
    expect(alone).to_have_count(0)
    page.get_by_role("radio", name="none", exact=True).check()
    expect(alone).to_be_visible()


def test_rows_are_undone_by_keyboard_alone(story):
    keyboard = Keyboard(story.page)
    keyboard.activate("button", "G1 Stop double booking", most=60)
    keyboard.activate("button", "Remove goal 1, Stop double booking", most=20)
    expect(story.rows(GOALS)).to_have_count(2)
    keyboard.activate("button", "Undo, bring back goal “Stop double booking” (G1)", most=20)
    expect(story.rows(GOALS)).to_have_count(3)
