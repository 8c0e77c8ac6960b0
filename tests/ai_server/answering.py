"""A good answer: a value that fits the schema that was asked for, always the same one.

Where no `response_format` came, the schema is looked for in the messages, where a client puts it
for servers that know no other way.
"""

import json
import re
from typing import Any

ITEMS = 2
"""Rows of a list, where the schema does not ask for more or allow fewer."""

Json = dict[str, Any]


def schema_of(request: Json) -> Json:
    """The schema that the request asks for; without one, an object with one text."""
    named = request.get("response_format") or {}
    given = (named.get("json_schema") or {}).get("schema")
    if isinstance(given, dict):
        return given
    for message in request.get("messages", ()):
        for line in str(message.get("content")).splitlines():
            if line.startswith('{"') and '"properties"' in line:
                found: Json = json.loads(line)
                return found
    return {"type": "object", "properties": {"answer": {"type": "string"}}}


def material_of(request: Json) -> Json:
    """What the last message says, where that is a JSON object; else nothing."""
    try:
        found = json.loads(request["messages"][-1]["content"])
    except (LookupError, TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def value_for(
    schema: Json,
    name: str = "answer",
    *,
    root: Json | None = None,
    row: int = 1,
    material: Json | None = None,
) -> Any:
    """A plausible value. `name` and `row` make texts differ from each other.

    A text that is described as a row of a list is the key of one in the material, or the name
    that this answer gives to one; None where there is none.
    """
    root, material = schema if root is None else root, material or {}
    schema = _plain(schema, root)
    if schema.get("description", "").endswith("or nothing"):
        return ""
    if found := _REFERENCE.search(schema.get("description", "")):
        return _row_of(found, root, material, row)
    if "const" in schema or "enum" in schema:
        choices = schema.get("enum") or [schema.get("const")]
        return choices[(row - 1) % len(choices)]
    match _kind(schema):
        case "object":
            fields = schema.get("properties", {})
            made = {
                one: value_for(fields[one], one, root=root, row=row, material=material)
                for one in fields
            }
        case "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", _room(name, material))
            rows = range(1, max(least, min(ITEMS, most)) + 1)
            each = schema.get("items", {})
            found = [value_for(each, name, root=root, row=one, material=material) for one in rows]
            made = [one for one in found if one is not None and not _is_torn(one)]
        case "string":
            made = _text(schema, name, row)
        case "integer" | "number":
            made = schema.get("minimum", schema.get("maximum", row))
        case kind:
            made = kind == "boolean" or None
    return made


_REFERENCE = re.compile(r"a row of (\w+)(?:, by its key or its (\w+))?")


def _row_of(found: re.Match[str], root: Json, material: Json, row: int) -> str | None:
    """A row's key, or the text that this answer gives the column which names such rows."""
    list_id, label = found[1], found[2]
    known = list(material.get("names", {}).get(list_id, ()))
    for data in (material.get("draft", {}), *material.get("locked_steps", ())):
        known += [each["key"] for each in data.get(list_id, ())]
    if known:
        return str(known[row - 1]) if row <= len(known) else str(known[0]) if label else None
    if label and list_id in root.get("properties", {}):
        return _text({}, label, 1)
    return "" if label else None


def _is_torn(value: Any) -> bool:
    """Whether an object lacks what it refers to."""
    return isinstance(value, dict) and None in (value.get("row", ""), value.get("column", ""))


def _room(name: str, material: Json) -> int:
    """How many more rows the field takes, as the material says."""
    for field in material.get("step", {}).get("fields", ()):
        if field["id"] == name and (most := re.match(r"at most (\d+) more", field["takes"])):
            return int(most[1])
    return ITEMS


def _plain(schema: Json, root: Json) -> Json:
    """The schema itself, where it refers to another one or leaves a choice."""
    while "$ref" in schema or "anyOf" in schema or "oneOf" in schema:
        if "$ref" in schema:
            found: Any = root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        else:
            schema = (schema.get("anyOf") or schema["oneOf"])[0]
    return schema


def _kind(schema: Json) -> str:
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    return kinds if isinstance(kinds, str) else next(one for one in kinds if one != "null")


def _text(schema: Json, name: str, row: int) -> str:
    words = name.replace("_", " ").strip() or "text"
    text = f"Suggested {words}" if row == 1 else f"Suggested {words} {row}"
    text = text.ljust(schema.get("minLength", 0), ".")
    return text[: schema.get("maxLength", len(text))]


def envelope(request: Json, content: str) -> Json:
    """The completion around a text."""
    asked = sum(len(str(message.get("content"))) for message in request.get("messages", ())) // 4
    told = len(content) // 4
    return {
        "id": "chatcmpl-own",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": f"{request.get('model', 'stand-in')}-own",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": told,
            "total_tokens": asked + told,
        },
    }
