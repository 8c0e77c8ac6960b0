"""Fixtures of the browser tests."""

from typing import Any

import pytest

from e2e import browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Replaces pytest-playwright's: the browser that was found, started our way."""
    return browser_type_launch_args | {
        "executable_path": browser.executable(),
        "args": browser.arguments(),
    }
