"""Buttons and typing that meet: a slow line, a lost answer, a refusal, and what is heard of it.

A newcomer's likely mistake: waiting for the page to settle before the next key. People do not.
"""

import re

import pytest
from playwright.sync_api import expect

from devpilot.methodology import Rows, definition
from e2e.forms import EXAMPLE
from e2e.hearing import heard, listen
from e2e.story import Story

GOALS, FEATURES = (definition(1).by_id[name] for name in ("goals", "features"))
assert isinstance(GOALS, Rows)
assert isinstance(FEATURES, Rows)
SAVED = re.compile(r"Saved \d\d:\d\d")
EXAMPLE_GOALS = [goal["goal"] for goal in EXAMPLE[1]["goals"]]
SLOW = 700
"""Milliseconds that an answer takes on a bad line."""
PAUSE = 1500
"""Milliseconds after which typing saves by itself."""


@pytest.fixture
def revision(somebody):
    return somebody.create_project("Clinic", "wellbrook")


@pytest.fixture
def story(somebody, revision, context, sign_in):
    listen(context)
    story = Story(sign_in(somebody))
    story.page.goto(f"{revision}/steps/1")
    heard(story.page)
    return story


def control(story, name):
    return story.page.get_by_label(name, exact=True)


def slowed(story, latency=SLOW):
    """Every answer takes so long from now on."""
    line = story.page.context.new_cdp_session(story.page)
    rates = {"downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": latency, **rates})


def saved(story):
    expect(story.page.get_by_text(SAVED)).to_be_visible()


def labels(story):
    return story.rows(GOALS).locator(".row-label").all_inner_texts()


def state(story):
    return story.page.locator("#save-state")


def stored(somebody, revision):
    return somebody.get(f"{revision}/steps/1").text


def focus(story):
    return story.page.evaluate("document.activeElement.id || document.activeElement.tagName")


def test_what_is_typed_while_a_row_is_added_is_kept(story, somebody, revision):
    slowed(story)
    story.button("Add goal").click()
    what = control(story, "What it is")
    what.focus()
    what.press_sequentially("Typed while waiting. ", delay=60)
    expect(story.rows(GOALS)).to_have_count(4)
    expect(what).to_have_value(re.compile("Typed while waiting. "))
    assert focus(story) == "summary"
    saved(story)
    assert "Typed while waiting. " in stored(somebody, revision)


def test_what_is_composed_or_taken_back_while_a_row_is_added_stays_as_it_was_seen(story):
    """As on a phone: a word is put together, and shown, before it is there."""
    slowed(story, 3 * SLOW)
    story.button("Add goal").click()
    what = control(story, "What it is")
    what.focus()
    story.page.keyboard.press("End")
    line = story.page.context.new_cdp_session(story.page)
    for text in ("w", "we", "wee"):
        ends = {"selectionStart": len(text), "selectionEnd": len(text)}
        line.send("Input.imeSetComposition", {"text": text, **ends})
    line.send("Input.insertText", {"text": "weekly"})
    story.page.keyboard.type(", mostlyy")
    story.page.keyboard.press("Backspace")
    seen = what.input_value()
    assert "weekly, mostly" in seen
    assert "mostlyy" not in seen
    expect(story.rows(GOALS)).to_have_count(4)
    expect(what).to_have_value(seen)
    expect(what).to_be_focused()
    saved(story)
    story.page.reload()
    expect(what).to_have_value(seen)


def test_what_is_typed_at_once_after_a_new_row_is_in_it(story):
    slowed(story)
    story.open_row(story.rows(GOALS).first)
    story.rows(GOALS).first.get_by_label("Goal", exact=True).focus()
    story.page.keyboard.press("Control+Enter")
    story.page.keyboard.type("Typed at oncx", delay=20)
    story.page.keyboard.press("Backspace")
    story.page.keyboard.type("e")
    new = story.rows(GOALS).nth(3).get_by_label("Goal", exact=True)
    expect(new).to_have_value("Typed at once")
    expect(new).to_be_focused()
    saved(story)
    assert labels(story) == [*EXAMPLE_GOALS, "Typed at once"]


