"""Specimens of the AI: asking it, what it proposed beside a field, what came of it."""

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from devpilot.errors import AiTimeout, QuotaExceeded
from devpilot.methodology import definition
from devpilot.methodology.registry import list_named
from devpilot.models import SuggestionKind
from devpilot.pages.ai import Beside, Consideration, Place, Replaced, Shown, sent_in_words
from devpilot.pages.specimens.anywhere import EXAMPLE, MOMENT, NO_ROW
from devpilot.pages.specimens.steps import step
from devpilot.provider_settings import AiSettings

PROVIDER = AiSettings("", "https://ai.example/v1", "a-model", "It keeps nothing.")
SUGGESTION: Any = SimpleNamespace(
    id=NO_ROW, model=PROVIDER.model, created_at=MOMENT, undo_version=1
)
SENT = sent_in_words({"steps": [1], "left_out": []})

SUMMARY, GOALS = definition(1).by_id["summary"], list_named(definition(1), "goals")
TEXT = Shown("summary", SUMMARY.label, EXAMPLE.steps[1]["summary"], ())
ROW = Shown(
    "goals-0", "goal “Stop double booking”", "",
    tuple((column.label, EXAMPLE.steps[1]["goals"][0][column.id]) for column in GOALS.columns),
)  # fmt: skip
NEW = Shown("goals-1", "goal “Fewer calls”", "", (("Goal", "Fewer calls"),))
PLACE = Place("#suggestion", "Summary")


def waiting() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """At the top of a form: to decide, outdated, what may be missing, and what was used last."""
    parts = ((SUMMARY, [TEXT]), (GOALS, [ROW, NEW]))
    missing = Consideration(PLACE, "It does not say what happens when a clinic closes early.")
    used = Replaced(SUMMARY.label, "A booking system for clinics.")
    yield "parts", _beside(pending=SUGGESTION, by_field=parts, sent=SENT)
    yield "stale", _beside(pending=SUGGESTION, by_field=((GOALS, [NEW]),), sent=SENT, is_stale=True)
    yield "missing", _beside(pending=SUGGESTION, considerations=(missing,), sent=SENT)
    yield "used", _beside(used=SUGGESTION, places=(PLACE,), replaced=(used,))


def _beside(**more: Any) -> Mapping[str, Any]:  # noqa: ANN401  what differs
    return {"beside": Beside({}, **more)}


def proposed() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Beside a field, under the names of what leads there: a text, rows, one row, a mark."""
    nothing = {"suggestion": SUGGESTION, "came": False, "marked": ()}
    mark = {"parts": [], "came": True, "marked": [Place("#mark-summary", "Summary")]}
    yield "parts", {**nothing, "field": SUMMARY, "parts": [TEXT]}
    yield "parts", {**nothing, "field": GOALS, "parts": [ROW, NEW]}
    yield "stale", {**nothing, "field": GOALS, "parts": [NEW]}
    yield "used", {**nothing, **mark, "field": SUMMARY}


def asking() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The panel: not set up, before the agreement, the question, refused, none left."""
    stopped = QuotaExceeded("Your 3 AI suggestions are used.")
    timeout = AiTimeout()
    yield "unset", _panel(provider=None)
    yield "agreement", _panel(agreed=False)
    yield "question", _panel()
    yield "late", _panel(refused=timeout, wish="More about what fails at night.")
    yield "none", _panel(stopped=stopped, under_way=True)


def _panel(**more: Any) -> Mapping[str, Any]:  # noqa: ANN401  what differs
    kind = SimpleNamespace(singular="AI suggestion", plural="AI suggestions")
    return {
        "step": step(2),
        "provider": PROVIDER,
        "agreed": True,
        "stopped": None,
        "kind": SuggestionKind.SUGGESTION,
        "left": SimpleNamespace(left=2, resets_at=None, kind=kind),
        "under_way": False,
        "sent": SENT,
        "prompt": SimpleNamespace(system="Instructions", user="Material", shape="Shape"),
        "wish": "",
        "wish_error": "",
        "refused": None,
        "limit": 500,
        **more,
    }
