"""What a browser would post from a form, and blueprints to change in a test."""

import copy
from collections.abc import Iterator

from devpilot.methodology import (
    EXAMPLES,
    Blueprint,
    CellState,
    Data,
    Draft,
    FormState,
    Matrix,
    Merged,
    Reference,
    Rows,
    Section,
    YesNo,
    check,
    definition,
    merge,
    read_post,
)
from devpilot.methodology.references import split_key

Pairs = list[tuple[str, str]]


def highest_numbers(blueprint):
    """The highest number in use per list letter: where counting starts for given data."""
    highest: dict[str, int] = {}
    for data in blueprint.values():
        for rows in data.values():
            for row in rows if isinstance(rows, list) else ():
                letter, number = split_key(row["key"])
                highest[letter] = max(number, highest.get(letter, 0))
    return highest


def example() -> dict[int, Data]:
    """A copy of the lean example's steps, for a test to change."""
    return copy.deepcopy(EXAMPLES["wellbrook"].steps)


def full_example() -> dict[int, Data]:
    """A copy of the steps of the example in full mode, for a test to change."""
    return copy.deepcopy(EXAMPLES["doorstep"].steps)


EXAMPLE_STEPS = [(make, order) for make in (example, full_example) for order in make()]
"""Each step of each example: how to make the example, and the step's order."""


def before(blueprint: Blueprint, order: int) -> dict[int, Data]:
    return {number: data for number, data in blueprint.items() if number < order}


def row(data: Data, list_id: str, key: str) -> Data:
    return next(row for row in data[list_id] if row["key"] == key)


def posted(form: FormState, *, keys: bool = True, idle: bool = False) -> Pairs:
    """The fields that a browser posts, hidden ones included; new tokens when not `keys`.

    With `idle`, those of sections that do not apply as well: a page holds them all.
    """
    sections = [section for section in form.sections if idle or section.applies]
    return [pair for section in sections for pair in _of(section, keys)]


def _of(section: Section, keys: bool) -> Iterator[tuple[str, str]]:
    field = section.field
    yield "fields", field.id
    if isinstance(field, Rows):
        for key, label in section.called if keys else ():
            yield "called", f"{field.id} {key} {label}"
        for drawn in section.rows:
            prefix = f"{field.id}-{drawn.index}"
            if keys and drawn.key:
                yield f"{prefix}-key", drawn.key
            else:
                yield f"{prefix}-new", drawn.token or f"token-{field.letter}-{drawn.index}"
            for cell in drawn.cells:
                yield from _control(cell)
    elif isinstance(field, Matrix):
        assert section.matrix is not None
        for line in section.matrix.rows:
            for crossing in line.cells:
                yield crossing.name, crossing.value
                if field.conditional:
                    yield f"{crossing.name}-condition", crossing.condition
    else:
        yield field.id, section.value


def _control(cell: CellState) -> Iterator[tuple[str, str]]:
    if isinstance(cell.column, Reference) and cell.column.many:
        yield from ((cell.name, key) for key in cell.chosen)
        if cell.names:
            yield cell.name, cell.value
    elif not isinstance(cell.column, YesNo) or cell.value == "yes":
        yield cell.name, cell.value


def save(
    order: int,
    pairs: Pairs,
    *,
    stored: Draft | None = None,
    upstream: Blueprint | None = None,
    allotted: dict[str, int] | None = None,
    tokens: dict[str, str] | None = None,
) -> Merged:
    """One save, as the service does it; without `allotted`, as the data at hand implies."""
    step = definition(order)
    stored = stored or Draft()
    upstream = upstream or {}
    if allotted is None:
        allotted = highest_numbers({**upstream, order: {**stored.aside, **stored.data}})
    return merge(
        step,
        stored,
        read_post(step, pairs),
        upstream=upstream,
        allotted=allotted,
        tokens=tokens or {},
    )


def messages(merged: Merged) -> dict[str, str]:
    return {problem.field: problem.message for problem in merged.problems}


def found(blueprint: Blueprint, order: int, rule: str) -> list[tuple[str, str, str]]:
    """Where the findings of one rule are: field, row, column."""
    return [
        (finding.field, finding.row, finding.column)
        for finding in check(blueprint, order)
        if finding.rule == rule
    ]


def said(blueprint: Blueprint, order: int, rule: str) -> list[str]:
    return [finding.message for finding in check(blueprint, order) if finding.rule == rule]


def ids(blueprint: Blueprint, order: int) -> set[str]:
    return {finding.rule for finding in check(blueprint, order)}
