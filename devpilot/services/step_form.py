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
from devpilot.methodology.vocabulary import Blueprint, Data, Rows, StepDefinition
from devpilot.models.step import EMPTY, stored_size
from devpilot.services.added_rows import BOX, Added, pasted, proposed
from devpilot.services.step_buttons import (
    ADDING,
    BUTTONS,
    Command,
    Pairs,
    changed_in_store,
    pressed,
    read_command,
)

CARRIED = frozenset({"csrf_token", "idempotency_key"})
"""What every form carries and no step is made of."""

VERSION_DIGITS = 9
TOKEN_LIMIT = 100


@dataclass(frozen=True, slots=True)
class VersionForm:
    """A form of a revision that posts its version and nothing else of it."""

    version: int | None
    problems: tuple[Problem, ...]
    changes_nothing: bool = False

    @classmethod
    def read(cls, pairs: Pairs) -> "VersionForm":
        version, problems = _read_version([value for name, value in pairs if name == "version"])
        return cls(version, tuple(problems))


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
    indexes: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """The posted index of each row, by list and place among the rows that it became."""
    added: Added | None = None
    """Rows that the button brought along; they are among `posted` already."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """The text in each list's box for a table, by list."""
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
        cls, step: StepDefinition, pairs: Pairs, stored: Data, upstream: Blueprint
    ) -> "StepForm":
        """Take the form apart; `pairs` are the posted names and values in order."""
        own, tables, fields = _sorted(step, pairs)
        version, problems = _read_version(own.pop("version", []))
        command, refused = read_command(step, own)
        typed, command = pressed(fields, command) if command else (fields, None)
        added = _added(step, command, tables, typed, {**upstream, step.order: stored})
        posted = read_post(step, added.pairs if added else typed)
        if command and added:
            command = replace(command, added=added.count)
        return cls(
            version=version,
            pairs=typed,
            command=command,
            posted=posted,
            problems=(
                *problems,
                *refused,
                *(added.problems if added else ()),
                *_left_over(step, command, tables),
                *posted.problems,
            ),
            posts_data=bool(typed) or command is not None,
            added=added,
            tables=tables,
        )

    def unchanged(self, text: str) -> "StepForm":
        """The form when it posts no data: the step keeps `text`."""
        return replace(self, text=text)

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
            indexes={
                (list_id, place): index for (list_id, index), place in merged.positions.items()
            },
            row_keys=self._row_keys({**ground.tokens, **merged.tokens}),
        )

    def _told(self, step: StepDefinition, problem: Problem) -> Problem:
        rows = step.by_id.get(self.command.list_id) if self.command else None
        return self.added.told(rows, problem) if self.added and isinstance(rows, Rows) else problem

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


def _sorted(
    step: StepDefinition, pairs: Pairs
) -> tuple[dict[str, list[str]], dict[str, str], Pairs]:
    """The form's own fields, the tables typed into boxes, and the step's fields."""
    own: dict[str, list[str]] = {}
    tables: dict[str, str] = {}
    fields: Pairs = []
    for name, value in pairs:
        list_id = name.removeprefix(BOX)
        if name in CARRIED:
            continue
        if name == "version" or name in BUTTONS:
            own.setdefault(name, []).append(value)
        elif list_id != name and isinstance(step.by_id.get(list_id), Rows):
            tables[list_id] = value
        else:
            fields.append((name, value))
    return own, tables, fields


def _added(
    step: StepDefinition,
    command: Command | None,
    tables: Mapping[str, str],
    typed: Pairs,
    blueprint: Blueprint,
) -> Added | None:
    """The rows that the pressed button brings along."""
    rows = step.by_id.get(command.list_id) if command else None
    if command is None or command.kind not in ADDING or not isinstance(rows, Rows):
        return None
    stored = blueprint[step.order].get(rows.id) or []
    if command.kind == "paste":
        return pasted(rows, tables.get(rows.id, ""), typed, stored)
    return proposed(rows, proposals(blueprint, step.order).get(rows.id, ()), typed, stored)


def _left_over(
    step: StepDefinition, command: Command | None, tables: Mapping[str, str]
) -> list[Problem]:
    """A table that was typed and not added would be lost with any other button."""
    taken = command.list_id if command and command.kind == "paste" else ""
    return [
        Problem(
            f"{BOX}{list_id}",
            f"The table pasted under “{step.by_id[list_id].label}” is not added yet. Press “Add "
            "these rows”, or empty the box.",
        )
        for list_id, text in tables.items()
        if list_id != taken and text.strip()
    ]


def _labels(rows: Rows, data: Data) -> list[tuple[str, str]]:
    return [(row["key"], row.get(rows.label_column, "")) for row in data.get(rows.id) or ()]


def _is_token(text: str) -> bool:
    return len(text) <= TOKEN_LIMIT and text.isascii() and text.isprintable()


def _read_version(values: list[str]) -> tuple[int | None, list[Problem]]:
    text = values[0] if len(values) == 1 else ""
    if text.isascii() and text.isdigit() and len(text) <= VERSION_DIGITS:
        return int(text), []
    message = "The form does not say which version of the revision it shows; open the page again."
    return None, [Problem("version", message)]
