"""Using what the AI proposed, part by part; taking a use back; dismissing.

What is used is put among the posted fields as if it had been typed, so it is read, judged, counted
and stored by the one path that typed text takes. A newcomer's likely mistake: writing a
suggestion's values into a step. That would pass by every check.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from devpilot import clock
from devpilot.db import rows, session
from devpilot.errors import InvalidInput, NothingToDo, Problem, StaleVersion
from devpilot.methodology import canonical, definition
from devpilot.methodology.posted import is_index
from devpilot.methodology.references import split_key
from devpilot.methodology.registry import rows_of
from devpilot.methodology.tables import as_typed
from devpilot.methodology.vocabulary import Column, Data, Matrix, Reference, Rows, YesNo
from devpilot.models import Origin, Step, Suggestion
from devpilot.models.step import stored_size
from devpilot.services import steps, suggestions
from devpilot.services.added_rows import pairs_of
from devpilot.services.step_buttons import Pairs
from devpilot.services.step_form import StepForm
from devpilot.services.suggestions import Decision, Part
from devpilot.states import SuggestionState

EVERYTHING = "*"
"""In place of a part's name: all that is open."""

_origin = Origin.__table__
_WHERE_OF = (
    select(Step.revision_id, Step.order)
    .join(Suggestion, Suggestion.step_id == Step.id)
    .where(Suggestion.id == bindparam("suggestion"))
)
_FORGET = delete(Origin).where(
    _origin.c.step_id == bindparam("step"), _origin.c.place == bindparam("at")
)
_REMEMBER = insert(Origin)
_AT = select(_origin.c.suggestion_id, _origin.c.value).where(
    _origin.c.step_id == bindparam("step"), _origin.c.place == bindparam("at")
)


