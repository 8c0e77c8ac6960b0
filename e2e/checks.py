"""What must hold of every page: no violation, no foreign request, no weight, no overflow."""

from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

AXE = Axe()
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": [
            "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice",
        ],
    },
    # Off by default, though it is a criterion of WCAG 2.2 AA.
    "rules": {"target-size": {"enabled": True}},
}  # fmt: skip
MOST_REQUESTS = 4
MOST_BYTES = 60_000
MOST_BYTES_OF_LONG = 150_000
"""For a page whose content alone is long: hundreds of rows, or a whole document of ten steps."""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => `wider than ${width} px: ${element.outerHTML.slice(0, 120)}`);
}"""


def axe_faults(page: Page) -> list[str]:
    """What axe finds on the page as it is now."""
    found = AXE.run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})"
        for rule in found
        for node in rule["nodes"]
    ]


def width_faults(page: Page) -> list[str]:
    """What is wider than the page. Works with scripts off too."""
    return list(page.evaluate(TOO_WIDE))


class Watch:
    """Listens to all pages of a context: what they complain of and where they ask."""

    def __init__(self, context: BrowserContext, own: str) -> None:
        self._own = urlsplit(own).netloc
        self.faults: list[str] = []
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self._ask)

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser and htmx report every answer of 400 and above; those are meant.
        meant = any(words in message.text for words in ("status of 4", "Error Code 4"))
        if message.type in {"error", "warning"} and not meant:
            self.faults.append(f"console: {message.text}")

    def _ask(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != self._own:
            self.faults.append(f"asks another origin: {request.url}")


class Weight:
    """Counts what the first view of a page takes over the wire. The cache must be empty."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        self._bytes: dict[str, float] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

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
