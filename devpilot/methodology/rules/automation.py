"""Rules of step 8: the decision fits what is locked; whatever runs alone has limits."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules.lookups import capital, keys_where, left_out, listed
from devpilot.methodology.rules.rule import Breach, error, warning

_RISKS = ("prompt injection", "data leakage", "wrong output believed", "cost abuse")
_FAILURES = ("timeout", "error", "invalid output", "cap reached")
_NAMED = 3
"""So many connections are named; of more, the number is enough."""


@error(
    "8.1",
    "None and ai contradict a connection of mode async, batch or event that starts at a "
    "component: that is automation.",
    why="What a component does with nobody waiting is a job, whether or not it is called one.",
    reads=("choice",),
)
def work_unattended_is_automation(facts: Facts) -> Iterator[Breach]:
    choice = facts.data.get("choice")
    unattended = [
        row["key"]
        for row in facts.rows("connections")
        if row.get("mode") in {"async", "batch", "event"}
        and facts.list_of(row.get("from") or "") == "components"
    ]
    if choice in {"none", "ai"} and unattended:
        named = [facts.name(key) for key in unattended[:_NAMED]]
        more = len(unattended) - len(named)
        yield Breach(
            field="choice",
            message=f"The decision is {choice}, but components start "
            f"{listed([*named, f'{more} more'] if more else named)} with nobody waiting: "
            "that is automation.",
            mend=f"Choose {'both' if choice == 'ai' else 'simple automation'}, or make what "
            "step 3 calls async, batch or event wait for its answer.",
        )


@error(
    "8.2",
    "A dependency of kind ai requires ai or both; a provider that is a dependency is of kind ai.",
    why="A model that step 3 calls and step 8 does not know has neither limits nor a fallback.",
    reads=("choice", "ai_features"),
)
def models_are_declared(facts: Facts) -> Iterator[Breach]:
    choice = facts.data.get("choice")
    models = keys_where(facts, "dependencies", "kind", {"ai"})
    if models and choice in {"none", "simple automation"}:
        yield Breach(
            field="choice",
            message=f"The decision is {choice}, but step 3 has {facts.names(models)} of kind ai.",
            mend="Choose ai or both, or take the dependency out of step 3.",
        )
    for feature in facts.rows("ai_features"):
        provider = feature.get("provider") or ""
        if facts.list_of(provider) == "dependencies" and provider not in models:
            yield Breach(
                field="ai_features",
                row=feature["key"],
                column="provider",
                message=f"{capital(facts.name(feature['key']))} is run by {facts.name(provider)}, "
                "which is not of kind ai.",
                mend="Name the dependency that runs the model, or correct its kind in step 3.",
            )


@error(
    "8.3",
    "Every AI feature has a cap, the risks prompt injection, data leakage, wrong output believed "
    "and cost abuse, and the failures timeout, error, invalid output and cap reached.",
    why="A model answers anyone, about anything, at a price; each of these has happened to others.",
    reads=("ai_features", "caps", "risks", "fallbacks"),
)
def ai_is_on_a_leash(facts: Facts) -> Iterator[Breach]:
    features = [row["key"] for row in facts.rows("ai_features")]
    for feature in left_out(facts, features, "caps", "subject"):
        yield Breach(
            field="ai_features",
            row=feature,
            message=f"{capital(facts.name(feature))} has no cap.",
            mend=f"Add a cap of {feature}: what one use costs, where it stops, and what then "
            "happens.",
        )
    for list_id, column, wanted, what in (
        ("risks", "risk", _RISKS, "risk"),
        ("fallbacks", "failure", _FAILURES, "fallback"),
    ):
        for feature in features:
            missing = _missing(facts, feature, list_id, column, wanted)
            if missing:
                yield Breach(
                    field="ai_features",
                    row=feature,
                    message=f"{capital(facts.name(feature))} has no {what} for "
                    f"{listed(missing, 'or')}.",
                    mend=f"Add a {what} of {feature} for each that is missing.",
                )


def _missing(
    facts: Facts, subject: str, list_id: str, column: str, wanted: tuple[str, ...]
) -> list[str]:
    """What is wanted and not there; nothing while the list is not filled in."""
    rows = facts.rows(list_id)
    if not rows or not facts.settled(list_id, "subject", column):
        return []
    found = {row[column] for row in rows if row["subject"] == subject}
    return [word for word in wanted if word not in found]


@error(
    "8.4",
    "Every job has a risk and a fallback.",
    why="A job fails where nobody looks; what then is decided now, or found out later.",
    reads=("jobs", "risks", "fallbacks"),
)
def job_may_fail(facts: Facts) -> Iterator[Breach]:
    jobs = [row["key"] for row in facts.rows("jobs")]
    for list_id, what, how in (
        ("risks", "risk", "such as that it stops unnoticed, and what is done about it"),
        ("fallbacks", "fallback", "that says what happens when it fails, stops or is late"),
    ):
        for job in left_out(facts, jobs, list_id, "subject"):
            yield Breach(
                field="jobs",
                row=job,
                message=f"{capital(facts.name(job))} has no {what}.",
                mend=f"Add a {what} of {job} {how}.",
            )


@warning(
    "8.5",
    "An AI feature acts alone.",
    why="Nobody answers for what a model did before anyone saw it.",
    reads=("ai_features",),
)
def ai_does_not_act_alone(facts: Facts) -> Iterator[Breach]:
    for feature in facts.rows("ai_features"):
        if feature.get("authority") == "acts alone":
            yield Breach(
                field="ai_features",
                row=feature["key"],
                column="authority",
                message=f"{capital(facts.name(feature['key']))} acts alone.",
                mend="Let it suggest, or wait for an approval; or be ready to say why it need not.",
            )


RULES = (
    work_unattended_is_automation,
    models_are_declared,
    ai_is_on_a_leash,
    job_may_fail,
    ai_does_not_act_alone,
)
