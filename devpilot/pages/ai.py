"""What the step's page shows of the AI: the panel to ask it, its proposals beside the fields.

A newcomer's likely mistake: drawing a proposal into a field. It stands beside the user's own
words until the user takes it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from devpilot.answers import page, problem_for, wants_fragment
from devpilot.enforce import refusal
from devpilot.errors import InvalidInput, Refusal
from devpilot.gate import settings
from devpilot.methodology import definition
from devpilot.methodology.facts import Facts
from devpilot.methodology.labels import listed
from devpilot.methodology.suggested import part_label
from devpilot.methodology.tables import as_typed
from devpilot.methodology.vocabulary import Data, Matrix, Reference, Rows, StepField
from devpilot.models import Ask, Step, Suggestion
from devpilot.policy import SUGGESTING
from devpilot.services import ai, reservations, steps, suggestions
from devpilot.services.suggestions import Part


@dataclass(frozen=True, slots=True)
class Shown:
    """A part as it is shown: its name, what it is called, and its text or its cells."""

    name: str
    label: str
    text: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the form, as a link."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Consideration:
    at: Place
    text: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text that the last use replaced."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Beside:
    """All that stands beside a step's form."""

    slots: Mapping[str, Markup]
    """What is drawn beside each field."""
    pending: Suggestion | None = None
    used: Suggestion | None = None
    by_field: tuple[tuple[StepField, list[Shown]], ...] = ()
    """The parts to decide, by the field that they are for."""
    considerations: tuple[Consideration, ...] = ()
    sent: str = ""
    is_stale: bool = False
    places: tuple[Place, ...] = ()
    """Where the parts stand that were used last."""
    replaced: tuple[Replaced, ...] = ()

    @property
    def parts(self) -> list[Shown]:
        return [part for _, parts in self.by_field for part in parts]


@cache
def _nothing(order: int) -> Beside:
    """Nothing beside any field of a step."""
    slots = MappingProxyType(dict.fromkeys(definition(order).by_id, Markup("")))
    return Beside(slots)


def beside(step: Step) -> Beside:
    """What the AI proposed for the step, and what came from it."""
    pending, used = suggestions.shown_beside(step)
    origins = suggestions.origins_of(step)
    if not (pending or used or origins):
        return _nothing(step.order)
    declared, data = definition(step.order), step.data
    facts = Facts({**steps.blueprint_before(step), step.order: data}, step.order)
    found = suggestions.open_parts(pending) if pending else []
    parts = {part.name: _shown(part, facts) for part in found}
    unedited = suggestions.unedited(declared, data, origins) if origins else []
    slots, by_field = dict.fromkeys(declared.by_id, Markup("")), []
    for field in declared.fields:
        mine = [parts[part.name] for part in found if part.field.id == field.id]
        marked, came = _within(field, unedited), bool(_within(field, origins))
        if mine:
            by_field.append((field, mine))
        if mine or came:
            slots[field.id] = Markup(  # noqa: S704  an autoescaping template
                render_template(
                    "ai/_beside.html", field=field, parts=mine, suggestion=pending, came=came,
                    marked=[_place(facts, data, field, at) for at in marked],
                )
            )  # fmt: skip
    shown = Beside(slots, pending, used)
    if pending:
        shown = replace(
            shown,
            by_field=tuple(by_field),
            considerations=tuple(_considerations(pending, facts, data)),
            sent=sent_in_words(suggestions.content_of(pending)["sent"]),
            is_stale=suggestions.is_stale(pending),
        )
    if used:
        places = tuple(_used_places(used, facts, data))
        shown = replace(shown, places=places, replaced=tuple(_replaced(used)))
    return shown


def marks(step: Step) -> Iterator[tuple[StepField, list[Place]]]:
    """Each field with something from a suggestion, and its places that nobody edited since."""
    origins = suggestions.origins_of(step)
    if not origins:
        return
    declared, data = definition(step.order), step.data
    facts = Facts({step.order: data}, step.order)
    unedited = suggestions.unedited(declared, data, origins)
    for field in declared.fields:
        if _within(field, origins):
            yield field, [_place(facts, data, field, at) for at in _within(field, unedited)]


def _within(field: StepField, places: Iterable[str]) -> list[str]:
    """Those of the places that are the field itself or a row of it."""
    return [at for at in places if at == field.id or at.startswith(f"{field.id}-")]


def _shown(part: Part, facts: Facts) -> Shown:
    field, value = part.field, part.value
    label = part_label(field, part.name, value)
    if isinstance(field, Rows):
        cells = tuple(
            (column.label, _cell(facts, column, value.get(column.id))) for column in field.columns
        )
        return Shown(part.name, label, "", tuple((name, text) for name, text in cells if text))
    if isinstance(field, Matrix):
        key = part.name.removeprefix(f"{field.id}-")
        cells = tuple(
            (_name(facts, column), ": ".join(filter(None, (c["value"], c.get("condition", "")))))
            for column, c in value.items()
        )
        return Shown(part.name, f"{field.label}: {_name(facts, key)}", "", cells)
    return Shown(part.name, label, as_typed(field, value), ())


