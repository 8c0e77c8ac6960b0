"""Taking the last use of a suggestion back: the step as it stood, and where its words came from.

A newcomer's likely mistake: undoing after something else was saved. What came since would be
lost, so the use can be taken back only while nothing did.
"""

import json
from dataclasses import dataclass

from devpilot import clock
from devpilot.errors import Problem, StaleVersion
from devpilot.models import Suggestion
from devpilot.models.step import stored_size
from devpilot.services import origins, steps, suggestions
from devpilot.services.ai_use import other_button
from devpilot.services.step_buttons import Pairs
from devpilot.services.step_form import StepForm
from devpilot.states import SuggestionState


@dataclass(frozen=True, slots=True)
class UndoForm:
    """A posted undo: what the step held before the last use."""

    typed: StepForm
    text: str
    aside: str
    storage_delta: int
    problems: tuple[Problem, ...]
    changes_nothing: bool = False

    @property
    def version(self) -> int | None:
        return self.typed.version


def read_undo(suggestion: Suggestion, pairs: Pairs) -> UndoForm:
    """The posted form, and what the step held before the last use."""
    step = suggestion.step
    form = steps.read_form(step, pairs)
    problems = other_button(form)
    kept = json.loads(suggestion.undo or "null")
    text, aside = (kept["data"], kept["aside"]) if kept else (step.content.data, "{}")
    delta = stored_size(text, aside) - step.content.size
    return UndoForm(form, text, aside, delta, (*form.problems, *problems))


def ensure_undoable(suggestion: Suggestion, form: UndoForm | None = None) -> None:
    """Raises StaleVersion once anything was saved, or typed, after the use."""
    moved_on = suggestion.undo_version != suggestion.step.revision.version
    if moved_on or (form is not None and not form.typed.changes_nothing):
        raise StaleVersion(
            "The step was changed after the suggestion was used, so the use cannot be taken back.",
            "Nothing was changed. Edit the step as it is; a save keeps what you typed.",
        )


def undo(suggestion: Suggestion, form: UndoForm) -> None:
    """Put back what the last use replaced. Its parts wait again, unless a newer suggestion does."""
    step, kept = suggestion.step, json.loads(suggestion.undo or "{}")
    steps.put(step, form.text, form.aside)
    steps.touch(step.revision, clock.now())
    for place in kept["places"]:
        origins.put_back(step.id, place["at"], place["was"])
    decided = suggestions.decisions_of(suggestion)
    suggestion.decided = json.dumps({n: d for n, d in decided.items() if n not in kept["parts"]})
    suggestion.draft_hash = kept["draft_hash"]
    suggestion.undo = suggestion.undo_version = None
    if not suggestion.is_pending and step.pending is None:
        suggestion.state = SuggestionState.PENDING
