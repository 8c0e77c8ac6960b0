"""What the first view of a page costs: bytes, requests, paints, shifts.

Owns the measuring; `test_first_view.py` holds pages to limits and `gallery.py` writes the
figures down. The names are those of Lighthouse and the Performance API. A newcomer's likely
mistake: measuring in a context that has the files cached already.
"""

from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from e2e.checks import Weight
from e2e.cookies import cookies_of
from e2e.visitor import Visitor

SLOWDOWN = 4
"""The processor is made this many times slower, as for a phone of the middle range."""
OBSERVE = """() => {
  const seen = window.__seen = { largest: 0, shift: 0, blocked: 0 };
  const watch = (type, note) => new PerformanceObserver(
    (list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => { seen.largest = entry.startTime; });
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  watch("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
}"""
READ = """() => new Promise((done) => setTimeout(() => done({
  ...window.__seen,
  first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  elements: document.querySelectorAll("*").length,
}), 120))"""


@dataclass(frozen=True, slots=True)
class FirstView:
    """One first view, under `SLOWDOWN`. Times are milliseconds since the navigation began."""

    requests: int
    bytes: int
    """Over the wire, headers included."""
    first_paint: float
    largest_paint: float
    shift: float
    """Cumulative layout shift: a share of the window, 0 when nothing moved."""
    blocked: float
    """Total blocking time: what tasks took beyond 50 ms each."""
    elements: int


def first_view(
    browser: Browser, url: str, visitor: Visitor, path: str, *, rest: float = 0
) -> FirstView:
    """Open the page with an empty cache and a slow processor, and see it come.

    For times that are to be believed, `rest` milliseconds first: a new window's own start
    goes on for about a second, and takes the processor from the page.
    """
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    try:
        context.add_cookies(cookies_of(visitor))
        page = context.new_page()
        page.goto("/healthz")  # the browser's process for this site; nothing of ours is cached
        page.wait_for_timeout(rest)
        page.add_init_script(f"({OBSERVE})()")
        slow_down(page)
        weight = Weight(page)
        page.goto(path, wait_until="load")
        seen = page.evaluate(READ)
        return FirstView(
            requests=len(weight.addresses),
            bytes=round(weight.total),
            first_paint=seen["first"],
            largest_paint=seen["largest"],
            shift=round(seen["shift"], 4),
            blocked=seen["blocked"],
            elements=seen["elements"],
        )
    finally:
        context.close()


def slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
