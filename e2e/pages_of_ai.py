"""Every state of a step in which the AI has a part, as pages of `e2e.pages` are listed.

A newcomer's likely mistake: sharing a person between two states. An answer changes the step
for whoever looks at it next, so each state has somebody of its own.
"""

import functools
from dataclasses import dataclass

from playwright.sync_api import Page

from e2e.pages import Shown, Who
from e2e.people import Author, People
from e2e.visitor import Visitor

USE_SUMMARY = "Use the suggestion, What it is"


@dataclass(frozen=True, slots=True)
class ShownByAi(Shown):
    """A page that the provider had a part in: how it answers while the page is opened."""

    way: str | int = "good"


def _somebody(part: str, order: int, ask: str = "", *, agreed: bool = True) -> Who:
    """An author of the story who agreed to the provider, and asked it where `ask` says so."""

    @functools.cache
    def who(people: People) -> Author:
        author: Author = getattr(People(people.url), part)
        here = f"{author.step(order)}/suggestions"
        if agreed:
            _post(author.visitor, f"{here}/agreement")
        if ask:
            _post(author.visitor, here, ask=ask)
        return author

    return who


def _post(visitor: Visitor, path: str, **fields: str) -> None:
    answer = visitor.post(path, list(fields.items()))
    assert answer.status == 303, answer.text[:2000]


def _panel(page: Page) -> None:
    page.get_by_role("button", name="Ask the AI").click()
    page.locator("#ask").wait_for()


def _ask(page: Page) -> None:
    _panel(page)
    page.get_by_role("button", name="Suggest texts").click()


def _asking(page: Page) -> None:
    """The answer never comes, nor does it have to for the page to stay as it is."""
    page.route("**/suggestions", lambda _route: None)
    _ask(page)
    page.get_by_text("Asking, 0 s.").wait_for()


def _answered(page: Page) -> None:
    _ask(page)
    page.get_by_text("The answer is here").wait_for()


def _failed(page: Page) -> None:
    _ask(page)
    page.locator("#ask #error-summary").wait_for()


def _failed_without_scripts(page: Page) -> None:
    """By the panel's own page, where a form is a form."""
    page.route("**/*.js", lambda route: route.abort())
    page.reload()
    page.get_by_role("button", name="Suggest texts").click()
    page.locator("#error-summary").wait_for()


def _refused(page: Page) -> None:
    _panel(page)
    page.get_by_label("What you would like").fill("x" * 501)
    page.get_by_role("button", name="Suggest texts").click()
    page.locator("#ask #error-summary").wait_for()


def _sent(page: Page) -> None:
    page.get_by_text("All that is sent for texts and rows").click()


def _used(page: Page) -> None:
    page.get_by_role("button", name=USE_SUMMARY).click()
    page.get_by_role("button", name="Undo", exact=True).wait_for()


AGREED = _somebody("writer", 1)
"""Who agreed and whose questions come to nothing: one may stand in for all of them."""
STEP = "{revision}/steps/1"
AI_PAGES = {
    "before agreeing": ShownByAi(_somebody("writer", 1, agreed=False), STEP, _panel),
    "panel": ShownByAi(AGREED, STEP, _panel),
    "asking": ShownByAi(_somebody("writer", 1), STEP, _asking),
    "answered": ShownByAi(_somebody("writer", 1), STEP, _answered),
    "panel with an error": ShownByAi(AGREED, STEP, _refused),
    "provider that fails": ShownByAi(AGREED, STEP, _failed, code="ai_unavailable", way=503),
    "provider that refuses": ShownByAi(
        AGREED, STEP, _failed, code="ai_invalid_response", way="refusal"
    ),
    "provider that fails, without scripts": ShownByAi(
        AGREED,
        f"{STEP}/suggestions",
        _failed_without_scripts,
        code="ai_unavailable",
        way=503,
    ),
    "panel's page": ShownByAi(AGREED, f"{STEP}/suggestions", _sent),
    "step 1 with proposals": ShownByAi(_somebody("writer", 1, "draft"), STEP),
    "used": ShownByAi(_somebody("writer", 1, "draft"), STEP, _used),
    "step 2 with proposals": ShownByAi(_somebody("second", 2, "draft"), "{revision}/steps/2"),
    "step 4 with proposals": ShownByAi(
        _somebody("paying", 4, "draft"), "{revision}/steps/4", is_long=True
    ),
    "considerations": ShownByAi(_somebody("second", 2, "missing"), "{revision}/steps/2"),
    "privacy with a provider": ShownByAi(lambda p: p.stranger, "/privacy"),
    "pricing with a provider": ShownByAi(lambda p: p.stranger, "/pricing"),
}
