"""Asking the AI in a browser, with a provider of our own behind the product.

With scripts, without them, and by keyboard alone. What a person typed is never lost, the focus
is never on nothing, and each change is told once: by the focus that moves to it, or by the live
region where somebody is writing elsewhere.
"""

import re
import time

import pytest
from playwright.sync_api import expect

from devpilot.methodology import Rows, definition
from e2e.checks import Watch
from e2e.cookies import cookies_of
from e2e.hearing import heard, listen
from e2e.keyboard import Keyboard
from e2e.server import Server
from e2e.story import SAVED, Story, arrive
from e2e.visitor import Visitor
from tests.ai_server import AiServer
from tests.ai_server.__main__ import environment
from tests.ai_server.texts import INJECTION, SCRIPT

STEP_1 = "Project Definition"
GOALS = definition(1).field("goals")
assert isinstance(GOALS, Rows)
SUMMARY = "What it is"
USE_SUMMARY = f"Use the suggestion, {SUMMARY}"
MARK = f"From a suggestion, as it came: {SUMMARY}."
ASKING = "Asking. It takes up to 30 seconds."
FIRST_SAVE = "Draft saved. It saves as you write."
NO_ANSWER = "No answer came. Your text is kept; ask again."
SMALL_TARGETS = """() => [...document.querySelectorAll("#ask, #suggestion, .proposals")]
  .flatMap((region) => [...region.querySelectorAll("button, summary, textarea")])
  .filter((target) => target.checkVisibility())
  .map((target) => [target.getBoundingClientRect(), target.outerHTML.slice(0, 90)])
  .filter(([box]) => box.width < 24 || box.height < 24)
  .map(([box, html]) => `${box.width} x ${box.height}: ${html}`)"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The product with an AI provider, and that provider."""
    with AiServer() as ai:
        server = Server(tmp_path_factory.mktemp("ai"), **environment(ai))
        server.start()
        yield server, ai
        server.stop()


@pytest.fixture
def ai(pair):
    """The provider, answering well."""
    pair[1].reset()
    yield pair[1]
    pair[1].reset()


@pytest.fixture
def opened(pair, ai, new_context):
    """Opens step 1 of the example: `opened(scripts=True, visitor=None)` gives an `Asking`."""

    def open_step(visitor=None, *, scripts=True, path="", agreed=False, url=""):
        visitor = visitor or Visitor(url or pair[0].url).sign_up()
        path = path or f"{visitor.create_project('Clinic', 'wellbrook')}/steps/1"
        if agreed:
            assert visitor.post(f"{path}/suggestions/agreement").status == 303
        context = new_context(java_script_enabled=scripts)
        context.set_default_timeout(10000)
        context.add_cookies(cookies_of(visitor))
        listen(context)
        return Asking(context.new_page(), visitor, path)

    return open_step


class Asking(Story):
    """A person at a step, with the panel and the proposals."""

    def __init__(self, page, visitor, path) -> None:
        super().__init__(page)
        self.visitor, self.path = visitor, path
        self.open()

    def open(self, path=""):
        self.page.goto(self.visitor.url + (path or self.path))

    @property
    def panel(self):
        return self.page.locator("#ask")

    @property
    def waiting(self):
        return self.page.locator("#suggestion")

    @property
    def summary(self):
        return self.page.get_by_label(SUMMARY, exact=True)

    @property
    def wish(self):
        return self.page.get_by_label("What you would like", exact=True)

    def open_panel(self):
        self.button("Ask the AI").click()
        expect(self.panel).to_be_visible()

    def agree(self):
        self.open_panel()
        self.button("Agree").click()
        expect(self.wish).to_be_visible()

    def ask(self, name="Suggest texts and rows"):
        self.button(name).click()

    def ask_by_post(self, ask="draft"):
        answer = self.visitor.post(f"{self.path}/suggestions", [("ask", ask)])
        assert answer.status == 303, answer.text[:2000]

    def hold(self):
        """From here on questions wait until `let_go`."""
        held = []

        def keep(route):
            held.append(route)

        self.page.route("**/suggestions", keep)
        return held

    def let_go(self, held):
        """The first question that waits, once it is there, goes on its way."""
        for _ in range(100):
            if held:
                break
            self.page.wait_for_timeout(50)
        held[0].continue_()

    def stored(self):
        return self.visitor.get(self.path).text

    def left(self):
        """How many suggestions the panel says are left."""
        self.panel.get_by_text("AI suggestions left").wait_for()
        return int(re.search(r"1 of the (\d+)", self.panel.inner_text())[1])


