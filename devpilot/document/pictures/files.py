"""The pictures of an export: a file for each, and one that says where everything lies.

Owns `diagrams/`. Places come from a layout program that not every machine has; so they are
kept in the export, and whoever has the file can draw every picture again from the data and
these numbers. A newcomer's likely mistake: to leave a picture out that was not laid out. An
export's bytes do not depend on the machine: it has all pictures, or is not made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from devpilot.document.pictures.gallery import Layout, alone_in, placed
from devpilot.document.pictures.positions import Positions
from devpilot.document.pictures.scene import Picture
from devpilot.document.pictures.stored import from_json, to_json
from devpilot.methodology import canonical

POSITIONS = "diagrams/positions.json"

LAYOUT_PROGRAM, LAYOUT_VERSION = "graphviz-pure", "0.2.2"
"""What lays pictures out. Another version may give other places, so with it comes another
template version; which one is installed is fixed in pyproject.toml."""


class NotDrawn(Exception):
    """Some picture has no places; the message is a sentence that says which."""


def path_of(picture: Picture) -> str:
    return f"diagrams/{picture.id}.svg"


def laid_out(pictures: Sequence[Picture], layout: Layout) -> dict[str, Positions]:
    """The places of every picture by its id. Raises NotDrawn."""
    places = placed(pictures, layout)
    if missing := [picture.id for picture in pictures if picture.id not in places]:
        raise NotDrawn(f"Not laid out: {', '.join(missing)}.")
    return places


def drawings(pictures: Sequence[Picture], places: Mapping[str, Positions]) -> dict[str, bytes]:
    """The files by path."""
    files = {path_of(each): alone_in(each, places[each.id]) for each in pictures}
    return {**files, POSITIONS: _positions(places)}


def _positions(places: Mapping[str, Positions]) -> bytes:
    """Canonical JSON: the names in order, put together from pieces that are kept."""
    each = [b'"%b":%b' % (name.encode(), _as_json(places[name])) for name in sorted(places)]
    program = canonical(f"{LAYOUT_PROGRAM} {LAYOUT_VERSION}")
    return b'{"pictures":{%b},"program":%b}' % (b",".join(each), program)


@lru_cache(maxsize=256)
def _as_json(positions: Positions) -> bytes:
    return canonical(to_json(positions))


def read_places(pictures: Sequence[Picture], stored: Any) -> dict[str, Positions]:  # noqa: ANN401
    """The places that an export keeps, from its JSON value. Raises NotDrawn."""
    kept = stored.get("pictures") if isinstance(stored, dict) else None
    if not isinstance(kept, dict):
        raise NotDrawn("It keeps no places.")
    places = {each.id: from_json(each.scene, kept.get(each.id)) for each in pictures}
    if missing := [name for name, positions in places.items() if positions is None]:
        raise NotDrawn(f"What it keeps does not fit: {', '.join(missing)}.")
    return {name: positions for name, positions in places.items() if positions is not None}


@dataclass(frozen=True, slots=True)
class Redrawn:
    """The pictures at the places that an export keeps, and what is to be said of these.

    `laid_out` says whether the places were worked out again too.
    """

    files: dict[str, bytes]
    differences: tuple[str, ...]
    laid_out: bool


def drawn_again(pictures: Sequence[Picture], stored: Any, layout: Layout) -> Redrawn:  # noqa: ANN401
    """From the JSON value of an export's positions; no files when those are no places."""
    try:
        places = read_places(pictures, stored)
    except NotDrawn as problem:
        return Redrawn({}, (f"{POSITIONS} has no places to draw at. {problem}",), laid_out=False)
    found = placed(pictures, layout)
    others = ", ".join([name for name in found if found[name] != places[name]])
    said = (f"{POSITIONS} has other places than the layout gives: {others}.",) if others else ()
    return Redrawn(drawings(pictures, places), said, laid_out=len(found) == len(pictures))
