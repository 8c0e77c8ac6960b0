"""What the criteria of WCAG ask of conduct, where no other test asks it already.

How pages look is in `test_pages.py`; docs/accessibility.md says which test proves what.
"""

import re
import sqlite3
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from devpilot.errors import published_codes
from e2e import hearing
from e2e.checks import STRUCTURE, axe_faults, faults_in_each_look
from e2e.cookies import cookies_of
from e2e.keyboard import Keyboard
from e2e.pages import PAGES
from e2e.pages_of_ai import AI_PAGES
from e2e.server import Server
from e2e.story import SAVED, arrive
from e2e.visitor import PASSWORD, Visitor

ELSEWHERE = {
    "ai_timeout": "the panel as for the other two, after thirty seconds",
    "billing_unavailable": "only an installation without a provider and without the sandbox has it",
    "database_unavailable": "as internal_error, with other words",
    "internal_error": "test_a_page_of_an_installation_that_fails",
}
"""Published errors that no page of the story tells of, and why."""
HARMLESS = re.compile(r"color|background|^border-|outline|text-decoration|box-shadow")
SHOWN_BY_FOCUS = {".skip-link:focus", ".field-list:focus-within .keys"}
"""The skip link, and a word beside a button that covers nothing."""
RULES = """() => {
  const found = [], gather = (rules) => [...rules].forEach((rule) => {
    const pointed = /:(hover|focus)/.test(rule.selectorText ?? "");
    if (pointed) found.push([rule.selectorText, [...rule.style]]);
    if (rule.cssRules) gather(rule.cssRules);
  });
  [...document.styleSheets].forEach((sheet) => gather(sheet.cssRules));
  return found;
}"""
PRINTABLE = "abcdefghijklmnopqrstuvwxyz0123456789?/.,;:#*+-_=[](){}!<>'\""


@pytest.fixture
def revision(somebody):
    return somebody.create_project("Clinic", "wellbrook")


@pytest.fixture
def step(context, sign_in, somebody, revision):
    """Step 1 of the example in a browser whose live region is listened to."""
    hearing.listen(context)
    page = sign_in(somebody)
    page.goto(f"{revision}/steps/1")
    return page


def test_every_published_error_is_looked_at_or_has_a_reason_not_to_be():
    shown = {page.code for page in [*PAGES.values(), *AI_PAGES.values()]} - {""}
    published = {error.code for error in published_codes()}
    assert shown | ELSEWHERE.keys() == published
    assert not shown & ELSEWHERE.keys()


def test_pointing_and_focus_change_looks_and_show_nothing(page, server):
    page.goto("/")
    rules = page.evaluate(RULES)
    assert len(rules) > 10
    shows = {
        selector
        for selector, properties in rules
        if not all(HARMLESS.search(name) for name in properties)
    }
    assert shows == SHOWN_BY_FOCUS


def test_letters_alone_do_nothing(step):
    posts = []
    step.on("request", lambda request: posts.append(request.url))
    before = step.locator("body").inner_html()
    step.locator("main").focus()
    for key in PRINTABLE:
        step.keyboard.press(key)
    assert step.locator("body").inner_html() == before
    assert posts == []


def test_a_press_can_be_taken_back(step, revision):
    """What the pointer does is done as it is let go over the button, and not elsewhere."""
    step.get_by_role("button", name="Lock step 1").hover()
    step.mouse.down()
    step.mouse.move(2, 2)
    step.mouse.up()
    step.wait_for_timeout(300)
    assert step.url.endswith(f"{revision}/steps/1")
    expect(step.get_by_role("button", name="Lock step 1")).to_be_visible()


def test_a_choice_changes_nothing_but_itself_and_what_depends_on_it(step, somebody, revision):
    somebody.lock(revision, 1)
    step.goto(f"{revision}/steps/2")
    address, title = step.url, step.title()
    radio = step.get_by_role("group", name="Business model").get_by_role("radio").last
    cell = step.get_by_label("Find and book a slot, Patient", exact=True)
    radio.check()
    expect(radio).to_be_focused()
    cell.focus()
    cell.select_option("if")
    expect(cell).to_be_focused()
    expect(step.get_by_text(SAVED)).to_be_visible()
    expect(cell).to_be_focused()
    assert (step.url, step.title(), len(step.context.pages)) == (address, title, 1)


@pytest.mark.parametrize("path", ["/register", "/login"])
def test_a_password_may_be_pasted_and_kept_by_a_manager(path, page, context, base_url):
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base_url)
    page.goto(path)
    page.evaluate("navigator.clipboard.writeText('a long enough password')")
    kinds = [(field, page.get_by_label(field)) for field in ("E-mail address", "Password")]
    for _, field in kinds:
        field.focus()
        page.keyboard.press("Control+v")
        expect(field).to_have_value("a long enough password")
    purposes = [field.get_attribute("autocomplete") for _, field in kinds]
    assert purposes == ["username", "new-password" if path == "/register" else "current-password"]


