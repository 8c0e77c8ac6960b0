"""What a rule is: a pure function from facts to breaches, with its reason.

A newcomer's likely mistake: to speak about what is missing. Completeness has said that
already; a rule skips rows whose cells are empty or dangling, and a rule about coverage
stays silent while `Facts.settled` says that the covering column has such cells.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from devpilot.methodology.facts import Facts
from devpilot.methodology.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One place where a rule does not hold. See `Finding` for `row` and `column`."""

    field: str
    message: str
    mend: str
    row: str = ""
    column: str = ""


Check: TypeAlias = Callable[[Facts], Iterable[Breach]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `reads` names the fields of its step that it looks at.

    While completeness still asks for one of those, silence is not yet a pass.
    """

    id: str
    severity: Severity
    text: str
    why: str
    reads: tuple[str, ...]
    check: Check


def _declare(
    severity: Severity, rule_id: str, text: str, why: str, reads: Sequence[str]
) -> Callable[[Check], Rule]:
    def declare(check: Check) -> Rule:
        return Rule(
            id=rule_id, severity=severity, text=text, why=why, reads=tuple(reads), check=check
        )

    return declare


def error(rule_id: str, text: str, *, why: str, reads: Sequence[str]) -> Callable[[Check], Rule]:
    """Declare the decorated check as a rule that blocks the lock."""
    return _declare(Severity.ERROR, rule_id, text, why, reads)


def warning(rule_id: str, text: str, *, why: str, reads: Sequence[str]) -> Callable[[Check], Rule]:
    """Declare the decorated check as a rule that is shown and never blocks."""
    return _declare(Severity.WARNING, rule_id, text, why, reads)
