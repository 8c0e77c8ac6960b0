"""The checks of a step as its page lists them: not met, met, not yet known.

A newcomer's likely mistake: to take silence for a pass. A rule whose fields are not complete yet
has nothing to say, and is not met for that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from devpilot.methodology import (
    Finding,
    Rows,
    Severity,
    Standing,
    control_name,
    definition,
    rules,
    standing,
)
from devpilot.models import Step
from devpilot.services import steps


@dataclass(frozen=True, slots=True)
class Check:
    """One finding as the page lists it, with a link to its control."""

    severity: str
    rule: str
    message: str
    mend: str
    href: str
    again: int = 0
    """How many before it are of the same rule at the same control."""

    @property
    def id(self) -> str:
        """Stays the same while other checks come and go: the focus is found by it."""
        return f"check-{self.rule}-{self.href[1:]}" + (f"-{self.again}" if self.again else "")


class Standings(NamedTuple):
    """The texts of rules that found nothing: because they hold, or for want of fields."""

    met: Sequence[str] = ()
    unknown: Sequence[str] = ()


def checks_of(step: Step) -> list[Check]:
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for f in steps.findings(step, step.content.data):
        href = f"#{_control(step, f)}"
        found.append(Check(f.severity.value, f.rule, f.message, f.mend, href, seen[f.rule, href]))
        seen[f.rule, href] += 1
    return found


def _control(step: Step, finding: Finding) -> str:
    declared, data = definition(step.order), step.data
    field = declared.by_id[finding.field]
    if isinstance(field, Rows) and field.minimum and not data.get(field.id):
        return f"{field.id}-0-{field.columns[0].id}"  # the blank row that such a form begins with
    return control_name(declared, data, finding)


def standings_of(step: Step) -> Standings:
    """Only of rules that block: a warning's text says what was found, and not what holds."""
    found = steps.findings(step, step.content.data)
    blocking = [rule for rule in rules(step.order) if rule.severity is Severity.ERROR]
    stands = [(rule.text, standing(rule, found)) for rule in blocking]
    return Standings(
        [text for text, how in stands if how is Standing.MET],
        [text for text, how in stands if how is Standing.NOT_YET_KNOWN],
    )


def missing(checks: Sequence[Check]) -> int:
    """How many of them stand between the step and its lock."""
    return sum(1 for check in checks if check.severity == Severity.ERROR)
