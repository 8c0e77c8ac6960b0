"""A posted step form: its version, its button, and the data that it would make of a step.

Pure: it is read after ownership is known and before anything is decided, so that an
earlier refusal wins over a malformed field. A newcomer's likely mistake: raising here;
problems are collected, and the guards of stage 5 raise them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from devpilot.errors import Problem
from devpilot.methodology import Draft, canonical, merge, read_post
from devpilot.methodology.posted import Posted, token_names
from devpilot.methodology.proposals import proposals
from devpilot.methodology.vocabulary import Blueprint, Data, Markdown, Rows, StepDefinition
from devpilot.models.step import EMPTY, stored_size
from devpilot.services.added_rows import Added, duplicated, pasted, proposed
from devpilot.services.form_parts import THEN, left_over, taken_apart
from devpilot.services.removed_row import RemovedRow, brought_back, stored_row, taken_out
from devpilot.services.step_buttons import (
    BRINGING,
    Command,
    Pairs,
    changed_in_store,
    pressed,
    read_command,
)
from devpilot.services.two_texts import TAKE, with_saved
from devpilot.services.version_form import read_version

TOKEN_LIMIT = 100
SUGGESTIONS = "suggestions"
"""Where a button that saves may lead: to the page on which the AI is asked."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a form is laid over: the stored draft as JSON text, and the project's keys."""

    data: str
    aside: str
    upstream: Blueprint
    allotted: Mapping[str, int]
    """The last number given out per list letter."""
    tokens: Mapping[str, str]
    """The row key of each posted token that is known already."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the step holds when a form comes: its data, and the row that was removed last."""

    data: Data
    removed: str = ""


