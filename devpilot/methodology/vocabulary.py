"""The words a step is declared in: field kinds, lists, matrices, conditions, findings.

Owns the shapes alone. What the ten steps ask is in `methodology.steps`; reading a
post is in `methodology.posted`; judging data is in `methodology.checks`.

A newcomer's likely mistake: a *column* and a *field* are the same classes. `Text` is a
field of a step when it stands in `StepDefinition.fields`, and a column of a list when it
stands in `Rows.columns`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

Data: TypeAlias = dict[str, Any]
"""One step's data in its stored shape: field id to value (see `docs/methodology.md`)."""

Blueprint: TypeAlias = Mapping[int, Data]
"""Step order to that step's data."""


class Severity(StrEnum):
    """`error` blocks the lock; `warning` is shown, never blocks, and is exported."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Condition:
    """A field is asked only while the choice field `field` holds one of `values`."""

    field: str
    values: tuple[str, ...]

    def holds(self, data: Data) -> bool:
        return data.get(self.field) in self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What every kind of field has. `id` is public: a form name and an export key."""

    id: str
    label: str
    hint: str = ""
    required: bool = True
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """One line of at most `limit` characters. Stored as a string, `""` when empty."""

    kind: ClassVar[str] = "text"

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Markdown(Field):
    """Markdown of at most `limit` characters. Stored as a string, `""` when empty."""

    kind: ClassVar[str] = "markdown"

    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of `options`. Stored as the option, `""` when not chosen.

    `meanings` say what each option means, in their order, where its own words do not.
    """

    kind: ClassVar[str] = "choice"

    options: tuple[str, ...]
    meanings: tuple[str, ...] = ()

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Each option with what it means, or ""."""
        return tuple(zip(self.options, self.meanings or ("",) * len(self.options), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo(Field):
    """Stored as true or false; absent in a post means no."""

    kind: ClassVar[str] = "yesno"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Field):
    """A whole number from 0 to 1,000,000,000. Stored as an int, `""` when empty."""

    kind: ClassVar[str] = "number"

    maximum: int = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Field):
    """Refers to rows of `lists` by row key.

    Stored as a key or `""`; with `many`, as a list of keys. Not `required` and `many`
    together mean "any number, none included".
    """

    kind: ClassVar[str] = "ref"

    lists: tuple[str, ...]
    many: bool = False


Column: TypeAlias = Text | Choice | YesNo | Number | Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Field):
    """A list of rows. Each row has a server-given key: `letter` and a number."""

    kind: ClassVar[str] = "list"

    letter: str
    minimum: int
    maximum: int
    columns: tuple[Column, ...]
    singular: str
    """What one row is called in a sentence: "feature", "trust zone"."""

    label_column: str
    """The column that names a row to people: `name`, or else its first text column.

    `""` for a list without any text: its rows are called by their keys.
    """

    unique_within: str = ""
    """A reference column: names are unique among the rows that refer to the same row."""

    one_per: str = ""
    """A choice column: the form of an empty list starts with a row for each option."""

    by_id: Mapping[str, Column] = dataclasses.field(init=False, repr=False, compare=False)
    """The columns by id, made once: a page reads hundreds of cells."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {column.id: column for column in self.columns})

    @property
    def initial(self) -> tuple[Mapping[str, str], ...]:
        """The cells that are filled in before anyone has typed; their rows have no keys yet."""
        column = self.by_id.get(self.one_per)
        options = column.options if isinstance(column, Choice) else ()
        return tuple({self.one_per: option} for option in options)

    def column(self, column_id: str) -> Column:
        """Raises KeyError when the list has no such column."""
        return self.by_id[column_id]


_MEANINGS = {
    "none": "no access",
    "view": "sees what is not personal",
    "own": "acts on own records",
    "all": "acts on any record",
    "if": "acts only under the condition stated",
    "hidden": "does not see it",
    "read": "sees it",
    "act": "sees it and acts on it",
}
"""What the options of a matrix mean, in words of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Field):
    """A choice from `options` for each pair of rows.

    `rows_where` keeps only the rows of the list `rows` whose column has that value.
    Stored as row key to column key to `{"value": …}`, with `"condition"` beside an
    option that equals `conditional`.
    """

    kind: ClassVar[str] = "matrix"

    rows: str
    columns: str
    options: tuple[str, ...]
    rows_where: tuple[str, str] | None = None
    conditional: str = ""
    condition_limit: int = 250

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Each option with what it means."""
        return tuple([(option, _MEANINGS.get(option, option)) for option in self.options])


StepField: TypeAlias = Text | Markdown | Choice | YesNo | Number | Rows | Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDefinition:
    """One step as declared: what it asks, in order. `deferred` is always the last field."""

    order: int
    code: str
    title: str
    kind: str
    purpose: str
    fields: tuple[StepField, ...]
    by_id: Mapping[str, StepField] = dataclasses.field(init=False, repr=False, compare=False)
    """The fields by id, in their order."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {field.id: field for field in self.fields})

    def field(self, field_id: str) -> StepField:
        """Raises KeyError when the step has no such field."""
        return self.by_id[field_id]

    def applicable(self, data: Data) -> tuple[StepField, ...]:
        """The fields whose condition holds for this data."""
        return tuple(f for f in self.fields if f.when is None or f.when.holds(data))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a check has to say, and where.

    `rule` is a rule's id ("1.3") or, for completeness, one of "required", "rows",
    "reference", "placeholder", "matrix", "unique". `row` is a row key and `column` a
    column id; both are "" when the finding is about the field as a whole. For a matrix,
    `row` is the row key and `column` the column's row key.
    """

    rule: str
    severity: Severity
    step: int
    field: str
    row: str = ""
    column: str = ""
    message: str
    mend: str
