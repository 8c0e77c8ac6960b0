"""Reading a long document: the contents follow, and the Tab key stops only where it helps."""

import pytest
from playwright.sync_api import expect

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 800}


@pytest.fixture
def document(page):
    page.set_viewport_size(WIDE)
    page.goto("/examples/doorstep")
    return page


def test_the_contents_follow_what_is_read(document):
    contents = document.get_by_role("navigation", name="Contents")
    later = contents.get_by_role("link", name="6.1 ")
    expect(later).not_to_be_in_viewport()
    document.mouse.move(700, 400)
    target = document.locator(later.get_attribute("href"))
    read_on_to(target)
    expect(later).to_be_in_viewport()
    expect(contents.locator("a:target-current")).to_be_in_viewport()
    document.mouse.wheel(0, -200_000)
    expect(contents.get_by_role("link").first).to_be_in_viewport()


def read_on_to(target):
    """Scroll as a person does: again, while the page under the wheel is still being laid out."""
    for _ in range(6):
        target.page.mouse.wheel(0, target.bounding_box()["y"] + 3)
        target.page.wait_for_timeout(500)


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
