"""Rules of step 6, each shown breaking and holding."""

import pytest

from tests.methodology.posting import found, full_example, ids, row, said

ALWAYS = {"6.8", "6.9"}
"""What the example is warned of anyway."""


def test_6_1_a_component_without_a_service():
    blueprint = full_example()
    row(blueprint[6], "services", "SV7")["component"] = "M3"
    assert found(blueprint, 6, "6.1") == [("services", "", "")]
    assert said(blueprint, 6, "6.1") == [
        "Component “Egress gateway” (M4) serves a feature and has no service domain."
    ]
    row(blueprint[3], "components", "M4")["features"] = []
    assert ids(blueprint, 6) == ALWAYS


def test_6_2_a_workflow_that_nothing_carries():
    blueprint = full_example()
    row(blueprint[6], "operations", "OP14")["workflows"] = []
    assert found(blueprint, 6, "6.2") == [("operations", "", "")]
    assert said(blueprint, 6, "6.2") == [
        "No operation carries workflow “Endpoint keeps failing” (W7)."
    ]


@pytest.mark.parametrize(
    ("rule", "operation", "message"),
    [
        ("AU4", "OP11", "“Exchange a portal link” (OP11) is public"),
        ("AU7", "OP15", "“Explain failures” (OP15) is signed-in"),
        ("AU9", "OP19", "“Take a payment event” (OP19) is inbound callback"),
        ("AU10", "OP20", "“Close the account” (OP20) is administrator"),
    ],
)
def test_6_3_an_operation_that_lets_everyone_in(rule, operation, message):
    blueprint = full_example()
    blueprint[6]["authorisation"] = [
        row for row in blueprint[6]["authorisation"] if row["key"] != rule
    ]
    assert found(blueprint, 6, "6.3") == [("operations", operation, "exposure")]
    assert said(blueprint, 6, "6.3") == [f"Operation {message} and has no authorisation rule."]


def test_6_3_without_any_rule_every_operation_that_needs_one_is_named():
    blueprint = full_example()
    del blueprint[6]["authorisation"]
    needing = {
        row["key"]
        for row in blueprint[6]["operations"]
        if row["exposure"] != "internal" and row["key"] != "OP25"  # OP25 is a public query
    }
    assert {where[1] for where in found(blueprint, 6, "6.3")} == needing
    row(blueprint[6], "operations", "OP25")["kind"] = "command"
    assert ("operations", "OP25", "exposure") in found(blueprint, 6, "6.3")


def test_6_4_services_in_a_circle():
    blueprint = full_example()
    row(blueprint[6], "services", "SV7")["uses"] = ["SV5"]
    assert found(blueprint, 6, "6.4") == [
        ("services", "SV5", "uses"),
        ("services", "SV6", "uses"),
        ("services", "SV7", "uses"),
    ]
    assert said(blueprint, 6, "6.4")[1] == (
        "Service domain “Delivery” (SV6) reaches itself: SV6 → SV7 → SV5 → SV6."
    )
    row(blueprint[6], "services", "SV7")["uses"] = []
    assert ids(blueprint, 6) == ALWAYS


def test_6_4_a_service_that_uses_itself():
    blueprint = full_example()
    row(blueprint[6], "services", "SV9")["uses"] = ["SV9"]
    assert said(blueprint, 6, "6.4") == ["Service domain “Audit” (SV9) reaches itself: SV9 → SV9."]


def test_6_5_a_dependency_that_is_waited_for_without_end():
    blueprint = full_example()
    row(blueprint[6], "limits", "LM4")["subject"] = "OP2"
    assert found(blueprint, 6, "6.5") == [("limits", "", "")]
    assert said(blueprint, 6, "6.5") == ["Calls to dependency “Mail carrier” (E4) have no limits."]
    row(blueprint[3], "connections", "X26").update({"from": "E4", "to": "M2"})
    assert ids(blueprint, 6) == ALWAYS


def test_6_6_a_command_that_commits_nothing_or_twice():
    blueprint = full_example()
    row(blueprint[6], "transactions", "TX8")["operation"] = "OP7"
    assert found(blueprint, 6, "6.6") == [
        ("operations", "OP9", ""),
        ("transactions", "TX8", "operation"),
    ]
    assert said(blueprint, 6, "6.6") == [
        "Operation “Rotate a signing secret” (OP9) is a command, and nothing says what it commits.",
        "Operation “Change an endpoint” (OP7) commits twice: TX6 and TX8.",
    ]
    row(blueprint[6], "operations", "OP9")["kind"] = "query"
    row(blueprint[6], "operations", "OP7")["kind"] = "query"
    assert ids(blueprint, 6) == ALWAYS


def test_6_6_without_any_row_every_command_is_named():
    blueprint = full_example()
    del blueprint[6]["transactions"]
    commands = [row["key"] for row in blueprint[6]["operations"] if row["kind"] == "command"]
    assert [where[1] for where in found(blueprint, 6, "6.6")] == commands


def test_6_7_an_error_class_twice_and_another_not_at_all():
    blueprint = full_example()
    row(blueprint[6], "errors", "ER6")["class"] = "conflict"
    assert found(blueprint, 6, "6.7") == [("errors", "", ""), ("errors", "ER6", "class")]
    assert said(blueprint, 6, "6.7") == [
        "Nothing says what a caller sees on limit reached.",
        "The error class conflict appears twice: ER5 and ER6.",
    ]
    blueprint[6]["errors"] = blueprint[6]["errors"][:4]
    assert said(blueprint, 6, "6.7") == [
        (
            "Nothing says what a caller sees on conflict, limit reached, dependency failed "
            "and internal."
        )
    ]


def test_6_8_a_public_command_is_pointed_out():
    assert found(full_example(), 6, "6.8") == [("operations", "OP11", "exposure")]
    assert said(full_example(), 6, "6.8") == [
        "Operation “Exchange a portal link” (OP11) is public and changes something."
    ]
    blueprint = full_example()
    row(blueprint[6], "operations", "OP11")["exposure"] = "signed-in"
    assert ids(blueprint, 6) == ALWAYS - {"6.8"}


def test_6_9_a_command_that_does_it_again_is_pointed_out():
    assert found(full_example(), 6, "6.9") == [("operations", "OP5", "idempotent")]
    message = (
        "Operation “Send a request to a receiver” (OP5) is not idempotent: sent twice, it is "
        "done twice."
    )
    assert said(full_example(), 6, "6.9") == [message]
    blueprint = full_example()
    row(blueprint[6], "operations", "OP5")["kind"] = "query"
    assert "6.9" not in ids(blueprint, 6)
