"""A list of a hundred rows: searched, reordered and edited, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from e2e.story import Story
from e2e.visitor import Visitor

ROWS = 100


@pytest.fixture
def author(server):
    """Someone with step 4 of the example open and a hundred edge cases in it."""
    visitor = Visitor(server.url).sign_up()
    visitor.pay()
    revision = visitor.create_project("Clinic", "wellbrook")
    visitor.lock_up_to(revision, 3)
    lines = [f"W1\tretry\tCase number {n}\tAnswered as the first time" for n in range(ROWS)]
    pairs = [("fields", "edges"), ("paste", "edges"), ("paste-edges", "\n".join(lines))]
    assert visitor.save(revision, 4, [("fields", "edges")]).status == 303
    assert visitor.save(revision, 4, pairs[1:]).status == 303
    return visitor, revision


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def page(request, author, sign_in):
    page = sign_in(author[0])
    width, height = request.param
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{author[1]}/steps/4")
    return page


def edges(page):
    return page.locator("#f-edges .rows > li")


def test_a_row_is_found_edited_and_moved(page, author):
    expect(edges(page)).to_have_count(ROWS)
    page.get_by_label(f"Search {ROWS} rows").fill("case number 77")
    expect(edges(page).filter(visible=True)).to_have_count(1)
    row = edges(page).nth(77)
    Story(page).open_row(row)
    row.get_by_label("Expected").fill("Told to wait")
    row.get_by_label("Place of edge case 78, Case number 77").fill("2")
    row.get_by_role("button", name="to that place").click()
    expect(edges(page).nth(1)).to_contain_text("Case number 77")
    expect(edges(page).nth(2)).to_contain_text("Case number 1")
    page.reload()
    expect(edges(page).nth(1).locator("[name='edges-1-expected']")).to_have_value("Told to wait")
    expect(edges(page)).to_have_count(ROWS)


def test_searching_saves_nothing_and_can_be_ended(page):
    posts = []
    page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    box = page.get_by_label(f"Search {ROWS} rows")
    box.fill("nothing like this")
    expect(edges(page).filter(visible=True)).to_have_count(0)
    box.fill("")
    expect(edges(page).filter(visible=True)).to_have_count(ROWS)
    page.wait_for_timeout(2000)
    assert posts == []


def test_it_fits_and_is_light(page, author):
    answer = page.request.get(f"{author[1]}/steps/4", headers={"Accept-Encoding": "gzip"})
    assert int(answer.headers["content-length"]) < 150_000
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
