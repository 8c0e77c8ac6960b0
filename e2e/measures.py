"""What axe cannot say of a page, measured as it is drawn: see `measures.js`.

Owns how a page is put into each look. A newcomer's likely mistake: loading the page anew
between two looks; a look is a setting of the browser, and the page follows it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

SCRIPT = Path(__file__).with_name("measures.js").read_text("utf-8")
MOST_STOPS = 60

SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""
"""What 1.4.12 says that a reader may set."""
TWICE = "html { font-size: 200% !important }"

_PUT_ON = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = rules ? [sheet] : [];
}"""
_LISTEN = """(() => {
  const listened = window.listened = new Set(), { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, ...more) {
    listened.add(type);
    return addEventListener.call(this, type, ...more);
  };
})()"""


@dataclass(frozen=True, slots=True)
class Look:
    """A size of the window in pixels, and what the reader's system asks for."""

    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    forced: bool = False
    """Forced colours, and reduced motion."""


DESKTOP = Look(1280, 800)
PHONE = Look(320, 640, "dark")
ZOOMED = Look(320, 256)
"""A window of 1280 by 1024 at 400 %."""
FORCED = Look(1280, 800, "dark", forced=True)

_worn: WeakKeyDictionary[Page, Look] = WeakKeyDictionary()


def put_into(page: Page, look: Look) -> None:
    """Show the page so; costs nothing where it is shown so already."""
    if _worn.get(page) == look:
        return
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.emulate_media(
        color_scheme=look.scheme,
        forced_colors="active" if look.forced else "none",
        reduced_motion="reduce" if look.forced else "no-preference",
    )
    _worn[page] = look


def put_on(page: Page, rules: str) -> None:
    """A reader's own style sheet, instead of the one before; "" takes it off."""
    page.evaluate(_PUT_ON, rules)


def listen(context: BrowserContext) -> None:
    """From the next page on, note the kinds of events that scripts wait for."""
    context.add_init_script(_LISTEN)


def prepare(page: Page) -> None:
    """Bring axe and the measures into the page, once."""
    if not page.evaluate("'measures' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(SCRIPT)


def walk(page: Page) -> list[str]:
    """Tab from the first stop to the last and out; of hundreds, to the first and the last ones.

    A document has a link at each mention of a row, all alike.
    """
    count: int = page.evaluate("(measures.watch(), measures.stops().length)")
    if count <= MOST_STOPS:
        _press_tab(page, count)
        faults = page.evaluate("(count) => measures.told(0, count)", count)
    else:
        half = MOST_STOPS // 2
        _press_tab(page, half)
        faults = page.evaluate("(half) => measures.told(0, half)", half)
        page.evaluate("(from) => measures.watch(from)", count - half)
        _press_tab(page, half - 1)
        faults += page.evaluate("([from, half]) => measures.told(from, half)", [count - half, half])
    _press_tab(page, 1)
    if page.evaluate("document.activeElement === measures.stops().at(-1)"):
        faults.append("Tab does not leave the last stop")
    page.evaluate("measures.begin()")
    return list(faults)


def _press_tab(page: Page, times: int) -> None:
    for _ in range(times):
        page.keyboard.press("Tab")
