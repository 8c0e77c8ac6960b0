"""Suggestions as rows: what is pending for a step, how it ends, where used words came from.

A newcomer's likely mistake: looking here for a call of the AI. That is in `ai`; using what came
back is in `ai_use`; this is what both need, and the lock of a step. Where words came from is
written in `origins`, and read here.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import bindparam, case, or_, select, text, update

from devpilot.db import rows, session
from devpilot.methodology import definition
from devpilot.methodology.suggested import parts_of
from devpilot.methodology.vocabulary import Data, Matrix, Rows, StepDefinition, StepField
from devpilot.models import Origin, Revision, Step, Suggestion
from devpilot.states import SuggestionState


class Decision(StrEnum):
    USED = "used"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of a suggestion that is used or dismissed by itself; see `parts_of`."""

    name: str
    field: StepField
    value: Any

    @property
    def row(self) -> str:
        """What follows the field in its name: a row's place, or its key in a matrix."""
        return self.name.removeprefix(self.field.id).removeprefix("-")


@dataclass(frozen=True, slots=True)
class Words:
    """How many texts and rows there are, by where they came from."""

    typed: int
    as_suggested: int
    edited: int

    @property
    def total(self) -> int:
        return self.typed + self.as_suggested + self.edited


_suggestion, _origin, _step = Suggestion.__table__, Origin.__table__, Step.__table__
_SHOWN = (
    select(Suggestion)
    .where(
        Suggestion.step_id == bindparam("step"),
        or_(
            Suggestion.state == SuggestionState.PENDING,
            Suggestion.undo_version == bindparam("version"),
        ),
    )
    .order_by(Suggestion.created_at.desc())
)
_ANY_SHOWN = _SHOWN.with_only_columns(Suggestion.id)
# What was used in part was not dismissed. The names of parts hold no quotation mark.
_END_PENDING = (
    update(Suggestion)
    .where(Suggestion.state == SuggestionState.PENDING)
    .values(
        state=case(
            (Suggestion.decided.contains('"used"'), SuggestionState.APPLIED),
            else_=SuggestionState.DISMISSED,
        )
    )
)
_OF_STEP = _END_PENDING.where(Suggestion.step_id == bindparam("step"))
_FROM_STEP = _END_PENDING.where(
    Suggestion.step_id.in_(
        select(Step.id).where(
            Step.revision_id == bindparam("revision"), Step.order >= bindparam("first")
        )
    )
)
_ORIGINS = select(_origin.c.place, _origin.c.value).where(_origin.c.step_id == bindparam("step"))
_ORIGINS_OF_REVISION = (
    select(_step.c.order, _origin.c.place, _origin.c.value)
    .join_from(_origin, _step, _step.c.id == _origin.c.step_id)
    .where(_step.c.revision_id == bindparam("revision"))
)
_COPY = text(
    "INSERT INTO origin (step_id, place, suggestion_id, value) "
    "SELECT fresh.id, origin.place, origin.suggestion_id, origin.value FROM origin "
    "JOIN step AS old ON old.id = origin.step_id AND old.revision_id = :source "
    'JOIN step AS fresh ON fresh."order" = old."order" AND fresh.revision_id = :fresh'
).bindparams(
    bindparam("source", type_=_step.c.revision_id.type),
    bindparam("fresh", type_=_step.c.revision_id.type),
)


def shown_beside(step: Step) -> tuple[Suggestion | None, Suggestion | None]:
    """What the step's page shows: the pending one, and the one whose last use can be undone."""
    version = step.revision.version
    by = {"step": step.id, "version": version}
    if rows(_ANY_SHOWN, by).first() is None:  # as it is on most pages, and quicker to ask
        return None, None
    found = session().scalars(_SHOWN, by).all()
    pending = next((each for each in found if each.is_pending), None)
    used = next((each for each in found if each.undo_version == version), None)
    return pending, used


def end_pending(step: Step) -> None:
    """End what is pending for the step: another one takes its place, or the step is locked."""
    rows(_OF_STEP, {"step": step.id})


def end_pending_from(step: Step) -> None:
    """The same for this step and every later one of its revision, which stand on it."""
    rows(_FROM_STEP, {"revision": step.revision_id, "first": step.order})


def content_of(suggestion: Suggestion) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(suggestion.content))


def decisions_of(suggestion: Suggestion) -> dict[str, str]:
    """The decided parts, each with what was decided."""
    return cast("dict[str, str]", json.loads(suggestion.decided))


def all_parts(suggestion: Suggestion) -> list[Part]:
    """Every part, decided or not. A list of considerations has none."""
    declared = definition(suggestion.step.order)
    values = content_of(suggestion).get("values", {})
    return [Part(*each) for each in parts_of(declared, values)]


def open_parts(suggestion: Suggestion) -> list[Part]:
    """The parts that wait for a decision."""
    decided = decisions_of(suggestion)
    return [part for part in all_parts(suggestion) if part.name not in decided]


def draft_hash(text: str) -> str:
    """SHA-256 of a draft's canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_stale(suggestion: Suggestion) -> bool:
    """Whether the draft is not the one that the suggestion was made for."""
    return suggestion.draft_hash != draft_hash(suggestion.step.content.data)


def origins_of(step: Step) -> dict[str, str]:
    """Place and value, as canonical JSON, of what was used in this step."""
    return {each.place: each.value for each in rows(_ORIGINS, {"step": step.id})}


def copy_origins(source: Revision, fresh: Revision) -> None:
    """A copied revision remembers where its words came from. Its steps are written already."""
    rows(_COPY, {"source": source.id, "fresh": fresh.id})


def unedited(step: StepDefinition, data: Data, origins: Mapping[str, str]) -> list[str]:
    """The places that hold exactly what was suggested."""
    return [place for place, value in places(step, data) if _is_as_it_came(value, place, origins)]


def words_of(revision: Revision) -> Words | None:
    """Where the words of a revision came from, by text and row; None where all were typed."""
    known: dict[int, dict[str, str]] = {}
    for each in rows(_ORIGINS_OF_REVISION, {"revision": revision.id}):
        known.setdefault(each.order, {})[each.place] = each.value
    if not known:
        return None
    typed = as_suggested = edited = 0
    for step in revision.steps:
        origins = known.get(step.order, {})
        for place, value in places(definition(step.order), step.data):
            came = _is_as_it_came(value, place, origins)
            typed += place not in origins
            as_suggested += came
            edited += place in origins and not came
    return Words(typed, as_suggested, edited)


def _is_as_it_came(value: Any, place: str, origins: Mapping[str, str]) -> bool:  # noqa: ANN401
    """Of a row of a matrix, the cells that came are compared; the others were typed."""
    origin = json.loads(origins[place]) if place in origins else None
    if isinstance(origin, dict) and isinstance(value, dict) and "key" not in value:
        return all(value.get(column) == cell for column, cell in origin.items())
    return origin is not None and bool(value == origin)


def places(step: StepDefinition, data: Data) -> Iterator[tuple[str, Any]]:
    """Each text, row and matrix row that holds something, with what it holds."""
    for field in step.fields:
        value = data.get(field.id)
        if isinstance(field, Rows):
            yield from ((f"{field.id}-{row['key']}", row) for row in value or ())
        elif isinstance(field, Matrix):
            yield from ((f"{field.id}-{key}", line) for key, line in (value or {}).items())
        elif value not in (None, ""):
            yield field.id, value
