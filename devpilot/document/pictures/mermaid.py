"""A scene as Mermaid text, for people and agents who read Markdown.

Owns how user text stands in Mermaid. A newcomer's likely mistake: to allow one character
more. Mermaid looks for directives, comments, entities and style statements with regular
expressions before it parses, inside of quotes too; so everything but letters, digits and
harmless marks is written as a numeric entity, and `"`, `#`, `%`, `:`, `;` and backticks
never stand in a label.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from devpilot.document.pictures.scene import Box, Kind, Link, Scene, Shape, Stroke, Words
from devpilot.document.pictures.text import clean

_RISKY = re.compile(r"[^A-Za-z0-9 ,.'()/+=!?_\u00a0-\U0010ffff-]")
_NOT_NAME = re.compile(r"[^A-Za-z0-9_]+")

_OUTLINES = {
    Shape.CLIENT: ("([", "])"),
    Shape.STORE: ("[(", ")]"),
    Shape.DEPENDENCY: ("[[", "]]"),
    Shape.EDGE: ("([", "])"),
    Shape.REFUSAL: ("{{", "}}"),
    Shape.FAILURE: (">", "]"),
}
_ARROWS = {Stroke.SYNC: "-->", Stroke.PATH: "-->"}
_LEFT_END = {"1": "||", "many": "}o", "": "||"}
_RIGHT_END = {"1": "||", "many": "o{", "": "||"}


@lru_cache(maxsize=256)
def mermaid(scene: Scene) -> str:
    """The text of a Mermaid diagram, without the fence around it."""
    return "\n".join(_WRITERS[scene.kind](scene))


def quoted(text: str) -> str:
    """User text in quotes, letter for letter."""
    return f'"{_escaped(text) or " "}"'


def _escaped(text: str) -> str:
    return _RISKY.sub(lambda found: f"#{ord(found[0])};", clean(text))


def _said(words: tuple[Words, ...]) -> str:
    return '"' + "<br>".join([_escaped(each.text) for each in words]) + '"'


def _flowchart(scene: Scene) -> Iterator[str]:
    yield f"flowchart {'TB' if scene.down else 'LR'}"
    names = {box.id: f"n{number}" for number, box in enumerate(scene.boxes)}
    for number, zone in enumerate(scene.zones):
        inside = [box for box in scene.boxes if box.zone == zone.id]
        if inside:
            yield f"  subgraph z{number}[{quoted(f'{zone.name}: {zone.note}')}]"
            for box in inside:
                yield f"    {_node(box, names[box.id])}"
            yield "  end"
    for box in scene.boxes:
        if not box.zone:
            yield f"  {_node(box, names[box.id])}"
    for link in scene.links:
        arrow = _ARROWS.get(link.stroke, "-.->")
        yield f"  {names[link.tail]} {arrow}{_label(link)} {names[link.head]}"


def _node(box: Box, name: str) -> str:
    before, after = _OUTLINES.get(box.shape, ("[", "]"))
    return f"{name}{before}{_said(box.words)}{after}"


def _label(link: Link) -> str:
    crossing = (Words("crosses a boundary"),) if link.border else ()
    return f"|{_said((*link.words, *crossing))}|" if link.words else ""


def _state_diagram(scene: Scene) -> Iterator[str]:
    yield "stateDiagram-v2"
    names = {box.id: f"s{number}" for number, box in enumerate(scene.boxes)}
    for box in scene.boxes:
        if box.shape is Shape.INITIAL:
            names[box.id] = "[*]"
        else:
            yield f"  state {_said(box.words)} as {names[box.id]}"
    for link in scene.links:
        label = " ".join([_escaped(each.text) for each in link.words])
        yield f"  {names[link.tail]} --> {names[link.head]} : {label or ' '}"
    for note in scene.notes:
        yield f"  %% {_escaped(note)}"


def _entities(scene: Scene) -> Iterator[str]:
    yield "erDiagram"
    names = {box.id: f"n{number}" for number, box in enumerate(scene.boxes)}
    for box in scene.boxes:
        name, *attributes = box.words
        yield f"  {names[box.id]}[{quoted(name.text)}] {{"
        for number, words in enumerate(attributes):
            yield f"    {_attribute(words.text, number)}"
        yield "  }"
    for link in scene.links:
        ends = f"{_LEFT_END[link.ends[0]]}--{_RIGHT_END[link.ends[1]]}"
        yield f"  {names[link.tail]} {ends} {names[link.head]} : {_said(link.words)}"


def _attribute(text: str, number: int) -> str:
    """A type and a name as Mermaid wants them, and beside them the text as it was written."""
    name, colon, kind = text.rpartition(": ")
    if not colon:
        return f"row note{number} {quoted(text)}"
    return f"{_name(kind)} {_name(name)} {quoted(name)}"


def _name(text: str) -> str:
    name = _NOT_NAME.sub("_", text).strip("_")[:40]
    return name if name[:1].isalpha() else f"a_{name}"


_WRITERS: dict[Kind, Callable[[Scene], Iterator[str]]] = {
    Kind.ARCHITECTURE: _flowchart,
    Kind.WORKFLOW: _flowchart,
    Kind.STATES: _state_diagram,
    Kind.DATA_MODEL: _entities,
}
