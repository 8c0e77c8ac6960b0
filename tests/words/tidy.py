"""Somebody who types with care: the examples' words without what the product would not say.

A newcomer's likely mistake: judging the words of the examples themselves. They are what people
start from and edit; the product quotes them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from devpilot.methodology.vocabulary import Data

T = TypeVar("T")


def tidy(steps: Mapping[int, Data]) -> dict[int, Data]:
    """The same blueprint with curly quotes and apostrophes."""
    return {order: _tidied(data) for order, data in steps.items()}


def _tidied(value: T) -> T:
    match value:
        case str():
            return re.sub('"([^"]*)"', r"“\1”", value).replace("'", "’")
        case list():
            return [_tidied(one) for one in value]
        case dict():
            return {name: _tidied(one) for name, one in value.items()}
    return value


def strings(value: object) -> Iterator[str]:
    """Every text in a blueprint that is long enough to be told from the words around it."""
    match value:
        case str() if len(value) > 3:
            yield value
        case list():
            for one in value:
                yield from strings(one)
        case dict():
            for one in value.values():
                yield from strings(one)
