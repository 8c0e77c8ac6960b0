"""Pictures with their places: laid out together, and kept by what they show.

Owns the cache. Its key is the scene itself, so a picture is laid out once for as long as
nobody changes what it shows, whoever looks at it. A newcomer's likely mistake: to keep a
failure; a layout that was late today may be there in a minute.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from devpilot.document.pictures.dot import Graph, graph_of
from devpilot.document.pictures.positions import Positions, read_answer
from devpilot.document.pictures.scene import Picture, Scene
from devpilot.document.pictures.svg import alone, drawn

Layout: TypeAlias = Callable[[Sequence[Graph]], Mapping[str, Any]]
"""Lays graphs out in one go, and answers by their names; what fails is missing."""

_MOST_KEPT = 512


def no_layout(_graphs: Sequence[Graph]) -> Mapping[str, Any]:
    """For who has no layout program."""
    return {}


class _Kept:
    """Positions by scene, those that were asked for last."""

    def __init__(self) -> None:
        self._positions: OrderedDict[Scene, Positions] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, scene: Scene) -> Positions | None:
        with self._lock:
            found = self._positions.get(scene)
            if found is not None:
                self._positions.move_to_end(scene)
            return found

    def put(self, scene: Scene, positions: Positions) -> None:
        with self._lock:
            self._positions[scene] = positions
            while len(self._positions) > _MOST_KEPT:
                self._positions.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._positions.clear()


kept = _Kept()


def placed(pictures: Sequence[Picture], layout: Layout) -> dict[str, Positions]:
    """The positions of each picture by its id; a picture that has none is missing."""
    if layout is no_layout:  # what others had laid out is not shown here either
        return {}
    found = {picture.id: kept.get(picture.scene) for picture in pictures}
    missing = [picture for picture in pictures if found[picture.id] is None]
    if missing:
        graphs = {picture.id: graph_of(picture.scene) for picture in missing}
        answers = layout(list(dict.fromkeys(graphs.values())))
        for picture in missing:
            positions = read_answer(picture.scene, answers.get(graphs[picture.id].name))
            found[picture.id] = positions
            if positions is not None:
                kept.put(picture.scene, positions)
    return {name: positions for name, positions in found.items() if positions is not None}


def drawn_in(picture: Picture, positions: Positions, label: str) -> str:
    """The picture for a page, in which the element `label` names it."""
    return drawn(picture.scene, positions, label)


def alone_in(picture: Picture, positions: Positions) -> bytes:
    """The picture as a file of its own."""
    return alone(picture.scene, positions).encode()
