"""Rules of step 10: everyone proves who they are, every part may fail, and someone sees it.

Rules about threats are in `rules.threats`.
"""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules import threats
from devpilot.methodology.rules.lookups import capital, keys_where, left_out, referred
from devpilot.methodology.rules.rule import Breach, error, warning

_REBUILT = frozenset({"cache", "queue", "search", "", None})
"""Kinds of store that are filled again from others; an undecided kind is not judged."""


@error(
    "10.1",
    "Every role that is not a visitor has an authentication row.",
    why="Who cannot prove who they are is a visitor, whatever step 2 calls them.",
    reads=("authentication",),
)
def role_is_authenticated(facts: Facts) -> Iterator[Breach]:
    known = [
        row["key"] for row in facts.rows("roles") if row.get("kind") not in {"visitor", "", None}
    ]
    for role in left_out(facts, known, "authentication", "who"):
        yield Breach(
            field="authentication",
            message=f"Nothing says how {facts.name(role)} proves who they are.",
            mend=f"Add how {role} signs in, and what happens when that is lost.",
        )


@error(
    "10.3",
    "Every store but a cache, queue or search index has a recovery row.",
    why="A backup that nobody planned is missing on the one day it is needed.",
    reads=("recovery",),
)
def store_can_be_restored(facts: Facts) -> Iterator[Breach]:
    lasting = [row["key"] for row in facts.rows("stores") if row.get("kind") not in _REBUILT]
    for store in left_out(facts, lasting, "recovery", "store"):
        yield Breach(
            field="recovery",
            message=f"Nothing says how {facts.name(store)} is recovered.",
            mend=f"Add how much of {store} may be lost, how soon it is back, and from what.",
        )


@error(
    "10.4",
    "Every availability and latency scenario has a service level.",
    why="Without an objective, nobody knows on which day it was too slow.",
    reads=("levels",),
)
def quality_has_level(facts: Facts) -> Iterator[Breach]:
    promised = keys_where(facts, "qualities", "attribute", {"availability", "latency"})
    for quality in left_out(facts, promised, "levels", "quality"):
        yield Breach(
            field="levels",
            message=f"No service level is set for {facts.name(quality)}.",
            mend=f"Add what is measured for {quality}, and whose work changes when it is missed.",
        )


@error(
    "10.5",
    "Every dependency and store has a failure mode.",
    why="Every part fails; the question is whether anyone has thought about how.",
    reads=("failure_modes",),
)
def part_may_fail(facts: Facts) -> Iterator[Breach]:
    parts = [row["key"] for name in ("dependencies", "stores") for row in facts.rows(name)]
    for part in left_out(facts, parts, "failure_modes", "part"):
        yield Breach(
            field="failure_modes",
            message=f"{capital(facts.name(part))} has no failure mode.",
            mend=f"Add how {part} fails, what users see, and what keeps it from spreading.",
        )


@error(
    "10.6",
    "Every public operation and inbound callback is named by a rate limit; the others that are "
    "not internal are named, or fall under a row that names none.",
    why="Whatever can be called without limit will be, by a bug if not by an enemy.",
    reads=("rate_limits",),
)
def operation_is_limited(facts: Facts) -> Iterator[Breach]:
    named = referred(facts, "rate_limits", "operations")
    if named is None:
        return
    default = any(not row.get("operations") for row in facts.rows("rate_limits"))
    for operation in facts.rows("operations"):
        key, exposure = operation["key"], operation.get("exposure")
        exposed = exposure in {"public", "inbound callback"}
        if exposure in {"internal", "", None} or key in named or (default and not exposed):
            continue
        yield Breach(
            field="rate_limits",
            message=f"{capital(facts.name(key))} is {exposure}, and no rate limit "
            f"{'names' if exposed else 'covers'} it.",
            mend=f"Name {key} at the limit that is meant for it"
            + ("." if exposed else ", or add a limit for all that names no operation."),
        )


@warning(
    "10.7",
    "A failure of step 4 is shown by no signal.",
    why="A failure that nothing shows is reported by a user, late.",
    reads=("signals",),
)
def failure_is_seen(facts: Facts) -> Iterator[Breach]:
    failures = [row["key"] for row in facts.rows("failures")]
    for failure in left_out(facts, failures, "signals", "shows"):
        yield Breach(
            field="signals",
            message=f"{capital(facts.name(failure))} is shown by no signal.",
            mend=f"Name {failure} at the signal that shows it, or add that signal.",
        )


RULES = (
    role_is_authenticated,
    threats.crossing_is_threatened,
    store_can_be_restored,
    quality_has_level,
    part_may_fail,
    operation_is_limited,
    failure_is_seen,
    threats.secrets_take_no_risk,
)
