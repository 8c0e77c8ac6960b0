"""A page as a test reads it: its text, forms, ids, names, and what is wrong with it.

Every HTML answer that a test gets is checked: ids are unique, there is one h1, every control,
link, button and heading has a name that assistive technology can say, and every reference by id
leads somewhere. What the words sound like is judged in `tests/words`.
"""

from collections import Counter
from functools import lru_cache
from html.parser import HTMLParser

from tests.wording import Named, Wording, plain

Pairs = list[tuple[str, str]]

CONTROLS = {"input", "select", "textarea"}
REFERRING = {"aria-describedby", "aria-labelledby", "for", "list"}
VOID = {"input", "br", "hr", "img", "link", "meta", "use", "path", "rect", "circle"}


class Form:
    """A form as a page holds it: where it posts to, and the fields it would send."""

    def __init__(self, action: str, method: str) -> None:
        self.action = action
        self.method = method
        self.fields: Pairs = []
        self.buttons: list[dict[str, str]] = []

    def filled(self, **values: str | list[str] | None) -> Pairs:
        """The fields with these values instead; None leaves a field out.

        A double underscore stands for a hyphen: `goals__0__goal`.
        """
        wanted = {name.replace("__", "-"): value for name, value in values.items()}
        pairs = [(name, value) for name, value in self.fields if name not in wanted]
        for name, value in wanted.items():
            texts = value if isinstance(value, list) else [] if value is None else [value]
            pairs += [(name, text) for text in texts]
        return pairs


class Page(HTMLParser):
    """What a test asks of a page: its text, forms, ids and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.title = ""
        self.links: list[str] = []
        self._controls: list[dict[str, str]] = []
        self._labels: set[str] = set()
        self._referred: list[tuple[str, str]] = []
        self._stack: list[str] = []
        self._form: Form | None = None
        self._select: tuple[str, str | None, str | None] | None = None
        self._textarea: tuple[str, list[str]] | None = None
        self._texts: list[str] = []
        self._option: str | None = None
        self._images: list[dict[str, str]] = []
        self.wording = Wording()
        self.feed(html)
        self.wording.flush()

    @property
    def text(self) -> str:
        return plain(" ".join(self._texts))

    @property
    def words(self) -> list[str]:
        """What is written or read out, block by block, without code and what somebody typed."""
        return self.wording.blocks

    @property
    def named(self) -> list[Named]:
        """Links, buttons, headings and labels, in order."""
        return self.wording.named

    def form(self, action: str) -> Form:
        """The form whose action ends like this."""
        found = [form for form in self.forms if form.action.endswith(action)]
        assert found, f"no form posts to …{action}: {[form.action for form in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._stack.append(tag)
        self.wording.start(tag, given)
        if tag == "img":
            self._images.append(given)
        self._identity(tag, given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "h1":
            self.headings.append("")
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        if tag in CONTROLS:
            self._control(tag, given)
        if tag == "option":
            self._start_option(given)
        if tag == "button" and self._form is not None:
            self._form.buttons.append(given)

    def _identity(self, tag: str, given: dict[str, str]) -> None:
        """Which ids there are, and which are referred to."""
        if not given:
            return
        if "id" in given:
            self.ids.append(given["id"])
        for name in REFERRING & given.keys():
            self._referred += [(name, target) for target in given[name].split()]
        if tag == "link" and given.get("rel") == "expect":  # without it all of the page is awaited
            self._referred.append(("expect", given["href"].removeprefix("#")))
        if tag == "label" and "for" in given:
            self._labels.add(given["for"])

    def _start_option(self, given: dict[str, str]) -> None:
        if self._select is None:
            return
        self._option = ""
        name, chosen, first = self._select
        value = given.get("value")
        if "selected" in given:
            chosen = value if value is not None else "\0text"
        self._select = (name, chosen, first if first is not None else value)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if given.get("type") != "hidden":
            self._controls.append(
                {**given, "inside-label": "yes" if "label" in self._stack else ""}
            )
        name = given.get("name", "")
        if tag == "select":
            self._select = (name, None, None)
        elif tag == "textarea":
            self._textarea = (name, [])
        elif self._form is not None and name:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self._form.fields.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._texts.append(data)
        self.wording.text(data)
        if self._textarea is not None:
            self._textarea[1].append(data)
        if self._option is not None:
            self._option += data
        if self._stack and self._stack[-1] == "title":
            self.title += data
        if self._stack and "h1" in self._stack and self.headings:
            self.headings[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.wording.end(tag)
        if tag in self._stack:
            while self._stack and self._stack.pop() != tag:
                pass
        if tag == "option" and self._select is not None:
            name, chosen, first = self._select
            text = self._option or ""
            if chosen == "\0text":
                chosen = text
            self._select = (name, chosen, first if first is not None else text)
            self._option = None
        if tag == "select" and self._select is not None:
            name, chosen, first = self._select
            if self._form is not None and name:
                self._form.fields.append((name, chosen if chosen is not None else first or ""))
            self._select = None
        if tag == "textarea" and self._textarea is not None:
            name, parts = self._textarea
            if self._form is not None and name:
                self._form.fields.append((name, "".join(parts).removeprefix("\n")))
            self._textarea = None
        if tag == "form":
            self._form = None

    def dead_links(self) -> list[str]:
        """Links to a place on this page that is not there."""
        known = set(self.ids)
        return [link for link in self.links if link[:1] == "#" and link[1:] not in known]

    def faults(self, *, fragment: bool = False) -> list[str]:
        """What is wrong with the page as a document."""
        known = Counter(self.ids)
        twice = sorted(name for name, times in known.items() if times > 1)
        faults = [f"the id {name!r} stands twice" for name in twice]
        if not fragment and len(self.headings) != 1:
            faults.append(f"{len(self.headings)} h1 headings")
        for control in self._controls:
            named = control.get("aria-label") or control["inside-label"]
            if not named and control.get("id") not in self._labels:
                faults.append(f"no label for {control.get('name') or control}")
        faults += self._nameless()
        for kind, target in self._referred:
            if not fragment and target not in known:
                faults.append(f"{kind} refers to {target!r}, which is not there")
        if not fragment and not self.title.strip():
            faults.append("no title")
        return faults

    def _nameless(self) -> list[str]:
        """What leads, acts, heads or shows, and has nothing to be called by."""
        found = [f"a {one.tag} without a name: {one.given}" for one in self.named if not one.name]
        return found + [f"an image without alt: {one}" for one in self._images if "alt" not in one]


@lru_cache(maxsize=4)
def page_of(html: str) -> Page:
    """The page, read once: a test often asks of it what it was checked for as it came."""
    return Page(html)
