"""The story of the product as one person lives it in a browser.

Every control is found as a person finds it: by its role and its name. A newcomer's likely
mistake: filling a row before it is open. With scripts, rows fold to one line.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from devpilot.methodology import (
    Choice,
    Data,
    Matrix,
    Reference,
    Rows,
    StepDefinition,
    StepField,
    YesNo,
    definition,
)
from e2e.forms import labels
from e2e.server import ROOT
from e2e.visitor import PASSWORD, new_email

SAVED = re.compile(r"^(Saved \d|All saved)")


def arrive(page: Page, title: str) -> None:
    """See the page of that title, whole: a person acts on what is there, not on half of it.

    Its title shows before the rest of a long page, and before its rows are folded.
    """
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
    page.wait_for_load_state()


class Story:
    """One person, one page, one project."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.email = new_email()
        self._labels = labels()

    # --- moving about --------------------------------------------------------------------

    def menu(self, name: str) -> None:
        main = self.page.get_by_role("navigation", name="Main")
        main.get_by_role("link", name=name, exact=True).click()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def arrive(self, title: str) -> None:
        arrive(self.page, title)

    # --- the chapters --------------------------------------------------------------------

    def sign_up(self) -> None:
        self.page.goto("/")
        self.menu("Create account")
        self.page.get_by_label("E-mail address").fill(self.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.button("Create account").click()
        self.arrive("Projects")

    def create_project(self, name: str, *, example: bool = False) -> None:
        start = "Start from the clinic example" if example else "Start a project"
        self.page.get_by_role("link", name=start).click()
        self.page.get_by_label("Name", exact=True).fill(name)
        self.button("Create project").click()
        self.arrive(name)

    def go_on(self, order: int) -> None:
        self.page.get_by_role("link", name=f"Go on with step {order}").click()
        self.arrive(definition(order).title)

    def save(self) -> None:
        self.button("Save draft").click()
        expect(self.page.get_by_text(SAVED)).to_be_visible()

    def lock(self, order: int) -> None:
        """Lock a step; the next one opens, or the project where it was the last."""
        self.button(f"Lock step {order}").click()
        if order < 4:
            self.arrive(definition(order + 1).title)

    def pay(self) -> None:
        self.menu("Billing")
        expect(self.page.get_by_text("You are on Free.")).to_be_visible()
        self.button("Go to payment").click()
        self.arrive("Billing sandbox")
        self.button("Confirm payment").click()
        expect(self.page.get_by_text("You are on Pro")).to_be_visible()

    def open_project(self, name: str) -> None:
        self.menu("Projects")
        self.page.get_by_role("link", name=name, exact=True).click()
        self.arrive(name)

    def export(self) -> bytes:
        """Make the export, download it, and check it against its page. The ZIP's bytes."""
        self.button("Make the export").click()
        self.arrive("Export")
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Download the ZIP").click()
        content = Path(download.value.path()).read_bytes()
        assert hashlib.sha256(content).hexdigest() == self.published_hash()
        return content

    def published_hash(self) -> str:
        term = self.page.get_by_role("term").filter(has_text="SHA-256 of the ZIP")
        entry = self.page.locator("div", has=term).last
        return entry.get_by_role("definition").inner_text().strip()

    # --- filling a step ------------------------------------------------------------------

    def fill_step(self, order: int, data: Data) -> None:
        """Fill the whole form, field by field."""
        step = definition(order)
        for field in step.fields:
            if field.id in data:
                self.fill_field(field, data[field.id])
                if _is_chosen_from(step, field):
                    self._redraw()

    def fill_field(self, field: StepField, value: Any) -> None:
        if isinstance(field, Rows):
            self.fill_list(field, value)
        elif isinstance(field, Matrix):
            self._fill_matrix(value)
        elif isinstance(field, Choice):
            group = self.page.get_by_role("group", name=field.label)
            group.get_by_role("radio", name=value, exact=True).check()
        else:
            self.page.get_by_label(field.label, exact=True).fill(value)

    def section(self, field: StepField) -> Locator:
        title = self.page.get_by_role("heading", name=field.label, exact=True, level=2)
        return self.page.locator("section", has=title).last

    def rows(self, field: Rows) -> Locator:
        return self.section(field).get_by_role("listitem")

    def fill_list(self, field: Rows, rows: Sequence[dict[str, Any]]) -> None:
        for index, row in enumerate(rows):
            if self.rows(field).count() <= index:
                self.add(field)
            self.fill_row(self.rows(field).nth(index), field, row)

    def add(self, field: Rows) -> None:
        before = self.rows(field).count()
        self.section(field).get_by_role("button", name=f"Add {field.singular}").click()
        expect(self.rows(field)).to_have_count(before + 1)

    def fill_row(self, item: Locator, field: Rows, row: dict[str, Any]) -> None:
        self.open_row(item)
        for column in field.columns:
            value = row.get(column.id)
            if isinstance(column, Reference) and column.many:
                self._tick(item, column, value or [])
            elif isinstance(column, YesNo):
                item.get_by_label(column.label, exact=True).set_checked(bool(value))
            elif isinstance(column, Choice):
                item.get_by_label(column.label, exact=True).select_option(value)
            elif isinstance(column, Reference):
                item.get_by_label(column.label, exact=True).fill(self._labels.get(value, ""))
            else:
                item.get_by_label(column.label, exact=True).fill(value or "")

    def open_row(self, item: Locator) -> None:
        folded = item.get_by_role("button", expanded=False)
        if folded.count():
            folded.click()

    def _tick(self, item: Locator, column: Reference, keys: Sequence[str]) -> None:
        boxes = item.get_by_role("group", name=column.label)
        others = boxes.get_by_label("Add by name or key")
        if others.count():
            others.fill(", ".join(keys))
            return
        for key in keys:
            boxes.get_by_label(self._labels[key], exact=True).check()

    def _fill_matrix(self, cells: dict[str, Any]) -> None:
        for row, line in cells.items():
            for column, cell in line.items():
                name = f"{self._labels[row]}, {self._labels[column]}"
                self.page.get_by_label(name, exact=True).select_option(cell["value"])
                if condition := cell.get("condition"):
                    named = self.page.get_by_label(f"Condition: {name}", exact=True)
                    named.fill(condition)

    def _redraw(self) -> None:
        """Later fields choose from these rows; a page drawn anew offers them."""
        self.save()
        self.page.reload()


def _is_chosen_from(step: StepDefinition, field: StepField) -> bool:
    """Whether another field of the same step offers this one's rows to choose from."""
    return any(
        (isinstance(other, Matrix) and field.id in {other.rows, other.columns})
        or (
            isinstance(other, Rows)
            and any(
                isinstance(column, Reference) and column.many and field.id in column.lists
                for column in other.columns
            )
        )
        for other in step.fields
    )


def steps_in(content: bytes) -> dict[str, Any]:
    """The steps' data in an export."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found: dict[str, Any] = json.loads(archive.read("blueprint.json"))["steps"]
    return found


def verify_offline(content: bytes, folder: Path) -> None:
    """Run the verifier on an export, as its page says."""
    file = folder / "export.zip"
    file.write_bytes(content)
    command = [sys.executable, "-m", "devpilot.verify", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
