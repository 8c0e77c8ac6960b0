"""What each thing of step 4 can become: its states, and the changes between them.

Allowed changes are drawn, forbidden ones listed: a line for what never happens would read
as if it did. Owns when two spellings are one state: never; the checks judge that.
"""

from functools import partial

from devpilot.document.pictures.scene import (
    Box,
    Kind,
    Link,
    Picture,
    Scene,
    Shape,
    Told,
    Weight,
    Words,
)
from devpilot.document.pictures.source import Row, Source, words

START = "(start)"


def states(source: Source) -> list[Picture]:
    """A picture of every thing that may change."""
    things: dict[str, list[Row]] = {}
    for row in source.rows("transitions"):
        things.setdefault(words(row, "thing"), []).append(row)
    return [_picture(thing, rows) for thing, rows in things.items()]


def _picture(thing: str, rows: list[Row]) -> Picture:
    allowed = [row for row in rows if row.get("allowed") != "forbidden"]
    forbidden = [row for row in rows if row.get("allowed") == "forbidden"]
    names = dict.fromkeys([words(row, end) for row in rows for end in ("from", "to")])
    scene = Scene(
        kind=Kind.STATES,
        title=f"{thing}: states",
        boxes=tuple(map(_state, names)),
        links=tuple(map(_change, allowed)),
        notes=tuple([f"Never: {_told_change(row)}" for row in forbidden]),
    )
    tell = partial(_told, allowed, forbidden)
    return Picture(f"states-{rows[0]['key']}", 4, "transitions", scene, tell)


def _told(allowed: list[Row], forbidden: list[Row]) -> tuple[Told, ...]:
    told = (
        Told("Allowed", tuple(map(_told_change, allowed))),
        Told("Forbidden", tuple(map(_told_change, forbidden))),
    )
    return tuple([each for each in told if each.items])


def _state(name: str) -> Box:
    if name == START:
        return Box(name, Shape.INITIAL)
    return Box(name, Shape.STATE, (Words(name, Weight.NAME),))


def _change(row: Row) -> Link:
    guard = f"{row['key']} {row.get('guard') or ''}".rstrip()
    said = (Words(guard, Weight.QUIET, 4),)
    return Link(row["key"], words(row, "from"), words(row, "to"), said)


def _told_change(row: Row) -> str:
    change = f"{row['key']}: {words(row, 'from')} to {words(row, 'to')}"
    return f"{change}; {row['guard']}" if row.get("guard") else change