def test_what_is_typed_while_its_row_is_removed_goes_nowhere_else(story):
    second = story.rows(GOALS).nth(1)
    story.open_row(second)
    slowed(story)
    second.get_by_role("button", name="Remove goal 2").focus()
    story.page.keyboard.press("Enter")
    second.get_by_label("Goal", exact=True).focus()
    story.page.keyboard.type("XX")
    expect(story.rows(GOALS)).to_have_count(2)
    assert labels(story) == [EXAMPLE_GOALS[0], EXAMPLE_GOALS[2]]
    story.page.wait_for_timeout(PAUSE + 1000)
    story.page.reload()
    assert labels(story) == [EXAMPLE_GOALS[0], EXAMPLE_GOALS[2]]


def test_what_is_typed_while_rows_change_places_stays_in_its_row(story):
    second = story.rows(GOALS).nth(1)
    story.open_row(second)
    slowed(story)
    story.page.locator("[name=move][value=goals-0-down]").dispatch_event("click")
    second.get_by_label("Measured by").focus()
    story.page.keyboard.press("End")
    story.page.keyboard.type(", counted weekly")
    expect(story.rows(GOALS).first.locator(".row-label")).to_have_text(EXAMPLE_GOALS[1])
    saved(story)
    story.page.reload()
    measures = story.rows(GOALS).get_by_label("Measured by")
    told = [measures.nth(at).input_value().endswith(", counted weekly") for at in range(3)]
    assert told == [True, False, False]


def test_what_is_typed_in_a_new_row_is_put_in_no_other_that_takes_its_place(story):
    story.button("Add goal").click()
    expect(story.rows(GOALS)).to_have_count(4)
    slowed(story)
    new = story.rows(GOALS).nth(3)
    new.get_by_label("Goal", exact=True).fill("Fourth")
    story.page.locator("[name=move][value=goals-2-down]").dispatch_event("click")
    new.get_by_label("Measured by").focus()
    story.page.keyboard.type("A count")
    expect(story.rows(GOALS).nth(2).locator(".row-label")).to_have_text("Fourth")
    story.page.wait_for_timeout(PAUSE + 1000)
    story.page.reload()
    assert labels(story) == [*EXAMPLE_GOALS[:2], "Fourth", EXAMPLE_GOALS[2]]
    measure = story.rows(GOALS).nth(3).get_by_label("Measured by")
    assert measure.input_value() == EXAMPLE[1]["goals"][2]["measure"]


def test_what_is_chosen_while_a_row_above_is_removed_stays_in_its_row(story):
    second = story.rows(FEATURES).nth(1)
    story.open_row(second)
    slowed(story)
    story.page.locator("[name=remove][value=features-0]").dispatch_event("click")
    second.get_by_label("Release").select_option("later")
    second.get_by_role("checkbox", name=EXAMPLE_GOALS[1]).check()
    expect(story.page.get_by_role("button", name="Undo")).to_be_visible()
    saved(story)
    story.page.reload()
    first = story.rows(FEATURES).first
    story.open_row(first)
    expect(first.get_by_label("Release")).to_have_value("later")
    expect(first.get_by_role("checkbox", name=EXAMPLE_GOALS[1])).to_be_checked()


def test_what_is_typed_while_a_draft_is_saved_by_its_button_stays(story, somebody, revision):
    slowed(story)
    what = control(story, "What it is")
    what.press_sequentially("A")
    story.button("Save draft").click()
    what.focus()
    story.page.keyboard.press("Home")
    what.press_sequentially("BC", delay=60)
    expect(state(story)).to_have_text("Not saved yet")
    saved(story)
    assert ">BC" in stored(somebody, revision) or "BCA" in stored(somebody, revision)
    story.button("Add goal").click()
    expect(story.rows(GOALS).nth(3).get_by_label("Goal", exact=True)).to_be_focused()


