"""Parameters as Stripe reads them: brackets become structure, and unknown names are refused.

A specification is a dict of name to what the value is:

    "text"       not empty            "clearable"  may be empty, which unsets it
    "number"     a whole number       "flag"       true or false
    "hash"       text by text         "times"      a moment, or bounds such as {"gte": …}
    "anything"   read and not used    {…}          a hash with these names
    [spec]       a list of it         (…,)         one of these texts
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.stripe_server.errors import ApiError

Spec = str | tuple[str, ...] | dict[str, Any] | list[Any]

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
BOUNDS = {"gt": "number", "gte": "number", "lt": "number", "lte": "number"}


def nested(encoded: str) -> dict[str, Any]:
    """`a[b][0]=c` as {"a": {"b": {"0": "c"}}}."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        match = NAME.fullmatch(name)
        if match is None:
            raise ApiError(f"Invalid parameter name: {name}", param=name)
        keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        place = found
        for key in keys[:-1]:
            place = place.setdefault(key or str(len(place)), {})
            if not isinstance(place, dict):
                raise ApiError(f"Invalid parameter: {name} is both text and a hash", param=name)
        place[keys[-1] or str(len(place))] = value
    return found


def read(
    given: dict[str, Any], spec: dict[str, Any], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The parameters as values. Raises ApiError in Stripe's words."""
    for name in required:
        if name not in given:
            raise ApiError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return _hash(given, spec, "")


def _hash(given: dict[str, Any], spec: dict[str, Any], at: str) -> dict[str, Any]:
    names = {name: f"{at}[{name}]" if at else name for name in given}
    unknown = [names[name] for name in given if name not in spec]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise ApiError(
            f"Received unknown parameter{plural}: {', '.join(unknown)}",
            code="parameter_unknown",
            param=unknown[0],
        )
    return {name: _value(value, spec[name], names[name]) for name, value in given.items()}


def _value(value: Any, spec: Spec, at: str) -> Any:
    if isinstance(spec, dict):
        return _hash(_as_hash(value, at), spec, at)
    if isinstance(spec, list):
        rows = _as_hash(value, at, "array")
        return [_value(row, spec[0], f"{at}[{index}]") for index, row in rows.items()]
    if spec in {"hash", "anything"}:
        return value
    if spec == "times":
        return _hash(value, BOUNDS, at) if isinstance(value, dict) else _number(value, at)
    if isinstance(value, dict):
        raise ApiError(f"Invalid string: {value}", param=at)
    return _text(value, spec, at)


def _text(value: str, spec: str | tuple[str, ...], at: str) -> Any:
    if value == "" and spec != "clearable":
        raise ApiError(
            f"You passed an empty string for '{at}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{at}' cannot be unset.",
            code="parameter_invalid_empty",
            param=at,
        )
    if spec == "number":
        return _number(value, at)
    if spec == "flag":
        if value not in {"true", "false"}:
            raise ApiError(f"Invalid boolean: {value}", param=at)
        return value == "true"
    if isinstance(spec, tuple) and value not in spec:
        raise ApiError(f"Invalid {at}: must be one of {', '.join(spec)}", param=at)
    return value


def _as_hash(value: Any, at: str, kind: str = "hash") -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ApiError(f"Invalid {kind}", param=at)
    return value


def _number(value: Any, at: str) -> int:
    if not (isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value)):
        raise ApiError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=at)
    return int(value)
