"""What must hold of every page: no violation, no foreign request, no weight, no overflow."""

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

from e2e.measures import DESKTOP, FORCED, PHONE, prepare, put_into

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
STRUCTURE = frozenset({
    *TAGS,
    # Rules that axe runs only where it is told to: experiments of its makers, and one more.
    "target-size", "css-orientation-lock", "focus-order-semantics", "label-content-name-mismatch",
    "p-as-heading", "table-fake-caption", "td-has-header",
})  # fmt: skip
"""All that axe looks at but the contrast of text, which takes it longest."""
COLOURS = frozenset({"color-contrast", "link-in-text-block"})

MEASURED = {
    "bgGradient": "a gradient is behind it: each of its stops is measured",
    "bgOverlap": "something else is behind it: so is each shape of a picture that it touches",
    "imgNode": "it stands in a picture: the same",
    "elmPartiallyObscured": "its frame is scrolled: colours do not depend on that",
    "nonBmp": "it is a mark such as a circle: it is measured as text is",
    "shortTextContent": "it is a single letter or digit: the same",
}
"""Why axe leaves the contrast of a text open, and what `measures.js` does about it. What axe
leaves open for any other reason is a fault."""

_RUN = """async ([options, measured]) => {
  const { violations, incomplete } = await axe.run(document, options), faults = [];
  const each = (rules, say) => rules.forEach((rule) => rule.nodes.forEach((node) => faults.push(...say(rule, node))));
  measures.forget();
  each(violations, (rule, node) => [`${rule.id}: ${node.html.slice(0, 160)} (${node.failureSummary.slice(0, 300)})`]);
  each(incomplete, (rule, node) => {
    const reasons = [...node.any, ...node.all, ...node.none].map(({ data }) => data?.messageKey ?? "none given");
    if (rule.id === "color-contrast" && reasons.every((reason) => measured.includes(reason))) return measures.ofText(node.element);
    return [`left open, ${rule.id} (${reasons}): ${node.html.slice(0, 160)}`];
  });
  return faults;
}"""  # noqa: E501  JavaScript

MOST_REQUESTS = 4
MOST_BYTES = 60_000
MOST_BYTES_OF_LONG = 150_000
"""For a page whose content alone is long: hundreds of rows, or a whole document of ten steps."""
OURS = "[...measures.contrast(), ...measures.shapes()]"
"""Contrast of text, edges, icons and pictures."""
LOST = "[...measures.cut(), ...measures.overlaps()]"
"""Text that nobody can read."""
ALL = f"[...{OURS}, ...{LOST}, ...measures.backwards()]"
REPORTS = ("status of", "Error Code")
"""How the browser and htmx report every answer of 400 and above."""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `wider than ${width} px: ${element.outerHTML.slice(0, 120)}`);
}"""


def axe_faults(page: Page, look_at: frozenset[str] = STRUCTURE | COLOURS) -> list[str]:
    """What axe finds on the page as it is now, and what it leaves open."""
    prepare(page)
    tags = [tag for tag in TAGS if tag in look_at]
    rules = sorted(look_at - set(TAGS))
    options: dict[str, Any] = {
        "resultTypes": ["violations", "incomplete"],
        "selectors": False,
        "elementRef": True,
    }
    if tags:
        options["runOnly"] = {"type": "tag", "values": tags}
        contrast = {"color-contrast": {"enabled": "color-contrast" in look_at}}
        options["rules"] = {rule: {"enabled": True} for rule in rules} | contrast
    else:
        options["runOnly"] = {"type": "rule", "values": rules}
    return list(page.evaluate(_RUN, [options, list(MEASURED)]))


def width_faults(page: Page) -> list[str]:
    """What is wider than the page. Works with scripts off too."""
    return list(page.evaluate(TOO_WIDE))


def faults_in_each_look(page: Page) -> list[str]:
    """All of it, for a page that is not in `pages.PAGES`: it is about a trouble of its own."""
    found = []
    for look in (DESKTOP, PHONE, FORCED):
        put_into(page, look)
        rules = STRUCTURE if look.forced else STRUCTURE | COLOURS
        found += [*axe_faults(page, rules), *width_faults(page), *page.evaluate(ALL)]
    put_into(page, DESKTOP)
    return found


class Watch:
    """Listens to all pages of a context: what they complain of and where they ask."""

    def __init__(self, context: BrowserContext, own: str, meant: str = "4") -> None:
        """`meant` are the first digits of the statuses of refusals that the test is about."""
        self._own = urlsplit(own).netloc
        self._meant = [f"{words} {digit}" for digit in meant for words in REPORTS]
        self.faults: list[str] = []
        self._context = context
        self._heard = {"console": self._hear, "weberror": self._fail, "request": self._ask}
        for event, note in self._heard.items():
            context.on(event, note)

    def stop(self) -> None:
        for event, note in self._heard.items():
            self._context.remove_listener(event, note)

    def _fail(self, error: WebError) -> None:
        self.faults.append(f"script error: {error.error}")

    def _hear(self, message: ConsoleMessage) -> None:
        meant = any(words in message.text for words in self._meant)
        if message.type in {"error", "warning"} and not meant:
            self.faults.append(f"console: {message.text}")

    def _ask(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self._own:
            self.faults.append(f"asks another origin: {request.url}")


class Weight:
    """Counts what the first view of a page takes over the wire, as if the cache were empty."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        self._bytes: dict[str, float] = {}
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._session.on("Network.requestWillBeSent", self._sent)
        self._session.on("Network.loadingFinished", self._finished)

    def stop(self) -> None:
        self._session.detach()

    def _sent(self, event) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.addresses.append(event["request"]["url"])

    def _finished(self, event) -> None:
        self._bytes[event["requestId"]] = event["encodedDataLength"]

    @property
    def total(self) -> float:
        return sum(self._bytes.values())

    def faults(self, *, long: bool = False) -> list[str]:
        total = self.total
        faults = []
        if len(self.addresses) > MOST_REQUESTS:
            faults.append(f"{len(self.addresses)} requests: {self.addresses}")
        if total >= (MOST_BYTES_OF_LONG if long else MOST_BYTES):
            faults.append(f"{total:,.0f} bytes over the wire")
        return faults
