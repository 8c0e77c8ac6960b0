"""Draws the rows of a step's lists from the macros of `templates/steps/_cells.html`.

Most rows and cells are drawn through `slots`; one with an error or the focus runs the same
macro directly. A newcomer's likely mistake: thinking that these are two ways to draw a cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup

from devpilot.document.html import MAX_MARKDOWN, to_html
from devpilot.methodology import (
    CellState,
    Choice,
    FormState,
    Reference,
    Rows,
    RowState,
    YesNo,
    definition,
    form_state,
)
from devpilot.methodology.labels import names_rows, summary_columns
from devpilot.methodology.proposals import Proposal, proposals
from devpilot.models.step import parsed
from devpilot.packing import Kept
from devpilot.pages.slots import filled, macro, slot, slotted

CELLS = "steps/_cells.html"
NOT_FOCUSED = False
LONG = 7
"""A list of more rows than this can be searched, and its rows moved by number."""


class Texts(NamedTuple):
    """All that the fields of a stored draft are drawn from."""

    before: tuple[str, ...]
    """What each earlier step holds."""
    text: str
    aside: str


@lru_cache(maxsize=16)
def kept_fields(texts: Texts, base: str, slots: tuple[tuple[str, Markup], ...]) -> Kept:
    """The fields of a stored draft as they are sent, kept while nothing of all this changes."""
    return Kept.of(at_address(kept_sections(texts), base, dict(slots)))


@lru_cache(maxsize=8)
def kept_sections(texts: Texts) -> Markup:
    """The fields of a stored draft, kept while all these texts stay the same."""
    upstream = {earlier: parsed(one) for earlier, one in enumerate(texts.before, start=1)}
    order, data = len(upstream) + 1, parsed(texts.text)
    form = form_state(definition(order), data, upstream=upstream, aside=parsed(texts.aside))
    return sections_of(form, focus="", offered=proposals({**upstream, order: data}, order))


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes for tables after a refusal: what was typed into each, what is said of it."""

    typed: Mapping[str, str]
    said: Mapping[str, Sequence[str]]


EMPTY_BOXES = Boxes({}, {})


def sections_of(
    form: FormState,
    *,
    focus: str,
    offered: Mapping[str, Sequence[Proposal]],
    boxes: Boxes = EMPTY_BOXES,
) -> Markup:
    """The fields of a form, still without their address: see `at_address`."""
    template = current_app.jinja_env.get_template("steps/_sections.html")
    ids = [section.field.id for section in form.sections]
    drawn = template.render(
        form=form, focus=focus, offered=offered, boxes=boxes, base=slot("base"),
        beside={name: slot(beside(name)) for name in ids},
        removed={name: slot(removed(name)) for name in ids},
    )  # fmt: skip
    return Markup(drawn)  # noqa: S704  an autoescaping template


def reading_of(text: str) -> Markup:
    """A Markdown text as the document shows it; one that no field may hold is not drawn."""
    if len(text) > MAX_MARKDOWN:
        return Markup('<p class="note">It is too long to be shown.</p>')
    return to_html(text)


def beside(field_id: str) -> str:
    """The place for what stands beside a field."""
    return f"beside-{field_id}"


def removed(list_id: str) -> str:
    """The place for the row that was removed from a list."""
    return f"removed-{list_id}"


def at_address(sections: Markup, base: str, places: Mapping[str, Markup]) -> Markup:
    """The fields with the step's own address, and what stands in each place beside them.

    Kept ones serve every step of the same text.
    """
    drawn = str(sections).replace(slot("base"), base)
    for name, here in places.items():
        drawn = drawn.replace(slot(name), here)
    return Markup(drawn)  # noqa: S704  a path of ours, and markup


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
        _row(rows, row, first=place == 0, last=place == last, long=last >= LONG, focus=focus)
        for place, row in enumerate(drawn)
    ]
    return Markup("").join(parts)


def _row(  # noqa: PLR0913  what differs from row to row, by name
    rows: Rows, row: RowState, *, first: bool, last: bool, long: bool, focus: str
) -> Markup:
    prefix = f"{rows.id}-{row.index}"
    focused = focus == f"row:{prefix}" or (last and focus == f"add:{rows.id}")
    button = _button(prefix, focus, first=first, last=last)
    cells = Markup("\n").join(_cells(rows, row, focused=focused))
    noun, key, token, label = rows.singular, row.key, row.token, row.label
    wanted = summary_columns(rows)
    says = " · ".join([cell.value for cell in row.cells if cell.value and cell.column.id in wanted])
    if not names_rows(rows):  # what tells its rows apart is then all that they are called
        label, says = says, ""
    if row.error or button:
        drawn: Markup = macro(CELLS, "row")(
            noun, prefix, row.number, key, token, label, says, first, last, long, cells, row.error,
            button,
        )  # fmt: skip
        return drawn
    text = slotted(
        CELLS, "row", noun, slot("prefix"), slot("number"), key and slot("key"),
        token and slot("key"), label and slot("label"), slot("says"), first, last, long,
        slot("cells"),
    )  # fmt: skip
    return filled(
        text, prefix=prefix, number=row.number, key=key or token, label=label, says=says,
        cells=cells,
    )  # fmt: skip


def _button(prefix: str, focus: str, *, first: bool, last: bool) -> str:
    """Which of the row's own buttons has the focus: the one pressed, or the one that is left."""
    if not focus.startswith(f"move:{prefix}-"):
        return ""
    pressed = focus.rpartition("-")[2]
    gone = (pressed == "up" and first) or (pressed == "down" and last)
    return {"up": "down", "down": "up"}[pressed] if gone else pressed


def _cells(rows: Rows, row: RowState, *, focused: bool) -> Iterator[Markup]:
    wanted = summary_columns(rows)
    for place, cell in enumerate(row.cells):
        here = focused and place == 0
        named = cell.column.id == rows.label_column and names_rows(rows)
        tells = "label" if named else ""
        if cell.column.id in wanted:
            tells = "says"
        column, value, chosen, options = cell.column, cell.value, cell.chosen, cell.options
        if cell.error or here:
            yield macro(CELLS, "cell")(
                column, cell.name, value, chosen, options, cell.names, cell.error, here, tells
            )
        elif _is_one_of_few(cell):
            closed = (slot("name"), value, chosen, options, cell.names, "", NOT_FOCUSED, tells)
            text = slotted(CELLS, "cell", column, *closed)
            yield filled(text, name=cell.name)
        else:
            open_to = (slot("name"), slot("value"), (), (), cell.names, "", NOT_FOCUSED, tells)
            text = slotted(CELLS, "cell", column, *open_to)
            yield filled(text, name=cell.name, value=value)


def _is_one_of_few(cell: CellState) -> bool:
    """Whether the cell's value decides what is drawn: a choice, a yes/no, boxes to tick."""
    column = cell.column
    if isinstance(column, Reference):
        return column.many
    return isinstance(column, Choice | YesNo)
