"""A whole lean blueprint by keyboard, with the tables pasted: few posts, nothing clicked."""

import pytest
from playwright.sync_api import expect

from devpilot.methodology import Choice, Matrix, Rows, definition
from devpilot.methodology.tables import as_table
from e2e.forms import EXAMPLE
from e2e.keyboard import Keyboard
from e2e.story import Story

MOST_POSTS = 60
MOST_TABS = 600
FOCUSED = "selector => document.activeElement.matches(selector)"


class Typist:
    """Fills a step by keyboard; what a clipboard holds is put in at once, as by Ctrl+V."""

    def __init__(self, page) -> None:
        self.page = page
        self.keyboard = Keyboard(page)

    def go_to(self, selector: str) -> None:
        for _ in range(MOST_TABS):
            if self.page.evaluate(FOCUSED, selector):
                return
            self.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by Tab")

    def put(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def fill(self, field, value) -> None:
        if isinstance(field, Rows):
            self.paste(field, value)
        elif isinstance(field, Matrix):
            self.decide(field, value)
        elif isinstance(field, Choice):
            self.choose(field, value)
        else:
            self.go_to(f"[name='{field.id}']")
            self.put(value)

    def paste(self, field, rows) -> None:
        """Open the box, put the table in, press its button; the focus is on the first row."""
        table = "\n".join(line.partition("\t")[2] for line in as_table(field, rows).splitlines())
        self.go_to(f"#f-{field.id} details:has([name^='paste-']) > summary")
        self.keyboard.press("Enter")
        self.go_to(f"#paste-{field.id}")
        self.put(table)
        self.go_to(f"#f-{field.id} button[name='paste']")
        self.keyboard.press("Enter")
        expect(self.page.locator(f"#f-{field.id} .rows > li")).to_have_count(len(rows))
        expect(self.page.locator(f"#{field.id}-0-{field.columns[0].id}")).to_be_focused()

    def choose(self, field, value) -> None:
        self.go_to(f"[name='{field.id}']")
        self.keyboard.press("Space")
        place = field.options.index(value)
        for _ in range(place):
            self.keyboard.press("ArrowRight")
        expect(self.page.locator(f"[name='{field.id}']:checked")).to_have_value(value)

    def decide(self, field, cells) -> None:
        for row, line in cells.items():
            for column, cell in line.items():
                name = f"{field.id}-{row}-{column}"
                self.go_to(f"[name='{name}']")
                self.page.keyboard.type(cell["value"])
                if cell.get("condition"):
                    self.go_to(f"[name='{name}-condition']")
                    self.put(cell["condition"])


@pytest.mark.timeout(300)
def test_a_lean_blueprint_from_pasted_tables(new_context):
    context = new_context()
    context.set_default_timeout(10000)
    page = context.new_page()
    posts: list[str] = []
    page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
    story = Story(page)
    story.sign_up()
    story.pay()
    story.menu("Projects")
    story.create_project("Wellbrook Appointments")
    story.go_on(1)
    typist = Typist(page)
    for order, data in EXAMPLE.items():
        for field in definition(order).fields:
            if field.id in data:
                typist.fill(field, data[field.id])
        typist.keyboard.tab_to("button", f"Lock step {order}", most=MOST_TABS)
        typist.keyboard.press("Enter")
        if order < len(EXAMPLE):
            story.arrive(definition(order + 1).title)
    expect(page.get_by_text("Completed: every step locked")).to_be_visible()
    assert len(posts) < MOST_POSTS, len(posts)
