"""What the step page does in place: saving, rows, conflicts, a lost server, a lost session.

The focus is never on nothing, and nothing typed is ever lost.
"""

import re

import pytest
from playwright.sync_api import expect

from devpilot.methodology import Rows, definition
from e2e.cookies import cookies_of
from e2e.forms import EXAMPLE
from e2e.server import Server
from e2e.story import Story
from e2e.visitor import PASSWORD, Visitor

SAVED = re.compile(r"Saved \d\d:\d\d")
GOALS = definition(1).field("goals")
assert isinstance(GOALS, Rows)


@pytest.fixture
def opened(new_context):
    """Opens step 1 as somebody: `opened(visitor, example="")` gives the story and revision."""

    def open_step(visitor, *, example="", order=1):
        revision = visitor.create_project("Clinic", example)
        return enter(new_context, visitor, f"{revision}/steps/{order}"), revision

    return open_step


def enter(new_context, visitor, path):
    context = new_context()
    context.set_default_timeout(10000)
    context.add_cookies(cookies_of(visitor))
    story = Story(context.new_page())
    story.page.goto(path)
    return story


def control(story, name):
    return story.page.get_by_label(name, exact=True)


def saved(story):
    expect(story.page.get_by_text(SAVED)).to_be_visible()


def settled(story):
    """After a conflict the whole step is drawn again, as it is saved."""
    expect(story.page.get_by_role("region", name="What is saved now")).to_have_count(0)
    expect(story.page.get_by_text("All saved")).to_be_visible()


def focused(story):
    return story.page.locator(":focus")


def test_saving_never_touches_what_is_being_typed(opened, somebody):
    """The same element, the caret where it was, the page where it was."""
    story, _ = opened(somebody)
    problem = control(story, "Problem")
    problem.press_sequentially("Six a week are double-booked")
    story.page.keyboard.press("ArrowLeft")
    kept = problem.element_handle()
    scrolled = story.page.evaluate("scrollY")
    saved(story)
    assert story.page.evaluate("(element) => element === document.activeElement", kept)
    assert kept.evaluate("(element) => element.selectionStart") == 27
    assert story.page.evaluate("scrollY") == scrolled
    story.page.keyboard.type("ed")
    expect(problem).to_have_value("Six a week are double-bookeedd")


def test_what_is_mended_is_no_error_any_more(opened, somebody):
    """A save by pause draws nothing anew, so what it has mended must go by itself."""
    story, _ = opened(somebody, example="wellbrook")
    page = story.page
    for field in ("What it is", "Problem"):
        control(story, field).fill("")
    page.get_by_role("button", name="Lock step 1").click()
    expect(page).to_have_title(re.compile("^Error: "))
    control(story, "Problem").fill("Six a week are double-booked")
    saved(story)
    expect(page).to_have_title(re.compile("^Step 1"))
    expect(page.locator("#error-summary")).to_have_count(0)
    errors = page.locator("#step-form .error")
    expect(errors).to_have_text(["“What it is” is empty. Fill it in."])
    invalid = page.locator("[aria-invalid]")
    expect(invalid).to_have_count(1)
    expect(invalid).to_have_attribute("id", "summary")


def test_a_conflict_is_decided_by_a_press_and_not_by_a_pause(opened, somebody):
    story, revision = opened(somebody)
    page = story.page
    somebody.save(revision, 1, [("summary", "The other tab's text")])
    control(story, "What it is").fill("My text")
    page.get_by_role("button", name="Save draft").click()
    story.arrive("Project Definition")
    expect(page.get_by_role("heading", name="What is saved now")).to_be_visible()
    control(story, "Problem").press_sequentially("Six a week")
    page.wait_for_timeout(2500)
    assert "The other tab" in somebody.get(f"{revision}/steps/1").text
    page.keyboard.press("Control+s")
    settled(story)
    found = somebody.get(f"{revision}/steps/1").text
    assert "My text" in found
    assert "Six a week" in found
    control(story, "Problem").press_sequentially(" are double-booked")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    saved(story)


def test_a_lock_leads_to_the_top_of_the_next_step_and_says_so(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    page = story.page
    page.get_by_role("button", name="Lock step 1").click()
    story.arrive("Users & Business Model")
    expect(page.locator("#announce")).to_have_text("Step 1 is locked. Users & Business Model")
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Add feature").or_(
        page.get_by_role("button", name="Add role")
    ).first.click()
    expect(page.locator("#announce")).to_have_text("Added.")
    assert page.evaluate("scrollY") > 0


