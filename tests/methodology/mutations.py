"""For every rule one change to the finished example that breaks it, and what is then said.

Owns the catalogue and its table in docs/rules.md. The changes are data, in `mutations_1_to_3`
and its neighbours, written in the words of `mutations_kit`.
"""

import copy
from functools import cache

from devpilot.methodology import EXAMPLES, Data, Finding, check, definition
from tests.methodology.mutations_1_to_3 import TO_3
from tests.methodology.mutations_4_to_6 import FROM_4_TO_6
from tests.methodology.mutations_7_to_10 import FROM_7
from tests.methodology.mutations_kit import Mutation

MUTATIONS: tuple[Mutation, ...] = (*TO_3, *FROM_4_TO_6, *FROM_7)
"""Completeness first, then in the order of the rules."""

ORIGINAL = EXAMPLES["doorstep"].steps
"""The example as it is; not to be changed."""


def mutated(mutation: Mutation) -> Data:
    """A changed copy of the step; fields that then do not apply go, as in a save."""
    data = copy.deepcopy(ORIGINAL[mutation.order])
    for change in mutation.changes:
        change(data)
    for gone in data.keys() - {f.id for f in definition(mutation.order).applicable(data)}:
        del data[gone]
    return data


@cache
def added(mutation: Mutation) -> list[Finding]:
    """What the checks say of the changed step, and do not say of the example."""
    order = mutation.order
    before = check(ORIGINAL, order)
    after = check(ORIGINAL | {order: mutated(mutation)}, order)
    return [finding for finding in after if finding not in before]


def mutations_table() -> str:
    lines = [_line(mutation) for mutation in MUTATIONS]
    return "| rule | severity | change | what is said |\n| --- | --- | --- | --- |\n" + "".join(
        lines
    )


def _line(mutation: Mutation) -> str:
    findings = added(mutation)
    [severity] = {finding.severity for finding in findings}
    said = "<br>".join(f"{finding.message} *{finding.mend}*" for finding in findings)
    said = said.replace("|", "\\|")
    return f"| {mutation.rule} | {severity} | {mutation.words} | {said} |\n"
