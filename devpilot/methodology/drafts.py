"""A step's draft before and after a save.

A newcomer's likely mistake: to forget `aside`. What was typed into a field that does not
apply at the moment is kept there, and comes back when the field applies again.
"""

from dataclasses import dataclass, field
from typing import Any

from devpilot.methodology.problems import Problem
from devpilot.methodology.vocabulary import Data


@dataclass(frozen=True, slots=True)
class Draft:
    """A step's stored draft. `aside` keeps what was typed into fields that do not apply."""

    data: Data = field(default_factory=dict)
    aside: Data = field(default_factory=dict)

    def content(self, field_id: str) -> Any:  # noqa: ANN401 - the shape is the field's
        """What the field holds, whether it applies or not; None when nothing."""
        value = self.data.get(field_id)
        return self.aside.get(field_id) if value is None else value


@dataclass(frozen=True, slots=True)
class Merged:
    """What the draft becomes. Save it only when there are no `problems`."""

    data: Data
    aside: Data
    allotted: dict[str, int]
    """Every letter's last number."""

    tokens: dict[str, str]
    """The new row tokens alone, with their keys."""

    problems: tuple[Problem, ...]
    """Those of the post first, then those of this merge."""

    positions: dict[tuple[str, int], int]
    """List and posted index to the row's position now: blank rows are gone."""
