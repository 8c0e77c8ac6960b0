"""Finished blueprints that a new project can start from.

A newcomer's likely mistake: to change what `steps` holds. It is shared by every reader;
copy before editing.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from devpilot.methodology.registry import STEPS
from devpilot.methodology.vocabulary import Data

_DESCRIPTIONS = {
    "wellbrook": "Appointment booking for three clinics: patients, reception, reminders, privacy.",
    "doorstep": "Webhook delivery as a service: signing, retries, hostile addresses, erasure.",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A blueprint with every step filled in. `steps` holds each step's data by order."""

    code: str
    name: str
    mode: str
    description: str
    steps: dict[int, Data]


class _Examples(Mapping[str, Example]):
    """The examples by code, each read when it is first asked for."""

    def __getitem__(self, code: str) -> Example:
        return _load(code)

    def __iter__(self) -> Iterator[str]:
        return iter(_DESCRIPTIONS)

    def __len__(self) -> int:
        return len(_DESCRIPTIONS)


@cache
def _load(code: str) -> Example:
    """Raises KeyError for an unknown code."""
    description = _DESCRIPTIONS[code]
    source = files("devpilot.methodology") / "examples" / f"{code}.json"
    stored = json.loads(source.read_text(encoding="utf-8"))
    by_code = {step.code: step.order for step in STEPS}
    steps = {by_code[name]: data for name, data in stored["steps"].items()}
    return Example(code, stored["name"], stored["mode"], description, steps)


EXAMPLES: Mapping[str, Example] = _Examples()
