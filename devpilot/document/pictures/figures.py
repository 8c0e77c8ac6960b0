"""Pictures as figures of a page: the drawing, its name, and the same in words.

Owns the text equivalent's markup. It is there whether or not the picture is; where there is
none, it stands open. A newcomer's likely mistake: to import this from what the export needs;
like `document.html`, it works with a library that the verifier does without.
"""

from collections.abc import Sequence
from typing import TypeAlias

from markupsafe import escape

from devpilot.document.escaping import visible
from devpilot.document.pictures.gallery import Layout, drawn_in, placed
from devpilot.document.pictures.positions import Positions
from devpilot.document.pictures.scene import Picture, Told

Figures: TypeAlias = dict[tuple[int, str], list[str]]
"""The figures that follow a field, by the step's order and the field's id."""


_WIDE = 720
"""Pixels, about what the page's column holds; wider pictures may reach beyond it."""


def figures(pictures: Sequence[Picture], layout: Layout) -> Figures:
    """All pictures, laid out together."""
    positions = placed(pictures, layout)
    found: Figures = {}
    for picture in pictures:
        place = picture.order, picture.field
        found.setdefault(place, []).append(_figure(picture, positions.get(picture.id)))
    return found


def region(name: str) -> str:
    """Opens what scrolls sideways by itself. The name differs from any other of the page."""
    said = escape(visible(name))
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="{said}">'


def _figure(picture: Picture, positions: Positions | None) -> str:
    wide = " wide" if positions is not None and positions.width > _WIDE else ""
    name = escape(visible(picture.scene.title))
    caption = f"picture-{picture.id}"
    drawing = opened = ""
    if positions is None:
        opened = " open"
    else:
        frame = region(f"Picture: {picture.scene.title}")
        drawing = f"{frame}{drawn_in(picture, positions, caption)}</div>"
    words = "".join(map(_told, picture.told))
    return (
        f'<figure class="picture{wide}"><figcaption id="{caption}">{name}</figcaption>{drawing}'
        f"<details{opened}><summary>{name} in words</summary>{words}</details></figure>"
    )


def _told(told: Told) -> str:
    items = "".join([f"<li>{escape(visible(item))}</li>" for item in told.items])
    return f"<p>{escape(told.title)}</p><ul>{items}</ul>"
