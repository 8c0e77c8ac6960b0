"""Reading a long document: the contents follow, and the Tab key stops only where it helps."""

import pytest
from playwright.sync_api import expect

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 800}


@pytest.fixture
def document(page):
    page.set_viewport_size(WIDE)
    page.goto("/examples/doorstep")
    # What is far down gets its height just after the first paint (devpilot.css).
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    return page


READ = "a[aria-current]"


def test_the_contents_follow_what_is_read(document):
    contents = document.get_by_role("navigation", name="Contents")
    later = contents.get_by_role("link", name="6.1 ")
    expect(later).not_to_be_in_viewport()
    document.locator(later.get_attribute("href")).evaluate("one => one.scrollIntoView()")
    expect(later).to_be_in_viewport()
    expect(contents.locator(READ)).to_have_text(later.inner_text())
    document.keyboard.press("End")
    expect(contents.locator(READ)).to_have_text(contents.get_by_role("link").last.inner_text())
    expect(contents.locator(READ)).to_be_in_viewport()
    document.keyboard.press("Home")
    expect(contents.locator(READ)).to_have_text(contents.get_by_role("link").first.inner_text())
    expect(contents.locator(READ)).to_be_in_viewport()


def test_every_section_is_told_while_it_is_read(document):
    links = document.get_by_role("navigation", name="Contents").get_by_role("link")
    for link in links.all()[::7]:
        link.click()
        expect(link).to_have_attribute("aria-current", "true")
    expect(document.locator(READ)).to_have_count(1)


def test_on_a_narrow_screen_the_contents_stay_where_they_are(document):
    document.set_viewport_size(NARROW)
    document.mouse.move(200, 400)
    document.mouse.wheel(0, 9_000)
    document.wait_for_timeout(600)
    assert document.evaluate("scrollY") == 9_000


def settled_stops(document):
    """How many tables are stops, as soon as each one is what its width asks for."""
    wrong = """[...document.querySelectorAll(".table-scroll")].filter((one) =>
      one.tabIndex !== (one.scrollWidth > one.clientWidth ? 0 : -1)).length"""
    for _ in range(100):
        if document.evaluate(wrong) == 0:
            return document.locator(".table-scroll[tabindex='0']").count()
        document.wait_for_timeout(100)
    raise AssertionError("Some tables stay stops without need, or are none in need of one.")


def test_only_tables_that_are_wider_than_their_room_are_stops_of_the_tab_key(document):
    wide, every = settled_stops(document), document.locator(".table-scroll").count()
    assert wide < every / 4
    document.set_viewport_size(NARROW)
    assert every >= settled_stops(document) > wide
