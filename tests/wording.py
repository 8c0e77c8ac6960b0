"""The words of a page as its parser comes by them: block by block, and what things are called.

A newcomer's likely mistake: looking for faults here. What has no name is a fault of the page
(`tests/page.py`); how words sound is for `tests/words`.
"""

import re
from dataclasses import dataclass, field

INLINE = {
    "a", "abbr", "b", "br", "circle", "code", "em", "i", "kbd", "path", "rect", "small", "span",
    "strong", "sub", "sup", "svg", "symbol", "time", "use",
}  # fmt: skip
"""What stands within a sentence. Everything else begins and ends one."""

UNHEARD = {"code", "datalist", "pre", "script", "style", "svg", "textarea"}
"""What holds code, pictures, or what somebody typed."""

NAMED = {"a", "button", "h1", "h2", "h3", "h4", "h5", "h6", "label", "legend", "summary"}
SPOKEN = ("alt", "aria-label", "placeholder")
"""Attributes whose values are read out or shown."""

VOID = {"br", "circle", "hr", "img", "input", "link", "meta", "path", "rect", "use"}
HOLE = "…"
"""Stands for code within a sentence."""


@dataclass
class Named:
    """A link, a button, a heading or a label, and what it is called."""

    tag: str
    given: dict[str, str]
    texts: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.given.get("aria-label", "").strip() or plain("".join(self.texts))


class Wording:
    """Listens to a parser: tags as they open and close, and the text between them."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.named: list[Named] = []
        self._open: list[tuple[str, bool, bool]] = []
        self._within: list[Named] = []
        self._texts: list[str] = []

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag not in INLINE:
            self.flush()
        if "hint" in given.get("class", "").split():  # on a line of its own, in a label too
            self.flush()
            self._called(" · ")
        if given:
            self.blocks += [given[name] for name in SPOKEN if given.get(name)]
        if tag == "img":
            self._called(given.get("alt", ""))
        if tag in VOID:
            return
        if tag == "code" and not self._is(1):
            self._texts.append(HOLE)
        quiet = self._is(1) or tag in UNHEARD
        self._open.append((tag, quiet, self._is(2) or given.get("aria-hidden") == "true"))
        if tag in NAMED and (tag != "a" or "href" in given):
            self._within.append(Named(tag, given))
            self.named.append(self._within[-1])

    def text(self, data: str) -> None:
        self._called(data)
        if not self._is(1):
            self._texts.append(data)

    def end(self, tag: str) -> None:
        if tag not in INLINE:
            self.flush()
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
        elif any(tag == name for name, _, _ in self._open):
            while self._open and self._open.pop()[0] != tag:
                pass
        if self._within and self._within[-1].tag == tag:
            self._within.pop()

    def flush(self) -> None:
        """What was heard so far is a block of its own."""
        if not self._texts:
            return
        words = plain("".join(self._texts))
        if words:
            self.blocks.append(words)
        self._texts.clear()

    def _called(self, data: str) -> None:
        if not self._is(2):
            for named in self._within:
                named.texts.append(data)

    def _is(self, place: int) -> bool:
        return bool(self._open and self._open[-1][place])


def plain(text: str) -> str:
    """The text on one line, as a browser shows it."""
    return re.sub(r"\s+", " ", text).strip()
