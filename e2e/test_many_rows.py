"""Rows among many: several of them referred to by name, one moved by number, some found."""

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.cookies import cookies_of
from e2e.hearing import heard, listen
from e2e.visitor import Visitor


@pytest.fixture(scope="module")
def author(server):
    visitor = Visitor(server.url).sign_up()
    visitor.pay()
    return visitor


@pytest.fixture
def revision(author):
    """A blueprint of all ten steps, whose steps 1 to 6 are locked."""
    revision = author.create_project("Hooks", "doorstep")
    author.lock_up_to(revision, 6)
    return revision


@pytest.fixture(params=["with scripts", "without scripts"])
def anyhow(request, new_context, author, revision) -> Page:
    context = new_context(java_script_enabled=request.param == "with scripts")
    context.add_cookies(cookies_of(author))
    page: Page = context.new_page()
    page.goto(f"{revision}/steps/7")
    return page


@pytest.fixture
def page_with_ears(new_context, author, revision) -> Page:
    context = new_context()
    listen(context)
    context.add_cookies(cookies_of(author))
    page: Page = context.new_page()
    page.goto(f"{revision}/steps/7")
    return page


def first_index(page: Page) -> Locator:
    row = page.locator("[data-list=indexes] > .row").first
    toggle = row.get_by_role("button", expanded=False)
    if toggle.count():
        toggle.click()
    return row.get_by_role("group", name="Read by")


def saved(page: Page) -> Page:
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    page.reload()
    return page


def test_rows_are_referred_to_by_name_and_shown_by_name(anyhow):
    readers = first_index(anyhow)
    expect(readers.get_by_role("checkbox", checked=True)).to_have_count(1)
    adds = readers.get_by_label("Add by name or key")
    adds.fill("OP2, OP20")
    readers = first_index(saved(anyhow))
    expect(readers.get_by_label("Close the account")).to_be_checked()
    expect(readers.get_by_label("Read an event")).to_be_checked()
    readers.get_by_label("Read an event").uncheck()
    readers = first_index(saved(anyhow))
    expect(readers.get_by_label("Read an event")).to_have_count(0)
    expect(readers.get_by_role("checkbox", checked=True)).to_have_count(2)


def test_a_named_row_becomes_a_box_at_once_and_the_next_can_be_named(page_with_ears):
    page = page_with_ears
    readers = first_index(page)
    adds = readers.get_by_label("Add by name or key")
    for name in ("Read an event", "OP20", "Nothing like it"):
        adds.fill(name)
        adds.press("Tab")
    expect(readers.get_by_label("Read an event")).to_be_checked()
    expect(readers.get_by_label("Close the account")).to_be_checked()
    expect(adds).to_have_value("Nothing like it")
    assert "Read an event is added." in heard(page)
    expect(page.locator("#save-state")).to_contain_text("which is no operation or workflow")
    expect(adds).to_have_attribute("aria-invalid", "true")
    adds.fill("")
    expect(first_index(saved(page)).get_by_role("checkbox", checked=True)).to_have_count(3)


def test_a_refused_name_is_kept_beside_the_boxes(anyhow):
    readers = first_index(anyhow)
    readers.get_by_label("Add by name or key").fill("OP2, Nothing like it")
    anyhow.get_by_role("button", name="Save draft").click()
    expect(anyhow.locator("#error-summary")).to_contain_text("which is no operation or workflow")
    readers = first_index(anyhow)
    expect(readers.get_by_label("Read an event")).to_be_checked()
    expect(readers.get_by_label("Add by name or key")).to_have_value("Nothing like it")
    expect(readers.get_by_label("Add by name or key")).to_have_accessible_description(
        "“Read by” of index 1 names “Nothing like it”, which is no operation or workflow. It could"
        " be Post an event (OP1), Read an event (OP2), Fan an event out (OP3), Attempt a due"
        " message (OP4) or another of 37."
    )


def test_enter_in_a_place_moves_the_row(page_with_ears):
    page = page_with_ears
    row = page.locator("[data-list=entities] > .row").nth(1)
    name = row.locator(".row-label").inner_text()
    row.get_by_role("button", expanded=False).click()
    place = row.get_by_label("Place of entity 2")
    place.fill("5")
    place.press("Enter")
    expect(page.locator("[data-list=entities] > .row").nth(4).locator(".row-label")).to_have_text(
        name
    )
    expect(page.locator("[data-list=entities] > .row").nth(4).locator(":focus")).to_be_visible()
    assert "Moved." in heard(page)


def test_a_search_says_how_many_rows_it_found(page_with_ears):
    page = page_with_ears
    search = page.locator("[data-searches=entities]")
    search.fill("no row has this")
    count = page.locator("[data-list=entities] > .row").count()
    expect(search.locator("xpath=following-sibling::*")).to_have_text(f"0 of {count} rows")
    assert f"0 of {count} rows" in heard(page)
    search.fill("")
    expect(search.locator("xpath=following-sibling::*")).to_have_text("")


def test_a_pasted_table_says_how_many_rows_came_of_it(page_with_ears):
    page = page_with_ears
    section = page.locator("#f-entities")
    section.get_by_text("Paste a table").click()
    first = page.locator("[data-list=entities] .row-key").first.inner_text()
    section.get_by_label("Rows to add to").fill(f"key\tname\n{first}\tRenamed\n\tNew\n\tNewer")
    section.get_by_role("button", name="Add these rows to").click()
    expect(page.locator("#save-state")).to_have_text("2 rows added, 1 replaced; all saved")
    assert "2 rows added, 1 replaced; all saved" in heard(page)


def test_what_refers_to_a_row_follows_as_it_is_renamed(page_with_ears):
    page = page_with_ears
    row = page.locator("[data-list=entities] > .row").first
    row.get_by_role("button", expanded=False).click()
    name = row.get_by_label("Name", exact=True)
    for text in ("Tenan", "Tenancy"):
        name.fill(text)
        expect(page.locator("#save-state")).to_contain_text("Saved")
        expect(page.locator("#attributes-0-entity")).to_have_value(text)
    # What has the focus is not drawn anew, and still means the row that it showed.
    page.locator("[data-list=attributes] .row-toggle").first.click()
    other = page.locator("#attributes-0-name")
    other.fill("uid")
    name.evaluate("(at) => { at.value = 'Account'; }")
    other.press("End")
    other.press_sequentially("entifier")
    expect(page.locator("#save-state")).to_contain_text("Saved")
    expect(page.locator("#attributes-0-entity")).to_have_value("Tenancy")
    other.press_sequentially("s")
    expect(page.locator("#save-state")).to_contain_text("Saved")
    page.reload()
    expect(page.locator("#attributes-0-entity")).to_have_value("Account")
