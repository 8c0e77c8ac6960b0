"""A scene as a graph for the layout program: sizes and structure, and not a word of text.

Owns the DOT language. A newcomer's likely mistake: to put labels in. Boxes and labels are
nodes of a given size without text; what a user typed never reaches the program, and two
scenes that differ in words alone have the same graph.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from devpilot.document.pictures.scene import Box, Kind, Link, Scene, Zone
from devpilot.document.pictures.sizes import ZONE_HEAD, box_block, label_block, zone_width

_SPACE = {
    Kind.ARCHITECTURE: (0.2, 0.18),
    Kind.WORKFLOW: (0.4, 0.3),
    Kind.STATES: (0.3, 0.24),
    Kind.DATA_MODEL: (0.3, 0.26),
}
"""Inches between boxes of one rank, and between ranks."""

_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Graph:
    """What the layout program reads. `name` stands in the text, and follows from it."""

    name: str
    text: str


def graph_of(scene: Scene) -> Graph:
    """The scene's structure, its boxes and lines by their place in the scene."""
    body = "\n".join(_lines(scene))
    name = "p" + hashlib.sha256(body.encode()).hexdigest()[:24]
    return Graph(name, f"digraph {name} {{\n{body}\n}}\n")


def _lines(scene: Scene) -> Iterator[str]:
    beside, rank = _SPACE[scene.kind]
    direction = "TB" if scene.down else "LR"
    yield f"graph [rankdir={direction} nodesep={beside} ranksep={rank} splines=true newrank=false];"
    yield 'node [shape=box fixedsize=true label=""];'
    yield "edge [arrowsize=0.8];"
    places = {box.id: number for number, box in enumerate(scene.boxes)}
    zones = {box.id: box.zone for box in scene.boxes}
    for number, zone in enumerate(scene.zones):
        yield from _zone(scene, zone, number, zones)
    yield from _nodes(scene, "", zones)
    for number, link in enumerate(scene.links):
        yield from _link(link, number, places)
    yield from _column(scene, places)


def _zone(scene: Scene, zone: Zone, number: int, zones: dict[str, str]) -> Iterator[str]:
    nodes = list(_nodes(scene, zone.id, zones))
    if nodes:
        yield f"subgraph cluster_{number} {{ margin=16; labeljust=l; label={_gap(zone)};"
        yield from nodes
        yield "}"


def _gap(zone: Zone) -> str:
    """A label without text that takes the room of the zone's name."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{zone_width(zone)}" HEIGHT="{ZONE_HEAD}"'
    bare = 'BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0"'
    return f"<<TABLE {bare} {size}><TR><TD></TD></TR></TABLE>>"


def _nodes(scene: Scene, zone: str, zones: dict[str, str]) -> Iterator[str]:
    """The boxes in a zone, and the labels of the lines that stay in it."""
    for number, box in enumerate(scene.boxes):
        if box.zone == zone:
            yield _box(box, number)
    for number, link in enumerate(scene.links):
        inside = zones[link.tail] if zones[link.tail] == zones[link.head] else ""
        if link.words and not link.beside and inside == zone:
            block = label_block(link)
            yield f"t{number} [{_size(block.width, block.height)}];"


def _box(box: Box, number: int) -> str:
    block = box_block(box)
    return f"b{number} [{_size(block.width, block.height)}];"


def _size(width: int, height: int) -> str:
    return f"width={width / _PER_INCH:.4f} height={height / _PER_INCH:.4f}"


def _link(link: Link, number: int, places: dict[str, int]) -> Iterator[str]:
    """A line, in two pieces where it has a label. `id` tells the pieces apart afterwards."""
    tail, head = f"b{places[link.tail]}", f"b{places[link.head]}"
    pointed = "both" if any(link.ends) else "forward"
    if link.beside:
        yield f"{tail} -> {head} [id=z{number} constraint=false tailport=e headport=w];"
    elif not link.words:
        yield _edge(tail, head, f"z{number}", pointed, turned=link.upstream)
    else:
        first, last = ("back", "forward") if pointed == "both" else ("none", "forward")
        yield _edge(tail, f"t{number}", f"a{number}", first, turned=link.upstream)
        yield _edge(f"t{number}", head, f"z{number}", last, turned=link.upstream)


_TURNED = {"none": "none", "forward": "back", "back": "forward", "both": "both"}


def _edge(tail: str, head: str, name: str, pointed: str, *, turned: bool) -> str:
    if turned:
        tail, head, pointed = head, tail, _TURNED[pointed]
    return f"{tail} -> {head} [id={name} dir={pointed} weight=2];"


def _column(scene: Scene, places: dict[str, int]) -> Iterator[str]:
    """What stands beside a path: one column, each box level with what it belongs to."""
    order = {box.id: number for number, box in enumerate(scene.boxes)}
    beside = sorted(
        [link for link in scene.links if link.beside], key=lambda link: order[link.tail]
    )
    last, level = "", set()
    for link in beside:
        tail, head = f"b{places[link.tail]}", f"b{places[link.head]}"
        if tail not in level:
            level.add(tail)
            yield f"{{ rank=same; {tail} -> {head} [style=invis]; }}"
        if last:
            yield f"{last} -> {head} [style=invis weight=50];"
        last = head
