"""How large boxes and labels are, and the lines of text in them.

Owns the type sizes of a picture. The layout is told these sizes and never sees a word; so
what a user typed can neither break it nor bend it.
"""

from dataclasses import dataclass
from functools import lru_cache

from devpilot.document.pictures.scene import Box, Link, Shape, Weight, Words, Zone
from devpilot.document.pictures.text import width, wrapped

FONT = {Weight.NAME: 13.0, Weight.PLAIN: 12.0, Weight.QUIET: 11.0}
LEADING = {Weight.NAME: 17, Weight.PLAIN: 16, Weight.QUIET: 15}
BASELINE = 0.77
"""Where in its leading a line stands."""

ZONE_HEAD = 20
_ROOM = {
    Shape.EDGE: 250,
    Shape.STEP: 250,
    Shape.REFUSAL: 250,
    Shape.FAILURE: 250,
    Shape.STATE: 130,
    Shape.ENTITY: 170,
}
_PADDING = {
    Shape.CLIENT: (12, 8),
    Shape.COMPONENT: (10, 8),
    Shape.DEPENDENCY: (15, 8),
    Shape.STORE: (10, 15),
    Shape.STATE: (14, 8),
}
_SIDES = {Shape.EDGE, Shape.STEP, Shape.REFUSAL, Shape.FAILURE}
"""Boxes of one width, so that a path is straight."""

_PART_ROOM, _LABEL_ROOM, _NARROWEST = 104, 150, 56
_ZONE_ROOM = 300
_INITIAL = 16
_MORE = (15, 8)

HEAD = LEADING[Weight.NAME] + 12
"""How far below its top the name of an entity ends."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of text as it is set."""

    text: str
    weight: Weight


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text and the room they take, their padding included."""

    rows: tuple[Row, ...]
    width: int
    height: int


@lru_cache(maxsize=4096)
def box_block(box: Box) -> Block:
    """The text of a box and the size of the box."""
    if box.shape is Shape.INITIAL:
        return Block((), _INITIAL, _INITIAL)
    across, down = _PADDING.get(box.shape, _MORE)
    block = _block(box.words, _ROOM.get(box.shape, _PART_ROOM))
    inner = _ROOM[box.shape] if box.shape in _SIDES else max(block.width, _NARROWEST)
    head = HEAD - LEADING[Weight.NAME] - down if box.shape is Shape.ENTITY else 0
    return Block(block.rows, inner + 2 * across, block.height + 2 * down + head)


@lru_cache(maxsize=4096)
def label_block(link: Link) -> Block:
    """The text on a line; no rows when there is none."""
    if not link.words:
        return Block((), 0, 0)
    block = _block(link.words, _LABEL_ROOM)
    return Block(block.rows, block.width + 6, block.height + 2)


def zone_width(zone: Zone) -> int:
    return round(width(zone_text(zone), FONT[Weight.NAME], bold=True)) + 8


def zone_text(zone: Zone) -> str:
    """A zone's name, cut where it would be wider than a picture, and its trust."""
    name = wrapped(zone.name, FONT[Weight.NAME], _ZONE_ROOM, 1, bold=True)
    return f"{''.join(name)}: {zone.note}"


def _block(words: tuple[Words, ...], room: int) -> Block:
    rows = [
        Row(line, each.weight)
        for each in words
        for line in wrapped(
            each.text, FONT[each.weight], room, each.most, bold=each.weight is Weight.NAME
        )
    ]
    widest = max([_width(row) for row in rows], default=0)
    return Block(tuple(rows), round(widest), sum([LEADING[row.weight] for row in rows]))


def _width(row: Row) -> float:
    return width(row.text, FONT[row.weight], bold=row.weight is Weight.NAME)
