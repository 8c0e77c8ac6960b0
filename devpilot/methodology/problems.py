"""What makes a post `invalid_input`: one sentence per posted field.

A newcomer's likely mistake: to take these for findings. A problem says that a post cannot
be stored at all; a finding says that a stored draft is not ready to lock.
"""

from devpilot.errors import Problem
from devpilot.methodology.text import encodable

__all__ = ["MAX_PROBLEMS", "Problem", "Problems"]

MAX_PROBLEMS = 50
"""No more is said at once: the answer to a hostile post stays small."""

_MAX_NAME = 200


class Problems:
    """Problems in the order in which they were found, up to the most that is said."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, field: str, message: str) -> None:
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(encodable(field[:_MAX_NAME]), message))