def test_a_press_is_not_lost_to_writing_on_during_a_save(story):
    slowed(story, 3 * SLOW)
    what = control(story, "What it is")
    what.press_sequentially("A. ")
    expect(story.page.get_by_text("Saving…")).to_be_visible()
    story.button("Add goal").click()
    what.press_sequentially("B. ")
    story.page.wait_for_timeout(PAUSE + 200)
    expect(story.rows(GOALS)).to_have_count(4, timeout=15000)
    expect(what).to_have_value(re.compile("B. "))
    expect(story.page.get_by_text(SAVED)).to_be_visible(timeout=15000)


def test_a_button_whose_answer_was_lost_is_said_to_be_pressed_again(story):
    """Nobody wants a step locked by itself with the sentence that they have just begun."""
    story.page.route("**/*", lambda route: route.abort())
    story.button("Lock step 1").click()
    expect(state(story)).to_have_text("Not saved: no connection. Trying again…")
    control(story, "Problem").press_sequentially("Half a sent")
    story.page.unroute("**/*")
    words = "“Lock step 1” was not done: press it again."
    expect(state(story)).to_contain_text(words, timeout=15000)
    assert heard(story.page)[-1] == f"Saved again. {words}"
    expect(story.button("Lock step 1")).to_be_visible()


def test_a_table_in_its_box_outlives_a_save_that_draws_its_list_anew(story):
    box = story.page.locator("#paste-features")
    story.section(FEATURES).locator("summary").last.click()
    box.fill("Reports\tShows figures\tlater")
    first = story.rows(GOALS).first
    story.open_row(first)
    first.get_by_label("Goal", exact=True).fill("No double booking")
    saved(story)
    expect(box).to_have_value("Reports\tShows figures\tlater")
    expect(box).to_be_visible()


def test_a_lock_with_a_table_in_its_box_is_refused_and_keeps_it(story):
    story.section(GOALS).locator("summary").last.click()
    story.page.locator("#paste-goals").fill("One\tTwo\tThree")
    story.button("Lock step 1").click()
    expect(story.page.locator("#error-summary")).to_contain_text("is not added yet")
    expect(story.page.locator("#paste-goals")).to_have_value("One\tTwo\tThree")


def test_adding_a_row_beside_a_table_in_the_box_of_the_list_adds_it(story):
    story.section(GOALS).locator("summary").last.click()
    story.page.locator("#paste-goals").fill("One\tTwo\tThree")
    story.button("Add goal").click()
    expect(story.rows(GOALS)).to_have_count(4)
    expect(story.page.locator("#paste-goals")).to_have_value("One\tTwo\tThree")


def test_a_refused_press_is_not_heard_as_done_and_removes_nothing(story):
    control(story, "What it is").fill("x" * 1000)
    story.open_row(story.rows(GOALS).nth(1))
    story.button("Remove goal 2, Fewer missed appointments").click()
    expect(story.page.locator("#error-summary")).to_be_visible()
    expect(story.rows(GOALS)).to_have_count(3)
    assert not [words for words in heard(story.page) if "Removed" in words]


def test_another_reason_for_not_saving_is_heard_too(story, context):
    story.page.route("**/draft", lambda route: route.abort())
    control(story, "Problem").press_sequentially("x")
    expect(state(story)).to_have_text("Not saved: no connection. Trying again…")
    context.clear_cookies()
    story.page.unroute("**/draft")
    expect(state(story)).to_contain_text("you are signed out", timeout=15000)
    said = [words for words in heard(story.page) if words.startswith("Not saved")]
    assert [words.partition(".")[0] for words in said] == [
        "Not saved: no connection",
        "Not saved: you are signed out",
    ]


def test_a_save_takes_no_focus_from_the_summary_of_errors(story):
    for name in ("What it is", "Problem"):
        control(story, name).fill("")
    story.button("Lock step 1").click()
    summary = story.page.locator("#error-summary")
    expect(summary).to_be_visible()
    control(story, "What it is").fill("A booking system.")
    summary.get_by_role("link").nth(1).focus()
    saved(story)
    expect(summary.get_by_role("link").nth(1)).to_be_focused()


