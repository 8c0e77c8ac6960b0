"""One typed value, read by the kind of its field or column.

References are not here: what they mean depends on other rows (`references`).
A newcomer's likely mistake: `int()` and `isdigit()` accept Arabic digits and thousands of
them; numbers are read by a pattern instead.
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from devpilot.methodology.text import clean, presentable
from devpilot.methodology.vocabulary import Choice, Markdown, Number, Text, YesNo

Simple: TypeAlias = Text | Markdown | Choice | YesNo | Number
"""What can be read without looking at other rows."""

Value: TypeAlias = str | bool | int

_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)


def read_value(declared: Simple, typed: str) -> tuple[Value, str]:
    """The stored value, and a refusal ("is …", to follow the label) or ""."""
    return _READERS[type(declared)](declared, typed)


def _text(text: Text, typed: str) -> tuple[Value, str]:
    return clean(typed, limit=text.limit, lines=False) if typed else ("", "")


def _markdown(text: Markdown, typed: str) -> tuple[Value, str]:
    return clean(typed, limit=text.limit, lines=True) if typed else ("", "")


def _choice(choice: Choice, typed: str) -> tuple[Value, str]:
    if typed in choice.options or not typed.strip():
        return typed.strip(), ""
    if typed.strip() in choice.options:
        return typed.strip(), ""
    known = ", ".join(choice.options)
    return "", f"is “{presentable(typed)}”, which is not offered; choose one of: {known}."


def _yes_no(_: YesNo, typed: str) -> tuple[Value, str]:
    answer = typed.strip()
    if answer in {"yes", "no", ""}:
        return answer == "yes", ""
    return False, f"is “{presentable(typed)}”; it takes yes or no."


def _number(number: Number, typed: str) -> tuple[Value, str]:
    digits = typed.strip()
    if not digits:
        return "", ""
    if _DIGITS.fullmatch(digits) and int(digits) <= number.maximum:
        return int(digits), ""
    return "", (
        f"is “{presentable(typed)}”; it takes a whole number from 0 to {number.maximum:,}, "
        "in digits alone."
    )


_READERS: dict[type, Callable[[Any, str], tuple[Value, str]]] = {
    Text: _text,
    Markdown: _markdown,
    Choice: _choice,
    YesNo: _yes_no,
    Number: _number,
}
