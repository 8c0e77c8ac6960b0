"""What sticks to an edge never covers what has the focus (WCAG 2.4.11)."""

import pytest
from playwright.sync_api import expect

from e2e.measures import DESKTOP, PHONE, put_into
from e2e.story import Story

COVERED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const [left, top] = [Math.max(box.left, 0) + 1, Math.max(box.top, 0) + 1];
  const right = Math.min(box.right, innerWidth) - 1, bottom = Math.min(box.bottom, innerHeight) - 1;
  const across = [left, (left + right) / 2, right], down = [top, (top + bottom) / 2, bottom];
  const seen = across.some((x) => down.some((y) => at.contains(document.elementFromPoint(x, y))));
  return seen ? "" : `${at.id || at.name || at.tagName} ${at.getAttribute("aria-label") ?? ""}`;
}"""


def covered(page, key, most):
    """What had the focus and could not be seen, over so many presses."""
    found = []
    for _ in range(most):
        page.keyboard.press(key)
        found.append(page.evaluate(COVERED))
    return [one for one in found if one]


@pytest.fixture
def revision(somebody):
    return somebody.create_project("Clinic", "wellbrook")


@pytest.fixture
def story(somebody, revision, sign_in):
    story = Story(sign_in(somebody))
    story.page.goto(f"{revision}/steps/1")
    return story


def test_the_undo_of_a_removed_row_covers_nothing(story):
    page = story.page
    put_into(page, PHONE)
    first = page.locator("[data-list=goals] > li").first
    first.get_by_role("button").first.click()
    page.locator("#goals-0-goal").fill("A goal with a name that goes on for very many words " * 2)
    expect(page.get_by_text("Saved ")).to_be_visible()
    first.get_by_role("button", name="Remove goal 1").click()
    expect(page.locator(".removed")).to_be_visible()
    page.locator("#goals-0-goal").focus()
    assert covered(page, "Tab", 14) == []


def test_a_matrix_covers_no_cell_on_the_way_back(story, somebody, revision):
    somebody.lock(revision, 1)
    page = story.page
    put_into(page, DESKTOP)
    roles = []
    for number in range(15):
        roles += [
            (f"roles-{number}-name", f"Role number {number}"),
            (f"roles-{number}-kind", "person"),
        ]
    somebody.save(revision, 2, roles)
    page.goto(f"{revision}/steps/2")
    cells = page.locator(".field-matrix tbody tr").first.locator("select")
    expect(cells).to_have_count(15)
    cells.last.focus()
    assert covered(page, "Shift+Tab", 14) == []


def test_a_refused_save_covers_nothing_on_a_small_phone(story):
    page = story.page
    put_into(page, PHONE)
    page.locator("[data-list=goals] > li").first.get_by_role("button").first.click()
    for column in ("goal", "measure", "target"):
        page.locator(f"#goals-0-{column}").fill("x" * 400)
    expect(page.locator("#save-state[data-state=failed]")).to_be_visible()
    page.locator("[name=add][value=non_goals]").focus()
    assert covered(page, "Shift+Tab", 40) == []
