"""Every page of the story in every state, looked at from all sides.

Each page is opened once, and all that follows looks at it: in other colours and sizes, with
a reader's own spacing, by Tab. Axe finding nothing is the least, not the proof. What is done
on pages has tests of its own.
"""

import re

import pytest

from e2e.checks import (
    COLOURS,
    LOST,
    OURS,
    STRUCTURE,
    Watch,
    Weight,
    axe_faults,
    width_faults,
)
from e2e.cookies import cookies_of
from e2e.measures import (
    DESKTOP,
    FORCED,
    PHONE,
    SPACED,
    TWICE,
    ZOOMED,
    listen,
    prepare,
    put_into,
    put_on,
    walk,
)
from e2e.pages import PAGES
from e2e.pages_of_ai import AI_PAGES
from e2e.people import People
from e2e.server import Server
from tests.ai_server import AiServer
from tests.ai_server.__main__ import environment

MAIN = {
    True: ["Projects", "Usage", "Billing", "Methodology"],
    False: ["Methodology", "Pricing", "Sign in", "Create account"],
}
"""The navigation, signed in and not."""
ABOUT = ["Methodology", "Pricing", "Accessibility", "Privacy"]
FRAME = """() => ({
  signed_in: Boolean(document.querySelector(".site-user button")),
  main: [...document.querySelectorAll("header nav[aria-label=Main] a")].map((a) => a.innerText),
  about: [...document.querySelectorAll("footer nav[aria-label=About] a")].map((a) => a.innerText),
  mains: document.querySelectorAll("main").length,
  headings: document.querySelectorAll("h1").length,
  language: document.documentElement.lang,
  first: measures.stops()[0].hash,
})"""
# What asks for the focus by `autofocus` gets it as the page is first drawn.
FOCUS = """() => new Promise((done) => {
  requestAnimationFrame(() => setTimeout(() => done(document.activeElement.id)));
})"""
ERRORS = """() => [...document.querySelectorAll("#error-summary a")].flatMap((link) => {
  const target = document.getElementById(link.hash.slice(1)), words = link.innerText;
  if (!target) return [`“${words}” leads nowhere`];
  const field = target.closest(".control, .cell, .row, td, .field, .narrow") ?? document.body;
  const errors = [...field.querySelectorAll(".error")];
  const said = errors.find((error) => error.innerText.includes(words));
  if (!said) return [`“${words}” does not stand at its field`];
  if (!target.matches("input, select, textarea")) return [];
  const { ariaInvalid, ariaDescribedByElements } = target.closest("[aria-describedby]") ?? target;
  const tied = ariaInvalid === "true" && ariaDescribedByElements?.includes(said);
  return tied ? [] : [`“${words}” is not tied to ${target.id}`];
})"""
POINTING = ("mouse", "pointer", "touch", "drag", "wheel", "gesture", "device")
"""How the names of events begin that no keyboard makes."""
OTHER_MEDIA = (
    "img, picture, video, audio, canvas, iframe, object, embed, marquee, [autoplay], [draggable], "
    "[accesskey], [http-equiv=refresh], [onclick], [tabindex]:not([tabindex='0'], [tabindex='-1'])"
)
ALIKE = {"full example", "document"}
"""The text of the one is the full document's, the other's is the shorter example's."""
NAMES = [name for name in [*PAGES, *AI_PAGES] if name not in ALIKE]
FORMS = ["empty step", "step 1", "step 2", "step 4", "step 5"]
"""Between them they have every kind of field."""
MANY = 1200
"""Elements from which on axe takes seconds for the contrast of a page's texts."""


class Visit:
    """A page that was opened in a tab, and what was weighed and heard meanwhile."""

    def __init__(self, tab, shown, people) -> None:
        self.page, self._codes = tab, []
        enter(tab, shown, people)
        put_into(tab, DESKTOP)
        self.watch = Watch(tab.context, people.url, "45" if shown.code else "4")
        tab.on("response", self._note)
        weight = Weight(tab)
        tab.goto(people.url + shown.address(people))
        self.faults = weight.faults(long=shown.is_long)
        weight.stop()
        if shown.then is not None:
            shown.then(tab)
        tab.wait_for_load_state()
        assert shown.code in {"", *self._codes}, self._codes
        self.focus = tab.evaluate(FOCUS)
        prepare(tab)

    def _note(self, answer) -> None:
        self._codes.append(answer.headers.get("devpilot-error", ""))

    def leave(self) -> None:
        self.watch.stop()
        self.page.remove_listener("response", self._note)
        self.page.unroute_all()


def enter(tab, shown, people):
    tab.context.clear_cookies()
    tab.context.add_cookies(cookies_of(shown.visitor(people)))


@pytest.fixture(scope="module")
def tab(browser):
    """One for all pages: to make one costs more than to look at most pages."""
    context = browser.new_context()
    context.set_default_timeout(15_000)
    listen(context)
    tab = context.new_page()
    tab.on("dialog", lambda dialog: dialog.accept())  # nothing that is typed here is worth keeping
    yield tab
    context.close()


@pytest.fixture(scope="module")
def ai(tmp_path_factory):
    """A provider, with people of a product that asks it."""
    with AiServer() as provider:
        server = Server(tmp_path_factory.mktemp("ai"), **environment(provider))
        server.start()
        yield provider, People(server.url)
        server.stop()


