"""The blueprint as pictures: what is drawn, and the same in words.

Owns which pictures there are. One module for each kind makes a scene from a blueprint's
rows; `dot` asks for a layout of it, `positions` reads the answer, `svg` and `mermaid` write
the picture. A newcomer's likely mistake: to run the layout program here. It is handed in,
as a function; a page without it shows the words.
"""

from devpilot.document.outline import Outline
from devpilot.document.pictures.architecture import architecture
from devpilot.document.pictures.data_model import data_model
from devpilot.document.pictures.dot import Graph
from devpilot.document.pictures.files import (
    LAYOUT_PROGRAM,
    LAYOUT_VERSION,
    POSITIONS,
    NotDrawn,
    drawings,
    drawn_again,
    laid_out,
    path_of,
    read_places,
)
from devpilot.document.pictures.gallery import Layout, no_layout, placed
from devpilot.document.pictures.mermaid import mermaid
from devpilot.document.pictures.positions import Positions
from devpilot.document.pictures.scene import Picture
from devpilot.document.pictures.source import Source
from devpilot.document.pictures.states import states
from devpilot.document.pictures.workflow import workflows

__all__ = [
    "LAYOUT_PROGRAM",
    "LAYOUT_VERSION",
    "POSITIONS",
    "Graph",
    "Layout",
    "NotDrawn",
    "Picture",
    "Positions",
    "drawings",
    "drawn_again",
    "laid_out",
    "mermaid",
    "no_layout",
    "path_of",
    "pictures_of",
    "placed",
    "read_places",
]

_KINDS = ((3, architecture), (4, workflows), (4, states), (7, data_model))


def pictures_of(outline: Outline, orders: frozenset[int] | None = None) -> list[Picture]:
    """The pictures of these steps, of all without `orders`, in the document's order."""
    source = Source(outline)
    wanted = [draw for order, draw in _KINDS if order in (orders or outline.steps)]
    return [picture for draw in wanted for picture in draw(source)]
