"""Draws the rows of a step's lists from the macros of `templates/steps/_cells.html`.

A page may have five hundred controls, so a macro is run once for each *kind* of cell, with
marks in place of the name and the value; every cell of that kind is then the same text with
its own words put in. A newcomer's likely mistake: thinking that there are two ways to draw a
cell. A cell with an error or the focus runs the same macro directly.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from devpilot.methodology import (
    CellState,
    Column,
    FormState,
    Rows,
    RowState,
    definition,
    form_state,
)
from devpilot.models.step import parsed

# What a macro is given in place of a row's own words. Private-use characters: they stand
# in no text of ours, and are gone before anything that a user wrote comes in.
PREFIX, NUMBER, KEY, CELLS, WORDS = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_SLOTS = str.maketrans(
    {"%": "%%", PREFIX: "%(prefix)s", NUMBER: "%(number)s", KEY: "%(key)s", CELLS: "%(cells)s",
     WORDS: "%(words)s"}
)  # fmt: skip


@lru_cache(maxsize=32)
def kept_sections(order: int, text: str, aside: str, before: tuple[str, ...]) -> Markup:
    """The fields of a stored draft, kept while all these texts stay the same."""
    upstream = {earlier: parsed(one) for earlier, one in enumerate(before, start=1)}
    form = form_state(definition(order), parsed(text), upstream=upstream, aside=parsed(aside))
    return sections_of(form, focus="")


def sections_of(form: FormState, *, focus: str) -> Markup:
    """The fields of a form. `focus` is what `Command.focus` says."""
    template = current_app.jinja_env.get_template("steps/_sections.html")
    return Markup(template.render(form=form, focus=focus))  # noqa: S704  an autoescaping template


def starts_blank(order: int, text: str) -> bool:
    """Whether the form shows a new row of its own accord; its token must not be kept."""
    data = parsed(text)
    return any(
        isinstance(field, Rows) and field.minimum and not data.get(field.id)
        for field in definition(order).fields
    )


def draw_rows(rows: Rows, drawn: Sequence[RowState], focus: str) -> Markup:
    """All rows of one list. `focus` is what `Command.focus` says."""
    last = len(drawn) - 1
    parts = [
        _row(rows, row, first=place == 0, last=place == last, focus=focus)
        for place, row in enumerate(drawn)
    ]
    return Markup("".join(parts))  # noqa: S704  made by autoescaping macros and `escape`


def _macros() -> Any:  # noqa: ANN401  a template's module
    return current_app.jinja_env.get_template("steps/_cells.html").module


def _row(rows: Rows, row: RowState, *, first: bool, last: bool, focus: str) -> str:
    prefix = f"{rows.id}-{row.index}"
    focused = focus == f"row:{prefix}" or (last and focus == f"add:{rows.id}")
    button = _button(prefix, focus, first=first, last=last)
    cells = "\n".join(_cells(rows, row, focused=focused))
    if row.error or button:
        return str(
            _macros().row(
                rows.singular, prefix, row.number, row.key, row.token, row.label, first, last,
                Markup(cells), row.error, button,  # noqa: S704  drawn just above
            )
        )  # fmt: skip
    label = escape(row.label)
    text = _row_text(rows.singular, bool(row.key), bool(label), first, last)
    return text % {
        "prefix": prefix, "number": row.number, "key": row.key or row.token, "words": label,
        "cells": cells,
    }  # fmt: skip


def _button(prefix: str, focus: str, *, first: bool, last: bool) -> str:
    """Which of the row's own buttons has the focus: the one pressed, or the one that is left."""
    if not focus.startswith(f"move:{prefix}-"):
        return ""
    pressed = focus.rpartition("-")[2]
    gone = (pressed == "up" and first) or (pressed == "down" and last)
    return {"up": "down", "down": "up"}[pressed] if gone else pressed


@lru_cache(maxsize=256)
def _row_text(
    noun: str,
    has_key: bool,  # noqa: FBT001  the key of a cache, as are the others
    has_label: bool,  # noqa: FBT001
    first: bool,  # noqa: FBT001
    last: bool,  # noqa: FBT001
) -> str:
    """A row with a slot for each of its own words."""
    key, token = (KEY, "") if has_key else ("", KEY)
    label = WORDS if has_label else ""
    drawn = _macros().row(noun, PREFIX, NUMBER, key, token, label, first, last, CELLS)
    return str(drawn).translate(_SLOTS)


def _cells(rows: Rows, row: RowState, *, focused: bool) -> Iterator[str]:
    for place, cell in enumerate(row.cells):
        here = focused and place == 0
        labels_row = cell.column.id == rows.label_column
        if cell.error or here:
            yield str(
                _macros().cell(
                    cell.column, cell.name, cell.value, cell.chosen, cell.options, cell.error,
                    here, labels_row,
                )
            )  # fmt: skip
        else:
            yield _plain(cell, labels_row=labels_row)


def _plain(cell: CellState, *, labels_row: bool) -> str:
    column = cell.column
    if column.kind in {"choice", "yesno"} or (column.kind == "ref" and cell.options):
        is_box = column.kind == "ref" and column.many  # type: ignore[union-attr]  # a Reference
        if column.kind != "ref" or is_box:
            text = _fixed_text(column, cell.value, cell.chosen, cell.options, labels_row)
            return text % {"prefix": cell.name}
    text = _open_text(column, labels_row)
    return text % {"prefix": cell.name, "words": escape(cell.value)}


@lru_cache(maxsize=4096)
def _fixed_text(
    column: Column,
    value: str,
    chosen: tuple[str, ...],
    options: tuple[tuple[str, str], ...],
    labels_row: bool,  # noqa: FBT001  the key of a cache
) -> str:
    """A cell whose value is one of few: all of it but the name."""
    drawn = _macros().cell(column, PREFIX, value, chosen, options, "", False, labels_row)  # noqa: FBT003
    return str(drawn).translate(_SLOTS)


@lru_cache(maxsize=512)
def _open_text(column: Column, labels_row: bool) -> str:  # noqa: FBT001  the key of a cache
    """A cell that holds any text: all of it but the name and the text."""
    drawn = _macros().cell(column, PREFIX, WORDS, (), (), "", False, labels_row)  # noqa: FBT003
    return str(drawn).translate(_SLOTS)
