"""Carries a visitor's session into a browser, so that a test need not sign in by hand."""

from typing import Any

from e2e.visitor import Visitor


def cookies_of(visitor: Visitor) -> list[Any]:
    """What `BrowserContext.add_cookies` takes."""
    return [
        {"name": cookie.name, "value": cookie.value, "url": visitor.url, "httpOnly": True}
        for cookie in visitor.jar
    ]
