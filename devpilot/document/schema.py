"""`blueprint.schema.json`: the JSON Schema of a completed blueprint, from the definitions.

Owns the translation of the step vocabulary into JSON Schema 2020-12. A newcomer's likely
mistake: to expect it to say everything that a lock demands. It says structure, limits and
conditions; the cross-step rules are beyond a schema.
"""

import re
from functools import lru_cache
from typing import Any, TypeAlias

from devpilot.document.shape import KEY_PATTERN
from devpilot.document.snapshot import BLUEPRINT_FORMAT, TEMPLATE_VERSION
from devpilot.methodology import (
    LEAN,
    STEPS,
    Choice,
    Column,
    Markdown,
    Matrix,
    Number,
    Reference,
    Rows,
    StepDefinition,
    StepField,
    Text,
    YesNo,
    canonical,
    list_home,
)

Schema: TypeAlias = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}


@lru_cache(maxsize=2)
def schema_json(mode: str) -> bytes:
    """The schema of a mode's blueprints, as its canonical bytes."""
    return canonical(blueprint_schema(mode))


def blueprint_schema(mode: str) -> Schema:
    """The schema that every exported blueprint of the mode satisfies."""
    orders = LEAN if mode == "lean" else tuple(step.order for step in STEPS)
    steps = {step.code: _step(step) for step in STEPS if step.order in orders}
    return {
        "$schema": _DIALECT,
        "title": f"DevPilot blueprint, {mode}, template version {TEMPLATE_VERSION}",
        **_object(
            {
                "format": {"const": BLUEPRINT_FORMAT},
                "template_version": {"const": TEMPLATE_VERSION},
                "project": _object({"name": {"type": "string", "minLength": 1}}),
                "revision": _revision(mode),
                "steps": _object(steps),
                "warnings": {"type": "array", "items": _warning()},
            }
        ),
    }


def _object(properties: dict[str, Schema]) -> Schema:
    """An object with exactly these properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _revision(mode: str) -> Schema:
    return _object(
        {
            "id": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
            "number": {"type": "integer", "minimum": 1},
            "mode": {"const": mode},
            "completed_at": {"type": "string", "format": "date-time", "pattern": "Z$"},
        }
    )


def _warning() -> Schema:
    words = ("rule", "field", "row", "column", "message", "mend")
    return _object({"step": {"type": "integer"}, **dict.fromkeys(words, _TEXT)})


def _step(step: StepDefinition) -> Schema:
    """Fields with a condition are required when it holds, and absent when it does not."""
    always = [field.id for field in step.fields if field.when is None and _is_needed(field)]
    schema: Schema = {
        "title": f"Step {step.order}: {step.title}",
        "description": step.purpose,
        "type": "object",
        "properties": {field.id: _described(field) for field in step.fields},
        "required": always,
        "additionalProperties": False,
    }
    conditional = [_conditional(field) for field in step.fields if field.when is not None]
    return {**schema, "allOf": conditional} if conditional else schema


def _is_needed(field: StepField) -> bool:
    return field.required and not (isinstance(field, Rows) and field.minimum == 0)


def _conditional(field: StepField) -> Schema:
    when = field.when
    deciding = {when.field: {"enum": list(when.values)}} if when else {}
    return {
        "if": {"properties": deciding, "required": list(deciding)},
        "then": {"required": [field.id] if _is_needed(field) else []},
        "else": {"properties": {field.id: False}},
    }


def _described(field: StepField) -> Schema:
    words = {"title": field.label, **({"description": field.hint} if field.hint else {})}
    match field:
        case Rows():
            return {**words, **_rows(field)}
        case Matrix():
            return {**words, **_matrix(field)}
        case _:
            return {**words, **_value(field)}


def _rows(rows: Rows) -> Schema:
    cells = {column.id: {"title": column.label, **_value(column)} for column in rows.columns}
    return {
        "type": "array",
        "minItems": rows.minimum,
        "maxItems": rows.maximum,
        "items": _object({"key": _key(rows.id), **cells}),
    }


def _matrix(matrix: Matrix) -> Schema:
    options = [option for option in matrix.options if option != matrix.conditional]
    cell = _object({"value": {"enum": options}})
    if matrix.conditional:
        condition = {"type": "string", "minLength": 1, "maxLength": matrix.condition_limit}
        bound = _object({"value": {"const": matrix.conditional}, "condition": condition})
        cell = {"oneOf": [cell, bound]}
    return _keyed(matrix.rows, _keyed(matrix.columns, cell))


def _keyed(list_id: str, value: Schema) -> Schema:
    pattern = _key(list_id)["pattern"]
    return {
        "type": "object",
        "minProperties": 1,
        "patternProperties": {pattern: value},
        "additionalProperties": False,
    }


def _key(*list_ids: str) -> Schema:
    letters = "|".join(re.escape(list_home(list_id)[1].letter) for list_id in list_ids)
    number = KEY_PATTERN.removeprefix("[A-Z]{1,2}")
    return {"type": "string", "pattern": f"^({letters}){number}$"}


def _value(field: Column | Markdown) -> Schema:
    match field:
        case Text() | Markdown():
            least = {"minLength": 1} if field.required else {}
            return {**_TEXT, **least, "maxLength": field.limit}
        case Choice():
            return {"enum": list(field.options) + ([] if field.required else [""])}
        case YesNo():
            return {"type": "boolean"}
        case Number():
            number = {"type": "integer", "minimum": 0, "maximum": field.maximum}
            return number if field.required else {"anyOf": [number, {"const": ""}]}
        case Reference(many=True):
            return {
                "type": "array",
                "items": _key(*field.lists),
                "minItems": int(field.required),
                "uniqueItems": True,
            }
        case Reference():
            key = _key(*field.lists)
            return key if field.required else {"anyOf": [key, {"const": ""}]}
