"""What a screen reader is told without moving: the live region, change by change.

A newcomer's likely mistake: reading the region's text. It holds the last words alone, however
often they were said.
"""

from playwright.sync_api import BrowserContext, Page

_LISTEN = """addEventListener("DOMContentLoaded", () => {
  window.heard = [];
  const region = document.querySelector("#announce");
  new MutationObserver(() => window.heard.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
});"""


def listen(context: BrowserContext) -> None:
    """From the next page on."""
    context.add_init_script(_LISTEN)


def heard(page: Page) -> list[str]:
    """All that the page said since it was loaded or last asked."""
    said: list[str] = page.evaluate("window.heard.splice(0)")
    return [" ".join(words.split()) for words in said]
