"""Rules of step 10, each shown breaking and holding."""

import pytest

from tests.methodology.posting import found, full_example, ids, row, said


def without(data, list_id, *keys):
    data[list_id] = [row for row in data[list_id] if row["key"] not in keys]


def test_10_1_a_role_that_cannot_prove_itself():
    blueprint = full_example()
    without(blueprint[10], "authentication", "AN4")
    assert found(blueprint, 10, "10.1") == [("authentication", "", "")]
    assert said(blueprint, 10, "10.1") == [
        "Nothing says how role “Receiver developer” (R4) proves who they are."
    ]
    row(blueprint[2], "roles", "R4")["kind"] = "visitor"
    assert ids(blueprint, 10) == set()


def test_10_2_a_boundary_that_nobody_looked_at():
    blueprint = full_example()
    without(blueprint[10], "threats", "TH3")
    assert found(blueprint, 10, "10.2") == [("threats", "", "")]
    assert said(blueprint, 10, "10.2") == [
        (
            "Connection X2 from client “Receiver portal” (K2) to component “Control plane” (M2) "
            "crosses zones, and no threat is on it or on client “Receiver portal” (K2)."
        )
    ]
    row(blueprint[10], "threats", "TH1")["on"] = "X2"
    assert [message[:13] for message in said(blueprint, 10, "10.2")] == [
        "Connection X3",
        "Connection X4",
    ]


def test_10_2_a_threat_on_the_more_trusted_end_is_not_enough():
    blueprint = full_example()
    without(blueprint[10], "threats", "TH8")  # on metering, the less trusted end towards its ledger
    row(blueprint[10], "threats", "TH18")["on"] = "S7"
    assert said(blueprint, 10, "10.2") == [
        (
            "Connection X20 from component “Metering” (M6) to data store “Usage ledger” (S7) "
            "crosses zones, and no threat is on it or on component “Metering” (M6)."
        )
    ]


def test_10_2_between_zones_of_the_same_trust_either_end_will_do():
    blueprint = full_example()
    row(blueprint[10], "threats", "TH9")["on"] = "M4"
    row(blueprint[10], "threats", "TH5")["on"] = "X14"
    assert [message[:14] for message in said(blueprint, 10, "10.2")] == ["Connection X12"]
    row(blueprint[10], "threats", "TH9")["on"] = "X14"
    assert said(blueprint, 10, "10.2")[1] == (
        "Connection X17 from component “Dispatcher” (M3) to component “Egress gateway” (M4) "
        "crosses zones, and no threat is on it or on component “Dispatcher” (M3) or component "
        "“Egress gateway” (M4)."
    )


def test_10_2_within_a_zone_no_threat_is_asked_for():
    blueprint = full_example()
    row(blueprint[3], "components", "M4")["zone"] = "Z2"
    row(blueprint[10], "threats", "TH9")["on"] = "E1"
    assert ids(blueprint, 10) == set()


def test_10_2_categories_that_are_missing():
    blueprint = full_example()
    for threat in blueprint[10]["threats"]:
        if threat["category"] in {"repudiation", "denial of service"}:
            threat["category"] = "spoofing"
    assert found(blueprint, 10, "10.2") == [("threats", "", "")]
    assert said(blueprint, 10, "10.2") == ["No threat is about repudiation or denial of service."]


def test_10_3_a_store_that_cannot_be_restored():
    blueprint = full_example()
    without(blueprint[10], "recovery", "RC4")
    assert found(blueprint, 10, "10.3") == [("recovery", "", "")]
    assert said(blueprint, 10, "10.3") == [
        "Nothing says how data store “Payload store” (S4) is recovered."
    ]


@pytest.mark.parametrize("kind", ["cache", "queue", "search"])
def test_10_3_what_is_filled_again_from_others_needs_no_backup(kind):
    blueprint = full_example()
    row(blueprint[3], "stores", "S5")["kind"] = kind
    assert ids(blueprint, 10) == set()
    row(blueprint[3], "stores", "S5")["kind"] = "key-value"
    assert found(blueprint, 10, "10.3") == [("recovery", "", "")]


@pytest.mark.parametrize("attribute", ["availability", "latency"])
def test_10_4_a_quality_without_an_objective(attribute):
    blueprint = full_example()
    row(blueprint[3], "qualities", "Q8")["attribute"] = attribute
    assert found(blueprint, 10, "10.4") == [("levels", "", "")]
    assert said(blueprint, 10, "10.4") == [
        (
            "No service level is set for quality scenario “The person on call is asked why an "
            "endpoint gets nothing” (Q8)."
        )
    ]


def test_10_5_a_part_that_cannot_fail():
    blueprint = full_example()
    without(blueprint[10], "failure_modes", "FM8", "FM12")
    assert found(blueprint, 10, "10.5") == [("failure_modes", "", "")] * 2
    assert said(blueprint, 10, "10.5") == [
        "Dependency “Mail carrier” (E4) has no failure mode.",
        "Data store “Intake cache” (S6) has no failure mode.",
    ]


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ("RT3", "Operation “Exchange a portal link” (OP11) is public"),
        ("RT5", "Operation “Take a payment event” (OP19) is inbound callback"),
    ],
)
def test_10_6_what_anyone_may_call_has_a_limit_of_its_own(limit, message):
    blueprint = full_example()
    without(blueprint[10], "rate_limits", limit)
    assert found(blueprint, 10, "10.6") == [("rate_limits", "", "")]
    assert said(blueprint, 10, "10.6") == [f"{message}, and no rate limit names it."]


def test_10_6_without_a_default_every_operation_is_named():
    blueprint = full_example()
    without(blueprint[10], "rate_limits", "RT1")
    messages = said(blueprint, 10, "10.6")
    assert messages[0] == (
        "Operation “Register an endpoint” (OP6) is signed-in, and no rate limit covers it."
    )
    assert len(messages) == 11
    open_to_some = {
        row["key"] for row in blueprint[6]["operations"] if row["exposure"] != "internal"
    }
    row(blueprint[10], "rate_limits", "RT2")["operations"] = sorted(open_to_some)
    assert ids(blueprint, 10) == set()


def test_10_7_a_failure_that_nothing_shows_is_pointed_out():
    blueprint = full_example()
    row(blueprint[10], "signals", "SG7")["shows"] = []
    assert found(blueprint, 10, "10.7") == [("signals", "", "")]
    assert said(blueprint, 10, "10.7") == [
        "Failure “The dispatcher stops in the middle of 40,000” (O10) is shown by no signal."
    ]


@pytest.mark.parametrize("sensitivity", ["special", "secret"])
def test_10_8_a_risk_taken_with_other_peoples_secrets_is_pointed_out(sensitivity):
    blueprint = full_example()
    row(blueprint[3], "stores", "S4")["sensitivity"] = sensitivity
    row(blueprint[10], "threats", "TH17")["treatment"] = "accepted"
    assert found(blueprint, 10, "10.8") == [("threats", "TH17", "treatment")]
    assert said(blueprint, 10, "10.8") == [
        (
            "Threat “A bucket is made readable by mistake” (TH17) is accepted on data store "
            f"“Payload store” (S4), which is {sensitivity}."
        )
    ]
    row(blueprint[3], "stores", "S4")["sensitivity"] = "personal"
    assert ids(blueprint, 10) == set()
