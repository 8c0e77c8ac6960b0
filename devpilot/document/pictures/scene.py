"""What a picture shows, before anyone knows where: boxes, lines between them, enclosures.

Owns the shapes of data that a blueprint's pictures are made of. A scene is plain text and
structure; where things lie is in `positions`, what they look like in `svg` and `mermaid`.
A newcomer's likely mistake: to escape or to wrap text here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What a box stands for; each kind has an outline of its own."""

    CLIENT = "client"
    COMPONENT = "component"
    DEPENDENCY = "dependency"
    STORE = "store"
    EDGE = "edge"  # where a path begins or ends
    STEP = "step"
    REFUSAL = "refusal"
    FAILURE = "failure"
    STATE = "state"
    INITIAL = "initial"
    ENTITY = "entity"


class Stroke(StrEnum):
    """How a line is drawn."""

    SYNC = "sync"
    ASYNC = "async"
    BATCH = "batch"
    EVENT = "event"
    PATH = "path"
    ASIDE = "aside"


class Kind(StrEnum):
    """What the picture is of."""

    ARCHITECTURE = "architecture"
    WORKFLOW = "workflow"
    STATES = "states"
    DATA_MODEL = "data model"


class Weight(StrEnum):
    NAME = "name"
    PLAIN = "plain"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph in a box or on a line. In a picture it takes at most `most` lines."""

    text: str
    weight: Weight = Weight.PLAIN
    most: int = 3


@dataclass(frozen=True, slots=True)
class Zone:
    """An enclosure. `note` says in words what kind."""

    id: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Box:
    id: str
    shape: Shape
    words: tuple[Words, ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A line from one box to another.

    `border` is the zone at whose border its crossing is marked, `controlled` whether a
    control is stated there. `ends` are how many of the tail and of the head there are
    ("1" or "many"). `upstream` says that the layout puts the head before the tail; `beside`
    that it puts the head next to the tail.
    """

    id: str
    tail: str
    head: str
    words: tuple[Words, ...] = ()
    stroke: Stroke = Stroke.PATH
    border: str = ""
    controlled: bool = True
    ends: tuple[str, str] = ("", "")
    upstream: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture. `down` lays it out from top to bottom, otherwise from left to right.

    `notes` are lines of text that belong to the picture and have no place in it.
    """

    kind: Kind
    title: str
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    zones: tuple[Zone, ...] = ()
    notes: tuple[str, ...] = ()
    down: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """The same in words: the rows that one part of a picture was drawn from."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A scene, where it belongs, and its text equivalent.

    `id` is a file's name and an address in the page. It follows the field `field` of the
    step `order`. `tell` makes the text equivalent; an export has the tables instead.
    """

    id: str
    order: int
    field: str
    scene: Scene
    tell: Callable[[], tuple[Told, ...]]

    @property
    def told(self) -> tuple[Told, ...]:
        return self.tell()
