"""What an AI provider's answer is once it is read strictly, and the three ways there is none.

A newcomer's likely mistake: believing a status of 200. Refusals, empty, cut and filtered
answers come with it, and so do texts that fit no schema.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

_DEEPEST = 32
_CUT_OFF = ("length", "content_filter", "tool_calls", "function_call")
"""Reasons to finish that leave no whole answer. Servers differ in how they call a good one."""

_FENCED = re.compile(r"```(?:json)?[ \t]*\r?\n(.*)\n[ \t]*```", re.DOTALL)
_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}


class AiFailed(Exception):
    """`why` is for the log: a word or two of ours, never of the provider's."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unavailable(AiFailed):
    """The provider is not reached, refuses, is busy, or is not what answers there."""


class TimedOut(AiFailed):
    """No whole answer by the deadline."""


class InvalidResponse(AiFailed):
    """An answer, and not of the asked structure: another one, cut off, refused, too large."""


class Cancelled(Exception):
    """Whoever asked does not wait any more. Not a failure: the answer is dropped."""


@dataclass(frozen=True, slots=True)
class AiAnswer:
    """What was answered. `data` fits the schema that was asked for."""

    data: dict[str, Any]
    model: str
    """As the provider calls it, which may be more precise than the setting."""
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float


class Read(NamedTuple):
    """What a body says. The provider need not tell all but the data."""

    data: dict[str, Any]
    model: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


def read(body: bytes, schema: dict[str, Any]) -> Read:
    """The object in the text of a chat completion. Raises InvalidResponse.

    The text is that object, alone or in one fence.
    """
    try:
        envelope = _json(body.decode())
        [choice] = envelope["choices"]
        message = choice["message"]
        if choice.get("finish_reason") in _CUT_OFF:
            raise InvalidResponse("cut off")
        if message.get("refusal"):
            raise InvalidResponse("refused")
        content = message["content"].strip()
        fenced = _FENCED.fullmatch(content)
        data = _json(fenced[1] if fenced else content)
        _ensure_sound(data)
        _ensure_fits(data, {**schema, "type": "object"})
        usage = envelope.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        return Read(
            data,
            _name(envelope.get("model")),
            _count(counts.get("prompt_tokens")),
            _count(counts.get("completion_tokens")),
        )
    except (ValueError, RecursionError) as error:
        raise InvalidResponse("unsound") from error
    except (LookupError, TypeError, AttributeError) as error:
        raise InvalidResponse("another structure") from error


def _name(value: object) -> str | None:
    if isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable():
        return value
    return None


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    return None


def _json(text: str) -> Any:  # noqa: ANN401  JSON
    """Stricter than the standard module: no key twice, and no number that JSON does not have."""
    return json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _finite(text: str) -> float:
    if isfinite(number := float(text)):
        return number
    raise ValueError("no number")


def _ensure_sound(value: object, depth: int = 0) -> None:
    """Texts that a database and a page can hold, and no deeper than anyone asks for."""
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if isinstance(value, str):
        value.encode()  # a lone surrogate has no bytes
        if "\0" in value:
            raise ValueError("NUL")
    elif isinstance(value, dict):
        for name, each in value.items():
            _ensure_sound(name, depth)
            _ensure_sound(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _ensure_sound(each, depth + 1)


def _ensure_fits(value: Any, schema: dict[str, Any]) -> None:  # noqa: ANN401  JSON
    """The part of JSON Schema that strict answers are asked with: which fields, of which type.

    What else a schema says (lengths, patterns, references) is for whoever asked to check.
    """
    types = schema.get("type", ())
    if types and not any(_TYPES[name](value) for name in _listed(types)):
        raise ValueError("another type")
    if "enum" in schema and not any(value == one for one in schema["enum"]):
        raise ValueError("another value")
    if isinstance(value, list) and "items" in schema:
        for each in value:
            _ensure_fits(each, schema["items"])
    if isinstance(value, dict):
        known = schema.get("properties", {})
        if not value.keys() >= set(schema.get("required", ())):
            raise ValueError("a field is missing")
        if schema.get("additionalProperties") is False and not value.keys() <= known.keys():
            raise ValueError("an unknown field")
        for name in value.keys() & known.keys():
            _ensure_fits(value[name], known[name])


def _listed(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types