@dataclass(frozen=True, slots=True)
class StepForm:
    """What was posted. After `merge` or `unchanged`, also what the step would hold."""

    version: int | None
    pairs: Pairs
    """The step's own fields as typed, for showing them again."""
    command: Command | None
    posted: Posted
    problems: tuple[Problem, ...]
    posts_data: bool
    data: Data | None = None
    text: str = ""
    aside_text: str = EMPTY
    storage_delta: int = 0
    changes_nothing: bool = True
    new_keys: Mapping[str, str | None] = field(default_factory=dict)
    """Row keys that this form makes, each with the token it came with."""
    renamed: frozenset[str] = frozenset()
    """Lists of this step whose rows came, went, moved or have another label."""
    reworded: frozenset[str] = frozenset()
    """Markdown fields whose text is another one than before."""
    indexes: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """The posted index of each row, by list and place among the rows that it became."""
    added: Added | None = None
    """Rows that the button brought along; they are among `posted` already."""
    removed: str = ""
    """The row to bring back should the user want to, as it is stored."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """The text in each list's box for a table, by list."""
    settles: bool = False
    """Whether it comes from a page of two texts."""
    then: str = ""
    """Where the pressed button leads after the save; "" for the step itself."""
    row_keys: tuple[tuple[str, int, str], ...] = ()
    """List, posted index and key of each row that was posted with a token."""

    @property
    def tokens(self) -> frozenset[str]:
        """The posted row tokens that may be known; one of another shape never is."""
        return frozenset(filter(_is_token, self.posted.tokens))

    @property
    def makes_rows(self) -> bool:
        """Whether a row was posted that has no key yet."""
        return any(not row.key for rows in self.posted.rows.values() for row in rows)

    @classmethod
    def read(
        cls, step: StepDefinition, pairs: Pairs, stored: Stored, upstream: Blueprint
    ) -> "StepForm":
        """Take the form apart; `pairs` are the posted names and values in order."""
        parts = taken_apart(step, pairs)
        version, problems = read_version(parts.own.pop("version", []))
        then = parts.own.pop(THEN, [])
        take = parts.own.pop(TAKE, None)
        fields, not_there = with_saved(step, take or (), parts.fields, stored.data)
        command, refused = read_command(step, parts.own, parts.places)
        refused += not_there
        if set(then) - {SUGGESTIONS}:
            refused.append(Problem(THEN, f"This form leads to “{SUGGESTIONS}” or nowhere else."))
        typed, command = pressed(fields, command) if command else (fields, None)
        blueprint, kept = {**upstream, step.order: stored.data}, stored_row(stored.removed)
        added = _added(step, command, parts.tables, typed, blueprint, kept)
        posted = read_post(step, added.pairs if added else typed)
        if command and added:
            place = kept.place if kept and command.kind == "restore" else command.position
            command = replace(command, added=added.count, position=place)
        return cls(
            version=version,
            # A refused form is shown as it was sent, with the row that was not removed.
            pairs=fields if command and command.kind == "remove" else typed,
            command=command,
            posted=posted,
            problems=(
                *problems,
                *refused,
                *(added.problems if added else ()),
                *left_over(step, command, parts.tables),
                *posted.problems,
            ),
            posts_data=bool(typed) or command is not None,
            added=added,
            removed=_to_keep(step, command, fields, stored),
            tables=parts.tables,
            settles=take is not None,
            then=SUGGESTIONS if then else "",
        )

    def unchanged(self, text: str, aside: str) -> "StepForm":
        """The form when it posts no data: the step keeps what it holds."""
        return replace(self, text=text, aside_text=aside)

    def merge(self, step: StepDefinition, ground: Ground) -> "StepForm":
        """Lay the posted fields over the stored draft."""
        data, aside, allotted = ground.data, ground.aside, ground.allotted
        before = json.loads(data)
        merged = merge(
            step,
            Draft(before, json.loads(aside)),
            self.posted,
            upstream=ground.upstream,
            allotted=allotted,
            tokens=ground.tokens,
        )
        own = self.problems[: len(self.problems) - len(self.posted.problems)]
        problems = (*own, *merged.problems)
        if problems:
            told = tuple(self._told(step, problem) for problem in problems)
            return replace(self, problems=told, changes_nothing=False)
        changed = changed_in_store(merged.data, self.command)
        if changed is None:
            gone = Problem("remove", "There is no such row any more; open the step again.")
            return replace(self, problems=(gone,), changes_nothing=False)
        text, aside_text = canonical(changed).decode(), canonical(merged.aside).decode()
        token_of = {key: token for token, key in merged.tokens.items()}
        new = [
            f"{letter}{number}"
            for letter, last in merged.allotted.items()
            for number in range(allotted.get(letter, 0) + 1, last + 1)
        ]
        return replace(
            self,
            data=changed,
            text=text,
            aside_text=aside_text,
            storage_delta=stored_size(text, aside_text) - stored_size(data, aside),
            changes_nothing=(text, aside_text) == (data, aside),
            new_keys={key: token_of.get(key) for key in new},
            renamed=frozenset(
                field.id
                for field in step.fields
                if isinstance(field, Rows) and _labels(field, changed) != _labels(field, before)
            ),
            reworded=frozenset(
                field.id
                for field in step.fields
                if isinstance(field, Markdown) and changed.get(field.id) != before.get(field.id)
            ),
            indexes={
                (list_id, place): index for (list_id, index), place in merged.positions.items()
            },
            row_keys=self._row_keys({**ground.tokens, **merged.tokens}),
        )

    def _told(self, step: StepDefinition, problem: Problem) -> Problem:
        rows = step.by_id.get(self.command.list_id) if self.command else None
        return self.added.told(rows, problem) if self.added and isinstance(rows, Rows) else problem

    def place_of(self, list_id: str, index: int) -> int | None:
        """Where the row posted under this index stands in its list; None where it held nothing."""
        here = (at for at, posted in self.indexes.items() if (at[0], posted) == (list_id, index))
        found = next(here, None)
        return found[1] if found else None

    def posted_name(self, name: str) -> str:
        """A control's name in this form, from its name in the data that the form makes."""
        list_id, _, rest = name.partition("-")
        place, _, column = rest.partition("-")
        if not place.isdigit() or (list_id, int(place)) not in self.indexes:
            return name
        return f"{list_id}-{self.indexes[list_id, int(place)]}-{column}"

    def _row_keys(self, known: Mapping[str, str]) -> tuple[tuple[str, int, str], ...]:
        found = []
        for list_id, rows in self.posted.rows.items():
            for row in rows:
                names = token_names(list_id, row.token) if row.token and not row.key else ()
                # The longer name is the more particular one, so it wins.
                key = next((known[name] for name in reversed(names) if name in known), "")
                if key:
                    found.append((list_id, row.index, key))
        return tuple(found)


def _added(  # noqa: PLR0913, PLR0917  what the buttons take their rows from
    step: StepDefinition,
    command: Command | None,
    tables: Mapping[str, str],
    typed: Pairs,
    blueprint: Blueprint,
    removed: RemovedRow | None,
) -> Added | None:
    """The rows that the pressed button brings along."""
    rows = step.by_id.get(command.list_id) if command else None
    if command is None or command.kind not in BRINGING or not isinstance(rows, Rows):
        return None
    stored = blueprint[step.order].get(rows.id) or []
    if command.kind == "restore":
        return brought_back(step, rows, removed, typed, blueprint[step.order])
    if command.kind == "paste":
        return pasted(rows, tables.get(rows.id, ""), typed, stored)
    if command.kind == "duplicate":
        return duplicated(rows, command.index, typed, stored)
    return proposed(rows, proposals(blueprint, step.order).get(rows.id, ()), typed, stored)


def _to_keep(step: StepDefinition, command: Command | None, typed: Pairs, stored: Stored) -> str:
    """What can be brought back after this form: the row it removes, else the one before it."""
    if command is None:
        return stored.removed
    if command.kind == "restore":
        return ""
    taken = taken_out(step, command, typed, stored.data)
    return taken.text if taken else stored.removed


def _labels(rows: Rows, data: Data) -> list[tuple[str, str]]:
    return [(row["key"], row.get(rows.label_column, "")) for row in data.get(rows.id) or ()]


def _is_token(text: str) -> bool:
    return len(text) <= TOKEN_LIMIT and text.isascii() and text.isprintable()
