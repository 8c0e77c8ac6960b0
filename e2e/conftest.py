"""Fixtures of the browser tests: one server for each worker, people, and their pages."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from e2e import browser
from e2e.cookies import cookies_of
from e2e.people import People
from e2e.server import Server
from e2e.visitor import Visitor

LONGEST = ("test_story.py", "test_paste.py", "test_keyboard.py", "test_htmx.py")

# A machine that does four things at once is slow; what never comes is told by this too.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: no worker is left alone with one while the others have none."""
    items.sort(
        key=lambda item: (
            LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST)
        )
    )


@pytest.fixture(scope="session", autouse=True)
def driver() -> None:
    """Before any of pytest-playwright's fixtures starts it."""
    browser.ensure_driver()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Replaces pytest-playwright's: the browser that was found, started our way."""
    return browser_type_launch_args | {
        "executable_path": browser.executable(),
        "args": browser.arguments(),
    }


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this worker."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def first_try(server: Server) -> None:
    """Each test has the rates to itself: an address may sign up sixty people an hour."""
    with closing(sqlite3.connect(server.database, timeout=10)) as connection, connection:
        connection.execute("DELETE FROM rate_counter")


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    """What pytest-playwright puts before the paths that tests go to."""
    return server.url


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Pages on loopback answer soon: a test that waits longer is wrong."""
    context.set_default_timeout(8000)
    return context


@pytest.fixture
def somebody(server: Server) -> Visitor:
    """A new person who is signed up."""
    return Visitor(server.url).sign_up()


@pytest.fixture(scope="session")
def people(server: Server) -> People:
    """People at every point of the story, for tests that only look."""
    return People(server.url)


@pytest.fixture
def sign_in(context: BrowserContext) -> Callable[[Visitor], Page]:
    """A page of this person's browser: their cookies, without the sign-in form."""

    def enter(visitor: Visitor) -> Page:
        context.add_cookies(cookies_of(visitor))
        return context.new_page()

    return enter
