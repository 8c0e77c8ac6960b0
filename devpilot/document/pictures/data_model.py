"""Step 7 as a picture: entities with what their attributes are, and how they relate."""

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
from devpilot.document.pictures.source import Row, Source, sentence, words

_MOST_ATTRIBUTES = 8
"""Lines in a box; what is more is counted, and told in words."""

_NOTES = (
    "On a line: what happens to the second when the first is deleted.",
    "A question mark: the attribute may be empty.",
)
_ENDS = {"1-1": ("1", "1"), "1-many": ("1", "many"), "many-many": ("many", "many")}


def data_model(source: Source) -> list[Picture]:
    """The picture, as a list of one; none before there is an entity."""
    entities = source.rows("entities")
    if not entities:
        return []
    keys = {row["key"] for row in entities}
    relations = [
        row for row in source.rows("relations") if row.get("from") in keys and row.get("to") in keys
    ]
    scene = Scene(
        kind=Kind.DATA_MODEL,
        title="Data model",
        boxes=tuple([_entity(source, row) for row in entities]),
        links=tuple(map(_relation, relations)),
        notes=_NOTES,
    )
    return [Picture("data-model", 7, "tenancy", scene, partial(_told, source))]


def _entity(source: Source, row: Row) -> Box:
    attributes = source.of("attributes", "entity", row["key"])
    shown = [Words(_attribute(each), most=1) for each in attributes[:_MOST_ATTRIBUTES]]
    more = len(attributes) - len(shown)
    said = [Words(words(row, "name"), Weight.NAME, 1), *shown]
    said += [Words(f"and {more} more", Weight.QUIET, 1)] if more else []
    data_class = row.get("class")
    said.append(Words(f"{row['key']}{f', {data_class}' if data_class else ''}", Weight.QUIET, 1))
    return Box(row["key"], Shape.ENTITY, tuple(said))


def _attribute(row: Row) -> str:
    optional = "" if row.get("required") else " ?"
    return f"{words(row, 'name')}: {words(row, 'type')}{optional}"


def _relation(row: Row) -> Link:
    deletion = row.get("on_delete") or ""
    said = (Words(f"{row['key']} {deletion}".strip(), Weight.QUIET),)
    ends = _ENDS.get(row.get("cardinality") or "", ("", ""))
    return Link(row["key"], row["from"], row["to"], said, ends=ends)


def _told(source: Source) -> tuple[Told, ...]:
    entities = [_told_entity(source, row) for row in source.rows("entities")]
    relations = [_told_relation(source, row) for row in source.rows("relations")]
    told = (Told("Entities", tuple(entities)), Told("Relationships", tuple(relations)))
    return tuple([each for each in told if each.items])


def _told_entity(source: Source, row: Row) -> str:
    held = [_told_attribute(each) for each in source.of("attributes", "entity", row["key"])]
    return sentence(
        f"{source.called(row['key'])}: {words(row, 'class')}",
        f"in {source.called(row.get('store') or '')}",
        f"attributes: {', '.join(held)}" if held else "",
    )


def _told_attribute(row: Row) -> str:
    optional = "" if row.get("required") else ", optional"
    return f"{words(row, 'name')} ({row['key']}, {words(row, 'type')}{optional})"


def _told_relation(source: Source, row: Row) -> str:
    tail, head = source.called(row.get("from") or ""), source.called(row.get("to") or "")
    how = f"{words(row, 'cardinality')}; when the first is deleted: {words(row, 'on_delete')}"
    return f"{row['key']}: {tail} to {head}, {how}"
