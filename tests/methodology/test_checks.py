"""The order of findings, and how a rule stands."""

import json
import subprocess
import sys

import pytest

from devpilot.methodology import (
    EXAMPLES,
    FULL,
    LEAN,
    STEPS,
    Severity,
    Standing,
    blocks,
    canonical,
    check,
    rules,
    standing,
)
from devpilot.methodology.rules import number
from tests.methodology.posting import example, full_example, row


def test_findings_come_by_field_then_row_then_rule():
    blueprint = example()
    step = blueprint[1]
    step["problem"] = "No figures here."
    row(step, "goals", "G2")["target"] = "Better"
    row(step, "features", "F3")["goals"] = []  # serves G2 no longer; F4 still does
    row(step, "features", "F1")["what"] = ""
    row(step, "features", "F1")["goals"] = []
    step["features"].reverse()
    assert [(f.rule, f.field, f.row) for f in check(blueprint, 1)] == [
        ("1.4", "problem", ""),
        ("1.3", "goals", "G2"),
        ("1.2", "features", "F3"),
        ("required", "features", "F1"),
        ("1.2", "features", "F1"),
    ]


def test_rule_ids_are_ordered_as_numbers():
    assert sorted(["1.10", "1.9", "1.2"], key=number) == ["1.2", "1.9", "1.10"]
    blueprint = example()
    step = blueprint[3]
    # One connection that breaks 3.4, 3.10 and 3.11 at once is not possible; two rules are.
    row(step, "connections", "X5").update(control="")
    assert [(f.rule, f.row) for f in check(blueprint, 3)] == [("3.4", "X5"), ("3.10", "X5")]
    for declared in STEPS:
        ids = [rule.id for rule in rules(declared.order)]
        assert ids == sorted(ids, key=number)


def test_the_same_data_has_the_same_findings_in_the_same_order():
    blueprint = full_example()
    for data in blueprint.values():
        for value in data.values():
            if isinstance(value, list):
                del value[1:]
    for step in STEPS:
        first = check(blueprint, step.order)
        again = check(json.loads(json.dumps(blueprint), object_hook=_numbered), step.order)
        assert first == again
        assert first


def _numbered(data):
    return {int(key) if key.isdigit() else key: value for key, value in data.items()}


def test_a_later_step_does_not_change_the_findings_of_an_earlier_one():
    blueprint = example()
    alone = {1: blueprint[1]}
    blueprint[2]["business_rules"] = []
    assert check(alone, 1) == check(blueprint, 1) == ()


def test_only_errors_block():
    warnings = check(example(), 3)
    assert [finding.severity for finding in warnings] == [Severity.WARNING]
    assert not blocks(warnings)
    assert blocks(check({}, 3))


def test_a_rule_is_met_not_met_or_not_yet_known():
    blueprint = example()
    row(blueprint[1], "features", "F3")["goals"] = []
    row(blueprint[1], "goals", "G1")["target"] = ""
    findings = check(blueprint, 1)
    stands = {rule.id: standing(rule, findings) for rule in rules(1)}
    assert stands == {
        "1.1": Standing.NOT_YET_KNOWN,
        "1.2": Standing.NOT_MET,
        "1.3": Standing.NOT_YET_KNOWN,
        "1.4": Standing.MET,
        "1.5": Standing.MET,
        "1.6": Standing.MET,
    }


def test_a_step_that_is_not_declared_is_a_key_error():
    with pytest.raises(KeyError):
        check({}, 99)
    with pytest.raises(KeyError):
        rules(99)


def test_canonical_bytes_ignore_the_order_of_keys():
    assert canonical({"b": [1, True], "a": "é"}) == '{"a":"é","b":[1,true]}'.encode()


def test_examples_are_read_once_and_known_by_code():
    assert list(EXAMPLES) == ["wellbrook", "doorstep"]
    assert len(EXAMPLES) == 2
    lean, full = EXAMPLES["wellbrook"], EXAMPLES["doorstep"]
    assert lean is EXAMPLES["wellbrook"]
    assert (lean.name, lean.mode, tuple(lean.steps)) == ("Wellbrook Appointments", "lean", LEAN)
    assert (full.name, full.mode, tuple(full.steps)) == ("Doorstep Webhooks", "full", FULL)
    assert lean.description
    assert full.description
    with pytest.raises(KeyError):
        EXAMPLES["nothing"]


CHECK_ALL = """
from time import process_time
from devpilot.methodology import EXAMPLES, FULL, check
blueprint, times = EXAMPLES["doorstep"].steps, []
for _ in range(5):
    started = process_time()
    for order in FULL:
        check(blueprint, order)
    times.append(process_time() - started)
print(min(times))
"""


def test_every_check_of_a_complete_blueprint_takes_a_moment():
    """In a process of its own: measured coverage makes every line slow."""
    command = [sys.executable, "-c", CHECK_ALL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.025


def test_the_package_needs_no_web_and_no_database():
    code = (
        "import sys, devpilot.methodology; "
        "print([m for m in ('flask', 'werkzeug', 'pydantic', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
