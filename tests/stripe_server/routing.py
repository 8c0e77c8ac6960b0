"""Which function answers which request, and what lists and `expand` have in common."""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stripe_server.errors import ApiError, missing
from tests.stripe_server.objects import Json
from tests.stripe_server.store import Store

Endpoint = Callable[..., Json]

LISTED: dict[str, Any] = {
    "limit": "number",
    "starting_after": "text",
    "ending_before": "text",
    "created": "times",
}
COMPARED: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint
    spec: dict[str, Any]
    required: tuple[str, ...]


ROUTES: list[Route] = []


def route(
    method: str, path: str, spec: dict[str, Any] | None = None, required: tuple[str, ...] = ()
) -> Callable[[Endpoint], Endpoint]:
    """The function answers this method and path; `<>` in the path is an id.

    It is called with the store, the id if the path has one, and the checked parameters.
    """
    pattern = re.compile(re.escape(path).replace("<>", "([^/]+)"))
    known = {**(spec or {}), "expand": ["text"]}

    def register(endpoint: Endpoint) -> Endpoint:
        ROUTES.append(Route(method, pattern, endpoint, known, required))
        return endpoint

    return register


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    for each in ROUTES:
        match = each.pattern.fullmatch(path)
        if match is not None and each.method == method:
            return each, match.groups()
    raise ApiError(
        f"Unrecognized request URL ({method}: {path}). "
        "If you are trying to list objects, remove the trailing slash.",
        status=404,
    )


def page(kept: list[Json], params: Json, url: str, kind: str) -> Json:
    """One page of a list, the newest first."""
    found = [each for each in reversed(kept) if _within(each["created"], params.get("created"))]
    names = [each["id"] for each in found]
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ApiError(
            "This value must be between 1 and 100.",
            code="parameter_invalid_integer",
            param="limit",
        )
    start, stop = 0, len(found)
    if "starting_after" in params:
        start = _place(names, params, "starting_after", kind) + 1
    if "ending_before" in params:
        stop = _place(names, params, "ending_before", kind)
        start = max(start, stop - limit)
        return {"object": "list", "data": found[start:stop], "has_more": start > 0, "url": url}
    data = found[start : start + limit]
    return {
        "object": "list",
        "data": data,
        "has_more": start + limit < stop,
        "url": url,
    }


def _place(names: list[str], params: Json, param: str, kind: str) -> int:
    if params[param] not in names:
        raise missing(kind, params[param], param)
    return names.index(params[param])


def _within(created: int, wanted: int | dict[str, int] | None) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return created == wanted
    return all(COMPARED[name](created, bound) for name, bound in wanted.items())


def expanded(store: Store, answer: Json, paths: list[str]) -> Json:
    """A copy of the answer in which the named ids are whole objects."""
    made = copy.deepcopy(answer)
    for path in paths:
        _expand(store, made, path.split("."), path)
    return made


def _expand(store: Store, at: Any, names: list[str], path: str) -> None:
    for each in at if isinstance(at, list) else [at]:
        name = names[0]
        if name == "line_items" and each.get("object") == "checkout.session":
            lines = copy.deepcopy(store.line_items[each["id"]])
            del lines["subscription_metadata"]
            each["line_items"] = lines
        if name not in each:
            raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
        found = store.by_id(each[name]) if isinstance(each[name], str) else None
        if found is not None:
            each[name] = copy.deepcopy(found)
        if names[1:] and each[name] is not None:
            _expand(store, each[name], names[1:], path)
