"""Specimens of what any page may show: progress, projects, meters, messages, a document."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from markupsafe import Markup

from devpilot.adapters.graphviz import lay_out
from devpilot.document import Snapshot, step_html
from devpilot.document.coverage import Coverage, coverage
from devpilot.document.markdown import facts
from devpilot.errors import Problem, QuotaExceeded
from devpilot.methodology import EXAMPLES, definition
from devpilot.pages.listing import draw_projects
from devpilot.pages.progress import WORDS, ProgressItem
from devpilot.pages.usage import Meter
from devpilot.services.projects import Listed
from devpilot.states import Mode, StepStatus

MOMENT = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
NO_ROW = uuid.UUID(int=0)
EXAMPLE = EXAMPLES["wellbrook"]

NOTICES = ("info", "success", "warning", "refusal")
BADGES = (*((status.value, word) for status, word in WORDS.items()), ("waiting", "Not yet"))

PROBLEMS = (
    Problem("controls-name", "Enter a name for the project."),
    Problem("controls-mode", "Choose a mode that is offered: lean, full."),
)
REFUSED = QuotaExceeded("The Free plan has 1 project in total, and 1 of 1 is used.")


def progress() -> list[ProgressItem]:
    """A map with a step in each state; the last two have no link yet."""
    states = (
        (StepStatus.LOCKED, MOMENT, ""),
        (StepStatus.INVALIDATED, None, "2 references lead to rows that changed"),
        (StepStatus.DRAFT, None, ""),
    )
    items = [
        _item(order, status.value, WORDS[status], at, note)
        for order, (status, at, note) in enumerate(states, start=1)
    ]
    return [*items, _item(4, "waiting", "Not yet", None, "")]


def _item(order: int, status: str, word: str, at: datetime | None, note: str) -> ProgressItem:
    href = "" if status == "waiting" else "/"
    current = status == StepStatus.DRAFT.value
    return ProgressItem(order, definition(order).title, status, word, at, href, current, note)


def projects() -> Markup:
    """Items of the list: begun, to lock again, completed, deleted."""
    return draw_projects(
        [
            _listed("Wellbrook Appointments", locked=2),
            _listed("Doorstep", locked=1, invalidated=2),
            _listed("Night rota", locked=4),
            _listed("The ledger", locked=0, deleted_at=MOMENT),
        ]
    )


def _listed(
    name: str, *, locked: int, invalidated: int = 0, deleted_at: datetime | None = None
) -> Listed:
    first = locked + 2 if invalidated else None  # behind the step that was restarted from
    return Listed(
        NO_ROW, name, Mode.LEAN, MOMENT, deleted_at, NO_ROW, 1, 4, locked, invalidated, first
    )


def meters() -> Iterator[Meter]:
    """Nothing used, half, four fifths, all; one that the plan has none of; one without end."""
    for used in (0, 10, 16, 20):
        yield _meter(f"Projects, {used * 5} %", used, 20, "project")
    yield _meter("Restarts", 0, 0, "restart")
    yield _meter("Revisions", 3, None, "revision")


def _meter(name: str, used: int, limit: int | None, unit: str) -> Meter:
    units = (unit, f"{unit}s")
    return Meter(name=name, used=used, limit=limit, unit=units, plan="Free", raised_by="")


def metadata() -> tuple[tuple[str, str], ...]:
    return facts(Snapshot(EXAMPLE.name, "lean", 1, "", "", EXAMPLE.steps))


@cache
def document() -> Markup:
    """A few rows of step 2 as the document shows them, with their table and matrix."""
    step = EXAMPLE.steps[2]
    few = {name: step[name][:2] for name in ("plans", "abuse", "business_rules")}
    return step_html({1: EXAMPLE.steps[1], 2: {**step, **few}}, 2, level=3)


@cache
def pictures() -> Markup:
    """The first workflow of step 4 as a path, with the same in words."""
    step = EXAMPLE.steps[4]
    [first] = step["workflows"][:1]
    mine = {
        name: [row for row in step[name] if row.get("workflow") == first["key"]]
        for name in ("steps", "branches", "failures")
    }
    return step_html(
        {**EXAMPLE.steps, 4: {"workflows": [first], **mine}}, 4, level=3, layout=lay_out
    )


@cache
def gaps() -> Coverage:
    """The coverage of an example with fewer goals, workflows and invariants: it has gaps."""
    first = {**EXAMPLE.steps[1], "goals": EXAMPLE.steps[1]["goals"][:2]}
    fourth = {name: rows[:2] for name, rows in EXAMPLE.steps[4].items()}
    return coverage({**EXAMPLE.steps, 1: first, 4: fourth})
