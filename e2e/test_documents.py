"""Long pages: what is far down is laid out a moment late, and nobody is to notice."""

import pytest

from e2e.pages import PAGES

AT = """() => {
  const places = [...document.querySelectorAll("tr[id], h3[id]")];
  return [scrollY, places.find((place) => place.getBoundingClientRect().top > 0).id];
}"""
DRAWN = "() => document.readyState === 'complete' && !document.getAnimations().length"
LATE = "[...document.querySelectorAll('tr[id]')].at(-1).id"
TOP = "(id) => document.getElementById(id).getBoundingClientRect().top"
SKIPPED = """() => [...document.querySelectorAll("main *")].filter(
  (at) => getComputedStyle(at).contentVisibility !== "visible").length"""


def opened(name, sign_in, people):
    shown = PAGES[name]
    page = sign_in(shown.visitor(people))
    page.goto(shown.address(people))
    return page


@pytest.mark.parametrize("name", ["full document", "methodology", "step above the plan"])
def test_first_a_part_is_laid_out_and_then_all(name, sign_in, people):
    shown = PAGES[name]
    page = sign_in(shown.visitor(people))
    clock = page.context.new_cdp_session(page)
    clock.send("Animation.enable")
    clock.send("Animation.setPlaybackRate", {"playbackRate": 0})
    page.goto(shown.address(people))
    assert page.evaluate(SKIPPED) > 0
    clock.send("Animation.setPlaybackRate", {"playbackRate": 1})
    page.wait_for_function(DRAWN)
    assert page.evaluate(SKIPPED) == 0


def test_back_and_reload_lead_to_the_same_row(sign_in, people):
    page = opened("full document", sign_in, people)
    page.wait_for_function(DRAWN)
    page.evaluate("scrollTo(0, 40000)")
    page.wait_for_timeout(100)  # until the browser has noted where it is
    left = page.evaluate(AT)
    assert left[0] == 40000
    page.get_by_role("link", name="Usage", exact=True).evaluate(
        "(link) => link.click()"
    )  # without scrolling
    page.wait_for_url("**/usage")
    page.go_back()
    page.wait_for_function(DRAWN)
    assert page.evaluate(AT) == left
    page.reload()
    page.wait_for_function(DRAWN)
    assert page.evaluate(AT) == left


def test_an_address_of_a_late_row_leads_to_it(sign_in, people):
    page = opened("full document", sign_in, people)
    late = page.evaluate(LATE)
    page.goto(f"{page.url}#{late}")
    page.reload()
    page.wait_for_function(DRAWN)
    assert 0 <= page.evaluate(TOP, late) < page.viewport_size["height"] - 50
