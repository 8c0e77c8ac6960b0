"""Where everything of a scene lies, in whole pixels from the top left.

Owns the reading of what the layout program answers. A newcomer's likely mistake: to trust
it. An answer that does not fit its scene is no answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from devpilot.document.pictures.scene import Link, Scene

Point: TypeAlias = tuple[int, int]
Curve: TypeAlias = tuple[Point, ...]
"""A point, and three more for each cubic Bézier curve that follows on it."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


@dataclass(frozen=True, slots=True)
class Line:
    """A link as it is drawn: one curve, or two with the label at `label` between them.

    `start` and `end` are the tips of what points at the tail and at the head.
    """

    curves: tuple[Curve, ...]
    start: Point | None
    end: Point | None
    label: Point | None


@dataclass(frozen=True, slots=True)
class Positions:
    """In the order of the scene; a zone without boxes has no area. Boxes by their middles."""

    width: int
    height: int
    zones: tuple[Area | None, ...]
    boxes: tuple[Point, ...]
    lines: tuple[Line, ...]


def read_answer(scene: Scene, answer: Any) -> Positions | None:  # noqa: ANN401 - any JSON
    """The positions in a layout program's answer; None when it does not fit the scene."""
    try:
        return _Answer(scene, answer).positions()
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError):
        return None


class _Answer:
    """The program counts upwards from the bottom, and names things by our numbers."""

    def __init__(self, scene: Scene, answer: dict[str, Any]) -> None:
        self._scene = scene
        _, _, self._width, self._height = map(float, answer["bb"].split(","))
        self._objects = {each["name"]: each for each in answer["objects"]}
        numbers = {each["_gvid"]: each["name"] for each in answer["objects"]}
        self._edges = {e["id"]: e for e in answer.get("edges", ()) if "id" in e}
        self._tails = {name: numbers[edge["tail"]] for name, edge in self._edges.items()}

    def positions(self) -> Positions:
        scene = self._scene
        return Positions(
            width=round(self._width),
            height=round(self._height),
            zones=tuple([self._zone(number) for number in range(len(scene.zones))]),
            boxes=tuple([self._middle(f"b{number}") for number in range(len(scene.boxes))]),
            lines=tuple([self._line(n, link) for n, link in enumerate(scene.links)]),
        )

    def _point(self, x: float, y: float) -> Point:
        return round(x), round(self._height - y)

    def _middle(self, name: str) -> Point:
        x, y = map(float, self._objects[name]["pos"].split(","))
        return self._point(x, y)

    def _zone(self, number: int) -> Area | None:
        found = self._objects.get(f"cluster_{number}")
        if found is None:
            return None
        left, bottom, right, top = map(float, found["bb"].split(","))
        x, y = self._point(left, top)
        return Area(x, y, round(right - left), round(top - bottom))

    def _line(self, number: int, link: Link) -> Line:
        if not link.words or link.beside:
            curve, start, end = self._piece(f"z{number}", turned=link.upstream)
            return Line((curve,), start, end, None)
        first, start, _ = self._piece(f"a{number}", turned=link.upstream)
        last, _, end = self._piece(f"z{number}", turned=link.upstream)
        return Line((first, last), start, end, self._middle(f"t{number}"))

    def _piece(self, name: str, *, turned: bool) -> tuple[Curve, Point | None, Point | None]:
        """A piece from the tail's side to the head's, whichever way it was laid out."""
        points: list[Point] = []
        tips: dict[str, Point] = {}
        for part in self._edges[name]["pos"].split(";")[0].split():
            *mark, x, y = part.split(",")
            point = self._point(float(x), float(y))
            if mark:
                tips[mark[0]] = point
            else:
                points.append(point)
        start, end = tips.get("s"), tips.get("e")
        if turned:
            return tuple(reversed(points)), end, start
        return tuple(points), start, end


def flattened(curve: Sequence[Point], steps: int = 12) -> list[tuple[float, float]]:
    """Points along a curve, close enough to see where it crosses something."""
    points: list[tuple[float, float]] = [curve[0]] if curve else []
    for at in range(0, len(curve) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve[at : at + 4]
        for step in range(1, steps + 1):
            t = step / steps
            u = 1 - t
            a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
            points.append((a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy))
    return points
