"""Where a line crosses a border, and how it points there."""

from itertools import pairwise
from math import sqrt

from devpilot.document.pictures.positions import Area, Line, flattened

_HALVINGS = 12


def crossing(line: Line, area: Area) -> tuple[float, float, float, float] | None:
    """The place nearest the zone's end where the line crosses its border, and the direction.

    The direction has the length 1. None for a line that never crosses.
    """
    points = [point for curve in line.curves for point in flattened(curve)]
    if line.end is not None:
        points.append(line.end)
    found = None
    for before, after in pairwise(points):
        if area.holds(*before) != area.holds(*after):
            found = before, after
            if area.holds(*points[0]):  # it leaves: the first border is the zone's own
                break
    return _place(*found, area) if found else None


def _place(
    before: tuple[float, float], after: tuple[float, float], area: Area
) -> tuple[float, float, float, float]:
    (ax, ay), (bx, by) = before, after
    length = sqrt((bx - ax) ** 2 + (by - ay) ** 2) or 1.0
    direction = (bx - ax) / length, (by - ay) / length
    begins_inside = area.holds(ax, ay)
    for _ in range(_HALVINGS):
        mx, my = (ax + bx) / 2, (ay + by) / 2
        if area.holds(mx, my) == begins_inside:
            ax, ay = mx, my
        else:
            bx, by = mx, my
    return ax, ay, *direction
