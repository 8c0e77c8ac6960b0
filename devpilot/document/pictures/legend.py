"""What stands below a picture: what its marks mean, and what has no place in it.

Owns the words of the legend. Only what the picture shows is explained.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from devpilot.document.pictures.positions import Area, Line, Positions
from devpilot.document.pictures.scene import Link, Scene, Shape, Stroke, Weight
from devpilot.document.pictures.shapes import shaped
from devpilot.document.pictures.sizes import FONT
from devpilot.document.pictures.strokes import diamond, stroked
from devpilot.document.pictures.text import width, wrapped

_LEAST_WIDTH = 480
_ABOVE, _LINE, _GAP, _SAMPLE, _BETWEEN = 24, 24, 8, 36, 22
_RISE = 4
"""How far the middle of a letter is above its line."""

_SHAPES = {
    Shape.CLIENT: "client",
    Shape.COMPONENT: "component",
    Shape.DEPENDENCY: "external dependency",
    Shape.STORE: "data store",
}
_MODES = (Stroke.SYNC, Stroke.ASYNC, Stroke.BATCH, Stroke.EVENT)

_Sample = Callable[[int, int], str]
"""Draws a sample that begins at a place, its middle at that height."""


@dataclass(slots=True)
class Foot:
    """Drawings, and texts with their places; the size of the picture with them."""

    width: int
    height: int
    drawings: list[str] = field(default_factory=list)
    texts: list[tuple[str, int, int]] = field(default_factory=list)


def foot(scene: Scene, positions: Positions) -> Foot:
    """What to draw below the scene."""
    found = Foot(positions.width, positions.height)
    samples = list(_samples(scene))
    if samples or scene.notes:
        found.width = max(positions.width, _LEAST_WIDTH)
        found.height += _ABOVE
        _lay_samples(found, samples)
        _lay_notes(found, scene.notes)
    return found


def _lay_samples(found: Foot, samples: list[tuple[_Sample, str]]) -> None:
    x = 0
    for draw, text in samples:
        room = _SAMPLE + _GAP + round(width(text, FONT[Weight.PLAIN]))
        if x and x + room > found.width:
            x, found.height = 0, found.height + _LINE
        found.drawings.append(draw(x, found.height - _RISE))
        found.texts.append((text, x + _SAMPLE + _GAP, found.height))
        x += room + _BETWEEN
    found.height += _LINE if samples else 0


def _lay_notes(found: Foot, notes: tuple[str, ...]) -> None:
    for note in notes:
        for line in wrapped(note, FONT[Weight.PLAIN], found.width, 2, bold=False):
            found.texts.append((line, 0, found.height))
            found.height += _LINE - 6
    found.height -= _LINE - _GAP


def _samples(scene: Scene) -> Iterator[tuple[_Sample, str]]:
    shapes = {box.shape for box in scene.boxes}
    for shape, word in _SHAPES.items():
        if shape in shapes:
            yield _box_sample(shape), word
    strokes = {link.stroke for link in scene.links}
    for mode in _MODES:
        if mode in strokes:
            yield _line_sample(mode, ("", "")), mode.value
    shown = [link for link in scene.links if link.border]
    if any(link.controlled for link in shown):
        yield _mark_sample(filled=True), "crosses a trust boundary, under a control"
    if any(not link.controlled for link in shown):
        yield _mark_sample(filled=False), "crosses one without a control"
    if any(any(link.ends) for link in scene.links):
        yield _line_sample(Stroke.PATH, ("1", "many")), "one to many"


def _box_sample(shape: Shape) -> _Sample:
    tall = 22 if shape is Shape.STORE else 16
    return lambda x, y: shaped(shape, [Area(x + 2, y - tall // 2, _SAMPLE - 6, tall)])


def _line_sample(mode: Stroke, ends: tuple[str, str]) -> _Sample:
    link = Link("", "", "", stroke=mode, ends=ends)

    def draw(x: int, y: int) -> str:
        left, right = x + (7 if ends[0] else 0), x + _SAMPLE - 7
        curve = ((left, y), (left + 8, y), (right - 8, y), (right, y))
        line = Line((curve,), (x, y) if ends[0] else None, (x + _SAMPLE, y), None)
        return stroked(mode, [(link, line)])

    return draw


def _mark_sample(*, filled: bool) -> _Sample:
    return lambda x, y: diamond(x + _SAMPLE // 2, y, filled=filled)
