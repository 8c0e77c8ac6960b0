"""The tokens of the style sheet, read from it: what each is called and what it is worth.

A newcomer's likely mistake: writing a colour or a size down a second time. The page of
components shows what is found here, so a token that is added is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LAYER = re.compile(r"^@layer tokens \{(.*?)^@layer ", re.DOTALL | re.MULTILINE)
_DARK = re.compile(r"@media \(prefers-color-scheme:\s*dark\) \{\s*:root \{(.*?)\}", re.DOTALL)
_TOKEN = re.compile(r"--([a-z][a-z0-9-]*):\s*([^;}]+?)\s*[;}]")
_GENERIC = ("serif", "sans-serif", "monospace")


@dataclass(frozen=True, slots=True)
class Token:
    """One custom property; `dark` is its value where that differs."""

    name: str
    value: str
    dark: str = ""


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour in both schemes, with how it stands out from the page's own there."""

    token: Token
    on_paper: float
    on_paper_dark: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every token of the sheet, by what it is for and in the order of the sheet."""

    colours: tuple[Colour, ...]
    families: tuple[Token, ...]
    text_sizes: tuple[Token, ...]
    spaces: tuple[Token, ...]
    others: tuple[Token, ...]


def read_tokens(sheet: str) -> Tokens:
    """Raises ValueError for a style sheet without the layer of tokens, or without dark ones."""
    layer = _LAYER.search(sheet)
    if layer is None or _DARK.search(layer[1]) is None:
        raise ValueError("the style sheet has no layer of tokens for light and dark")
    light = dict(_TOKEN.findall(layer[1].partition("@media")[0]))
    dark = dict(_TOKEN.findall("".join(_DARK.findall(layer[1]))))
    found = [Token(name, value, dark.get(name, "")) for name, value in light.items()]
    colours = [token for token in found if token.value.startswith("#")]
    families = [token for token in found if token.value.endswith(_GENERIC)]
    text_sizes = [token for token in found if token.name.startswith("t-")]
    spaces = [token for token in found if re.fullmatch(r"s\d", token.name)]
    sorted_out = [*colours, *families, *text_sizes, *spaces]
    return Tokens(
        colours=tuple(_colour(token, light, dark) for token in colours),
        families=tuple(families),
        text_sizes=tuple(text_sizes),
        spaces=tuple(spaces),
        others=tuple(token for token in found if token not in sorted_out),
    )


def _colour(token: Token, light: Mapping[str, str], dark: Mapping[str, str]) -> Colour:
    return Colour(
        token,
        contrast(token.value, light["paper"]),
        contrast(token.dark or token.value, dark.get("paper", light["paper"])),
    )


def contrast(one: str, other: str) -> float:
    """How two colours stand out from each other, from 1 to 21, as WCAG 2 measures it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (_linear(int(digits[place : place + 2], 16)) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
