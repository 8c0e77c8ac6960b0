"""Rules of step 7, each shown breaking and holding."""

import pytest

from tests.methodology.posting import found, full_example, ids, row, said

ALWAYS = {"7.7"}
"""What the example is warned of anyway."""


def test_7_1_what_changes_state_is_an_entity():
    blueprint = full_example()
    row(blueprint[7], "entities", "EN6")["name"] = "Secret"
    assert found(blueprint, 7, "7.1") == [("entities", "", "")]
    assert said(blueprint, 7, "7.1") == [
        "“Signing secret” changes state in step 4, and no entity has that name."
    ]
    row(blueprint[7], "entities", "EN6")["name"] = "SIGNING  Secret"
    assert ids(blueprint, 7) == ALWAYS


def test_7_1_an_entity_that_cannot_hold_its_state():
    blueprint = full_example()
    row(blueprint[7], "attributes", "AT16")["type"] = "text"
    assert found(blueprint, 7, "7.1") == [("entities", "EN6", "")]
    assert said(blueprint, 7, "7.1") == [
        "Entity “Signing secret” (EN6) changes state in step 4 and has no enum attribute."
    ]


def test_7_1_an_enum_that_leaves_states_out():
    blueprint = full_example()
    row(blueprint[7], "attributes", "AT1")["rule"] = "active, LIMITED,closing,close"
    assert found(blueprint, 7, "7.1") == [("attributes", "AT1", "rule")]
    assert said(blueprint, 7, "7.1") == [
        "Attribute “status” (AT1) of entity “Tenant” (EN1) does not list paused and closed."
    ]
    row(blueprint[7], "attributes", "AT1")["rule"] = ""
    assert said(blueprint, 7, "7.1") == [
        (
            "Attribute “status” (AT1) of entity “Tenant” (EN1) does not list active, limited, "
            "paused, closing and closed."
        )
    ]


def test_7_1_any_one_enum_of_the_entity_will_do():
    blueprint = full_example()
    row(blueprint[7], "attributes", "AT2")["type"] = "enum"
    assert ids(blueprint, 7) == ALWAYS
    row(blueprint[7], "attributes", "AT1")["rule"] = "a, b"
    row(blueprint[7], "attributes", "AT2")["rule"] = "active, limited, paused, closing"
    assert found(blueprint, 7, "7.1") == [("attributes", "AT2", "rule")]


def test_7_1_a_state_that_is_only_forbidden_need_not_be_listed():
    blueprint = full_example()
    blueprint[4]["transitions"] = [
        row for row in blueprint[4]["transitions"] if row["to"] != "closed"
    ]
    row(blueprint[7], "attributes", "AT1")["rule"] = "active, limited, paused, closing"
    assert ids(blueprint, 7) == ALWAYS


def test_7_1_a_change_that_names_no_thing_is_left_to_step_4():
    blueprint = full_example()
    for key in ("T21", "T22", "T23", "T24", "T25"):
        row(blueprint[4], "transitions", key)["thing"] = ""
    row(blueprint[7], "entities", "EN6")["name"] = "Secret"
    assert ids(blueprint, 7) == ALWAYS


@pytest.mark.parametrize(
    ("kept", "held"),
    [
        ("public", "internal"),
        ("internal", "personal"),
        ("personal", "special"),
        ("special", "secret"),
    ],
)
def test_7_2_a_store_that_is_not_safe_enough(kept, held):
    blueprint = full_example()
    row(blueprint[3], "stores", "S4")["sensitivity"] = kept
    row(blueprint[7], "entities", "EN10")["class"] = held
    assert found(blueprint, 7, "7.2") == [("entities", "EN10", "class")]
    assert said(blueprint, 7, "7.2") == [
        (
            f"Entity “Payload” (EN10) is {held}, and data store “Payload store” (S4) "
            f"is protected as {kept}."
        )
    ]
    row(blueprint[7], "entities", "EN10")["class"] = kept
    assert found(blueprint, 7, "7.2") == []


def test_7_3_an_invariant_that_nothing_enforces():
    blueprint = full_example()
    blueprint[7]["enforcement"] = [
        row for row in blueprint[7]["enforcement"] if row["invariant"] != "V2"
    ]
    assert found(blueprint, 7, "7.3") == [("enforcement", "", "")]
    assert said(blueprint, 7, "7.3") == [
        (
            "Nothing enforces invariant "
            "“For one event and one endpoint there is at most one message” (V2)."
        )
    ]


def test_7_4_an_entity_without_an_end_and_one_with_two():
    blueprint = full_example()
    row(blueprint[7], "lifecycle", "LC4")["entity"] = "EN5"
    assert found(blueprint, 7, "7.4") == [
        ("entities", "EN4", ""),
        ("lifecycle", "LC5", "entity"),
    ]
    assert said(blueprint, 7, "7.4") == [
        "Nothing says how long entity “Receiver” (EN4) is kept.",
        "Entity “Endpoint” (EN5) has two lifecycles: LC4 and LC5.",
    ]


@pytest.mark.parametrize("held", ["personal", "special"])
def test_7_4_personal_data_is_not_answered_as_not_personal(held):
    blueprint = full_example()
    row(blueprint[7], "entities", "EN10")["class"] = held
    row(blueprint[7], "lifecycle", "LC10")["on_account_deletion"] = "not personal"
    assert found(blueprint, 7, "7.4") == [("lifecycle", "LC10", "on_account_deletion")]
    assert said(blueprint, 7, "7.4") == [
        f"Entity “Payload” (EN10) is {held}, and LC10 answers that it is not personal."
    ]
    row(blueprint[7], "entities", "EN10")["class"] = "internal"
    assert ids(blueprint, 7) == ALWAYS


def test_7_5_an_entity_that_may_be_there_twice_is_pointed_out():
    blueprint = full_example()
    row(blueprint[7], "uniqueness", "UQ13")["entity"] = "EN12"
    assert found(blueprint, 7, "7.5") == [("entities", "EN13", "")]
    assert said(blueprint, 7, "7.5") == ["Entity “Usage line” (EN13) has no unique constraint."]


def test_7_6_a_deleted_row_that_takes_up_its_place_is_pointed_out():
    blueprint = full_example()
    row(blueprint[7], "uniqueness", "UQ5")["only_when"] = ""
    assert found(blueprint, 7, "7.6") == [("uniqueness", "UQ5", "only_when")]
    assert said(blueprint, 7, "7.6") == [
        (
            "Entity “Endpoint” (EN5) is deleted softly, and unique constraint "
            "“receiver_id, address” (UQ5) counts the deleted ones too."
        )
    ]
    row(blueprint[7], "lifecycle", "LC5")["deletion"] = "hard"
    assert ids(blueprint, 7) == ALWAYS


def test_7_7_an_invariant_that_rests_on_a_check_alone_is_pointed_out():
    assert found(full_example(), 7, "7.7") == [("enforcement", "EF4", "by")]
    assert said(full_example(), 7, "7.7") == [
        (
            "Invariant “A message is delivered or dead at the latest 73 hours after…” (V3) "
            "rests on an application check alone."
        )
    ]
    blueprint = full_example()
    row(blueprint[7], "enforcement", "EF4")["by"] = "trigger"
    row(blueprint[7], "enforcement", "EF5")["by"] = "application check"
    assert found(blueprint, 7, "7.7") == [("enforcement", "EF5", "by")]