def suggestions_used(visitor):
    """As the usage page counts them."""
    text = re.sub(r"<[^>]+>", " ", visitor.get("/usage").text)
    return int(re.search(r"AI suggestions\D+?(\d+)", text)[1])


def at(page):
    return page.locator(":focus")


# --- with scripts -----------------------------------------------------------------------------


def test_a_draft_from_agreeing_to_the_lock(opened):
    story = opened()
    page = story.page
    arrive(page, STEP_1)
    before = story.summary.input_value()
    story.open_panel()
    expect(story.panel).to_be_focused()
    expect(story.panel).to_contain_text("your text goes to 127.0.0.1, to the model stand-in")
    expect(story.wish).to_have_count(0)
    story.button("Agree").click()
    expect(story.wish).to_be_visible()
    expect(story.panel).to_be_focused()
    assert heard(page) == [FIRST_SAVE]

    held = story.hold()
    story.wish.fill("More about nights")
    story.ask()
    expect(page.get_by_text("Asking, 1 s.")).to_be_visible()
    problem = page.get_by_label("Problem", exact=True)
    problem.press("Control+End")
    page.keyboard.type(" Written while asking.")
    element, caret = problem.element_handle(), problem.evaluate("(e) => e.selectionStart")
    story.let_go(held)
    expect(story.panel.get_by_text("The answer is here: 16 suggestions")).to_be_visible()
    assert page.evaluate("(element) => element === document.activeElement", element)
    assert problem.evaluate("(e) => e.selectionStart") == caret
    expect(problem).to_have_value(re.compile("Written while asking.$"))
    expect(story.summary).to_have_value(before)
    expect(page.get_by_text(SAVED)).to_be_visible()
    answer = "The answer is here: 16 suggestions, each beside its field. Go through them"
    assert heard(page) == [ASKING, answer]
    story.panel.get_by_role("link", name="Go through them").click()
    expect(story.waiting).to_be_focused()


def test_using_is_undone_edited_and_dismissed(opened):
    story = opened(agreed=True)
    page = story.page
    story.ask_by_post()
    page.reload()
    before = story.summary.input_value()
    page.get_by_label("Problem", exact=True).fill("Typed, and not saved when Use is pressed.")
    story.button(USE_SUMMARY).click()
    expect(story.summary).to_have_value("Suggested summary")
    expect(story.waiting).to_be_focused()
    expect(story.waiting).to_have_accessible_name("15 suggestions to decide")
    expect(page.get_by_text(MARK)).to_be_visible()
    page.get_by_text(f"What “{SUMMARY}” said before").click()
    expect(story.waiting.get_by_text(before)).to_be_visible()
    expect(page.get_by_label("Problem", exact=True)).to_have_value(re.compile("^Typed, and not"))

    story.button("Undo").click()
    expect(story.summary).to_have_value(before)
    expect(story.waiting).to_have_accessible_name("16 suggestions to decide")
    goals = story.rows(GOALS).count()
    story.button(
        "Use the suggestion, Goals and how they are measured: goal “Suggested goal”"
    ).click()
    expect(story.rows(GOALS)).to_have_count(goals + 1)
    story.button(USE_SUMMARY).click()
    expect(page.get_by_text(MARK)).to_be_visible()

    story.summary.press("Control+s")
    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(story.button("Undo")).to_be_visible()  # that save changed nothing
    story.summary.press("Control+End")
    page.keyboard.type(", edited")
    expect(page.get_by_text(MARK)).to_be_hidden()
    expect(story.button("Undo")).to_be_hidden()  # it would be refused after a save
    expect(page.get_by_text("From a suggestion, as it came: G4 Suggested goal.")).to_be_visible()

    story.button("Dismiss the suggestion, Problem").click()
    expect(story.button("Use the suggestion, Problem")).to_have_count(0)
    story.button("Use all 13").click()
    expect(story.waiting).to_have_accessible_name("Used from the suggestion")
    expect(page.locator(".proposals")).to_have_count(0)
    expect(story.rows(GOALS)).to_have_count(goals + 2)
    story.button("Undo").click()
    expect(story.button("Use all 13")).to_be_visible()
    assert heard(page) == [FIRST_SAVE]  # the focus told the rest