def _cell(facts: Facts, column: Any, value: Any) -> str:  # noqa: ANN401  any cell
    if isinstance(column, Reference):
        keys = value if isinstance(value, list) else [value] if value else []
        return ", ".join(_name(facts, key) for key in keys)
    text = as_typed(column, value)
    return "" if column.kind == "yesno" and text == "no" else text


def _name(facts: Facts, key: str) -> str:
    """A row by its key and its name; a row that is only proposed has but its name."""
    row, list_id = facts.row(key), facts.list_of(key)
    if row is None:
        return key
    field = facts.step.by_id.get(list_id)
    column = field.label_column if isinstance(field, Rows) else "name"
    label = str(row.get(column) or row.get("name") or "")
    return f"{key} {label}".strip()


def _place(facts: Facts, data: Data, field: StepField, at: str) -> Place:
    key = at.removeprefix(field.id).removeprefix("-")
    if not isinstance(field, Rows) or not key:
        name = f"{field.label}: {_name(facts, key)}" if key else field.label
        return Place(f"#{field.id}", name)
    keys = [row["key"] for row in data.get(field.id) or ()]
    index = keys.index(key) if key in keys else 0
    return Place(f"#{field.id}-{index}-{field.columns[0].id}", _name(facts, key))


def _considerations(suggestion: Suggestion, facts: Facts, data: Data) -> Iterator[Consideration]:
    declared = definition(suggestion.step.order)
    for one in suggestions.content_of(suggestion).get("considerations", ()):
        field = declared.by_id[one["field"]]
        is_there = facts.row(one["row"]) is not None
        at = _place(facts, data, field, f"{field.id}-{one['row']}" if is_there else field.id)
        yield Consideration(at, one["text"])


def _used_places(suggestion: Suggestion, facts: Facts, data: Data) -> Iterator[Place]:
    declared = definition(suggestion.step.order)
    for at in (place["at"] for place in json.loads(suggestion.undo or "{}").get("places", ())):
        field = declared.by_id[at.partition("-")[0]]
        yield _place(facts, data, field, at)


def _replaced(suggestion: Suggestion) -> Iterator[Replaced]:
    kept = json.loads(suggestion.undo or "{}")
    before = json.loads(kept["data"])
    declared = definition(suggestion.step.order)
    for name in kept["parts"]:
        text = before.get(name)
        if isinstance(text, str) and text:
            yield Replaced(declared.by_id[name].label, text)


def sent_in_words(sent: Mapping[str, Any]) -> str:
    """What was sent and what was left out, as sentences."""
    orders = [str(order) for order in sent["steps"]]
    said = "Sent: this step’s draft."
    if orders:
        steps_sent = "step" if len(orders) == 1 else "steps"
        said = f"Sent: this step’s draft, and the locked {steps_sent} {listed(orders)}."
    if sent["left_out"]:
        said += f" Left out, for length: {listed(sent['left_out'])}."
    return said


def _panel_context(step: Step, refused: Refusal | None = None) -> dict[str, Any]:
    """What the panel shows: who is asked, what is sent, what it takes, or why it cannot be."""
    found = settings().ai
    account, standing = g.act.signed_in, g.act.standing
    agreed = found is not None and ai.has_agreed(account.id, found.host)
    stopped = refusal("ai.ask", step)
    under_way = reservations.is_under_way(account.id)
    if isinstance(stopped, InvalidInput) and not agreed:
        stopped = None  # the panel asks for that itself
    left = SUGGESTING.left(account, standing, SUGGESTING.kind_of(step, None))
    prompt = ai.prompt_for(step, Ask.DRAFT, "")
    kind = ai.kind_of(step)
    return {
        "step": step,
        "provider": found,
        "agreed": agreed,
        "stopped": stopped,
        "kind": kind,
        "left": left,
        "under_way": under_way,
        "sent": sent_in_words({"steps": prompt.sent, "left_out": prompt.left_out}),
        "prompt": prompt,
        "wish": request.form.get("instruction", ""),
        "wish_error": problem_for(refused.problems, "instruction") if refused else "",
        "refused": refused,
        "limit": ai.WISH_LIMIT,
    }


def panel(step: Step, refused: Refusal | None = None) -> ResponseReturnValue:
    """The panel as a page of its own; for htmx, as the region of the step's page."""
    if wants_fragment():
        return region(step, refused)
    context = _panel_context(step, refused)
    return page(
        "ai/panel.html", project=step.project, revision=step.revision,
        definition=definition(step.order), **context,
    )  # fmt: skip


def region(step: Step, refused: Refusal | None = None) -> Markup:
    """The panel as it stands within the step's page."""
    drawn = render_template("ai/_panel.html", **_panel_context(step, refused))
    return Markup(drawn)  # noqa: S704  an autoescaping template


def asked(step: Step) -> ResponseReturnValue:
    """After a good answer, for htmx: the proposals beside their fields, the form untouched."""
    return render_template(
        "ai/_asked.html", step=step, beside=beside(step), definition=definition(step.order)
    )
