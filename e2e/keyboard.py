"""A person who has a keyboard and nothing else.

Nothing is clicked here and no control is focused by a script: it is Tab, Shift+Tab, Enter,
Space, the arrow keys and letters. A newcomer's likely mistake: to ask only whether a
control can be reached. How many presses that takes is what a person feels, so each walk
has a limit.
"""

import re
from typing import Any

from playwright.sync_api import Page

_FOCUSED = re.compile(r'- (?P<role>[a-z]+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?')


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def at(self) -> tuple[str, str]:
        """Role and name of what has the focus; empty when nothing has it."""
        focused = self.page.locator(":focus")
        if not focused.count():
            return "", ""
        found = _FOCUSED.match(focused.aria_snapshot())
        return (found["role"], (found["name"] or "").replace('\\"', '"')) if found else ("", "")

    def tab_to(self, role: str, name: str, *, most: int = 40, back: bool = False) -> None:
        """Go on to the control of that role and name; fails after `most` presses."""
        self.page.wait_for_load_state()  # nobody walks through half a page
        passed = []
        for _ in range(most):
            self.press("Shift+Tab" if back else "Tab")
            passed.append(self.at())
            if passed[-1] == (role, name):
                return
        raise AssertionError(f"{role} {name!r} is not within {most} tabs: {passed}")

    def activate(self, role: str, name: str, **walk: Any) -> None:
        """Go to a link or button and press Enter."""
        self.tab_to(role, name, **walk)
        self.press("Enter")

    def enter(self, name: str, text: str, **walk: Any) -> None:
        """Go to a text input and type."""
        self.tab_to("textbox", name, **walk)
        self.type(text)

    def choose(self, name: str, option: str, **walk: Any) -> None:
        """Go to a select and go down to the option."""
        self.tab_to("combobox", name, **walk)
        focused = self.page.locator(":focus")
        for _ in range(20):
            if focused.input_value() == option:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{name!r} does not offer {option!r}")

    def tick(self, name: str, **walk: Any) -> None:
        self.tab_to("checkbox", name, **walk)
        self.press("Space")
