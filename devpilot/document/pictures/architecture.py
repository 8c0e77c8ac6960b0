"""Step 3 as a picture: zones as enclosures, parts in them, connections, crossings.

Owns what a crossing is: a connection between parts of different zones. It is marked at the
border of the zone that is trusted more, where a control has to stand.
"""

from dataclasses import dataclass

from devpilot.document.pictures.scene import (
    Box,
    Kind,
    Link,
    Picture,
    Scene,
    Shape,
    Stroke,
    Told,
    Weight,
    Words,
    Zone,
)
from devpilot.document.pictures.source import Row, Source, sentence, words

_TRUST = ("untrusted", "third-party", "trusted", "restricted")
_MODES = {
    stroke.value: stroke for stroke in (Stroke.SYNC, Stroke.ASYNC, Stroke.BATCH, Stroke.EVENT)
}
_MOST_ACROSS = 6
"""Parts at one end of the picture that fit beside each other on a page."""

_LISTS = (
    ("clients", Shape.CLIENT, "Clients"),
    ("components", Shape.COMPONENT, "Components"),
    ("dependencies", Shape.DEPENDENCY, "External dependencies"),
    ("stores", Shape.STORE, "Data stores"),
)


def architecture(source: Source) -> list[Picture]:
    """The picture, as a list of one; none before there is a part to draw."""
    drawing = _Drawing(source)
    if not drawing.parts:
        return []
    scene = Scene(
        kind=Kind.ARCHITECTURE,
        title="Architecture",
        boxes=tuple([drawing.box(part) for part in drawing.parts.values()]),
        links=tuple([drawing.link(row) for row in drawing.drawable()]),
        zones=tuple(
            [Zone(row["key"], words(row, "name"), words(row, "trust")) for row in drawing.zones]
        ),
        down=drawing.is_narrow,
    )
    return [Picture("architecture", 3, "structure", scene, drawing.told)]


@dataclass(frozen=True, slots=True)
class _Part:
    row: Row
    shape: Shape
    zone: str

    @property
    def kind(self) -> str:
        """In words: "web client", "relational store, personal"."""
        kind = self.row.get("kind") or ""
        match self.shape:
            case Shape.CLIENT:
                return "API client" if kind == "api-client" else f"{kind} client".strip()
            case Shape.STORE:
                held = self.row.get("sensitivity")
                return f"{kind} store".strip() + (f", {held}" if held else "")
            case Shape.DEPENDENCY:
                return f"{kind}, external" if kind else "external"
            case _:
                return "component"


class _Drawing:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.zones = source.rows("zones")
        self._trust = {row["key"]: row.get("trust") or "" for row in self.zones}
        self.parts = {
            row["key"]: _Part(row, shape, self._zone(row))
            for list_id, shape, _ in _LISTS
            for row in source.rows(list_id)
        }

    def _zone(self, row: Row) -> str:
        zone = row.get("zone") or ""
        return zone if zone in self._trust else ""

    @property
    def is_narrow(self) -> bool:
        levels = [self._level(key) for key in self.parts]
        return max(levels.count(0), levels.count(2)) <= _MOST_ACROSS

    def _level(self, key: str) -> int:
        """Who asks comes first, what is asked last."""
        part = self.parts[key]
        if part.shape is Shape.CLIENT:
            return 0
        if part.shape is Shape.DEPENDENCY and self._trust.get(part.zone) == "untrusted":
            return 0
        return 1 if part.shape is Shape.COMPONENT else 2

    def box(self, part: _Part) -> Box:
        kind = Words(f"{part.row['key']} {part.kind}", Weight.QUIET, 2)
        return Box(
            part.row["key"], part.shape, (Words(words(part.row, "name"), Weight.NAME), kind),
            part.zone,
        )  # fmt: skip

    def drawable(self) -> list[Row]:
        """The connections whose two ends are known."""
        return [
            row
            for row in self.source.rows("connections")
            if row.get("from") in self.parts and row.get("to") in self.parts
        ]

    def link(self, row: Row) -> Link:
        tail, head, mode = row["from"], row["to"], row.get("mode") or ""
        return Link(
            id=row["key"],
            tail=tail,
            head=head,
            words=self._label(row["key"], mode),
            stroke=_MODES.get(mode, Stroke.PATH),
            border=self._border(tail, head),
            controlled=bool(row.get("control")),
            upstream=self._level(tail) > self._level(head),
        )

    def _label(self, key: str, mode: str) -> tuple[Words, ...]:
        """On one line where there is room across the picture, otherwise on two."""
        if self.is_narrow or not mode:
            return (Words(f"{key} {mode}".strip()),)
        return Words(key), Words(mode)

    def _border(self, tail: str, head: str) -> str:
        """The zone whose border is marked, or `""` for a connection that stays inside."""
        one, other = self.parts[tail].zone, self.parts[head].zone
        if not one or not other or one == other:
            return ""
        return max(other, one, key=self._rank)

    def _rank(self, zone: str) -> int:
        trust = self._trust[zone]
        return _TRUST.index(trust) if trust in _TRUST else -1

    def told(self) -> tuple[Told, ...]:
        zones = Told("Trust zones", tuple(map(self._told_zone, self.zones)))
        parts = [
            Told(title, tuple([self._told_part(row["key"]) for row in self.source.rows(list_id)]))
            for list_id, _, title in _LISTS
        ]
        connections = self.source.rows("connections")
        joined = Told("Connections", tuple(map(self._told_connection, connections)))
        return tuple([told for told in (zones, *parts, joined) if told.items])

    def _told_zone(self, row: Row) -> str:
        return f"{self.source.called(row['key'])}: {words(row, 'trust')}"

    def _told_part(self, key: str) -> str:
        part = self.parts[key]
        where = f"in {self.source.called(part.zone)}" if part.zone else "in no zone yet"
        return f"{self.source.called(key)}: {part.kind}, {where}"

    def _told_connection(self, row: Row) -> str:
        tail, head = row.get("from") or "", row.get("to") or ""
        called = self.source.called
        return f"{row['key']}: " + sentence(
            f"{called(tail)} to {called(head)}, {words(row, 'mode')}",
            f"carries {row['carries']}" if row.get("carries") else "",
            self._told_crossing(tail, head),
            f"control: {row['control']}" if row.get("control") else "",
        )

    def _told_crossing(self, tail: str, head: str) -> str:
        if tail not in self.parts or head not in self.parts or not self._border(tail, head):
            return ""
        called = self.source.called
        return f"crosses from {called(self.parts[tail].zone)} to {called(self.parts[head].zone)}"
