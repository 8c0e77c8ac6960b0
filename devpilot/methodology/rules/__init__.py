"""The rules of each step, in the order of their ids.

Owns the catalogue; each step's rules are in the module of its name. A newcomer's likely
mistake: to sort ids as text. 1.10 comes after 1.9 (`number`).
"""

from devpilot.methodology.rules import (
    architecture,
    automation,
    data,
    definition,
    implementation,
    interface,
    model,
    operations,
    services,
    workflows,
)
from devpilot.methodology.rules.rule import Breach, Rule

__all__ = ["Breach", "Rule", "number", "rules"]


def number(rule_id: str) -> tuple[int, ...]:
    """A rule's id as numbers, to sort by."""
    return tuple(int(part) for part in rule_id.split("."))


_RULES: dict[int, tuple[Rule, ...]] = {
    1: definition.RULES,
    2: model.RULES,
    3: architecture.RULES,
    4: workflows.RULES,
    5: interface.RULES,
    6: services.RULES,
    7: data.RULES,
    8: automation.RULES,
    9: implementation.RULES,
    10: operations.RULES,
}


def rules(order: int) -> tuple[Rule, ...]:
    """The rules of a step. Raises KeyError for an order that is not declared."""
    return _RULES[order]
