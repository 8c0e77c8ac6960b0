r"""How user text is kept from being more than text, in Markdown that others will render.

Owns two promises. `inline` text is shown letter for letter: in a table cell, a heading, a
list item. `restricted` Markdown keeps paragraphs, lists, emphasis, code and links to
http, https and mailto; headings, rules, quotes, tables, HTML, images and link definitions
become plain text, and nothing in it reaches past its own end.

A newcomer's likely mistake: to escape with a few `str.replace`. Whether a `<` needs an
escape depends on whether it stands in code, and so on what *every* CommonMark reader takes
for code. So what would be read differently by different readers (a code span over two
lines, a fence inside a list marker's line) is not recognised here, but escaped.
"""

import re

_DISTURBING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What is never text: controls, marks that reorder what follows, halves of pairs."""

_BREAKS = re.compile("[\t\n\r\u2028\u2029]+")

_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:'\"()/%+=?!@$^>#{}-]*")
"""What most cells consist of, and what needs no escape inside of a line."""

_INLINE = re.compile(
    r"[\\`*\[\]<|~]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # a_b is no emphasis anywhere
    r"|&(?=[#A-Za-z])"
)
_LEADING = re.compile(r"(?:[#>+\-=:]|[0-9]{1,9}[.)](?=\s|$))")
_NUMBER = re.compile(r"[0-9]{1,9}(?=[.)])")

_FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)$")
_INFO = re.compile(r"[A-Za-z0-9+#.-]{1,30}", re.ASCII)

_MARKER = r"(?:[-+*]|[0-9]{1,9}[.)])[ \t]+(?=[^ \t])"
_BLOCK = re.compile(
    rf"([ \t]*+(?:{_MARKER}){{0,3}}+)"  # list markers: lists in lists, but no endless ones
    rf"(?=#|>|~~~|[-=*_+|:][-=*_+|: \t]*$|(?:{_MARKER}))"
)
"""Where a heading, a quote, a fence, a rule or a fourth list in a list begins."""

_URL = r"(?:https?://|mailto:)[^\s()<>\\`]*(?:\([^\s()<>\\`]*\)[^\s()<>\\`]*)*"
_SPAN = re.compile(
    r"(?P<pair>\\.)"
    r"|(?P<ticks>`+)"
    r"|(?P<image>!(?=\[))"
    rf"|(?P<link>\[(?:[^\[\]`\\<]|`[^`]+`)*\]\({_URL}(?:[ \t]+\"[^\"\\<`]*\")?\))"
    r"|(?P<auto><(?:https?://|mailto:)[^\s<>`\\]*>)"
    r"|(?P<angle><)"
    r"|(?P<bracket>[\[\]])",
    re.IGNORECASE,
)
_TICKS = re.compile("`+")


def visible(text: str) -> str:
    """The text on one line, with what would break or reorder it made visible."""
    if text.isascii() and text.isprintable():
        return text
    return _DISTURBING.sub("\ufffd", _BREAKS.sub(" ", text))


def inline(text: str) -> str:
    """Text for the inside of a line: a cell, a heading after its mark, a list item."""
    return text if _PLAIN.fullmatch(text) else _INLINE.sub(_escape, visible(text))


def heading(text: str) -> str:
    """Text that ends a heading, where marks at the end would be taken for its closing."""
    escaped = inline(text).strip()
    return f"{escaped[:-1]}\\#" if escaped.endswith("#") else escaped


def line(text: str) -> str:
    """Text for a paragraph of one line: also its first characters mean nothing."""
    escaped = inline(text).strip()
    if not _LEADING.match(escaped):
        return escaped
    number = _NUMBER.match(escaped)
    start = number.end() if number else 0
    return f"{escaped[:start]}\\{escaped[start:]}"


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return {"<": "&lt;", "&": "&amp;"}.get(character) or f"\\{character}"


def restricted(text: str) -> str:
    """Markdown that holds no more than a Markdown field may hold. See the module."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    fence = indent = ""
    for raw in lines:
        source = _DISTURBING.sub("\ufffd", raw)
        if fence:
            closes = _closes(source, fence)
            kept.append(indent + fence if closes else _within(source, indent))
            fence = "" if closes else fence
        elif opening := _FENCE.match(source):
            indent, fence = opening[1], opening[2]
            info = _INFO.fullmatch(opening[3].strip())
            kept.append(indent + fence + (info[0] if info else ""))
        else:
            kept.append(_text_line(source))
    if fence:
        kept.append(indent + fence)
    return "\n".join(kept)


def _closes(source: str, fence: str) -> bool:
    """Whether any reader could take this line for the fence's end, however it is indented."""
    marks = source.strip()
    return len(marks) >= len(fence) and not marks.strip(fence[0])


def _within(source: str, indent: str) -> str:
    """A line of code, indented at least as its fence: less would end the list around it."""
    missing = len(indent) - (len(source) - len(source.lstrip(" ")))
    return " " * missing + source if missing > 0 and source.strip() else source


def _text_line(source: str) -> str:
    block = _BLOCK.match(source)
    if block is None:
        return _spans(source, 0)
    number = _NUMBER.match(source, block.end())
    start = number.end() if number else block.end()
    return f"{source[:start]}\\{_spans(source, start)}"


def _spans(source: str, start: int) -> str:
    """The rest of a line, where code spans and permitted links stay as they are."""
    parts: list[str] = []
    position = start
    while found := _SPAN.search(source, position):
        parts.append(source[position : found.start()])
        replaced, position = _span(source, found)
        parts.append(replaced)
    parts.append(source[position:])
    return "".join(parts)


def _span(source: str, found: re.Match[str]) -> tuple[str, int]:
    """What replaces the construct, and where to go on reading."""
    text = found[0]
    match found.lastgroup:
        case "ticks":
            for closing in _TICKS.finditer(source, found.end()):
                if closing[0] == text:
                    return source[found.start() : closing.end()], closing.end()
            return "\\`" * len(text), found.end()
        case "angle":
            return "&lt;", found.end()
        case "image" | "bracket":
            return f"\\{text}", found.end()
        case "pair":
            return "&lt;" if text == "\\<" else text, found.end()
        case _:
            return text, found.end()
