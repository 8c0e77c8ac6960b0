"""Positions as an export keeps them, and the reading of what a stranger's file says they are.

Owns `positions.json`'s form: whole numbers in the order of the scene, so that a picture can
be drawn again where the layout program is not. A newcomer's likely mistake: to trust it. A
file may say anything; what does not fit its scene in every number is nothing.
"""

from typing import Any

from devpilot.document.pictures.positions import Area, Line, Point, Positions
from devpilot.document.pictures.scene import Box, Link, Scene
from devpilot.document.pictures.sizes import box_block, label_block

_LARGEST = 100_000
"""Pixels; nothing that can be looked at is larger."""

_ENDS = ("start", "end", "label")


def to_json(positions: Positions) -> dict[str, Any]:
    """The form in which an export keeps positions."""
    return {
        "size": [positions.width, positions.height],
        "zones": [
            [zone.x, zone.y, zone.width, zone.height] if zone else [] for zone in positions.zones
        ],
        "boxes": [list(point) for point in positions.boxes],
        "lines": [
            {
                "curves": [[list(point) for point in curve] for curve in line.curves],
                "start": list(line.start or ()),
                "end": list(line.end or ()),
                "label": list(line.label or ()),
            }
            for line in positions.lines
        ],
    }


def from_json(scene: Scene, stored: Any) -> Positions | None:  # noqa: ANN401 - any JSON
    """Positions as an export keeps them; None when they do not fit the scene."""
    try:
        width, height = _point(stored["size"])
        positions = Positions(
            width=width,
            height=height,
            zones=tuple([Area(*_whole(each, 4)) if each else None for each in stored["zones"]]),
            boxes=tuple([_point(each) for each in stored["boxes"]]),
            lines=tuple([_stored_line(each) for each in stored["lines"]]),
        )
    except (KeyError, ValueError, TypeError, IndexError):
        return None
    fits = to_json(positions) == stored and _fit(scene, positions)
    return positions if fits else None


def _whole(numbers: Any, count: int) -> list[int]:  # noqa: ANN401 - any JSON
    if len(numbers) != count or not all(type(n) is int and abs(n) < _LARGEST for n in numbers):
        raise ValueError
    return list(numbers)


def _point(numbers: Any) -> Point:  # noqa: ANN401 - any JSON
    x, y = _whole(numbers, 2)
    return x, y


def _stored_line(stored: dict[str, Any]) -> Line:
    curves = tuple([tuple([_point(point) for point in curve]) for curve in stored["curves"]])
    start, end, label = (_point(stored[name]) if stored[name] else None for name in _ENDS)
    return Line(curves, start, end, label)


def _fit(scene: Scene, positions: Positions) -> bool:
    """Whether there is a place for everything, and everything is in the picture."""
    counted = (len(positions.zones), len(positions.boxes), len(positions.lines))
    if counted != (len(scene.zones), len(scene.boxes), len(scene.links)):
        return False
    pairs = zip(scene.links, positions.lines, strict=True)
    return all(_is_line(link, line) for link, line in pairs) and all(
        _inside(box, point, positions)
        for box, point in zip(scene.boxes, positions.boxes, strict=True)
    )


def _is_line(link: Link, line: Line) -> bool:
    pieces = 2 if label_block(link).rows and not link.beside else 1
    whole = all(len(curve) % 3 == 1 for curve in line.curves)
    return len(line.curves) == pieces and whole and (line.label is not None) == (pieces == 2)


def _inside(box: Box, point: Point, positions: Positions) -> bool:
    block = box_block(box)
    x, y = point[0] - block.width / 2, point[1] - block.height / 2
    return (
        x >= -1
        and y >= -1
        and x + block.width <= positions.width + 1
        and y + block.height <= positions.height + 1
    )
