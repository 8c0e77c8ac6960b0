"""A scene and its positions as SVG.

Owns every byte between `<svg` and `</svg>`: a picture has no script, no style, no link and
no address, and user text stands in it only through `_escaped`. Everything is drawn in
`currentColor`; the classes are for a page's own style sheet, the attributes beside them for
a file that stands alone. A newcomer's likely mistake: an id here; a page shows many pictures.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from devpilot.document.pictures.legend import Foot, foot
from devpilot.document.pictures.positions import Area, Positions
from devpilot.document.pictures.scene import Box, Scene, Shape, Stroke, Weight
from devpilot.document.pictures.shapes import SHEET, shaped
from devpilot.document.pictures.sizes import (
    BASELINE,
    FONT,
    HEAD,
    LEADING,
    Block,
    Row,
    box_block,
    label_block,
    zone_text,
)
from devpilot.document.pictures.strokes import mark, stroked
from devpilot.document.pictures.text import clean

_MARGIN = 10
_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_INK = "#1a1b1e"
_LEFT = {Shape.STEP, Shape.EDGE, Shape.REFUSAL, Shape.FAILURE}
_INSET, _UNDER_LID = 15, 3
_START, _MIDDLE = 'text-anchor="start"', 'text-anchor="middle"'
_HALO = f'class="p-halo" stroke="{SHEET}" stroke-width="4" paint-order="stroke"'
"""For words that a line may run through."""

_ZONE_BORDERS = {"trusted": "", "restricted": ' stroke-width="2.5"'}
_ELSEWHERE = "BLUEPRINT.md has the same in words, as tables."
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


@lru_cache(maxsize=256)
def drawn(scene: Scene, positions: Positions, label: str) -> str:
    """The picture for a page; the element `label` names it, a style sheet gives the colours."""
    return _Drawing(scene, positions).svg(f'role="img" aria-labelledby="{label}"', "")


@lru_cache(maxsize=256)
def alone(scene: Scene, positions: Positions) -> str:
    """The picture as a file of its own, on a white sheet in any viewer, with its words in it."""
    counted = f"{len(scene.boxes)} boxes, {len(scene.links)} lines, {len(scene.zones)} enclosures."
    title = f"<title>{_escaped(scene.title)}</title><desc>{counted} {_ELSEWHERE}</desc>"
    more = f'role="img" color="{_INK}"'
    return _Drawing(scene, positions).svg(more, title, sheet=True) + "\n"


def _escaped(text: str) -> str:
    return clean(text).translate(_ESCAPES)


class _Drawing:
    def __init__(self, scene: Scene, positions: Positions) -> None:
        self._scene = scene
        self._at = positions
        self._areas = [
            _around(box_block(box), middle)
            for box, middle in zip(scene.boxes, positions.boxes, strict=True)
        ]
        self._zones = {
            zone.id: area for zone, area in zip(scene.zones, positions.zones, strict=True) if area
        }
        self._texts: dict[str, list[str]] = {}

    def svg(self, more: str, head: str, *, sheet: bool = False) -> str:
        below = foot(self._scene, self._at)
        self._label_texts()
        parts = (self._enclosures(), self._lines(), self._boxes(), self._marks())
        body = "".join([each for part in parts for each in part])
        across, down = below.width + 2 * _MARGIN, below.height + 2 * _MARGIN
        view = f'viewBox="-{_MARGIN} -{_MARGIN} {across} {down}"'
        paper = f'<rect x="-{_MARGIN}" y="-{_MARGIN}" width="{across}" height="{down}" '
        paper = f'{paper}fill="{SHEET}"/>' if sheet else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {view} width="{across}" height="{down}" '
            f'{more} font-family="{_FONTS}" fill="none" stroke-linejoin="round">'
            f"{head}{paper}{body}{self._words()}{_below(below)}</svg>"
        )

    def _enclosures(self) -> Iterator[str]:
        for zone in self._scene.zones:
            if area := self._zones.get(zone.id):
                border = _ZONE_BORDERS.get(zone.note, ' stroke-dasharray="6 4"')
                yield (
                    f'<rect x="{area.x}" y="{area.y}" width="{area.width}" '
                    f'height="{area.height}" rx="6" fill="currentColor" fill-opacity=".045" '
                    f'stroke="currentColor" stroke-opacity=".55"{border}/>'
                )
                row = Row(zone_text(zone), Weight.NAME)
                self._write(row, area.x + 12, area.y + 20, _HALO)

    def _lines(self) -> Iterator[str]:
        """Lines of the same kind together."""
        for stroke in Stroke:
            pairs = [
                (link, line)
                for link, line in zip(self._scene.links, self._at.lines, strict=True)
                if link.stroke is stroke
            ]
            if pairs:
                yield stroked(stroke, pairs)

    def _boxes(self) -> Iterator[str]:
        for shape in Shape:
            shapes = [
                (box, area)
                for box, area in zip(self._scene.boxes, self._areas, strict=True)
                if box.shape is shape
            ]
            if shapes:
                yield shaped(shape, [area for _, area in shapes])
            for box, area in shapes:
                self._box_text(box, area)

    def _box_text(self, box: Box, area: Area) -> None:
        rows = box_block(box).rows
        if box.shape is Shape.ENTITY:
            left = area.x + _INSET
            self._write_all(rows[:1], left, area.y + HEAD - LEADING[Weight.NAME] - 4, _START)
            self._write_all(rows[1:], left, area.y + HEAD, _START)
            return
        height = sum([LEADING[row.weight] for row in rows])
        top = area.y + (area.height - height) / 2 + (_UNDER_LID if box.shape is Shape.STORE else 0)
        if box.shape in _LEFT:
            self._write_all(rows, area.x + _INSET, top, _START)
        else:
            self._write_all(rows, area.x + area.width / 2, top, _MIDDLE)

    def _label_texts(self) -> None:
        for link, line in zip(self._scene.links, self._at.lines, strict=True):
            if line.label:
                block = label_block(link)
                top = line.label[1] - (block.height - 2) / 2
                self._write_all(block.rows, line.label[0], top, _MIDDLE)

    def _marks(self) -> Iterator[str]:
        """Diamonds where trust changes: full with a control, empty without."""
        for link, line in zip(self._scene.links, self._at.lines, strict=True):
            area = self._zones.get(link.border)
            if area:
                yield mark(line, area, filled=link.controlled)

    def _write_all(self, rows: Iterable[Row], x: float, top: float, anchor: str) -> None:
        for row in rows:
            leading = LEADING[row.weight]
            self._write(row, x, top + leading * BASELINE, anchor)
            top += leading

    def _write(self, row: Row, x: float, y: float, anchor: str) -> None:
        said = f'<text x="{x:g}" y="{round(y)}">{_escaped(row.text)}</text>'
        self._texts.setdefault(f"{_type(row.weight)} {anchor}", []).append(said)

    def _words(self) -> str:
        return "".join(
            [
                f'<g fill="currentColor" {look}>{"".join(said)}</g>'
                for look, said in sorted(self._texts.items())
            ]
        )


def _below(samples: Foot) -> str:
    said = [f'<text x="{x}" y="{y}">{_escaped(text)}</text>' for text, x, y in samples.texts]
    words = f'<g fill="currentColor" {_type(Weight.PLAIN)}>{"".join(said)}</g>' if said else ""
    return "".join(samples.drawings) + words


def _type(weight: Weight) -> str:
    more = {Weight.NAME: ' font-weight="600"', Weight.QUIET: ' fill-opacity=".78"'}
    return f'font-size="{FONT[weight]:g}"{more.get(weight, "")}'


def _around(block: Block, middle: tuple[int, int]) -> Area:
    left, top = middle[0] - block.width // 2, middle[1] - block.height // 2
    return Area(left, top, block.width, block.height)