def test_a_state_has_its_word_and_its_mark_beside_its_colour(page, people, context):
    author = people.restarted
    context.add_cookies(cookies_of(author.visitor))
    page.goto(author.project)
    words, marks = defaultdict(set), defaultdict(set)
    for item in page.locator(".progress li").all():
        status = item.get_attribute("data-status")
        words[status].add(item.locator(".progress-word").inner_text())
        marks[status].add(item.locator("use").get_attribute("href"))
    assert words.keys() == {"locked", "invalidated"}
    for found in (words, marks):
        assert all(len(one) == 1 for one in found.values())
        assert len(set.union(*found.values())) == len(found)


def test_a_save_that_is_refused_is_heard_once(step, somebody, revision):
    """Another tab has saved meanwhile; whoever writes on must not find that out at the end."""
    somebody.save(revision, 1, [("summary", "The other tab's text")])
    step.get_by_label("What it is", exact=True).fill("My text")
    expect(step.get_by_text(re.compile("^Not saved"))).to_be_visible()
    step.keyboard.type(" goes on")
    step.wait_for_timeout(2500)
    heard = hearing.heard(step)
    assert len(heard) == 1, heard
    assert heard[0].startswith("Not saved")


def test_a_session_that_ends_is_kept_where_one_is(step, server, somebody, revision):
    end = datetime.now(UTC) + timedelta(minutes=20)
    _let_session_end(server, somebody, end)
    step.reload()
    warning = step.get_by_text(f"You will be signed out at {end:%H:%M} UTC")
    expect(warning).to_be_visible()
    assert faults_in_each_look(step) == []
    keyboard = Keyboard(step)
    step.evaluate("measures.begin()")
    keyboard.enter("Password", PASSWORD)
    keyboard.activate("button", "Stay signed in", most=1)
    expect(warning).to_have_count(0)
    assert step.url.endswith(f"{revision}/steps/1")


def test_a_save_takes_no_password_that_is_being_typed(step, server, somebody):
    """The notice comes with a save; a later one must not draw it again under the fingers."""
    _let_session_end(server, somebody, datetime.now(UTC) + timedelta(minutes=20))
    problem, password = step.get_by_label("Problem", exact=True), step.get_by_label("Password")
    problem.press_sequentially("x")
    expect(password).to_be_visible()
    problem.press_sequentially("y")
    password.fill(PASSWORD[:3])
    expect(step.get_by_text("Not saved yet")).to_be_visible()
    expect(step.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible()
    expect(password).to_have_value(PASSWORD[:3])


def _let_session_end(server, visitor, moment):
    with sqlite3.connect(server.database) as database:
        changed = database.execute(
            "UPDATE user_session SET expires_at = ? WHERE user_id = "
            "(SELECT id FROM user_account WHERE email = ?)",
            (f"{moment:%Y-%m-%d %H:%M:%S.%f}", visitor.email),
        )
        assert changed.rowcount == 1
    database.close()


@pytest.mark.timeout(120)
def test_a_page_of_an_installation_that_fails(new_context, tmp_path):
    """The page that needs no database, and the one for a name that is not the product's."""
    server = Server(tmp_path)
    server.start()
    context = new_context()
    context.add_cookies(cookies_of(Visitor(server.url).sign_up()))
    page = context.new_page()
    page.goto(f"{server.url}/projects/new")
    page.get_by_label("Name", exact=True).fill("What I had written")
    for file in server.database.parent.glob("devpilot.sqlite3*"):
        file.write_bytes(b"no database")
    page.get_by_role("button", name="Create project").click()
    arrive(page, "Something on our side failed")
    expect(page.get_by_label("Name")).to_have_value("What I had written")
    assert faults_in_each_look(page) == []
    # Under another name not even a style sheet is served: the page is plain HTML.
    page.goto(server.url.replace("127.0.0.1", "pilot.localhost"))
    arrive(page, "This server does not answer to that host name")
    assert axe_faults(page, STRUCTURE - {"css-orientation-lock"}) == []
    server.stop()


# --- finding pages ------------------------------------------------------------------------------

PROCESS = re.compile(r"/new\b|/delete$|/restart$|/download$|status=deleted")
"""Steps of a process, and what only its page leads to."""
HREF = re.compile(r'<a [^>]*?href="(/[^"#]*)')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@pytest.mark.parametrize("who", ["stranger", "finished"])
def test_every_page_is_found_in_more_than_one_way_and_has_a_title_of_its_own(who, people):
    found = getattr(people, who)
    ways, titles = _crawl(
        getattr(found, "visitor", found), "/" if who == "stranger" else "/projects"
    )
    hard_to_find = {path for path, pages in ways.items() if len(pages) < 2}
    assert {path for path in hard_to_find if not PROCESS.search(path)} == set()
    shared = {title: paths for title, paths in titles.items() if len(paths) > 1}
    assert {title for title, paths in shared.items() if len({*map(_plain, paths)}) > 1} == set()


def _crawl(visitor, start):
    """Which pages lead to each page, and the addresses that have each title."""
    ways, titles, waiting = defaultdict(set), defaultdict(set), [start]
    while waiting:
        path = waiting.pop()
        answer = visitor.get(path)
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        titles[TITLE.search(answer.text)[1]].add(path)
        for address in HREF.findall(answer.text):
            if address not in ways:
                waiting.append(address)
            ways[address].add(path)
    return ways, titles


def _plain(path):
    """Without its query: the same page, begun in another way."""
    return path.partition("?")[0]