@dataclass(frozen=True, slots=True)
class UseForm:
    """A posted use: the step's form with the used parts in place, and what was decided."""

    step_form: StepForm
    typed: StepForm
    """The same without the parts: what an undo goes back to."""
    used: tuple[Part, ...] = ()
    dismissed: tuple[Part, ...] = ()
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Of each used row: its list and the index that it was posted under."""
    problems: tuple[Problem, ...] = ()

    @property
    def version(self) -> int | None:
        return self.step_form.version

    @property
    def changes_nothing(self) -> bool:
        return self.step_form.changes_nothing

    @property
    def storage_delta(self) -> int:
        return self.step_form.storage_delta


@dataclass(frozen=True, slots=True)
class UndoForm:
    """A posted undo: what the step held before the last use."""

    step_form: StepForm
    text: str
    aside: str
    storage_delta: int
    changes_nothing: bool = False

    @property
    def version(self) -> int | None:
        return self.step_form.version

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.step_form.problems


def find(user_id: uuid.UUID, suggestion_id: uuid.UUID, *, hold: bool) -> Suggestion | None:
    """The user's suggestion, with its step as `steps.find` gives it; None when not the user's."""
    known = rows(_WHERE_OF, {"suggestion": suggestion_id}).one_or_none()
    step = steps.find(user_id, known.revision_id, known.order, hold=hold) if known else None
    # Read after its step is held: another request may have just decided it.
    return session().get(Suggestion, suggestion_id) if step else None


def read_use(suggestion: Suggestion, pairs: Pairs) -> UseForm:
    """The posted fields with the chosen parts. `field` and `dismiss` name parts, fields or all.

    Neither of them means all that is open. What no longer fits the draft is left out: a row for
    which there is no room, a reference to a row that is gone.
    """
    own = {"field", "dismiss"}
    typed = [pair for pair in pairs if pair[0] not in own]
    known, open_parts = suggestions.all_parts(suggestion), suggestions.open_parts(suggestion)
    chosen = [value for name, value in pairs if name == "field"]
    refused = [value for name, value in pairs if name == "dismiss"]
    problems = [*_unknown("field", chosen, known), *_unknown("dismiss", refused, known)]
    if not known and not refused:
        text = "These are considerations to read; there is no text in them to use."
        problems.append(Problem("field", text))
    used = _named(open_parts, chosen) if chosen or refused else open_parts
    dismissed = [part for part in _named(open_parts, refused) if part not in used]
    laid = _Laying(suggestion.step, typed)
    used = [part for part in used if laid.lay(part)]
    form, as_typed_in = laid.read(), steps.read_form(suggestion.step, typed)
    problems = [*(as_typed_in.problems or form.problems), *problems]
    return UseForm(form, as_typed_in, tuple(used), tuple(dismissed), laid.places, tuple(problems))


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


class _Laying:
    """Parts of a suggestion laid among the posted fields of the step's form."""

    def __init__(self, step: Step, typed: Pairs) -> None:
        self._step, self._data = step, step.data
        self._pairs = list(typed)
        self._brought: set[str] = set()
        self.places: dict[str, tuple[str, int]] = {}

    def lay(self, part: Part) -> bool:
        """Put the part in its place; False where there is none for it any more."""
        if part.field not in definition(self._step.order).applicable(self._data):
            return False
        if isinstance(part.field, Rows):
            return self._lay_row(part.name, part.field, part.value)
        if isinstance(part.field, Matrix):
            return self._lay_cells(part.name, part.field, part.value)
        self._put(part.field.id, as_typed(part.field, part.value))  # type: ignore[arg-type]
        return True

    def _put(self, name: str, value: str) -> None:
        self._pairs = [pair for pair in self._pairs if pair[0] != name]
        self._pairs.append((name, value))

    def _lay_row(self, name: str, field: Rows, row: Mapping[str, Any]) -> bool:
        prefix = f"{field.id}-"
        if not self._mentions(field.id):
            self._pairs += pairs_of(field, self._data.get(field.id) or ())
        posted = [(n.split("-", 2), value) for n, value in self._pairs if n.startswith(prefix)]
        content = {column.id for column in field.columns if not isinstance(column, YesNo)}
        held = {name[1] for name, value in posted if value.strip() and name[-1] in content}
        if len(held) >= field.maximum:
            return False
        index = max((int(name[1]) for name, _ in posted if is_index(name[1])), default=-1) + 1
        for column in field.columns:
            at, value = f"{prefix}{index}-{column.id}", row.get(column.id)
            many = isinstance(column, Reference) and column.many
            values = (value or []) if many else [as_typed(column, value)]
            self._pairs += [(at, each) for each in values if not self._is_gone(column, each)]
            self._brought.add(at)
        self.places[name] = (field.id, index)
        return True

    def _is_gone(self, column: Column, named: str) -> bool:
        """Whether it refers by its key to a row that is there no more."""
        if not isinstance(column, Reference) or not split_key(named)[0]:
            return False
        step, upstream = definition(self._step.order), steps.blueprint_before(self._step)
        lists = (rows_of(step, self._data, upstream, list_id) for list_id in column.lists)
        return all(row["key"] != named for rows in lists for row in rows)

    def _lay_cells(self, name: str, field: Matrix, line: Mapping[str, Any]) -> bool:
        if not self._mentions(field.id):
            stored = self._data.get(field.id) or {}
            for row, cells in stored.items():
                for column, cell in cells.items():
                    self._lay_cell(f"{field.id}-{row}-{column}", cell)
        row = name.removeprefix(f"{field.id}-")
        for column, cell in line.items():
            self._lay_cell(f"{field.id}-{row}-{column}", cell)
            self._brought |= {f"{field.id}-{row}-{column}", f"{field.id}-{row}-{column}-condition"}
        return True

    def _lay_cell(self, name: str, cell: Mapping[str, str]) -> None:
        self._put(name, cell["value"])
        if "condition" in cell:
            self._put(f"{name}-condition", cell["condition"])

    def _mentions(self, field_id: str) -> bool:
        return any(name.startswith(f"{field_id}-") for name, _ in self._pairs)

    def read(self) -> StepForm:
        """The step's form. What was brought and does not fit the draft any more is left empty."""
        form = steps.read_form(self._step, self._pairs)
        unfit = {problem.field for problem in form.problems} & self._brought
        if unfit:
            pairs = [pair for pair in self._pairs if pair[0] not in unfit]
            form = steps.read_form(self._step, pairs)
        return form


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
    before = {
        "data": typed.text if typed.posts_data else step.content.data,
        "aside": typed.aside_text if typed.posts_data else step.content.aside,
        "decided": suggestions.decisions_of(suggestion), "draft_hash": suggestion.draft_hash,
    }  # fmt: skip
    fitted = not suggestions.is_stale(suggestion)
    steps.save(step, form.step_form)
    places = dict(_places(form, step.data))
    replaced = [[at, *_replaced(step, at)] for at in places]
    for at, value in places.items():
        rows(_FORGET, {"step": step.id, "at": at})
        origin = {"step_id": step.id, "place": at, "suggestion_id": suggestion.id}
        rows(_REMEMBER, {**origin, "value": canonical(value).decode()})
    if fitted:
        suggestion.draft_hash = suggestions.draft_hash(step.content.data)
    _decide(suggestion, form)
    if form.used:
        undo = {**before, "places": replaced, "parts": [part.name for part in form.used]}
        suggestion.undo = json.dumps(undo)
        suggestion.undo_version = step.revision.version