@pytest.fixture(scope="module", params=NAMES)
def visit(request, tab):
    if request.param in PAGES:
        visit = Visit(tab, PAGES[request.param], request.getfixturevalue("people"))
    else:
        provider, people = request.getfixturevalue("ai")
        provider.way = AI_PAGES[request.param].way
        visit = Visit(tab, AI_PAGES[request.param], people)
        provider.reset()
    yield visit
    visit.leave()


@pytest.fixture
def page(visit):
    yield visit.page
    put_on(visit.page, "")


def test_it_is_light_and_asks_nobody_else(visit):
    assert visit.faults + visit.watch.faults == []


# --- on a desktop ------------------------------------------------------------------------------


def test_axe_finds_nothing_on_a_desktop(page):
    """Contrast of text is measured by axe and by us; of the largest pages, by us alone."""
    put_into(page, DESKTOP)
    rules = STRUCTURE | COLOURS
    if page.evaluate("document.all.length") > MANY:
        rules -= {"color-contrast"}
    assert axe_faults(page, rules) + page.evaluate(OURS) == []


def test_tab_stops_at_everything_in_order_and_shows_where(page):
    put_into(page, DESKTOP)
    address = page.url
    assert walk(page) == []
    assert (page.url, len(page.context.pages)) == (address, 1)


def test_the_frame_is_the_same_everywhere(page):
    put_into(page, DESKTOP)
    found = page.evaluate(FRAME)
    assert found.pop("main") == MAIN[found.pop("signed_in")]
    assert found == {"about": ABOUT, "mains": 1, "headings": 1, "language": "en", "first": "#main"}


def test_the_title_says_where_one_is(page):
    heading = page.locator("h1").inner_text().removesuffix(".")
    title = page.title()
    assert heading.removeprefix("The ").casefold() in title.casefold()
    assert title.endswith(" · DevPilot")


def test_each_error_takes_the_focus_and_stands_at_its_field(page, visit):
    if not page.locator("#error-summary").count():
        assert not page.title().startswith("Error: ")
        return
    if page.title().startswith("Components"):  # one of everything, and nothing is refused
        return
    assert page.title().startswith("Error: ") or page.locator("#ask #error-summary").count()
    assert visit.focus == "error-summary"
    assert page.evaluate(ERRORS) == []


def test_scripts_wait_for_clicks_and_keys_alone(page):
    listened = page.evaluate("[...listened]")
    assert [kind for kind in listened if kind.startswith(POINTING)] == []


def test_text_may_be_twice_as_large(page):
    put_into(page, DESKTOP)
    put_on(page, TWICE)
    assert width_faults(page) + page.evaluate(LOST) == []


# --- on a small screen, or a magnified one -----------------------------------------------------


def test_text_may_be_spaced(page):
    put_on(page, SPACED)
    for look in (DESKTOP, ZOOMED):
        put_into(page, look)
        assert width_faults(page) + page.evaluate(LOST) == []


def test_it_fits_at_400_percent(page):
    put_into(page, ZOOMED)
    assert width_faults(page) + page.evaluate(LOST) == []


def test_axe_finds_nothing_on_a_phone_in_the_dark(page):
    put_into(page, PHONE)
    assert axe_faults(page, STRUCTURE) + page.evaluate(OURS) == []


def test_nothing_hides_the_focus_on_the_way_back(page):
    put_into(page, PHONE)
    assert page.evaluate("measures.backwards()") == []


# --- in forced colours, with reduced motion ----------------------------------------------------


def test_axe_finds_nothing_in_forced_colours(page):
    """Of axe the rules that look at colours, but for contrast.

    For that it reads `-webkit-text-fill-color`, which Chromium tells as the author wrote it and
    not as it is drawn.
    """
    put_into(page, FORCED)
    assert axe_faults(page, COLOURS - {"color-contrast"}) + page.evaluate(OURS) == []


def test_it_is_text_and_drawings_and_nothing_moves(page):
    put_into(page, FORCED)
    assert page.locator(OTHER_MEDIA).count() == 0
    assert page.evaluate("document.getAnimations().length") == 0


# --- without scripts ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare_tab(browser):
    """A tab that gets no script and no rule of style for browsers with scripts.

    Axe is one itself, so scripts cannot just be switched off.
    """
    context = browser.new_context()
    tab = context.new_page()
    tab.route("**/*.js?*", lambda route: route.abort())
    tab.route("**/devpilot.css?*", _without_rules_for_scripts)
    put_into(tab, PHONE)
    yield tab
    context.close()


def _without_rules_for_scripts(route):
    answer = route.fetch()
    rules, count = re.subn(r"\(scripting: ?enabled\)", "not all", answer.text())
    assert count
    route.fulfill(response=answer, body=rules)


@pytest.mark.parametrize("name", FORMS)
def test_the_form_of_a_step_without_scripts(name, bare_tab, people):
    """All rows are open, so it is another page to look at."""
    enter(bare_tab, PAGES[name], people)
    bare_tab.goto(people.url + PAGES[name].address(people))
    found = axe_faults(bare_tab, STRUCTURE) + width_faults(bare_tab)
    assert found + bare_tab.evaluate(LOST) + bare_tab.evaluate("measures.backwards()") == []
