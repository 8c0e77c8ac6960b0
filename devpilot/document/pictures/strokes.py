"""How lines are drawn: their dashes, what they end in, and the mark of a crossing.

Owns what tells modes apart without colour: sync is whole, async dashed, batch dotted, event
dashed and dotted; what waits for no answer has an open arrow.
"""

from collections.abc import Iterable
from math import sqrt

from devpilot.document.pictures.crossing import crossing
from devpilot.document.pictures.positions import Area, Curve, Line, Point
from devpilot.document.pictures.scene import Link, Stroke
from devpilot.document.pictures.shapes import SHEET

_DASHES = {
    Stroke.SYNC: "",
    Stroke.ASYNC: "7 4",
    Stroke.BATCH: "1.5 3.5",
    Stroke.EVENT: "9 3 1.5 3",
    Stroke.PATH: "",
    Stroke.ASIDE: "3 3",
}
_OPEN = {Stroke.ASYNC, Stroke.EVENT}
_HALF_WIDTH = 3.5
_FOOT = 5.0
_MARK = 5.0


def stroked(stroke: Stroke, pairs: Iterable[tuple[Link, Line]]) -> str:
    """All lines of one kind, with what they end in."""
    data = filled = drawn = ""
    for link, line in pairs:
        data += "".join(map(_curve, line.curves))
        arrow, lines = _ends(link, line)
        filled += arrow
        drawn += lines
    dashes = f' stroke-dasharray="{_DASHES[stroke]}"' if _DASHES[stroke] else ""
    parts = [f'<path d="{data}"{dashes}/>' if data else ""]
    parts.append(f'<path d="{filled}" fill="currentColor"/>' if filled else "")
    parts.append(f'<path d="{drawn}"/>' if drawn else "")
    return f'<g stroke="currentColor" stroke-width="1.2">{"".join(parts)}</g>'


def _curve(curve: Curve) -> str:
    if not curve:
        return ""
    (x, y), *rest = curve
    points = " ".join([f"{px} {py}" for px, py in rest])
    return f"M{x} {y}C{points}" if rest else ""


def _ends(link: Link, line: Line) -> tuple[str, str]:
    """Path data of what the line ends in: what is filled, and what is drawn as lines."""
    filled = drawn = ""
    first, last = (line.curves[0], line.curves[-1]) if line.curves else ((), ())
    if line.start and first:
        drawn += _foot(first[0], line.start, link.ends[0])
    if line.end and last and link.ends[1]:
        drawn += _foot(last[-1], line.end, link.ends[1])
    elif line.end and last and link.stroke in _OPEN:
        drawn += _arrow(last[-1], line.end, closed=False)
    elif line.end and last:
        filled += _arrow(last[-1], line.end, closed=True)
    return filled, drawn


def _arrow(base: Point, tip: Point, *, closed: bool) -> str:
    dx, dy = _across(base, tip, _HALF_WIDTH)
    one = f"{_n(base[0] + dx)} {_n(base[1] + dy)}"
    other = f"{_n(base[0] - dx)} {_n(base[1] - dy)}"
    shaft = "" if closed else f"M{base[0]} {base[1]}L{tip[0]} {tip[1]}"
    return f"{shaft}M{one}L{tip[0]} {tip[1]}L{other}{'z' if closed else ''}"


def _foot(base: Point, tip: Point, count: str) -> str:
    """A crow's foot for many, a bar for one."""
    dx, dy = _across(base, tip, _FOOT)
    shaft = f"M{base[0]} {base[1]}L{tip[0]} {tip[1]}"
    if count == "many":
        one = f"M{_n(tip[0] + dx)} {_n(tip[1] + dy)}L{base[0]} {base[1]}"
        return f"{shaft}{one}L{_n(tip[0] - dx)} {_n(tip[1] - dy)}"
    x, y = (base[0] + tip[0]) / 2, (base[1] + tip[1]) / 2
    return f"{shaft}M{_n(x + dx)} {_n(y + dy)}L{_n(x - dx)} {_n(y - dy)}"


def _across(base: Point, tip: Point, length: float) -> tuple[float, float]:
    """A step of that length at right angles to the direction."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    whole = sqrt(dx * dx + dy * dy) or 1.0
    return -dy / whole * length, dx / whole * length


def mark(line: Line, area: Area, *, filled: bool) -> str:
    """A diamond where the line crosses the area's border: full with a control, or empty."""
    found = crossing(line, area)
    return diamond(found[0], found[1], filled=filled) if found else ""


def diamond(x: float, y: float, *, filled: bool) -> str:
    fill = 'fill="currentColor"' if filled else f'class="p-sheet" fill="{SHEET}"'
    data = (
        f"M{_n(x)} {_n(y - _MARK)}l{_MARK:g} {_MARK:g}l-{_MARK:g} {_MARK:g}l-{_MARK:g} -{_MARK:g}z"
    )
    return f'<path d="{data}" {fill} stroke="currentColor" stroke-width="1.4"/>'


def _n(number: float) -> str:
    """A coordinate, to a tenth of a pixel, never a minus before a nought."""
    return f"{round(number, 1) + 0.0:g}"
