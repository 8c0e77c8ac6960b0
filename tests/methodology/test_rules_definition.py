"""Rules of step 1, each shown breaking and holding."""

import pytest

from tests.methodology.posting import example, found, ids, row, said


def test_1_1_a_goal_that_no_mvp_feature_serves():
    blueprint = example()
    for key in ("F3", "F4"):
        row(blueprint[1], "features", key)["goals"] = ["G1"]
    assert found(blueprint, 1, "1.1") == [("goals", "G2", "")]
    assert said(blueprint, 1, "1.1") == [
        "No mvp feature serves goal “Fewer missed appointments” (G2)."
    ]
    row(blueprint[1], "features", "F6")["goals"] = ["G2"]
    assert ids(blueprint, 1) == set()


def test_1_1_a_later_feature_does_not_serve_a_goal_now():
    blueprint = example()
    for feature in blueprint[1]["features"]:
        feature["release"] = "later"
    assert [where[1] for where in found(blueprint, 1, "1.1")] == ["G1", "G2", "G3"]


def test_1_2_an_mvp_feature_that_serves_no_goal():
    blueprint = example()
    row(blueprint[1], "features", "F6")["goals"] = []
    assert found(blueprint, 1, "1.2") == [("features", "F6", "goals")]
    assert said(blueprint, 1, "1.2") == ["Feature “Change history” (F6) is mvp and serves no goal."]
    row(blueprint[1], "features", "F6")["release"] = "later"
    assert ids(blueprint, 1) == set()


@pytest.mark.parametrize("target", ["Better than now", "Noticeably less", "Allowed", "Nones"])
def test_1_3_a_target_that_nobody_can_judge(target):
    blueprint = example()
    row(blueprint[1], "goals", "G1")["target"] = target
    assert found(blueprint, 1, "1.3") == [("goals", "G1", "target")]
    assert said(blueprint, 1, "1.3") == [
        f"The target of goal “Stop double booking” (G1) has no figure: “{target}”."
    ]


@pytest.mark.parametrize(
    "target", ["5 a day", "ZERO", "None at all", "Never.", "always", "every one", "All", "no more"]
)
def test_1_3_a_figure_or_an_absolute_word_will_do(target):
    blueprint = example()
    row(blueprint[1], "goals", "G1")["target"] = target
    assert ids(blueprint, 1) == set()


def test_1_4_a_problem_without_a_figure_is_pointed_out():
    blueprint = example()
    blueprint[1]["problem"] = "Slots are booked twice, and nobody knows who did it."
    assert found(blueprint, 1, "1.4") == [("problem", "", "")]
    assert said(blueprint, 1, "1.4") == ["The problem names no figure."]


def test_1_5_nothing_is_postponed():
    blueprint = example()
    for feature in blueprint[1]["features"]:
        feature.update(release="mvp", goals=["G1", "G2", "G3"])
    assert found(blueprint, 1, "1.5") == [("features", "", "")]
    assert said(blueprint, 1, "1.5") == ["All 8 features are mvp; nothing is being postponed."]


@pytest.mark.parametrize("statement", ["Video visits", "VIDEO  VISITS"])
def test_1_6_a_non_goal_that_is_a_feature(statement):
    blueprint = example()
    row(blueprint[1], "non_goals", "N2")["statement"] = statement
    assert found(blueprint, 1, "1.6") == [("non_goals", "N2", "statement")]
    assert said(blueprint, 1, "1.6") == [
        f"Non-goal “{statement}” (N2) is also feature “Video visits” (F8)."
    ]
    row(blueprint[1], "non_goals", "N2")["statement"] = "No video visits"
    assert ids(blueprint, 1) == set()
