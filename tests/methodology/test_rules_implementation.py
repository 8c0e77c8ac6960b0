"""Rules of step 9, each shown breaking and holding."""

import pytest

from tests.methodology.posting import found, full_example, ids, row, said


def test_9_1_a_part_that_nothing_is_chosen_for():
    blueprint = full_example()
    row(blueprint[9], "stack", "TK5")["for"] = []
    for key in ("TK1", "TK8", "TK14"):
        kept = [part for part in row(blueprint[9], "stack", key)["for"] if part != "M5"]
        row(blueprint[9], "stack", key)["for"] = kept
    assert found(blueprint, 9, "9.1") == [("stack", "", ""), ("stack", "", "")]
    assert said(blueprint, 9, "9.1") == [
        "Nothing in the stack is for component “Support assistant” (M5).",
        "Nothing in the stack is for data store “Due queue” (S5).",
    ]


def test_9_2_undecided_and_yet_decided_before():
    blueprint = full_example()
    blueprint[9]["status"] = "undecided"
    assert found(blueprint, 9, "9.2") == [
        ("stack", "TK1", "state"),
        ("stack", "TK3", "state"),
        ("stack", "TK8", "state"),
    ]
    assert said(blueprint, 9, "9.2")[2] == (
        "Stack choice “Python 3.13 with Flask for the control plane, assistant and…” (TK8) "
        "is pre-decided, and the stack is undecided."
    )
    for choice in blueprint[9]["stack"]:
        choice["state"] = "open"
    assert ids(blueprint, 9) == set()


@pytest.mark.parametrize(
    ("status", "words"), [("partly", "partly chosen"), ("pre-decided", "pre-decided")]
)
def test_9_2_decided_before_and_yet_nothing_is(status, words):
    blueprint = full_example()
    blueprint[9]["status"] = status
    assert ids(blueprint, 9) == set()
    for choice in blueprint[9]["stack"]:
        choice["state"] = "decided here"
    assert found(blueprint, 9, "9.2") == [("stack", "", "")]
    assert said(blueprint, 9, "9.2") == [f"The stack is {words}, and no row of it is pre-decided."]


def test_9_2_a_choice_that_was_held_against_nothing():
    blueprint = full_example()
    row(blueprint[9], "stack", "TK9")["state"] = "pre-decided"
    assert found(blueprint, 9, "9.2") == [("stack", "TK9", "")]
    assert said(blueprint, 9, "9.2") == [
        (
            "Stack choice “Server-rendered pages, a little htmx” (TK9) is pre-decided, "
            "and is checked against nothing that is locked."
        )
    ]


@pytest.mark.parametrize(("fit", "verb"), [("partly", "meets only in part"), ("fails", "fails")])
def test_9_2_a_gap_that_is_not_stated(fit, verb):
    blueprint = full_example()
    row(blueprint[9], "compatibility", "CM4")["fit"] = fit
    assert found(blueprint, 9, "9.2") == [("compatibility", "CM4", "gap")]
    assert said(blueprint, 9, "9.2") == [
        (
            "Stack choice “PostgreSQL 17, one cluster per store, one synchronous stand…” (TK3) "
            f"{verb} invariant “For one event and one endpoint there is at most one message” (V2), "
            "and the gap is not stated."
        )
    ]
    row(blueprint[9], "compatibility", "CM4")["gap"] = "Measured in slice 1."
    assert ids(blueprint, 9) == set()


def test_9_3_a_promise_that_nothing_proves():
    blueprint = full_example()
    row(blueprint[9], "proof", "PF5")["proves"] = "V4"
    row(blueprint[9], "proof", "PF18")["proves"] = "Q4"
    assert found(blueprint, 9, "9.3") == [("proof", "", ""), ("proof", "", "")]
    assert said(blueprint, 9, "9.3") == [
        (
            "Nothing proves invariant “At any time at most one worker holds the lease of a "
            "message…” (V5)."
        ),
        (
            "Nothing proves quality scenario “50 million messages in a month, 15% of attempts "
            "are retries” (Q7)."
        ),
    ]


def test_9_4_a_feature_in_no_slice_and_a_later_one_in_some():
    blueprint = full_example()
    row(blueprint[9], "slices", "SL4")["features"] = ["F3", "F10", "F11"]
    assert found(blueprint, 9, "9.4") == [("slices", "", ""), ("slices", "SL4", "features")]
    assert said(blueprint, 9, "9.4") == [
        "Feature “Metering and plans” (F7) is mvp and in no slice.",
        (
            "Release slice “It earns” (SL4) delivers feature “Transformations” (F10) and feature "
            "“Queue destinations” (F11), which are later."
        ),
    ]
    row(blueprint[9], "slices", "SL4")["features"] = ["F7", "F10"]
    assert said(blueprint, 9, "9.4")[0].endswith("(F10), which is later.")


def test_9_5_a_pipeline_that_stops_nothing():
    blueprint = full_example()
    for stage in blueprint[9]["pipeline"][1:]:
        stage["blocks"] = False
    assert ids(blueprint, 9) == set()
    blueprint[9]["pipeline"][0]["blocks"] = False
    assert found(blueprint, 9, "9.5") == [("pipeline", "", "")]
    assert said(blueprint, 9, "9.5") == [
        "No stage of the pipeline blocks: whatever is built reaches production."
    ]


def test_9_6_no_production_or_two():
    blueprint = full_example()
    row(blueprint[9], "environments", "EV2")["production"] = True
    assert found(blueprint, 9, "9.6") == [("environments", "EV4", "production")]
    assert said(blueprint, 9, "9.6") == [
        ("Environment “Production” (EV4) is production, and so is environment “Staging” (EV2).")
    ]
    for environment in blueprint[9]["environments"]:
        environment["production"] = False
    assert found(blueprint, 9, "9.6") == [("environments", "", "")]
    assert said(blueprint, 9, "9.6") == ["No environment is production."]


def test_9_7_real_data_where_fewer_people_watch_is_pointed_out():
    blueprint = full_example()
    row(blueprint[9], "environments", "EV3")["data"] = "real"
    assert found(blueprint, 9, "9.7") == [("environments", "EV3", "data")]
    assert said(blueprint, 9, "9.7") == [
        "Environment “Rehearsal” (EV3) is not production and holds real data."
    ]
