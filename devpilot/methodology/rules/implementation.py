"""Rules of step 9: everything is built with something, in some slice, and proved."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules.lookups import capital, keys_where, left_out, mvp_keys
from devpilot.methodology.rules.rule import Breach, error, warning


@error(
    "9.1",
    "Every store and component is covered by a stack row.",
    why="A part that nothing is chosen for gets whatever the first person had at hand.",
    reads=("stack",),
)
def part_has_stack(facts: Facts) -> Iterator[Breach]:
    parts = [row["key"] for name in ("components", "stores") for row in facts.rows(name)]
    for part in left_out(facts, parts, "stack", "for"):
        yield Breach(
            field="stack",
            message=f"Nothing in the stack is for {facts.name(part)}.",
            mend=f"Name {part} at what it is built with; an open choice will do.",
        )


@error(
    "9.2",
    "Undecided has no pre-decided stack row, partly and pre-decided have one; each has a "
    "compatibility row, and a fit of partly or fails states the gap.",
    why="What was chosen before the design was known is what has to be held against it.",
    reads=("status", "stack", "compatibility"),
)
def pre_decided_fits(facts: Facts) -> Iterator[Breach]:
    status = facts.data.get("status")
    given = keys_where(facts, "stack", "state", {"pre-decided"})
    if status == "undecided":
        yield from _contradicting(facts, given)
    elif status in {"partly", "pre-decided"}:
        if not given and facts.rows("stack") and facts.settled("stack", "state"):
            yield Breach(
                field="stack",
                message=f"The stack is {_STATUS[status]}, and no row of it is pre-decided.",
                mend="Mark what was decided beforehand, or answer that the stack is undecided.",
            )
        yield from _uncompared(facts, given)
        yield from _gaps(facts)


_STATUS = {"partly": "partly chosen", "pre-decided": "pre-decided"}


def _contradicting(facts: Facts, given: list[str]) -> Iterator[Breach]:
    for choice in given:
        yield Breach(
            field="stack",
            row=choice,
            column="state",
            message=f"{capital(facts.name(choice))} is pre-decided, and the stack is undecided.",
            mend="Decide it here or leave it open, or answer that the stack is partly chosen.",
        )


def _uncompared(facts: Facts, given: list[str]) -> Iterator[Breach]:
    for choice in left_out(facts, given, "compatibility", "stack"):
        yield Breach(
            field="stack",
            row=choice,
            message=f"{capital(facts.name(choice))} is pre-decided, and is checked against "
            "nothing that is locked.",
            mend=f"Add a check of {choice} against what it has to meet: a quality scenario, a "
            "constraint, an invariant or a business rule.",
        )


def _gaps(facts: Facts) -> Iterator[Breach]:
    for row in facts.rows("compatibility"):
        if row.get("fit") in {"partly", "fails"} and not row.get("gap"):
            choice, against = row.get("stack") or "", row.get("against") or ""
            verb = "meets only in part" if row["fit"] == "partly" else "fails"
            yield Breach(
                field="compatibility",
                row=row["key"],
                column="gap",
                message=f"{capital(facts.name(choice)) or row['key']} {verb} "
                f"{facts.name(against) or 'what it is checked against'}, and the gap "
                "is not stated.",
                mend="Say what is missing, and what is done about it.",
            )


@error(
    "9.3",
    "Every invariant and every quality scenario is proved at least once.",
    why="What nothing tries to break is believed, not known.",
    reads=("proof",),
)
def promise_is_proved(facts: Facts) -> Iterator[Breach]:
    promises = [row["key"] for name in ("invariants", "qualities") for row in facts.rows(name)]
    for promise in left_out(facts, promises, "proof", "proves"):
        yield Breach(
            field="proof",
            message=f"Nothing proves {facts.name(promise)}.",
            mend=f"Add the test or drill that would fail if {promise} did not hold.",
        )


@error(
    "9.4",
    "Every mvp feature is in at least one slice, and no later feature in any.",
    why="What is in no slice is not built, and what is later is not built now.",
    reads=("slices",),
)
def slices_are_the_mvp(facts: Facts) -> Iterator[Breach]:
    for feature in left_out(facts, mvp_keys(facts), "slices", "features"):
        yield Breach(
            field="slices",
            message=f"{capital(facts.name(feature))} is mvp and in no slice.",
            mend=f"Name {feature} at the slice that delivers it, or postpone it in step 1.",
        )
    later = set(keys_where(facts, "features", "release", {"later"}))
    for row in facts.rows("slices"):
        early = [key for key in row.get("features") or () if key in later]
        if early:
            yield Breach(
                field="slices",
                row=row["key"],
                column="features",
                message=f"{capital(facts.name(row['key']))} delivers {facts.names(early)}, "
                f"which {'is' if len(early) == 1 else 'are'} later.",
                mend="Take it out of the slice, or make it mvp in step 1.",
            )


@error(
    "9.5",
    "A pipeline stage blocks.",
    why="A check that stops nothing is a report.",
    reads=("pipeline",),
)
def something_blocks(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("pipeline")
    if rows and not any(row.get("blocks") for row in rows):
        yield Breach(
            field="pipeline",
            message="No stage of the pipeline blocks: whatever is built reaches production.",
            mend="Say which stages a change has to pass, and let those block.",
        )


@error(
    "9.6",
    "Exactly one environment is production.",
    why="With two, nobody knows which one may be broken; with none, nothing is ever live.",
    reads=("environments",),
)
def production_is_one(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("environments")
    live = [row["key"] for row in rows if row.get("production")]
    if rows and not live:
        yield Breach(
            field="environments",
            message="No environment is production.",
            mend="Say which one the users are on.",
        )
    for key in live[1:]:
        yield Breach(
            field="environments",
            row=key,
            column="production",
            message=f"{capital(facts.name(key))} is production, and so is {facts.name(live[0])}.",
            mend="Keep the one that the users are on.",
        )


@warning(
    "9.7",
    "Real data outside production.",
    why="Where fewer people watch, more people look.",
    reads=("environments",),
)
def real_data_stays(facts: Facts) -> Iterator[Breach]:
    for row in facts.rows("environments"):
        if row.get("data") == "real" and not row.get("production"):
            yield Breach(
                field="environments",
                row=row["key"],
                column="data",
                message=f"{capital(facts.name(row['key']))} is not production and holds real data.",
                mend="Mask it, make it up, or protect this environment as production is.",
            )


RULES = (
    part_has_stack,
    pre_decided_fits,
    promise_is_proved,
    slices_are_the_mvp,
    something_blocks,
    production_is_one,
    real_data_stays,
)
