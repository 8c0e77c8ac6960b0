"""Judging a step's data: is it complete, and do its rules hold.

Owns the order of findings. A newcomer's likely mistake: to refuse a draft for them. A
draft may fail every check; only a lock asks that no error is left.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeAlias

from devpilot.methodology.completeness import KINDS, completeness
from devpilot.methodology.facts import Facts
from devpilot.methodology.rules import Breach, Rule, number, rules
from devpilot.methodology.vocabulary import Blueprint, Finding, Matrix, Rows, Severity

_Place: TypeAlias = tuple[int, int, tuple[int, ...]]


class Standing(StrEnum):
    """How a rule stands. Silence while its fields are incomplete is not yet a pass."""

    MET = "met"
    NOT_MET = "not met"
    NOT_YET_KNOWN = "not yet known"


def check(blueprint: Blueprint, order: int) -> tuple[Finding, ...]:
    """The findings of one step, judged on the data of the steps up to it.

    Sorted by field, row and rule. Raises KeyError for an order that is not declared.
    """
    facts = Facts(blueprint, order)
    findings = completeness(facts)
    for rule in rules(order):
        findings.extend(_finding(rule, order, breach) for breach in rule.check(facts))
    return tuple(sorted(findings, key=_sorter(facts))) if len(findings) > 1 else tuple(findings)


def blocks(findings: Iterable[Finding]) -> bool:
    """True when the step cannot be locked."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def standing(rule: Rule, findings: Iterable[Finding]) -> Standing:
    """How a rule stands, given the findings of its step."""
    found = list(findings)
    if any(finding.rule == rule.id for finding in found):
        return Standing.NOT_MET
    if any(finding.rule in KINDS and finding.field in rule.reads for finding in found):
        return Standing.NOT_YET_KNOWN
    return Standing.MET


def _finding(rule: Rule, order: int, breach: Breach) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        step=order,
        field=breach.field,
        row=breach.row,
        column=breach.column,
        message=breach.message,
        mend=breach.mend,
    )


def _sorter(facts: Facts) -> Callable[[Finding], _Place]:
    fields = {field_id: place for place, field_id in enumerate(facts.step.by_id)}
    rows: dict[str, dict[str, int]] = {}

    def place(finding: Finding) -> _Place:
        places = rows.get(finding.field)
        if places is None:
            places = rows[finding.field] = _row_places(facts, finding.field)
        rule = (0, KINDS.index(finding.rule)) if finding.rule in KINDS else number(finding.rule)
        return fields[finding.field], places.get(finding.row, -1), rule

    return place


def _row_places(facts: Facts, field_id: str) -> dict[str, int]:
    field = facts.step.by_id[field_id]
    if not isinstance(field, Rows | Matrix):
        return {}
    rows = facts.rows(field.rows if isinstance(field, Matrix) else field_id)
    return {row["key"]: place for place, row in enumerate(rows)}
