"""Every rule is silent on the finished examples, and speaks once its mutation is made."""

import re

import pytest

from devpilot.document.shape import ensure_stored_shape
from devpilot.methodology import EXAMPLES, STEPS, Rows, Severity, check, definition, rules
from devpilot.methodology.completeness import KINDS
from tests.methodology.mutations import MUTATIONS, ORIGINAL, added, mutated

DELIBERATE = {
    "wellbrook": {("3.10", "X5"), ("4.11", "W3")},
    "doorstep": {("3.10", "X14"), ("6.8", "OP11"), ("6.9", "OP5"), ("7.7", "EF4")},
}
"""What the examples are warned of: rule and row."""

SEVERITIES = dict.fromkeys(KINDS, Severity.ERROR) | {
    rule.id: rule.severity for step in STEPS for rule in rules(step.order)
}
KEY = re.compile(r"\b[A-Z]{1,2}[1-9][0-9]*\b")
RANGE = re.compile(r"\b([A-Z]{1,2})([1-9][0-9]*) to \1([1-9][0-9]*)\b")

every_mutation = pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)


def keys_in(sentence):
    """The keys in a sentence, also those between: "P1 to P3"."""
    between = {
        f"{letter}{number}"
        for letter, first, last in RANGE.findall(sentence)
        for number in range(int(first), int(last))
    }
    return between | set(KEY.findall(sentence))


def touched(order, before, after):
    """The keys of the rows and cells that differ, in the fields that both have."""
    for field in definition(order).fields:
        old, new = before.get(field.id), after.get(field.id)
        if old == new or not isinstance(old, list | dict) or new is None:
            continue
        if isinstance(field, Rows):
            yield from (row["key"] for row in old if row not in new)
        else:
            for key, cells in old.items():
                differing = {role for role in cells if cells[role] != new[key].get(role)}
                yield from {key, *differing} if differing else ()


@pytest.mark.parametrize("code", DELIBERATE)
def test_the_examples_break_no_rule_but_those_they_mean_to(code):
    steps = EXAMPLES[code].steps
    findings = [found for order in steps for found in check(steps, order)]
    assert {(found.rule, found.row) for found in findings} == DELIBERATE[code]
    assert {found.severity for found in findings} == {Severity.WARNING}


def test_every_rule_has_one_mutation_in_the_order_of_the_rules():
    assert [mutation.rule for mutation in MUTATIONS] == list(SEVERITIES)


@every_mutation
def test_the_mutation_breaks_its_rule_and_no_other(mutation):
    findings = added(mutation)
    assert {found.rule for found in findings} == {mutation.rule}
    assert {found.severity for found in findings} == {SEVERITIES[mutation.rule]}


@every_mutation
def test_the_message_names_the_right_things(mutation):
    assert mutation.names or mutation.says
    said = " ".join(found.message for found in added(mutation))
    assert keys_in(said) == mutation.names
    assert mutation.says in said


@every_mutation
def test_the_finding_leads_to_a_place_that_is_there(mutation):
    step, data = definition(mutation.order), mutated(mutation)
    for found in added(mutation):
        field = step.field(found.field)
        if isinstance(field, Rows):
            assert found.row in {"", *(row["key"] for row in data.get(field.id, ()))}
            assert found.column in {"", *field.by_id}


@every_mutation
def test_the_mutated_step_has_the_shape_of_a_stored_one(mutation):
    data = mutated(mutation)
    assert ensure_stored_shape(definition(mutation.order), data) == data


@every_mutation
def test_the_words_name_every_row_that_is_changed(mutation):
    order = mutation.order
    changed = set(touched(order, ORIGINAL[order], mutated(mutation)))
    assert changed <= keys_in(mutation.words)
    assert mutation.words.endswith(".")