@pytest.mark.parametrize("scripts", [True, False])
def test_using_to_edit_puts_the_cursor_where_it_stands(scripts, opened):
    story = opened(agreed=True, scripts=scripts)
    story.ask_by_post()
    story.open()
    arrive(story.page, STEP_1)
    story.button(f"Use and edit the suggestion, {SUMMARY}").click()
    expect(story.summary).to_have_value("Suggested summary")
    if scripts:
        expect(story.summary).to_be_focused()
    else:
        expect(story.page).to_have_url(re.compile("#summary$"))
    row = "Use and edit the suggestion, Deferred: deferred question “Suggested question”"
    story.button(row).click()
    cell = story.page.get_by_label("Question", exact=True).last
    expect(cell).to_have_value("Suggested question")
    if scripts:
        expect(cell).to_be_focused()


def test_a_lock_ends_what_waits(opened):
    story = opened(agreed=True)
    page = story.page
    story.ask_by_post()
    page.reload()
    expect(story.waiting).to_have_accessible_name("16 suggestions to decide")
    story.lock(1)
    story.open()
    expect(page.get_by_text("This text does not change.")).to_be_visible()
    expect(page.get_by_text("to decide")).to_have_count(0)
    expect(page.locator(".proposals")).to_have_count(0)


def test_what_is_missing_leads_to_the_fields(opened):
    story = opened(agreed=True)
    page = story.page
    story.open_panel()
    story.ask("What is missing?")
    expect(story.panel).to_contain_text("things to consider.")
    expect(story.panel).to_be_focused()
    expect(story.waiting).to_have_accessible_name("What may be missing")
    links = story.waiting.get_by_role("listitem").get_by_role("link")
    hrefs = [link.get_attribute("href") for link in links.all()]
    assert len(hrefs) >= 2
    for link, href in zip(links.all(), hrefs, strict=True):
        link.click()
        expect(page.locator(href).or_(page.locator(href).locator(":focus")).first).to_be_focused()
    story.button("Done with these").click()
    expect(page.get_by_text("What may be missing")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")


def test_cancelling_while_the_provider_hangs(opened, ai):
    story = opened(agreed=True)
    page = story.page
    story.open_panel()
    ai.way = "hang"
    story.wish.fill("More about nights")
    story.ask()
    expect(page.get_by_text("Asking, 1 s.")).to_be_visible()
    assert page.evaluate(SMALL_TARGETS) == []
    began = time.monotonic()
    story.button("Cancel").click()
    expect(page.get_by_text("Asking,")).to_be_hidden()
    expect(page.locator(".asks:enabled")).to_be_visible()
    expect(story.panel).to_be_focused()
    assert time.monotonic() - began < 3
    expect(story.wish).to_have_value("More about nights")
    expect(page.get_by_text(NO_ANSWER)).to_have_count(0)
    assert heard(page) == [FIRST_SAVE, ASKING, "Cancelled."]
    assert story.left() == 10
    assert suggestions_used(story.visitor) == 0
    page.wait_for_timeout(1500)  # what was cancelled says nothing when it ends
    expect(story.panel.locator("#error-summary")).to_have_count(0)
    assert heard(page) == []
    ai.reset()
    story.ask()
    expect(story.panel.get_by_text("The answer is here")).to_be_visible()
    expect(story.panel).to_be_focused()
    assert suggestions_used(story.visitor) == 1
    assert heard(page) == [ASKING]


@pytest.mark.parametrize("way", ["refusal", 500])
def test_a_failing_provider_leaves_all_as_it_was(way, opened, ai):
    story = opened(agreed=True)
    page = story.page
    story.open_panel()
    before = page.locator("#step-form").element_handle()
    story.summary.fill("My own words")
    expect(page.get_by_text(SAVED)).to_be_visible()
    heard(page)
    ai.way = way
    story.wish.fill("More about nights")
    story.ask()
    summary = story.panel.locator("#error-summary")
    expect(summary).to_be_focused()
    assert heard(page) == [ASKING]  # the focus tells what went wrong
    expect(story.wish).to_have_value("More about nights")
    expect(story.summary).to_have_value("My own words")
    assert before.evaluate("(form) => form.isConnected")
    assert suggestions_used(story.visitor) == 0
    # Once more, writing elsewhere by the time it fails.
    held = story.hold()
    story.ask()
    expect(summary).to_have_count(0)
    story.summary.focus()
    story.let_go(held)
    expect(summary).to_be_visible()
    expect(story.summary).to_be_focused()
    told = heard(page)
    assert told[0] == ASKING
    assert len(told) == 2
    assert told[1] == " ".join(summary.inner_text().split())
    page.unroute("**/suggestions")
    ai.way = "good"
    story.ask()
    expect(story.panel.get_by_text("The answer is here")).to_be_visible()


def test_a_wish_outlives_the_buttons_of_the_form(opened):
    story = opened(agreed=True)
    story.open_panel()
    story.wish.fill("More about nights")
    held = story.hold()
    story.button("Add deferred question").click()
    expect(story.page.locator("[name='deferred-0-question']")).to_be_focused()
    expect(story.wish).to_have_value("More about nights")
    story.ask()
    expect(story.page.get_by_text("Asking, 1 s.")).to_be_visible()
    story.button("Add deferred question").click()
    expect(story.page.get_by_text("Asking, 2 s.")).to_be_visible()
    story.let_go(held)
    expect(story.panel.get_by_text("The answer is here")).to_be_visible()
    assert "instruction=More%20about%20nights" in held[0].request.post_data


def test_a_wish_that_is_too_long_is_named_at_its_field(opened):
    story = opened(agreed=True)
    story.open_panel()
    story.wish.fill("x" * 501)
    story.ask()
    expect(story.panel.locator("#error-summary")).to_be_focused()
    expect(story.wish).to_have_attribute("aria-invalid", "true")
    expect(story.wish).to_have_value("x" * 501)
    story.panel.locator("#error-summary").get_by_role("link").click()
    expect(story.wish).to_be_focused()


def test_nothing_is_asked_for_a_text_that_is_not_saved(opened, ai):
    """A text too long for its field: asking must not wait for a save that cannot be."""
    story = opened(agreed=True)
    page = story.page
    story.open_panel()
    story.summary.fill("x" * 2000)
    story.ask()
    said = "Nothing was asked: your text is not saved yet."
    expect(story.panel.get_by_text(said)).to_be_visible()
    assert heard(page)[-1] == said
    assert ai.requests == []
    expect(story.summary).to_have_value("x" * 2000)


def test_a_session_that_ends_while_asking_takes_no_text(opened, ai):
    story = opened(agreed=True)
    page = story.page
    story.open_panel()
    held = story.hold()
    story.ask()
    expect(page.get_by_text("Asking, ")).to_be_visible()
    story.visitor.post("/logout")
    story.summary.press("Control+End")
    page.keyboard.type(" Still here")
    story.let_go(held)
    expect(story.panel.get_by_text(NO_ANSWER)).to_be_visible()
    expect(page.get_by_text("Not saved: you are signed out").first).to_be_visible()
    expect(story.summary).to_have_value(re.compile(" Still here$"))
    assert story.page.url.endswith(story.path)


@pytest.mark.timeout(120)
def test_a_server_that_dies_while_asking_says_so(tmp_path, opened, ai):
    server = Server(tmp_path, **environment(ai))
    server.start()
    story = opened(url=server.url, agreed=True)
    page = story.page
    story.open_panel()
    ai.way = "hang"
    story.wish.fill("More about nights")
    story.ask()
    expect(page.get_by_text("Asking, 1 s.")).to_be_visible()
    server.kill()
    expect(story.panel.get_by_text(NO_ANSWER)).to_be_visible()
    expect(page.get_by_text("Asking,")).to_be_hidden()
    expect(story.wish).to_have_value("More about nights")
    assert page.evaluate("document.activeElement !== document.body")
    assert heard(page) == [FIRST_SAVE, ASKING, NO_ANSWER]


@pytest.mark.parametrize(("way", "words"), [("script", SCRIPT), ("injection", INJECTION)])
def test_a_hostile_answer_is_text(way, words, pair, opened, ai):
    story = opened(agreed=True)
    page = story.page
    watch, dialogs = Watch(page.context, pair[0].url), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    story.open_panel()
    ai.way = way
    story.ask()
    expect(page.locator(".proposal-text").first).to_have_text(words)
    assert page.locator(".proposals :is(img, script, a)").count() == 0
    page.reload()
    expect(page.locator(".proposal-text").first).to_have_text(words)
    story.button(re.compile("^Use all 1?[0-9]$")).click()
    expect(story.summary).to_have_value(words)
    page.reload()
    expect(story.summary).to_have_value(words)
    story.open(story.path.partition("/steps")[0])  # the document draws it as Markdown
    expect(page.get_by_text(words[-20:]).first).to_be_attached()
    ai.way = way
    story.open()
    story.open_panel()
    story.ask("What is missing?")
    expect(story.waiting.get_by_role("listitem").first).to_contain_text(words)
    assert page.locator("#suggestion :is(img, script)").count() == 0
    assert dialogs + watch.faults == []


# --- without scripts --------------------------------------------------------------------------


def test_without_scripts_no_button_loses_what_is_typed(opened):
    story = opened(scripts=False)
    page = story.page
    story.summary.fill("Typed before asking")
    story.button("Ask the AI").click()
    arrive(page, f"Suggestions for step 1, {STEP_1}")
    assert "Typed before asking" in story.stored()
    story.button("Agree").click()
    story.wish.fill("More about nights")
    story.ask()
    arrive(page, STEP_1)
    assert page.url.endswith("#suggestion")
    expect(story.waiting).to_contain_text("16 suggestions to decide")
    expect(story.summary).to_have_value("Typed before asking")

    problem = page.get_by_label("Problem", exact=True)
    problem.fill("Typed before Use")
    story.button(USE_SUMMARY).click()
    arrive(page, STEP_1)
    expect(story.summary).to_have_value("Suggested summary")
    expect(problem).to_have_value("Typed before Use")
    expect(page.get_by_text(MARK)).to_be_visible()

    problem.fill("Typed before Undo")
    story.button("Undo").click()
    expect(page.get_by_role("heading", name="so the use cannot be taken back")).to_be_visible()
    expect(problem).to_have_value("Typed before Undo")
    problem.fill("Typed before Use")
    story.button("Undo").click()
    arrive(page, STEP_1)
    expect(story.summary).to_have_value("Typed before asking")

    problem.fill("Typed before Dismiss")
    story.button("Dismiss the suggestion, Problem").click()
    expect(story.waiting).to_contain_text("15 suggestions to decide")
    expect(problem).to_have_value("Typed before Dismiss")
    problem.fill("Typed before Use all")
    story.button("Use all 15").click()
    expect(story.waiting).to_contain_text("Used from the suggestion")
    expect(problem).to_have_value("Typed before Use all")
    story.summary.fill("Edited")
    story.save()
    expect(page.get_by_text(MARK)).to_have_count(0)
    expect(story.button("Undo")).to_have_count(0)


def test_without_scripts_a_failure_keeps_the_wish(opened, ai):
    story = opened(scripts=False, agreed=True)
    page = story.page
    story.button("Ask the AI").click()
    ai.way = 503
    story.wish.fill("More about nights")
    story.ask()
    expect(story.panel.locator("#error-summary")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(story.wish).to_have_value("More about nights")
    assert story.left() == 10
    ai.way = "good"
    story.ask("What is missing?")
    arrive(page, STEP_1)
    expect(story.waiting).to_contain_text("What may be missing")
    story.summary.fill("Typed before Done")
    story.button("Done with these").click()
    expect(story.waiting).to_have_text("")
    expect(story.summary).to_have_value("Typed before Done")


# --- by keyboard alone ------------------------------------------------------------------------


def expect_at(keyboard, role, name):
    """Once the answer is drawn."""
    deadline = time.monotonic() + 8
    while keyboard.at() != (role, name) and time.monotonic() < deadline:
        keyboard.page.wait_for_timeout(50)
    assert keyboard.at() == (role, name)


def test_by_keyboard_alone(opened, ai):
    story = opened()
    page, keyboard = story.page, Keyboard(story.page)
    arrive(page, STEP_1)
    keyboard.activate("button", "Ask the AI")
    expect_at(keyboard, "region", "Ask the AI")
    keyboard.activate("button", "Agree", most=2)
    expect(story.wish).to_be_visible()
    expect_at(keyboard, "region", "Ask the AI")
    keyboard.enter("What you would like", "More about nights", most=1)
    ai.way = "hang"
    keyboard.activate("button", "Suggest texts and rows", most=1)
    expect(page.get_by_text("Asking, 1 s.")).to_be_visible()
    keyboard.activate("button", "Cancel", most=2)
    expect(page.get_by_text("Asking,")).to_be_hidden()
    expect_at(keyboard, "region", "Ask the AI")
    expect(page.locator(".asks:enabled")).to_be_visible()
    ai.reset()
    keyboard.activate("button", "Suggest texts and rows", most=2)
    expect(story.panel.get_by_text("The answer is here: 16 suggestions")).to_be_visible()
    expect(story.panel).to_be_focused()
    keyboard.activate("link", "Go through them", most=1)
    expect_at(keyboard, "region", "16 suggestions to decide")
    keyboard.activate("link", SUMMARY, most=1)
    expect(page.locator("#proposal-summary")).to_be_focused()
    keyboard.activate("button", USE_SUMMARY, most=1)
    expect_at(keyboard, "region", "15 suggestions to decide")
    keyboard.activate("button", "Undo", most=3)
    expect_at(keyboard, "region", "16 suggestions to decide")
    keyboard.activate("link", "Problem", most=2)
    keyboard.activate("button", "Dismiss the suggestion, Problem", most=3)
    expect_at(keyboard, "region", "15 suggestions to decide")
    keyboard.activate("button", "Use all 15", most=12)
    expect_at(keyboard, "region", "Used from the suggestion")
    assert heard(page) == [FIRST_SAVE, ASKING, "Cancelled.", ASKING]


def test_by_keyboard_alone_without_scripts(opened):
    story = opened(scripts=False)
    page, keyboard = story.page, Keyboard(story.page)
    arrive(page, STEP_1)
    keyboard.activate("button", "Ask the AI")
    arrive(page, f"Suggestions for step 1, {STEP_1}")
    keyboard.activate("button", "Agree", most=2)
    expect(story.wish).to_be_visible()
    keyboard.enter("What you would like", "More about nights", most=2)
    keyboard.activate("button", "Suggest texts and rows", most=1)
    arrive(page, STEP_1)
    keyboard.activate("link", SUMMARY, most=2)
    keyboard.activate("button", USE_SUMMARY, most=2)
    expect(story.summary).to_have_value("Suggested summary")
    page.wait_for_load_state()
    keyboard.activate("button", "Undo", most=4)
    expect(story.summary).not_to_have_value("Suggested summary")
    keyboard.activate("button", "Dismiss all", most=12)
    expect(story.waiting).to_have_text("")


# --- what the plan and the installation allow -------------------------------------------------


def test_the_calm_line_where_ai_is_not_set_up(server, somebody, opened):
    path = f"{somebody.create_project('Clinic')}/steps/1"
    story = opened(somebody, path=path)
    expect(story.page.get_by_text("AI suggestions are not set up on this")).to_be_visible()
    expect(story.button("Ask the AI")).to_have_count(0)
    story.page.goto(f"{somebody.url}{path}/suggestions")
    expect(story.panel.get_by_text("Everything else works without them.")).to_be_visible()


def test_a_free_user_reads_why_not_and_where_to_look(opened):
    story = opened(agreed=True)
    page = story.page
    story.ask_by_post()
    story.open_panel()
    expect(story.panel.get_by_role("link", name="See Billing")).to_be_visible()
    expect(story.button("Suggest texts and rows")).to_have_count(0)
    for _ in range(9):
        dismiss_all(story)
        story.ask_by_post("missing")
    dismiss_all(story)
    story.open()
    story.open_panel()
    expect(story.panel).to_contain_text("10 of 10 are used")
    story.panel.get_by_role("link", name="See Usage").click()
    arrive(page, "Usage")


def dismiss_all(story):
    found = re.search(r"/suggestions/[0-9a-f-]{36}", story.stored())
    assert story.visitor.post(f"{found[0]}/dismiss").status == 303
