"""Rules of step 1: goals and the first release carry each other."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules.lookups import (
    ABSOLUTE_WORD,
    FIGURE,
    capital,
    mvp_features,
    same,
)
from devpilot.methodology.rules.rule import Breach, error, warning
from devpilot.methodology.text import presentable


@error(
    "1.1",
    "Every goal is served by at least one mvp feature.",
    why="A goal that the first release does not touch is a wish, and nobody will measure it.",
    reads=("goals", "features"),
)
def goal_is_served(facts: Facts) -> Iterator[Breach]:
    if not facts.rows("features") or not facts.settled("features", "release", "goals"):
        return
    served = {key for feature in mvp_features(facts) for key in feature.get("goals") or ()}
    for goal in facts.rows("goals"):
        if goal["key"] not in served:
            yield Breach(
                field="goals",
                row=goal["key"],
                message=f"No mvp feature serves {facts.name(goal['key'])}.",
                mend=f"Name {goal['key']} at an mvp feature that serves it, or drop the goal.",
            )


@error(
    "1.2",
    "Every mvp feature serves at least one goal.",
    why="What serves no goal is the first thing to postpone, and the last that anyone cuts.",
    reads=("features",),
)
def feature_serves(facts: Facts) -> Iterator[Breach]:
    for feature in mvp_features(facts):
        if not feature.get("goals"):
            yield Breach(
                field="features",
                row=feature["key"],
                column="goals",
                message=f"{capital(facts.name(feature['key']))} is mvp and serves no goal.",
                mend="Name the goal that it serves, or choose later as its release.",
            )


@error(
    "1.3",
    "A goal's target has a digit or one of: zero, none, never, always, every, all, no.",
    why="Without a figure or an absolute word, two people will disagree whether it was reached.",
    reads=("goals",),
)
def target_can_be_judged(facts: Facts) -> Iterator[Breach]:
    for goal in facts.rows("goals"):
        target = goal.get("target") or ""
        if target and not FIGURE.search(target) and not ABSOLUTE_WORD.search(target):
            yield Breach(
                field="goals",
                row=goal["key"],
                column="target",
                message=f"The target of {facts.name(goal['key'])} has no figure: "
                f"“{presentable(target)}”.",
                mend="Give it a number, or an absolute word such as zero, never, every.",
            )


@warning(
    "1.4",
    "The problem names no figure.",
    why="A problem that nobody has counted is easily thought larger than it is, or smaller.",
    reads=("problem",),
)
def problem_is_counted(facts: Facts) -> Iterator[Breach]:
    problem = facts.data.get("problem") or ""
    if problem and not FIGURE.search(problem):
        yield Breach(
            field="problem",
            message="The problem names no figure.",
            mend="Say how many, how often or how much; a rough count will do.",
        )


@warning(
    "1.5",
    "No feature is later: nothing is being postponed.",
    why="A first release that holds everything is a plan that has not been cut yet.",
    reads=("features",),
)
def something_waits(facts: Facts) -> Iterator[Breach]:
    releases = {feature.get("release") for feature in facts.rows("features")}
    if releases == {"mvp"}:
        count = len(facts.rows("features"))
        yield Breach(
            field="features",
            message=f"All {count} features are mvp; nothing is being postponed.",
            mend="Choose later as the release of those that can wait.",
        )


@error(
    "1.6",
    "No non-goal equals a feature's name.",
    why="The same thing cannot be both built and ruled out.",
    reads=("features", "non_goals"),
)
def non_goal_is_no_feature(facts: Facts) -> Iterator[Breach]:
    features = {same(row.get("name") or ""): row["key"] for row in facts.rows("features")}
    for non_goal in facts.rows("non_goals"):
        statement = same(non_goal.get("statement") or "")
        if statement and statement in features:
            feature = facts.name(features[statement])
            yield Breach(
                field="non_goals",
                row=non_goal["key"],
                column="statement",
                message=f"{capital(facts.name(non_goal['key']))} is also {feature}.",
                mend="Decide: remove the non-goal, or the feature.",
            )


RULES = (
    goal_is_served,
    feature_serves,
    target_can_be_judged,
    problem_is_counted,
    something_waits,
    non_goal_is_no_feature,
)