def test_a_save_leaves_the_focus_among_the_checks(story):
    control(story, "What it is").fill("")
    saved(story)
    checks = story.page.get_by_role("region", name="Before the lock")
    control(story, "Problem").press_sequentially("x")
    checks.get_by_role("link").first.focus()
    saved(story)
    expect(checks.get_by_role("link").first).to_be_focused()
    control(story, "What it is").fill("A booking system.")
    checks.get_by_role("link").first.focus()
    expect(checks.get_by_role("link")).to_have_count(0)
    expect(checks).to_be_focused()


def test_a_check_leads_to_a_row_that_the_search_hides(story):
    second = story.rows(FEATURES).nth(1)
    story.open_row(second)
    second.get_by_label("What it does", exact=True).fill("")
    saved(story)
    search = story.section(FEATURES).get_by_role("searchbox")
    if search.count() == 0:  # the example's list is short: make it long
        for _ in range(9 - story.rows(FEATURES).count()):
            story.add(FEATURES)
            story.page.keyboard.type("Reports")
            saved(story)
        story.page.reload()
    search.fill("no row holds this")
    expect(second).to_be_hidden()
    story.page.get_by_role("link", name=re.compile("What it does")).first.click()
    expect(second.get_by_label("What it does", exact=True)).to_be_focused()
    expect(search).to_have_value("")


def test_back_over_a_section_stays_on_the_step_that_a_lock_led_to(story):
    story.button("Lock step 1").click()
    story.arrive("Users & Business Model")
    story.page.evaluate("window.still = true")
    story.page.get_by_role("link", name="Abuse and misuse", exact=True).first.click()
    expect(story.page).to_have_url(re.compile("/steps/2#f-abuse$"))
    story.page.go_back()
    expect(story.page).to_have_url(re.compile("/steps/2$"))
    story.page.wait_for_timeout(500)
    assert story.page.evaluate("window.still")
    story.page.go_back()
    story.arrive("Project Definition")
    expect(story.page.get_by_text("Locked on")).to_be_visible()


def test_a_save_whose_answer_was_lost_is_no_conflict_with_oneself(story, somebody, revision):
    """The server has it and the page does not know: what is sent again is what was sent."""

    def lose(route):
        route.fetch()
        route.abort()

    story.page.route("**/draft", lose)
    what = control(story, "What it is")
    what.press_sequentially("A. ")
    expect(state(story)).to_have_text("Not saved: no connection. Trying again…")
    what.press_sequentially("B. ")
    story.page.unroute("**/draft")
    saved(story)
    expect(state(story)).to_have_text(SAVED)
    assert "A. B. " in stored(somebody, revision)
    expect(story.page.get_by_role("region", name="What is saved now")).to_have_count(0)


def test_a_press_that_does_not_arrive_leaves_the_choice_of_two_texts(story, somebody, revision):
    somebody.save(revision, 1, [("summary", "The other tab's text")])
    control(story, "What it is").fill("My text")
    story.button("Save draft").click()
    both = story.page.get_by_role("region", name="What is saved now")
    expect(both).to_be_visible()
    story.page.route("**/draft", lambda route: route.abort())
    story.button("Add goal").click()
    expect(state(story)).to_have_text("Not saved: no connection. Trying again…")
    story.page.unroute("**/draft")
    control(story, "Problem").press_sequentially("x")
    story.page.wait_for_timeout(PAUSE + 5500)
    expect(both).to_be_visible()
    assert "The other tab" in stored(somebody, revision)


def test_a_save_moves_no_focus_that_is_nowhere(story):
    control(story, "What it is").press_sequentially("A")
    story.page.evaluate("document.activeElement.blur()")
    saved(story)
    assert focus(story) == "BODY"


def test_a_save_keeps_the_focus_on_the_check_that_is_left(story):
    for name in ("What it is", "Problem"):
        control(story, name).fill("")
    saved(story)
    control(story, "What it is").press_sequentially("A booking system.")
    left = story.page.get_by_role("link", name="“Problem” is empty.")
    left.focus()
    saved(story)
    expect(left).to_be_focused()
