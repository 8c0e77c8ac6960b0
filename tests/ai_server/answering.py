"""A good answer: a value that fits the schema that was asked for, always the same one.

Where no `response_format` came, the schema is looked for in the messages, where a client puts it
for servers that know no other way.
"""

import json
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


def value_for(schema: Json, name: str = "answer", *, root: Json | None = None, row: int = 1) -> Any:
    """A plausible value. `name` and `row` make texts differ from each other."""
    root = schema if root is None else root
    schema = _plain(schema, root)
    if "const" in schema or "enum" in schema:
        choices = schema.get("enum") or [schema.get("const")]
        return choices[(row - 1) % len(choices)]
    match _kind(schema):
        case "object":
            fields = schema.get("properties", {})
            made = {one: value_for(fields[one], one, root=root, row=row) for one in fields}
        case "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", ITEMS)
            rows = range(1, max(least, min(ITEMS, most)) + 1)
            made = [value_for(schema.get("items", {}), name, root=root, row=one) for one in rows]
        case "string":
            made = _text(schema, name, row)
        case "integer" | "number":
            made = schema.get("minimum", schema.get("maximum", row))
        case kind:
            made = kind == "boolean" or None
    return made


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
