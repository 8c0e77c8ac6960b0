"""Specimens of the rest of a step's page: what is saved, checks, reviews, what is closed.

What is said of the clinic example, where it is changed, comes from the rules themselves.
"""

import copy
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from devpilot.document import step_html
from devpilot.document.comparison import changes, mentions
from devpilot.errors import (
    CsrfFailed,
    InvalidInput,
    Problem,
    Refusal,
    StaleVersion,
    StepLocked,
    StepOutOfSequence,
    StepValidationFailed,
    SubscriptionRequired,
)
from devpilot.methodology import Severity, canonical, check, control_name, definition, rules
from devpilot.methodology.fingerprints import written
from devpilot.pages.ai import Beside
from devpilot.pages.checks import Check, Standings, missing
from devpilot.pages.specimens import fields
from devpilot.pages.specimens.anywhere import EXAMPLE, MOMENT, NO_ROW
from devpilot.pages.two_texts import Opened, Sides, difference
from devpilot.services.relock import Review
from devpilot.states import StepStatus

REVISION = SimpleNamespace(
    id=NO_ROW,
    version=1,
    number=2,
    cloned_from=1,
    steps=[SimpleNamespace(order=2, is_locked=False)] * 4,
)
PROJECT = SimpleNamespace(id=NO_ROW, name=EXAMPLE.name)
WHOLE = EXAMPLE.steps
OPENED = Opened(REVISION.version, "")
STANDINGS = Standings(*([rule.text] for rule in rules(1)[:2]))


def step(order: int, status: StepStatus = StepStatus.DRAFT) -> Any:  # noqa: ANN401  for a row
    """Stands for a step's row, without its text."""
    is_locked = status is StepStatus.LOCKED
    return SimpleNamespace(
        id=NO_ROW, revision_id=NO_ROW, order=order, status=status, is_locked=is_locked,
        locked_at=MOMENT,
    )  # fmt: skip


def _unjudged() -> dict[str, Any]:
    """A step 1 whose problem has no figure, and whose goal's target cannot be judged."""
    goals = [{**WHOLE[1]["goals"][0], "target": "soon"}]
    return {"problem": "Bookings go wrong.", "goals": goals}


def unmet() -> list[Check]:
    """What the rules say of that, as an error and as a warning."""
    data, declared = _unjudged(), definition(1)
    found = [one for one in check({1: {**WHOLE[1], **data}}, 1) if one.rule in {"1.3", "1.4"}]
    return [
        Check(
            one.severity.value, one.rule, one.message, one.mend,
            f"#{control_name(declared, data, one)}",
        )
        for one in found
    ]  # fmt: skip


def forms() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The frame of a step's form: with checks unmet, all met, and after a refused lock."""
    found = unmet()
    errors = [Problem(one.href[1:], one.message) for one in found if one.severity == Severity.ERROR]
    drawn = fields.drawn(1, ("problem", "goals"), {1: _unjudged()})
    refused = StepValidationFailed("1 thing is missing before step 1 can be locked.", "", errors)
    yield "unmet", "Saved, with a check that is not met", _form(found, sections=drawn)
    yield "met", "Saved, and every check met", _form([])
    yield "refused", "Typed, and the lock refused", _form([], typed=True, refused=refused)


def _form(checks: list[Check], **more: Any) -> Mapping[str, Any]:  # noqa: ANN401  what differs
    frame = {"step": step(1), "revision": REVISION, "opened": OPENED, "base": "/", "ai": True}
    drawn = {"beside": Beside({}), "sections": "", "lock_refusal": None}
    frame |= dict.fromkeys(("typed", "hold", "pays", "done"), False) | {"standings": STANDINGS}
    return {**frame, **drawn, "checks": checks, "missing": missing(checks), **more}


def saved() -> Mapping[str, Any]:
    """The answer to a save by pause."""
    nothing: Mapping[str, Any] = {
        "keys": (),
        "marks": (),
        "reworded": (),
        "sections": (),
        "ending": "",
        "name_lists": {},
    }
    # With its form beside it, what is ready would lead to the lock there.
    judged: Mapping[str, Any] = {"checks": [], "missing": None, "standings": STANDINGS}
    return {"at": MOMENT, "opened": OPENED, **judged, **nothing}


def not_saved() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A save by pause that was refused: for a field, for its age, for its token."""
    wrong = Problem("save-state", "“Target” of goal 1 takes at most 120 characters.")
    for name, refused in (
        ("field", InvalidInput("steps", [wrong])),
        ("stale", StaleVersion()),
        ("token", CsrfFailed()),
    ):
        yield name, {"refused": refused, "reload": name == "stale"}


def conflicts() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Two texts of one step: to be decided, and when the step was locked meanwhile."""
    typed = {1: {**WHOLE[1], **_unjudged()}}
    opened = {**WHOLE[1], "problem": typed[1]["problem"]}
    sides = Sides(1, written(1, canonical(opened).decode()), WHOLE[1], typed[1])
    apart = [difference(one, sides) for one in changes(1, {1: WHOLE[1]}, typed)][:4]
    for name, refused in (("open", StaleVersion()), ("locked", StepLocked())):
        yield name, {"refused": refused, "apart": apart, "saved_text": _read(), "base": "/"}


def reviews() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A step that waits to be locked again: unchanged, and with all that may be different."""
    waiting = step(2, StepStatus.INVALIDATED)
    for name, review in (("unchanged", Review(waiting, (), (), (), ())), ("changed", _changed())):
        yield name, {"step": waiting, "revision": REVISION, "review": review, "lock_refusal": None}


def _changed() -> Review:
    """Step 2 after a feature got another name and a constraint went."""
    before = {1: WHOLE[1], 2: WHOLE[2]}
    now = copy.deepcopy(before)
    now[1]["features"][1]["name"] = "Move or give up a booking"
    del now[1]["constraints"][2]
    now[2]["business_rules"][0]["rule"] = ""
    upstream = changes(1, before, now)
    touched = {change.row for change in upstream}
    failing = [one for one in check(now, 2) if one.severity is Severity.ERROR]
    return Review(
        step(2, StepStatus.INVALIDATED),
        own=changes(2, before, now),
        upstream=upstream,
        mentions=mentions(now, touched, [2]),
        failing=tuple(failing[:1]),
    )


def queue() -> Mapping[str, Any]:
    """Steps to lock again, as the project's page lists them."""
    found = [found["review"] for _, found in reviews()]
    return {"one": SimpleNamespace(queue=found), "revision": REVISION}


def closed() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A step that cannot be edited: locked, above the plan, and behind another."""
    sequence = StepOutOfSequence("Step 4 rests on step 3, which is not locked yet.", "Lock step 3.")
    plan = SubscriptionRequired("The Free plan edits and locks steps 1 to 3; step 4 needs Pro.")
    yield "locked", _closed(1, StepStatus.LOCKED, None, _read())
    yield "plan", _closed(4, StepStatus.DRAFT, plan, None)
    yield "sequence", _closed(4, StepStatus.DRAFT, sequence, None)


def _closed(
    order: int, status: StepStatus, refused: Refusal | None, text: Markup | None
) -> dict[str, Any]:
    return {
        "step": step(order, status),
        "revision": REVISION,
        "project": PROJECT,
        "definition": definition(order),
        "save_refusal": refused,
        "pays": False,
        "readable": text,
    }


def _read() -> Markup:
    return step_html({1: {name: WHOLE[1][name] for name in ("summary", "problem")}}, 1)
