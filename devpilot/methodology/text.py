"""What text may be: cleaned once, at the edge, for every database and every reader.

Owns the rules of 'Text' in the methodology: Unicode NFC, LF, blanks cut at line ends,
control characters refused. A newcomer's likely mistake: to measure a limit before
cleaning. Browsers post CRLF and people paste decomposed accents; both would count double.
"""

import re
import unicodedata

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile("[\n\u2028\u2029]")
_DISTURBING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What would break or reorder a sentence that quotes it."""

_GROWTH = 4
"""NFC never shortens text to less than a fourth; longer input cannot fit after cleaning."""


def clean(typed: str, *, limit: int, lines: bool) -> tuple[str, str]:
    """The cleaned text and, when it is refused, why: "is …", to follow a name.

    `lines` says whether a newline is allowed.
    """
    if typed.isascii() and typed.isprintable():
        text = typed.strip()
    else:
        text, refusal = _tidy(typed, limit=limit, lines=lines)
        if refusal:
            return text, refusal
    if len(text) > limit:
        return text, _too_long(text, limit)
    return text, ""


def _tidy(typed: str, *, limit: int, lines: bool) -> tuple[str, str]:
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):  # before cutting blanks: Python counts some as blank
        return text, "has a control character, which cannot be stored; remove it."
    text = "\n".join([line.rstrip() for line in text.split("\n")]).strip()
    if text.isascii():
        return text, _line_break(text, lines=lines)
    if _SURROGATE.search(text):
        return text, "has half of a character pair, which cannot be stored; type it again."
    if len(text) > limit * _GROWTH:
        # Said before normalising, whose time grows with the square of stacked accents.
        return text, _too_long(text, limit)
    return unicodedata.normalize("NFC", text), _line_break(text, lines=lines)


def _line_break(text: str, *, lines: bool) -> str:
    if not lines and _LINE_BREAK.search(text):
        return "has a line break; it takes one line."
    return ""


def _too_long(text: str, limit: int) -> str:
    return f"is {len(text):,} characters long; at most {limit:,} fit."


def presentable(text: str, limit: int = 60) -> str:
    """Anything that was typed or stored, short and safe to put into a sentence."""
    if not (text.isascii() and text.isprintable()):
        text = _DISTURBING.sub("\ufffd", text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced, so that a page can be written with it."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
