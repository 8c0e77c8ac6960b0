"""Long documents: what is out of sight is laid out late, and nobody is to notice."""

import re

import pytest

from e2e.pages import PAGES

DRAW_ALL = """() => {
  for (const part of document.querySelectorAll("main *")) part.style.contentVisibility = "visible";
}"""
LATE = "[...document.querySelectorAll('tr[id]')].at(-1).id"
TOP = "(id) => document.getElementById(id).getBoundingClientRect().top"


def opened(name, sign_in, people):
    shown = PAGES[name]
    page = sign_in(shown.visitor(people))
    page.goto(shown.address(people))
    return page


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.mark.parametrize("name", ["full document", "methodology"])
def test_print_has_all_of_it(name, sign_in, people):
    page = opened(name, sign_in, people)
    printed = page.pdf()
    page.evaluate(DRAW_ALL)
    whole = page.pdf()
    assert pages_of(printed) == pages_of(whole) > 20
    assert len(printed) == pytest.approx(len(whole), rel=0.001)


def test_an_address_of_a_late_row_leads_to_it(sign_in, people):
    page = opened("full document", sign_in, people)
    late = page.evaluate(LATE)
    page.goto(f"{page.url}#{late}")
    page.wait_for_function("() => scrollY > 10000")
    assert 0 <= page.evaluate(TOP, late) < page.viewport_size["height"] - 50


def test_what_is_far_below_is_not_laid_out_at_first(sign_in, people):
    page = opened("full document", sign_in, people)
    late = page.evaluate(LATE)
    assert not page.evaluate(
        "(id) => document.getElementById(id).checkVisibility({contentVisibilityAuto: true})", late
    )
