"""Rules of step 8, each shown breaking and holding."""

import pytest

from tests.methodology.posting import found, full_example, ids, row, said


def sync_only(blueprint, *but):
    for connection in blueprint[3]["connections"]:
        if connection["key"] not in but:
            connection["mode"] = "sync"


@pytest.mark.parametrize("mode", ["async", "batch", "event"])
def test_8_1_work_with_nobody_waiting_is_automation(mode):
    blueprint = full_example()
    sync_only(blueprint)
    blueprint[8]["choice"] = "ai"
    assert found(blueprint, 8, "8.1") == []
    row(blueprint[3], "connections", "X20")["mode"] = mode
    assert found(blueprint, 8, "8.1") == [("choice", "", "")]
    assert said(blueprint, 8, "8.1") == [
        (
            "The decision is ai, but components start connection “Counted messages and reports” "
            "(X20) with nobody waiting: that is automation."
        )
    ]


def test_8_1_names_the_first_connections_and_counts_the_rest():
    blueprint = full_example()
    blueprint[8]["choice"] = "none"
    [message] = said(blueprint, 8, "8.1")
    assert message.startswith("The decision is none, but components start connection “API keys, ")
    assert "(X10)" in message
    assert message.endswith("(X19) and 3 more with nobody waiting: that is automation.")


def test_8_1_what_others_start_is_not_ours():
    blueprint = full_example()
    sync_only(blueprint, "X22")  # the card processor's own events
    blueprint[8]["choice"] = "ai"
    assert found(blueprint, 8, "8.1") == []


@pytest.mark.parametrize("choice", ["none", "simple automation"])
def test_8_2_a_model_that_is_called_is_declared(choice):
    blueprint = full_example()
    blueprint[8]["choice"] = choice
    assert found(blueprint, 8, "8.2") == [("choice", "", "")]
    assert said(blueprint, 8, "8.2") == [
        (
            f"The decision is {choice}, but step 3 has dependency "
            "“Language model provider” (E3) of kind ai."
        )
    ]
    row(blueprint[3], "dependencies", "E3")["kind"] = "data"
    assert found(blueprint, 8, "8.2") == []


def test_8_2_a_provider_that_is_no_model():
    blueprint = full_example()
    row(blueprint[8], "ai_features", "AI1")["provider"] = "E4"
    assert found(blueprint, 8, "8.2") == [("ai_features", "AI1", "provider")]
    assert said(blueprint, 8, "8.2") == [
        (
            "AI feature “Failure digest” (AI1) is run by dependency “Mail carrier” (E4), "
            "which is not of kind ai."
        )
    ]
    row(blueprint[8], "ai_features", "AI1")["provider"] = "M5"
    assert ids(blueprint, 8) == set()


def test_8_3_an_ai_feature_without_a_cap():
    blueprint = full_example()
    row(blueprint[8], "caps", "CP1")["subject"] = "JB1"
    assert found(blueprint, 8, "8.3") == [("ai_features", "AI1", "")]
    assert said(blueprint, 8, "8.3") == ["AI feature “Failure digest” (AI1) has no cap."]
    del blueprint[8]["caps"]
    assert said(blueprint, 8, "8.3") == ["AI feature “Failure digest” (AI1) has no cap."]


def test_8_3_risks_and_failures_that_nobody_thought_of():
    blueprint = full_example()
    for key in ("RK1", "RK4"):
        row(blueprint[8], "risks", key)["risk"] = "bias"
    row(blueprint[8], "fallbacks", "FB3")["failure"] = "late"
    assert found(blueprint, 8, "8.3") == [("ai_features", "AI1", "")] * 2
    assert said(blueprint, 8, "8.3") == [
        "AI feature “Failure digest” (AI1) has no risk for prompt injection or cost abuse.",
        "AI feature “Failure digest” (AI1) has no fallback for invalid output.",
    ]


def test_8_3_what_is_said_of_another_subject_does_not_count():
    blueprint = full_example()
    for key in ("RK1", "RK2"):
        row(blueprint[8], "risks", key)["subject"] = "JB1"
    assert said(blueprint, 8, "8.3") == [
        "AI feature “Failure digest” (AI1) has no risk for prompt injection or data leakage."
    ]


def test_8_4_a_job_that_cannot_fail():
    blueprint = full_example()
    row(blueprint[8], "risks", "RK12")["subject"] = "JB4"
    row(blueprint[8], "fallbacks", "FB6")["subject"] = "JB1"
    assert found(blueprint, 8, "8.4") == [("jobs", "JB2", ""), ("jobs", "JB6", "")]
    assert said(blueprint, 8, "8.4") == [
        "Job “Nightly reconciliation” (JB2) has no fallback.",
        "Job “Sweep events and payloads” (JB6) has no risk.",
    ]


def test_8_5_an_ai_feature_that_acts_alone_is_pointed_out():
    blueprint = full_example()
    row(blueprint[8], "ai_features", "AI1")["authority"] = "acts after approval"
    assert ids(blueprint, 8) == set()
    row(blueprint[8], "ai_features", "AI1")["authority"] = "acts alone"
    assert found(blueprint, 8, "8.5") == [("ai_features", "AI1", "authority")]
    assert said(blueprint, 8, "8.5") == ["AI feature “Failure digest” (AI1) acts alone."]


def test_without_automation_its_lists_are_not_judged():
    blueprint = full_example()
    sync_only(blueprint)
    row(blueprint[3], "dependencies", "E3")["kind"] = "data"
    blueprint[8].update(choice="none", no_ai_cost="confirmed")
    row(blueprint[8], "ai_features", "AI1")["authority"] = "acts alone"
    assert ids(blueprint, 8) == set()
