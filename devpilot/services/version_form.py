"""The version that every form of a revision carries: which state of it the page shows."""

from dataclasses import dataclass

from devpilot.errors import Problem
from devpilot.services.step_buttons import Pairs

DIGITS = 9


@dataclass(frozen=True, slots=True)
class VersionForm:
    """A form of a revision that posts its version and nothing else of it."""

    version: int | None
    problems: tuple[Problem, ...]
    changes_nothing: bool = False

    @classmethod
    def read(cls, pairs: Pairs) -> "VersionForm":
        version, problems = read_version([value for name, value in pairs if name == "version"])
        return cls(version, tuple(problems))

    @classmethod
    def read_if_said(cls, pairs: Pairs) -> "VersionForm":
        """The same of a form that may leave the version out, as a script's may."""
        return cls.read(pairs) if any(name == "version" for name, _ in pairs) else cls(None, ())


def read_version(values: list[str]) -> tuple[int | None, list[Problem]]:
    """The posted version, and what is wrong with it."""
    text = values[0] if len(values) == 1 else ""
    if text.isascii() and text.isdigit() and len(text) <= DIGITS:
        return int(text), []
    message = "The form does not say which version of the revision it shows; open the page again."
    return None, [Problem("version", message)]
