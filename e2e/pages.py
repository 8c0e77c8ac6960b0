"""Every page of the story by name, and how to come to it.

Owns the list that the tests of accessibility, weight and width go through. A newcomer's
likely mistake: adding a page to one of those tests alone; add it here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from playwright.sync_api import Page

from e2e.people import Author, People
from e2e.visitor import Visitor

Who: TypeAlias = Callable[[People], Visitor | Author]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the product: whose it is, its path, and what to do there first."""

    who: Who
    path: str
    then: Callable[[Page], None] | None = None
    is_long: bool = False
    """Hundreds of rows or a whole document: it may weigh more than other pages."""

    def visitor(self, people: People) -> Visitor:
        found = self.who(people)
        return found.visitor if isinstance(found, Author) else found

    def address(self, people: People) -> str:
        """The path, with the project's, the revision's or the export's own put in."""
        found = self.who(people)
        if isinstance(found, Visitor):
            return self.path
        return self.path.format(project=found.project, revision=found.revision, export=found.export)

    def open(self, page: Page, people: People) -> None:
        page.goto(self.address(people))
        if self.then is not None:
            self.then(page)


def _refused_sign_up(page: Page) -> None:
    page.get_by_label("E-mail address").fill("someone@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("heading", name="The account was not created").wait_for()


def _refused_sign_in(page: Page) -> None:
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.get_by_label("Password").fill("some password that is wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="You are not signed in yet").wait_for()


def _refused_name(page: Page) -> None:
    page.get_by_label("Name").fill("x" * 121)
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("link", name="120").wait_for()


def _refused_lock(page: Page) -> None:
    page.get_by_role("button", name="Lock step 1").click()
    page.get_by_role("heading", name="missing before step 1 can be locked").wait_for()


def _conflict(page: Page) -> None:
    """A lock from a page that is older than what is saved."""
    page.locator("input[name=version]").evaluate("(input) => { input.value = '0' }")
    page.get_by_role("button", name="Lock step 1").click()
    page.get_by_role("heading", name="What is saved now").wait_for()


def _stale_restart(page: Page) -> None:
    """A restart from a page that is older than what is saved."""
    page.locator("input[name=version]").evaluate("(input) => { input.value = '0' }")
    page.get_by_role("button", name="Restart from step").click()
    page.get_by_role("heading", name="saved after this page was opened").wait_for()


def _refused_table(page: Page) -> None:
    """A table with a row that fits and two that do not."""
    page.locator("#f-goals summary").last.click()
    page.locator("#paste-goals").fill(f"ok\ta\t1\n{'x' * 121}\tb\t2\none\ttwo\tthree\tfour")
    page.get_by_role("button", name="Add these rows to goals").click()
    page.get_by_text("Row 3 has 4 cells").first.wait_for()


PAGES = {
    "landing": Shown(lambda p: p.stranger, "/"),
    "pricing": Shown(lambda p: p.stranger, "/pricing"),
    "methodology": Shown(lambda p: p.stranger, "/methodology"),
    "accessibility": Shown(lambda p: p.stranger, "/accessibility"),
    "privacy": Shown(lambda p: p.stranger, "/privacy"),
    "error codes": Shown(lambda p: p.stranger, "/errors"),
    "register": Shown(lambda p: p.stranger, "/register"),
    "register refused": Shown(lambda p: p.stranger, "/register", _refused_sign_up),
    "login": Shown(lambda p: p.stranger, "/login"),
    "login refused": Shown(lambda p: p.stranger, "/login", _refused_sign_in),
    "not found": Shown(lambda p: p.newcomer, "/projects/nothing"),
    "no projects": Shown(lambda p: p.newcomer, "/projects"),
    "new project": Shown(lambda p: p.newcomer, "/projects/new"),
    "new project refused": Shown(lambda p: p.newcomer, "/projects/new", _refused_name),
    "new project above the limit": Shown(lambda p: p.writer, "/projects/new"),
    "projects": Shown(lambda p: p.writer, "/projects"),
    "deleted projects": Shown(lambda p: p.writer, "/projects?status=deleted"),
    "project": Shown(lambda p: p.writer, "{project}"),
    "delete project": Shown(lambda p: p.writer, "{project}/delete"),
    "empty step": Shown(lambda p: p.beginner, "{revision}/steps/1"),
    "blank row": Shown(lambda p: p.writer, "{revision}/steps/1?blank=goals"),
    "step 1": Shown(lambda p: p.writer, "{revision}/steps/1"),
    "step 2": Shown(lambda p: p.second, "{revision}/steps/2"),
    "step 3": Shown(lambda p: p.third, "{revision}/steps/3"),
    "conflict": Shown(lambda p: p.writer, "{revision}/steps/1", _conflict),
    "refused lock": Shown(lambda p: p.beginner, "{revision}/steps/1", _refused_lock),
    "out of sequence": Shown(lambda p: p.beginner, "{revision}/steps/3"),
    "locked step": Shown(lambda p: p.free, "{revision}/steps/2"),
    "step above the plan": Shown(lambda p: p.free, "{revision}/steps/4"),
    "step 4": Shown(lambda p: p.paying, "{revision}/steps/4"),
    "restart": Shown(lambda p: p.finished, "{revision}/steps/1/restart"),
    "restart not in the plan": Shown(lambda p: p.free, "{revision}/steps/1/restart"),
    "restart refused": Shown(lambda p: p.finished, "{revision}/steps/2/restart", _stale_restart),
    "restarted project": Shown(lambda p: p.restarted, "{project}"),
    "step to lock again": Shown(lambda p: p.restarted, "{revision}/steps/2"),
    "invalidated step out of sequence": Shown(lambda p: p.restarted, "{revision}/steps/4"),
    "new revision": Shown(lambda p: p.finished, "{project}/revisions/new"),
    "new revision not now": Shown(lambda p: p.copied, "{project}/revisions/new"),
    "project with a copy": Shown(lambda p: p.copied, "{project}"),
    "step of a copy": Shown(lambda p: p.copied, "{revision}/steps/2"),
    **{
        f"step {order}": Shown(
            lambda p, order=order: p.full(order),
            f"{{revision}}/steps/{order}",
            is_long=order in {6, 7, 10},
        )
        for order in range(5, 11)
    },
    "empty step of full mode": Shown(lambda p: p.full(5), "{revision}/steps/6"),
    "full project": Shown(lambda p: p.full(11), "{project}"),
    "full document": Shown(lambda p: p.full(11), "{revision}", is_long=True),
    "list as a table": Shown(lambda p: p.writer, "{revision}/steps/1/table?list=features"),
    "refused table": Shown(lambda p: p.beginner, "{revision}/steps/1", _refused_table),
    "example": Shown(lambda p: p.stranger, "/examples/wellbrook"),
    "full example": Shown(lambda p: p.newcomer, "/examples/doorstep", is_long=True),
    "document": Shown(lambda p: p.paying, "{revision}"),
    "usage": Shown(lambda p: p.free, "/usage"),
    "billing": Shown(lambda p: p.free, "/billing"),
    "sandbox": Shown(lambda p: p.free, "/billing/sandbox"),
    "billing of Pro": Shown(lambda p: p.paying, "/billing"),
    "sandbox of Pro": Shown(lambda p: p.paying, "/billing/sandbox"),
    "usage of Pro": Shown(lambda p: p.paying, "/usage"),
    "billing with a failed payment": Shown(lambda p: p.owing, "/billing"),
    "billing after Pro": Shown(lambda p: p.lapsed, "/billing"),
    "project after Pro": Shown(lambda p: p.lapsed, "{project}"),
    "back from payment": Shown(lambda p: p.free, "/billing/return"),
    "finished project": Shown(lambda p: p.finished, "{project}"),
    "export": Shown(lambda p: p.finished, "{export}"),
}
