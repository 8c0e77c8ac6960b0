"""What is done on a page before it is looked at: each leads to one more state of it.

A newcomer's likely mistake: changing what others look at too. All of it is refused, or
belongs to the page alone.
"""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from e2e.visitor import PASSWORD


def refused_sign_up(page: Page) -> None:
    page.get_by_label("E-mail address").fill("someone@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("heading", name="The account was not created").wait_for()


def refused_sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.get_by_label("Password").fill("some password that is wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="You are not signed in yet").wait_for()


def ask_for_projects(page: Page) -> None:
    """Which leads whoever is signed out to the sign-in."""
    page.evaluate("() => { location.href = '/projects' }")
    page.get_by_role("heading", name="Sign in").wait_for()


def refused_name(page: Page) -> None:
    page.get_by_label("Name").fill("x" * 121)
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("link", name="120").wait_for()


def refused_lock(page: Page) -> None:
    page.get_by_role("button", name="Lock step 1").click()
    page.get_by_role("heading", name="missing before step 1 can be locked").wait_for()


def conflict(page: Page) -> None:
    """A lock from a page that is older than what is saved."""
    page.evaluate("document.getElementById('version').value = '0'")
    page.get_by_label("What it is", exact=True).fill("A booking system for two clinics.")
    page.get_by_role("button", name="Lock step 1").click()
    page.get_by_role("heading", name="What is saved now").wait_for()


def stale_restart(page: Page) -> None:
    """A restart from a page that is older than what is saved."""
    page.locator("input[name=version]").evaluate("(input) => { input.value = '0' }")
    page.get_by_role("button", name="Restart from step").click()
    page.get_by_role("heading", name="saved after this page was opened").wait_for()


def refused_table(page: Page) -> None:
    """A table with a row that fits and two that do not."""
    page.locator("#f-goals summary").last.click()
    page.locator("#paste-goals").fill(f"ok\ta\t1\n{'x' * 121}\tb\t2\none\ttwo\tthree\tfour")
    page.get_by_role("button", name="Add these rows to goals").click()
    page.get_by_text("Row 3 has 4 cells").first.wait_for()


def send(suffix: str = "", **fields: str) -> Callable[[Page], None]:
    """Post a form to below the page's address, as a page that has grown old might."""

    def press(page: Page) -> None:
        with page.expect_navigation():
            page.evaluate(FORM, [suffix, fields])

    return press


FORM = """([suffix, fields]) => {
  const form = document.createElement("form"), token = document.querySelector("[name=csrf_token]");
  form.method = "post";
  form.action = location.pathname + suffix;
  for (const [name, value] of Object.entries({ csrf_token: token.value, ...fields })) {
    form.append(Object.assign(document.createElement("input"), { name, value, type: "hidden" }));
  }
  document.body.append(form);
  form.submit();
}"""


def refused_save(page: Page) -> None:
    """A text that is too long is saved by no pause."""
    page.get_by_label("What it is", exact=True).fill("x" * 2000)
    page.keyboard.press("Control+s")
    page.locator("#save-state[data-state=failed] a").wait_for()


def signed_out(page: Page) -> None:
    """The session ends while somebody writes."""
    page.context.clear_cookies()
    page.get_by_label("What it is", exact=True).fill("Written after the session ended")
    page.keyboard.press("Control+s")
    page.get_by_text("you are signed out").first.wait_for()


def sign_in_on_the_way(page: Page) -> None:
    signed_out(page)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Your text is safe").wait_for()


def signed_in_again(page: Page) -> None:
    email = page.get_by_text(re.compile("@example.com$")).inner_text()
    sign_in_on_the_way(page)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Send what you wrote").wait_for()


def forged(page: Page) -> None:
    """A form whose token is of another session."""
    page.locator("form [name=csrf_token]").last.evaluate("(input) => { input.value = 'x' }")
    page.get_by_label("Name").fill("Clinic")
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("heading", name="could not be verified").wait_for()


def too_many_tries(page: Page) -> None:
    """One address is tried until it is paused."""
    page.get_by_label("E-mail address").fill("paused@example.com")
    page.get_by_label("Password").fill("some password that is wrong")
    page.evaluate(TWENTY_TRIES)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="You are not signed in yet").wait_for()


TWENTY_TRIES = """() => {
  const body = new URLSearchParams(new FormData(document.querySelector("main form")));
  const tries = Array.from({ length: 20 }, () => fetch("/login", { method: "POST", body }));
  return Promise.all(tries).then(() => null);
}"""
