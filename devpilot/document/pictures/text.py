"""How much room text takes, and how it is broken into lines.

Owns a table of widths, a little wider than the usual sans-serif faces: a box may come out
roomy, but a word never leaves it. A newcomer's likely mistake: to ask `unicodedata` or
`str.isalnum`. Both follow the Python version, and an export's bytes must not.
"""

import re
from functools import lru_cache

from devpilot.document.escaping import visible

_WIDTHS = {
    28: "ijlI'|",
    34: " .,:;/\\f!`",
    41: '()[]{}rt-"J',
    54: "cskxvyz?*LTF_^",
    62: "abdeghnopquE0123456789$P",
    70: "ABCDGHKNRSUVXYZ&",
    80: "OQ#+=<>~wM",
    96: "mW@%",
}
"""Hundredths of the font's size."""

_WIDTH_OF = {character: width for width, all_ in _WIDTHS.items() for character in all_}
_LATIN, _SYMBOL, _WIDE = 66, 100, 125
_SPACE = _WIDTH_OF[" "]
_FACTOR, _NAME_FACTOR = 0.94, 1.02

_CLINGING = re.compile("[\u0300-\u036f\u200d\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
"""What belongs to the character before it: no line begins with one."""

_NOT_XML = re.compile("[\ufffe\uffff]")


def clean(text: str) -> str:
    """The text on one line, without what XML or a reader's eye cannot take."""
    return _NOT_XML.sub("\ufffd", visible(" ".join(text.split())))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels at a font size; an upper estimate."""
    return _units(text) * _scale(size, bold=bold)


def _units(text: str) -> int:
    return sum([_WIDTH_OF.get(character) or _other(character) for character in text])


def _scale(size: float, *, bold: bool) -> float:
    return size / 100 * (_NAME_FACTOR if bold else _FACTOR)


def _other(character: str) -> int:
    code = ord(character)
    if _CLINGING.match(character):
        return 0
    if code < 0x1100:
        return _LATIN
    return _SYMBOL if code < 0x2E80 else _WIDE


@lru_cache(maxsize=4096)
def wrapped(text: str, size: float, room: float, most: int, *, bold: bool) -> tuple[str, ...]:
    """At most `most` lines of at most `room` pixels; an ellipsis says that there is more."""
    most_units = room / _scale(size, bold=bold)
    lines: list[str] = []
    line: list[str] = []
    taken = 0
    for word in _pieces(clean(text), most_units):
        needs = _units(word)
        if line and taken + _SPACE + needs > most_units:
            lines.append(" ".join(line))
            line, taken = [], 0
        taken += needs + (_SPACE if line else 0)
        line.append(word)
    lines.append(" ".join(line))
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1], most_units)]
    return tuple([line for line in lines if line])


def _cut(line: str, most_units: float) -> str:
    while line and _units(f"{line} …") > most_units:
        line = line[:-1]
    return f"{line.rstrip(' ,;:.')} …"


def _pieces(text: str, most_units: float) -> list[str]:
    """Words, those that are longer than a line in parts."""
    pieces = []
    for word in text.split(" "):
        pieces += [word] if _units(word) <= most_units else _parts(word, most_units)
    return pieces


def _parts(word: str, most_units: float) -> list[str]:
    parts = [""]
    for character in word:
        full = _units(parts[-1] + character) > most_units
        if full and parts[-1] and not _CLINGING.match(character) and parts[-1][-1] != "\u200d":
            parts.append("")
        parts[-1] += character
    return parts
