"""The outline of each kind of box.

Owns what tells kinds apart without colour: a client is round, a store a cylinder, an
external dependency has double sides, a refusal cut corners, a failure a broken outline.
"""

from collections.abc import Iterable

from devpilot.document.pictures.positions import Area
from devpilot.document.pictures.scene import Shape
from devpilot.document.pictures.sizes import HEAD

SHEET = "#ffffff"
"""What boxes are filled with where no style sheet says otherwise."""

_MOODS = {Shape.REFUSAL: ("refusal", "#9c4300"), Shape.FAILURE: ("failure", "#b01e1e")}
_LID = 7
_SIDE = 6
_CUT = 9
_ROUND = {Shape.CLIENT: 18, Shape.EDGE: 18, Shape.STATE: 12}


def shaped(shape: Shape, areas: Iterable[Area]) -> str:
    """All boxes of one kind."""
    name, color = _MOODS.get(shape, ("", ""))
    mood = f' p-{name}" color="{color}"' if name else '"'
    outlines = "".join([_outline(shape, area) for area in areas])
    look = f'fill="{SHEET}" stroke="currentColor" stroke-width="1.4"'
    return f'<g class="p-sheet{mood} {look}>{outlines}</g>'


def _outline(shape: Shape, area: Area) -> str:
    match shape:
        case Shape.STORE:
            return _cylinder(area)
        case Shape.INITIAL:
            radius = area.width // 2
            x, y = area.x + radius, area.y + radius
            return f'<circle cx="{x}" cy="{y}" r="{radius - 1}" fill="currentColor"/>'
        case Shape.REFUSAL:
            return _octagon(area)
        case Shape.FAILURE:
            bar = f'<path d="M{area.x + 2} {area.y}v{area.height}" stroke-width="4"/>'
            return _rectangle(area, 2, ' stroke-dasharray="5 3"') + bar
        case Shape.DEPENDENCY:
            left, right = area.x + _SIDE, area.x + area.width - _SIDE
            sides = f"M{left} {area.y}v{area.height}M{right} {area.y}v{area.height}"
            return f'{_rectangle(area, 2)}<path d="{sides}"/>'
        case _:
            radius = min(_ROUND.get(shape, 3), area.height // 2)
            under = f'<path d="M{area.x} {area.y + HEAD - 4}h{area.width}"/>'
            return _rectangle(area, radius) + (under if shape is Shape.ENTITY else "")


def _rectangle(area: Area, radius: int, more: str = "") -> str:
    size = f'width="{area.width}" height="{area.height}" rx="{radius}"'
    return f'<rect x="{area.x}" y="{area.y}" {size}{more}/>'


def _octagon(area: Area) -> str:
    across, down = area.width - 2 * _CUT, area.height - 2 * _CUT
    return (
        f'<path d="M{area.x + _CUT} {area.y}h{across}l{_CUT} {_CUT}v{down}l-{_CUT} {_CUT}'
        f'h-{across}l-{_CUT} -{_CUT}v-{down}z"/>'
    )


def _cylinder(area: Area) -> str:
    half, down = area.width / 2, area.height - 2 * _LID
    x, y = area.x, area.y + _LID
    lid = f"a{half:g} {_LID} 0 0 1 {area.width} 0"
    bottom = f"a{half:g} {_LID} 0 0 1 -{area.width} 0"
    front = f"a{half:g} {_LID} 0 0 0 {area.width} 0"
    return f'<path d="M{x} {y}{lid}v{down}{bottom}z"/><path d="M{x} {y}{front}" fill="none"/>'