def test_typing_goes_on_while_an_answer_is_on_its_way(opened, somebody):
    story, revision = opened(somebody)
    control(story, "Problem").press_sequentially("x" * 60, delay=50)
    saved(story)
    story.page.keyboard.type("y")
    expect(story.page.get_by_text("Not saved yet")).to_be_visible()
    saved(story)
    assert "x" * 60 + "y" in somebody.get(f"{revision}/steps/1").text


def test_a_new_row_keeps_its_key_and_is_saved_once(opened, somebody):
    """Several saves of one new row make one row."""
    story, _ = opened(somebody)
    goal = control(story, "Goal")
    goal.fill("Stop double booking")
    saved(story)
    goal.fill("Stop double booking for good")
    expect(story.page.get_by_text("Not saved yet")).to_be_visible()
    saved(story)
    story.page.reload()
    expect(story.rows(GOALS)).to_have_count(1)
    expect(story.rows(GOALS)).to_contain_text("G1")


def test_the_focus_after_adding_is_on_the_new_row(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    story.add(GOALS)
    expect(story.rows(GOALS).nth(3).get_by_label("Goal", exact=True)).to_be_focused()


def test_the_focus_after_removing_is_on_the_neighbour(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    story.open_row(story.rows(GOALS).nth(1))
    story.button("Remove goal 2, Fewer missed appointments").click()
    expect(story.rows(GOALS)).to_have_count(2)
    neighbour = story.rows(GOALS).nth(1).get_by_label("Goal", exact=True)
    expect(neighbour).to_be_focused()
    expect(neighbour).to_have_value("Give reception its time back")
    story.button("Remove goal 2, Give reception its time back").click()
    expect(story.rows(GOALS)).to_have_count(1)
    expect(story.rows(GOALS).nth(0).get_by_label("Goal", exact=True)).to_be_focused()


def test_the_focus_after_removing_the_last_row_stays_in_the_list(opened, somebody):
    story, _ = opened(somebody)
    story.fill_list(GOALS, EXAMPLE[1]["goals"][:1])
    story.button("Remove goal 1").click()
    expect(control(story, "Goal")).to_have_value("")
    expect(story.section(GOALS).locator(":focus")).to_have_count(1)


def test_the_focus_after_moving_is_on_the_moved_row(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    story.open_row(story.rows(GOALS).nth(1))
    story.button("Move goal 2, Fewer missed appointments, down").click()
    row = story.rows(GOALS).nth(2)
    expect(row).to_contain_text("Fewer missed appointments")
    expect(row.locator(":focus")).to_have_accessible_name(re.compile("^Move goal 3, Fewer"))


def test_rows_open_one_at_a_time_and_by_keyboard(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    first, second = story.rows(GOALS).nth(0), story.rows(GOALS).nth(1)
    toggle = second.get_by_role("button", name=re.compile("Fewer missed"))
    toggle.first.focus()
    story.page.keyboard.press("Enter")
    expect(toggle.first).to_have_attribute("aria-expanded", "true")
    expect(second.get_by_label("Goal", exact=True)).to_be_visible()
    story.open_row(first)
    expect(second.get_by_label("Goal", exact=True)).to_be_hidden()


def test_a_check_leads_into_a_folded_row(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    row = story.rows(GOALS).nth(0)
    story.open_row(row)
    row.get_by_label("Target", exact=True).fill("")
    saved(story)
    story.open_row(story.rows(GOALS).nth(2))
    expect(row.get_by_label("Target", exact=True)).to_be_hidden()
    checks = story.page.get_by_role("region", name="Before the lock")
    checks.get_by_role("link", name=re.compile("Target")).first.click()
    expect(row.get_by_label("Target", exact=True)).to_be_focused()


def test_a_check_about_a_list_leads_to_the_list(opened, somebody):
    """Without rows there is no cell to go to; the focus still goes where one can act."""
    story, _ = opened(somebody)
    checks = story.page.get_by_role("region", name="Before the lock")
    checks.get_by_role("link", name=re.compile("Goals and how they are measured")).click()
    expect(story.section(GOALS).locator(":focus")).to_have_count(1)


def test_two_tabs_show_both_texts(new_context, somebody):
    revision = somebody.create_project("Clinic")
    mine = enter(new_context, somebody, f"{revision}/steps/1")
    other = enter(new_context, somebody, f"{revision}/steps/1")
    control(other, "What it is").fill("The other tab's text")
    saved(other)
    control(mine, "What it is").fill("My text")
    expect(mine.page.get_by_text(re.compile("^Not saved"))).to_be_visible()
    expect(control(mine, "What it is")).to_have_value("My text")
    mine.button("Save draft").click()
    both = mine.page.get_by_role("region", name="What is saved now")
    expect(both.get_by_role("definition").filter(has_text="The other tab's text")).to_be_visible()
    expect(control(mine, "What it is")).to_have_value("My text")
    mine.button("Save draft").click()
    settled(mine)
    assert "My text" in somebody.get(f"{revision}/steps/1").text


def test_what_is_saved_can_be_taken_place_by_place(opened, somebody):
    story, revision = opened(somebody)
    page = story.page
    somebody.save(revision, 1, [("summary", "Theirs"), ("problem", "Theirs too")])
    control(story, "What it is").fill("Mine")
    control(story, "Problem").fill("Mine too")
    story.button("Save draft").click()
    page.get_by_role("checkbox", name="Use what is saved for Problem").press("Space")
    page.wait_for_timeout(2500)
    expect(page.get_by_role("checkbox", name="Use what is saved for Problem")).to_be_checked()
    story.button("Save draft").click()
    settled(story)
    expect(control(story, "What it is")).to_have_value("Mine")
    expect(control(story, "Problem")).to_have_value("Theirs too")
    control(story, "Problem").press_sequentially(", and more")
    saved(story)


def test_what_only_the_other_tab_changed_is_kept(new_context, somebody):
    """After a save by pause too: the form was opened anew by it."""
    revision = somebody.create_project("Clinic")
    mine = enter(new_context, somebody, f"{revision}/steps/1")
    control(mine, "What it is").fill("First of mine")
    saved(mine)
    somebody.save(revision, 1, [("summary", "Theirs")])
    control(mine, "Problem").fill("Mine")
    mine.button("Save draft").click()
    box = mine.page.get_by_role("checkbox", name="Use what is saved for What it is")
    expect(box).to_be_checked()
    mine.button("Save draft").click()
    settled(mine)
    expect(control(mine, "What it is")).to_have_value("Theirs")
    expect(control(mine, "Problem")).to_have_value("Mine")


def test_two_tabs_show_both_texts_without_scripts(new_context, somebody):
    revision = somebody.create_project("Clinic")
    context = new_context(java_script_enabled=False)
    context.add_cookies(cookies_of(somebody))
    mine = Story(context.new_page())
    mine.page.goto(f"{revision}/steps/1")
    somebody.save(revision, 1, [("summary", "The other tab's text")])
    control(mine, "What it is").fill("My text")
    mine.button("Save draft").click()
    both = mine.page.get_by_role("region", name="What is saved now")
    expect(both.get_by_role("definition").filter(has_text="The other tab's text")).to_be_visible()
    expect(control(mine, "What it is")).to_have_value("My text")
    mine.save()
    assert "My text" in somebody.get(f"{revision}/steps/1").text


@pytest.fixture
def mortal(tmp_path):
    """A server of this test's own, to be killed."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.mark.timeout(240)
def test_a_server_that_dies_loses_no_text(mortal, new_context):
    visitor = Visitor(mortal.url).sign_up()
    revision = visitor.create_project("Clinic")
    story = enter(new_context, visitor, f"{mortal.url}{revision}/steps/1")
    control(story, "What it is").fill("Written before")
    saved(story)
    mortal.kill()
    control(story, "What it is").fill("Written while nobody listened")
    failed = story.page.get_by_text(re.compile("^Not saved: no connection"))
    expect(failed.first).to_be_visible(timeout=15000)
    expect(story.page.get_by_role("status")).to_contain_text("Not saved: no connection")
    expect(control(story, "What it is")).to_have_value("Written while nobody listened")
    mortal.start()
    expect(story.page.get_by_text(SAVED)).to_be_visible(timeout=30000)
    expect(story.page.get_by_role("status")).to_have_text("Saved again.")
    assert "Written while nobody listened" in visitor.get(f"{revision}/steps/1").text


@pytest.mark.parametrize("window", [(390, 844), (640, 400), (1280, 800)])
def test_that_nothing_is_saved_is_in_sight_wherever_one_writes(window, opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    page = story.page
    page.set_viewport_size({"width": window[0], "height": window[1]})
    story.open_row(story.rows(GOALS).nth(0))
    target = page.locator("#goals-0-target")
    target.scroll_into_view_if_needed()
    page.route("**/draft", lambda route: route.abort())
    target.fill("Less")
    said = page.locator("#save-state").filter(has_text="Not saved: no connection.")
    expect(said).to_be_in_viewport(ratio=1)
    target.focus()
    expect(target).to_be_in_viewport(ratio=1)
    assert said.bounding_box()["y"] + said.bounding_box()["height"] <= target.bounding_box()["y"]


def test_what_a_pause_could_not_save_is_marked_at_its_field_until_it_is_mended(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    page = story.page
    expect(page.locator("#lock-state")).to_have_text("Ready to lock")
    story.open_row(story.rows(GOALS).nth(0))
    target = page.locator("#goals-0-target")
    target.fill("x" * 500)
    expect(page.locator("#save-state").get_by_role("link")).to_be_visible()
    expect(target).to_have_attribute("aria-invalid", "true")
    expect(target).to_have_accessible_description(re.compile("Not saved"))
    expect(page.locator("#lock-state")).to_have_text("Checked when saved")
    target.fill("0 in a month")
    saved(story)
    expect(target).not_to_have_attribute("aria-invalid", "true")
    expect(target).not_to_have_accessible_description(re.compile("saved"))
    expect(page.locator("#lock-state")).to_have_text("Ready to lock")


def test_leaving_with_unsaved_text_asks_first(opened, somebody):
    story, _ = opened(somebody)
    control(story, "What it is").press_sequentially("Not saved yet")
    asked = []
    story.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    story.page.close(run_before_unload=True)
    story.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert not story.page.is_closed()


def end_elsewhere(_page, visitor):
    """On another device, or by its age."""
    visitor.post("/logout")


def end_in_another_tab(page, _visitor):
    other = page.context.new_page()
    other.goto("/projects")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("link", name="Sign in")).to_be_visible()
    other.close()


def end_with_the_cookie(page, _visitor):
    page.context.clear_cookies()


@pytest.mark.parametrize("end", [end_elsewhere, end_in_another_tab, end_with_the_cookie])
def test_text_outlives_the_end_of_the_session(end, opened, somebody):
    story, revision = opened(somebody)
    page = story.page
    control(story, "What it is").fill("Written before")
    saved(story)
    end(page, somebody)
    control(story, "What it is").fill("Written after the session ended")
    expect(page.get_by_text(re.compile("^Not saved: you are signed out")).first).to_be_visible()
    expect(control(story, "What it is")).to_have_value("Written after the session ended")
    story.button("Save draft").click()
    expect(page.get_by_text("Your text is safe")).to_be_visible()
    control(story, "E-mail address").fill(somebody.email)
    control(story, "Password").fill(PASSWORD)
    story.button("Sign in").click()
    story.arrive("Send what you wrote")
    story.button("Send it now").click()
    expect(control(story, "What it is")).to_have_value("Written after the session ended")
    again = enter_again(page, revision)
    expect(again).to_have_value("Written after the session ended")


def enter_again(page, revision):
    page.goto(f"{revision}/steps/1")
    return page.get_by_label("What it is", exact=True)


def test_a_lock_changes_the_page_in_place(opened, somebody):
    """No new page is loaded; address, title, heading and focus are the next step's."""
    story, revision = opened(somebody, example="wellbrook")
    page = story.page
    page.evaluate("window.stayed = true")
    story.lock(1)
    assert page.evaluate("window.stayed")
    assert page.url.endswith(f"{revision}/steps/2")
    expect(page).to_have_title(re.compile("^Step 2, Users & Business Model"))
    expect(
        page.get_by_role("main").locator(":focus").or_(page.locator("main:focus"))
    ).to_have_count(1)
    current = page.get_by_role("navigation", name="Steps").locator("[aria-current=step]")
    expect(current).to_contain_text("Users & Business Model")
    assert page.locator("main").count() == page.locator("h1").count() == 1


def test_back_and_forward(opened, somebody):
    story, revision = opened(somebody, example="wellbrook")
    page = story.page
    story.lock(1)
    page.go_back()
    story.arrive("Project Definition")
    assert page.url.endswith(f"{revision}/steps/1")
    expect(page.get_by_text("This text does not change.")).to_be_visible()
    page.go_forward()
    story.arrive("Users & Business Model")
    expect(page.get_by_role("banner")).to_be_visible()
    page.go_back()
    story.arrive("Project Definition")
    expect(page.get_by_role("banner")).to_be_visible()


def test_no_private_page_comes_back_after_signing_out(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    story.button("Sign out").click()
    expect(story.button("Sign out")).to_have_count(0)
    story.page.go_back()
    story.arrive("Sign in")
    expect(story.page.get_by_text("three out-patient clinics")).to_have_count(0)


def test_tabbing_past_a_button_never_presses_it(opened, somebody):
    """A save by pause while the lock has the focus saves, and does not lock."""
    story, revision = opened(somebody, example="wellbrook")
    control(story, "What it is").fill("A booking system for three clinics.")
    story.button("Lock step 1").focus()
    saved(story)
    assert story.page.url.endswith(f"{revision}/steps/1")
    expect(story.button("Lock step 1")).to_be_focused()


def test_a_button_pressed_during_a_save_is_never_lost(opened, somebody):
    """On a slow line the field that was left saves once more, and must not take its place."""
    story, revision = opened(somebody, example="wellbrook")
    line = story.page.context.new_cdp_session(story.page)
    control(story, "What it is").fill("A booking system for three clinics.")
    slow = {"offline": False, "latency": 1000, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    expect(story.page.get_by_text("Saving…")).to_be_visible()
    control(story, "Problem").press_sequentially("Six")
    story.button("Lock step 1").click()
    story.arrive("Users & Business Model")
    assert "Six" in somebody.get(f"{revision}/steps/1").text


def test_enter_in_a_field_saves_and_does_nothing_else(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    row = story.rows(GOALS).nth(0)
    story.open_row(row)
    row.get_by_label("Goal", exact=True).press("Enter")
    saved(story)
    expect(story.rows(GOALS)).to_have_count(3)


def test_dependent_fields_follow_their_choice(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    story.lock(1)
    plans = story.page.get_by_role("heading", name="Plans and what happens when they lapse")
    expect(plans).to_be_visible()
    model = story.page.get_by_role("group", name="Business model")
    model.get_by_role("radio", name="none", exact=True).check()
    expect(plans).to_be_hidden()
    saved(story)
    model.get_by_role("radio", name="usage", exact=True).check()
    expect(plans).to_be_visible()
    saved(story)
    story.page.reload()
    expect(story.rows(definition(2).field("plans"))).to_have_count(2)
    cell = control(story, "Find and book a slot, Patient")
    condition = control(story, "Condition: Find and book a slot, Patient")
    expect(condition).to_be_hidden()
    cell.select_option("if")
    expect(condition).to_be_visible()


def test_the_matrix_appears_when_its_rows_are_saved(opened, somebody):
    """The page says so; a person with scripts must not have to load it again."""
    story, _ = opened(somebody, example="wellbrook")
    story.lock(1)
    roles = definition(2).field("roles")
    for _ in range(5):
        before = story.rows(roles).count()
        story.open_row(story.rows(roles).nth(0))
        story.rows(roles).nth(0).get_by_role("button", name=re.compile("^Remove role 1")).click()
        expect(story.rows(roles)).to_have_count(max(before - 1, 1))
    expect(story.page.get_by_text("This table appears when")).to_be_visible()
    story.fill_row(story.rows(roles).nth(0), roles, EXAMPLE[2]["roles"][0])
    story.save()
    expect(control(story, "Find and book a slot, Patient")).to_be_visible()


def test_a_row_of_the_same_step_can_be_chosen_once_it_is_saved(opened, somebody):
    story, _ = opened(somebody)
    story.fill_list(GOALS, EXAMPLE[1]["goals"][:1])
    saved(story)
    features = definition(1).field("features")
    feature = story.rows(features).nth(0)
    story.open_row(feature)
    expect(feature.get_by_role("checkbox", name="Stop double booking")).to_be_visible()


def test_a_refused_lock_keeps_what_was_typed_as_a_draft(opened, somebody):
    """It changes nothing by itself; a save follows, and what is wrong stays in words."""
    story, revision = opened(somebody)
    page = story.page
    control(story, "Problem").fill("Six a week are double-booked")
    story.button("Lock step 1").click()
    expect(page.locator("#error-summary")).to_be_focused()
    saved(story)
    assert "Six a week" in somebody.get(f"{revision}/steps/1").text
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.get_by_text("Nothing was saved")).to_have_count(0)
    expect(page.locator("#step-form .error")).not_to_have_count(0)


def test_a_table_to_paste_is_not_told_as_saved_and_outlives_other_buttons(opened, somebody):
    story, _ = opened(somebody, example="wellbrook")
    page = story.page
    lists = page.locator("#f-features")
    lists.get_by_text("Paste a table").click()
    box = lists.get_by_label("Rows to add to")
    box.press_sequentially("Export to the tax office")
    page.wait_for_timeout(2000)
    expect(page.locator("#save-state")).to_have_text("All saved")
    page.get_by_role("button", name="Add goal").click()
    expect(page.locator("#announce")).to_have_text("Added.")
    expect(box).to_have_value("Export to the tax office")
    expect(box).to_be_visible()
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
