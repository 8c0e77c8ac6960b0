"""Using what the AI proposed, part by part; dismissing. Taking a use back is in `ai_undo`.

What is used is put among the posted fields as if it had been typed, so it is read, judged, counted
and stored by the one path that typed text takes. A newcomer's likely mistake: writing a
suggestion's values into a step. That would pass by every check.
"""

import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from devpilot.db import rows, session
from devpilot.errors import InvalidInput, NothingToDo, Problem
from devpilot.methodology import canonical
from devpilot.methodology.vocabulary import Data, Matrix, Rows
from devpilot.models import Step, Suggestion
from devpilot.services import origins, steps, suggestions
from devpilot.services.ai_laying import Laying, Place
from devpilot.services.step_buttons import Pairs
from devpilot.services.step_form import StepForm
from devpilot.services.suggestions import Decision, Part
from devpilot.states import SuggestionState

OWN = frozenset({"field", "edit", "dismiss"})
"""What a use posts besides the step's form."""

EVERYTHING = "*"
"""In place of a part's name: all that is open."""

_WHERE_OF = (
    select(Step.revision_id, Step.order)
    .join(Suggestion, Suggestion.step_id == Step.id)
    .where(Suggestion.id == bindparam("suggestion"))
)


@dataclass(frozen=True, slots=True)
class UseForm:
    """A posted use: the step's form with the used parts in place, and what was decided."""

    typed: StepForm
    """The form as it was typed: what an undo goes back to."""
    with_parts: StepForm
    """The same with the used parts in place."""
    used: tuple[Part, ...] = ()
    dismissed: tuple[Part, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    """Where each used row was posted, by the name of its part."""
    cells: Mapping[str, Data] = field(default_factory=dict)
    """The cells that were used of each row of a matrix, by the name of its part."""
    problems: tuple[Problem, ...] = ()
    to_edit: Part | None = None
    """The used part that its user goes on with."""

    @property
    def version(self) -> int | None:
        return self.typed.version

    @property
    def changes_nothing(self) -> bool:
        return self.with_parts.changes_nothing

    @property
    def storage_delta(self) -> int:
        return self.with_parts.storage_delta


def find(user_id: uuid.UUID, suggestion_id: uuid.UUID, *, hold: bool) -> Suggestion | None:
    """The user's suggestion, with its step as `steps.find` gives it; None when not the user's."""
    known = rows(_WHERE_OF, {"suggestion": suggestion_id}).one_or_none()
    step = steps.find(user_id, known.revision_id, known.order, hold=hold) if known else None
    if step is None:
        return None
    # Read after its step is held: another request may have just decided it.
    suggestion = session().get_one(Suggestion, suggestion_id)
    set_committed_value(suggestion, "step", step)
    return suggestion


def read_use(suggestion: Suggestion, pairs: Pairs) -> UseForm:
    """The posted fields with the chosen parts. `field` and `dismiss` name parts, fields or all;
    `edit` a part to use and go on with.

    Neither of them means all that is open. Of what is chosen together, whatever no longer fits the
    draft is left out; a part that is chosen by itself is refused then.
    """
    chosen = [value for name, value in pairs if name in {"field", "edit"}]
    refused = [value for name, value in pairs if name == "dismiss"]
    typed = steps.read_form(suggestion.step, [p for p in pairs if p[0] not in OWN])
    problems = [*typed.problems, *_misnamed(suggestion, chosen, refused), *other_button(typed)]
    if problems:
        return UseForm(typed, typed, problems=tuple(problems))
    open_parts = suggestions.open_parts(suggestion)
    wanted = _named(open_parts, chosen) if chosen or refused else open_parts
    dismissed = [part for part in _named(open_parts, refused) if part not in wanted]
    laying = Laying(suggestion.step, typed)
    used = laying.fitting(wanted)
    unfit = [part for part in wanted if part not in used]
    if unfit and (not used or any(part.name in chosen for part in unfit)):
        text = f"“{unfit[0].field.label}” has no place for this any more; dismiss it."
        return UseForm(typed, typed, problems=(Problem("field", text),))
    with_parts = steps.read_form(suggestion.step, laying.pairs(used, _version(pairs)))
    edited = next((value for name, value in pairs if name == "edit"), "")
    return UseForm(
        typed, with_parts, tuple(used), tuple(dismissed), laying.places, laying.cells,
        with_parts.problems, next((part for part in used if part.name == edited), None),
    )  # fmt: skip


def _version(pairs: Pairs) -> Pairs:
    return [pair for pair in pairs if pair[0] == "version"]


def other_button(form: StepForm) -> list[Problem]:
    """What is wrong with a press of the AI's button that pressed one of the step's as well."""
    if form.command is None and not form.then:
        return []
    return [Problem("field", "Press one button at a time.")]


def _misnamed(
    suggestion: Suggestion, chosen: Sequence[str], refused: Sequence[str]
) -> list[Problem]:
    known = suggestions.all_parts(suggestion)
    if not known and not refused:
        text = "These are considerations to read; there is no text in them to use."
        return [Problem("field", text)]
    return [*_unknown("field", chosen, known), *_unknown("dismiss", refused, known)]


def _unknown(name: str, values: Sequence[str], known: Sequence[Part]) -> list[Problem]:
    names = {part.name for part in known} | {part.field.id for part in known}
    return [
        Problem(name, "The suggestion has no such part; open the step again.")
        for value in values
        if value not in names and value != EVERYTHING
    ][:1]


def _named(parts: Sequence[Part], values: Collection[str]) -> list[Part]:
    return [
        part
        for part in parts
        if part.name in values or part.field.id in values or EVERYTHING in values
    ]


def ensure_open(suggestion: Suggestion, form: UseForm | None = None) -> None:
    """Raises InvalidInput for a suggestion that waits for nothing."""
    if not suggestion.is_pending:
        text = "This suggestion was used or dismissed already."
        raise InvalidInput("ai", [Problem("field", text)], text, "Open the step to see its text.")
    if form is not None and form.problems:
        raise InvalidInput("ai", form.problems)


def use(suggestion: Suggestion, form: UseForm) -> None:
    """Store the draft with the used parts, and remember where they came from."""
    step, typed = suggestion.step, form.typed
    kept: dict[str, Any] = {
        "data": typed.text if typed.posts_data else step.content.data,
        "aside": typed.aside_text,
        "draft_hash": suggestion.draft_hash,
        "parts": [part.name for part in form.used],
    }
    fits = typed.changes_nothing and not suggestions.is_stale(suggestion)
    steps.save(step, form.with_parts)
    if fits:
        suggestion.draft_hash = suggestions.draft_hash(step.content.data)
    kept["places"] = [
        {"at": at, "was": origins.note(step.id, at, suggestion.id, canonical(value).decode())}
        for at, value in _places(form, step.data)
    ]
    _decide(suggestion, form.used, form.dismissed)
    if form.used:
        suggestion.undo = json.dumps(kept)
        suggestion.undo_version = step.revision.version


def _places(form: UseForm, data: Data) -> Iterator[tuple[str, Any]]:
    """Where each used part stands now, and what came of it."""
    for part in form.used:
        value = data.get(part.field.id)
        if isinstance(part.field, Rows):
            place = form.with_parts.place_of(*form.places[part.name])
            if place is not None and value:
                yield f"{part.field.id}-{value[place]['key']}", value[place]
        elif isinstance(part.field, Matrix):
            yield part.name, form.cells[part.name]
        elif value not in (None, ""):
            yield part.field.id, value


def control_to_edit(form: UseForm) -> tuple[str, int]:
    """Where the part stands that is to be edited: its field, and its row's place or -1."""
    part = form.to_edit
    if part is None:
        return "", -1
    place = form.with_parts.place_of(*form.places[part.name]) if part.name in form.places else None
    return part.field.id, -1 if place is None else place


def _decide(
    suggestion: Suggestion, used: Sequence[Part] = (), dismissed: Sequence[Part] = ()
) -> None:
    decided = suggestions.decisions_of(suggestion)
    decided |= {part.name: Decision.USED.value for part in used}
    decided |= {part.name: Decision.DISMISSED.value for part in dismissed}
    suggestion.decided = json.dumps(decided)
    if not suggestions.open_parts(suggestion):
        any_used = Decision.USED.value in decided.values()
        suggestion.state = SuggestionState.APPLIED if any_used else SuggestionState.DISMISSED


def dismiss(suggestion: Suggestion) -> None:
    """Decide against all that is open."""
    if suggestion.is_pending:
        _decide(suggestion, dismissed=suggestions.open_parts(suggestion))


def ensure_dismissable(suggestion: Suggestion, _form: object = None) -> None:
    """Dismissing what is decided already is a success that changes nothing."""
    if not suggestion.is_pending:
        raise NothingToDo