def _places(form: UseForm, data: Data) -> Sequence[tuple[str, Any]]:
    """Where each used part stands now, and what it is there."""
    found: list[tuple[str, Any]] = []
    for part in form.used:
        value = data.get(part.field.id)
        if isinstance(part.field, Rows):
            place = form.step_form.place_of(*form.places[part.name])
            if place is not None and value:
                found.append((f"{part.field.id}-{value[place]['key']}", value[place]))
        elif isinstance(part.field, Matrix):
            key = part.name.removeprefix(f"{part.field.id}-")
            if value and key in value:
                found.append((part.name, value[key]))
        elif value not in (None, ""):
            found.append((part.field.id, value))
    return found


def _replaced(step: Step, at: str) -> Sequence[Any]:
    known = rows(_AT, {"step": step.id, "at": at}).one_or_none()
    return [str(known.suggestion_id), known.value] if known else []


def _decide(suggestion: Suggestion, form: UseForm) -> None:
    decided = suggestions.decisions_of(suggestion)
    decided |= {part.name: Decision.USED.value for part in form.used}
    decided |= {part.name: Decision.DISMISSED.value for part in form.dismissed}
    suggestion.decided = json.dumps(decided)
    if not suggestions.open_parts(suggestion):
        used = Decision.USED.value in decided.values()
        suggestion.state = SuggestionState.APPLIED if used else SuggestionState.DISMISSED


def dismiss(suggestion: Suggestion) -> None:
    """Decide against all that is open."""
    open_parts = tuple(suggestions.open_parts(suggestion))
    decided = suggestions.decisions_of(suggestion)
    decided |= {part.name: Decision.DISMISSED.value for part in open_parts}
    suggestion.decided = json.dumps(decided)
    used = Decision.USED.value in decided.values()
    suggestion.state = SuggestionState.APPLIED if used else SuggestionState.DISMISSED


def ensure_dismissable(suggestion: Suggestion, _form: object = None) -> None:
    """Dismissing what is decided already is a success that changes nothing."""
    if not suggestion.is_pending:
        raise NothingToDo


def read_undo(suggestion: Suggestion, pairs: Pairs) -> UndoForm:
    """The posted form, and what the step held before the last use."""
    step = suggestion.step
    form = steps.read_form(step, pairs)
    kept = json.loads(suggestion.undo or "null")
    text, aside = (kept["data"], kept["aside"]) if kept else (step.content.data, "{}")
    delta = stored_size(text, aside) - step.content.size
    return UndoForm(form, text, aside, delta)


def ensure_undoable(suggestion: Suggestion, form: UndoForm | None = None) -> None:
    """Raises StaleVersion once anything was saved, or typed, after the use."""
    moved_on = suggestion.undo_version != suggestion.step.revision.version
    if moved_on or (form is not None and not form.step_form.changes_nothing):
        raise StaleVersion(
            "The step was changed after the suggestion was used, so the use cannot be taken back.",
            "Nothing was changed. Edit the step as it is; a save keeps what you typed.",
        )


def undo(suggestion: Suggestion, form: UndoForm) -> None:
    """Put back what the last use replaced. The suggestion waits again, unless a newer one does."""
    step, kept = suggestion.step, json.loads(suggestion.undo or "{}")
    steps.put(step, form.text, form.aside)
    steps.touch(step.revision, clock.now())
    for at, *before in kept["places"]:
        rows(_FORGET, {"step": step.id, "at": at})
        if before:
            origin = {"step_id": step.id, "place": at, "value": before[1]}
            rows(_REMEMBER, {**origin, "suggestion_id": uuid.UUID(before[0])})
    suggestion.decided = json.dumps(kept["decided"])
    suggestion.draft_hash = kept["draft_hash"]
    suggestion.undo = suggestion.undo_version = None
    if not suggestion.is_pending and step.pending is None:
        suggestion.state = SuggestionState.PENDING
