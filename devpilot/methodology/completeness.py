"""What every lock asks of every step, whatever its rules: that the form is filled in.

Owns the findings "required", "rows", "reference", "placeholder", "matrix" and "unique".
A newcomer's likely mistake: to let a rule report an empty cell again. What is found here
is noted in `Facts.unsettled`, and rules that depend on it stay silent.
"""

from collections.abc import Sequence
from typing import Any

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.labels import sentence_name
from devpilot.methodology.placeholders import any_placeholder, placed_texts, placeholder
from devpilot.methodology.registry import list_named
from devpilot.methodology.vocabulary import (
    Choice,
    Column,
    Finding,
    Markdown,
    Matrix,
    Reference,
    Rows,
    Severity,
    StepField,
    Text,
    YesNo,
)

KINDS = ("required", "rows", "reference", "placeholder", "matrix", "unique")
"""The `rule` of a completeness finding, in the order in which findings are shown."""


def completeness(facts: Facts) -> list[Finding]:
    """What is missing in the step; notes in `facts` which columns are not settled."""
    review = _Review(facts)
    for field in facts.step.applicable(facts.data):
        value = facts.data.get(field.id)
        if isinstance(field, Rows):
            review.rows(field, value or ())
        elif isinstance(field, Matrix):
            review.matrix(field, value or {})
        else:
            review.value(field, value)
    if any_placeholder(review.texts):
        review.placeholders()
    return review.findings


class _Review:
    """One pass over a step: findings, and the texts it met on the way."""

    __slots__ = ("_facts", "_targets", "findings", "texts")

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._targets: dict[tuple[str, ...], set[str]] = {}
        self.findings: list[Finding] = []
        self.texts: list[str] = []

    def _find(self, rule: str, message: str, mend: str, at: tuple[str, str, str]) -> None:
        field, row, column = at
        self.findings.append(
            Finding(
                rule=rule,
                severity=Severity.ERROR,
                step=self._facts.step.order,
                field=field,
                row=row,
                column=column,
                message=message,
                mend=mend,
            )
        )

    def value(self, field: StepField, value: Any) -> None:  # noqa: ANN401 - as stored
        if isinstance(field, Text | Markdown) and value:
            self.texts.append(value)
        if field.required and _is_missing(field, value):
            self._find("required", f"“{field.label}” is empty.", _fill(field), (field.id, "", ""))

    def rows(self, field: Rows, rows: Sequence[Row]) -> None:
        if not field.minimum <= len(rows) <= field.maximum:
            self._count(field, len(rows))
        for row in rows:
            for column in field.columns:
                value = row.get(column.id)
                if isinstance(column, Reference):
                    self._reference(field, row, column, value)
                elif column.required and _is_missing(column, value):
                    self._missing(field, row, column, _fill(column))
                elif isinstance(column, Text) and value:
                    self.texts.append(value)
        if field.label_column == "name":
            self._unique(field, rows)

    def _count(self, field: Rows, count: int) -> None:
        rows = "1 row" if count == 1 else f"{count or 'no'} rows"
        if count < field.minimum:
            message = f"“{field.label}” has {rows}; it needs at least {field.minimum}."
            mend = f"Add a {field.singular}." if count else f"Add the first {field.singular}."
        else:
            message = f"“{field.label}” has {rows}; it takes at most {field.maximum}."
            mend = f"Remove {count - field.maximum}."
        self._find("rows", message, mend, (field.id, "", ""))

    def _missing(self, field: Rows, row: Row, column: Column, mend: str) -> None:
        self._facts.unsettled.add((field.id, column.id))
        message = f"“{column.label}” of {sentence_name(field, row)} is empty."
        self._find("required", message, mend, (field.id, row["key"], column.id))

    def _reference(self, field: Rows, row: Row, column: Reference, value: Any) -> None:  # noqa: ANN401
        if not value:
            if column.required:
                amount = "at least one" if column.many else "a"
                self._missing(field, row, column, f"Name {amount} {self._kinds(column)}.")
            return
        targets = self._targets.get(column.lists)
        if targets is None:
            targets = {r["key"] for name in column.lists for r in self._facts.rows(name)}
            self._targets[column.lists] = targets
        keys = value if column.many else (value,)
        gone = [key for key in keys if key not in targets]
        if not gone:
            return
        self._facts.unsettled.add((field.id, column.id))
        named = ", ".join([self._facts.name(key) for key in gone])
        kinds = self._kinds(column)
        message = (
            f"“{column.label}” of {sentence_name(field, row)} refers to {named}, "
            f"which {'is' if len(gone) == 1 else 'are'} no {kinds} of this blueprint."
        )
        mend = f"Name a {kinds} that exists, or take {', '.join(gone)} out."
        self._find("reference", message, mend, (field.id, row["key"], column.id))

    def _kinds(self, column: Reference) -> str:
        words = [list_named(self._facts.step, name).singular for name in column.lists]
        return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]

    def _unique(self, field: Rows, rows: Sequence[Row]) -> None:
        within = field.unique_within
        first: dict[tuple[str, str], Row] = {}
        for row in rows:
            name, place = row.get("name"), row.get(within) if within else field.id
            if not name or not place:
                continue
            other = first.setdefault((place, name.casefold()), row)
            if other is not row:
                message = (
                    f"{_capital(sentence_name(field, row))} has the same name as "
                    f"{sentence_name(field, other)}."
                )
                mend = "Rename one of them, or remove the copy."
                self._find("unique", message, mend, (field.id, row["key"], "name"))

    def matrix(self, field: Matrix, cells: Any) -> None:  # noqa: ANN401 - as stored
        facts = self._facts
        down, across = facts.axes(field)
        for row in down:
            line = cells.get(row, {})
            missing = []
            for column in across:
                cell = line.get(column, {})
                if cell.get("value") not in field.options:
                    missing.append(column)
                elif condition := cell.get("condition"):
                    self.texts.append(condition)
            if missing:
                facts.unsettled.add((field.id, row))
                message = (
                    f"“{field.label}” does not say yet what holds for {facts.name(row)} "
                    f"and {facts.names(missing)}."
                )
                mend = f"Choose one of: {', '.join(field.options)}."
                self._find("matrix", message, mend, (field.id, row, missing[0]))

    def placeholders(self) -> None:
        for where, text, at in placed_texts(self._facts):
            if found := placeholder(text):
                mend = "Write the answer; a question that can wait belongs under Deferred."
                self._find("placeholder", f"{where} still says {found}.", mend, at)


def _is_missing(declared: StepField | Column, value: Any) -> bool:  # noqa: ANN401 - as stored
    if isinstance(declared, Choice):
        return value not in declared.options
    return not isinstance(declared, YesNo) and (value is None or value == "")


def _fill(declared: StepField | Column) -> str:
    if isinstance(declared, Choice):
        return f"Choose one of: {', '.join(declared.options)}."
    return "Fill it in."


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
