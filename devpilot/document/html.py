"""The blueprint as HTML, for pages that only show it.

Owns what may stand in a page that came from a user. Tables and names are built here from
data, escaped; Markdown fields are restricted, rendered and sanitised, in this order, and
keep no id, class or attribute but a link's address. A newcomer's likely mistake: to mark
a string as safe (`Markup`) before everything in it is.

Addresses in the page: `#step-3` is a step, `#definition-goals` a field, `#F3` a row.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache

import markdown
import nh3
from markupsafe import Markup, escape

from devpilot.document.escaping import restricted, visible
from devpilot.document.markdown import WARNINGS_TITLE, facts, step_title
from devpilot.document.outline import (
    Answer,
    Cell,
    Grid,
    Line,
    Named,
    Note,
    Outline,
    Prose,
    Table,
    outline_of,
)
from devpilot.document.pictures import Layout, no_layout, pictures_of
from devpilot.document.pictures.figures import Figures, figures, region
from devpilot.document.snapshot import Snapshot, accepted_warnings
from devpilot.methodology import Blueprint, StepDefinition, StepField, definition

MAX_MARKDOWN = 5_000
"""Characters of Markdown that are rendered, twice what a field takes; more is shown as typed."""

_EXTENSIONS = ("fenced_code", "sane_lists")


class _Reader(threading.local):
    """A reader for each thread: making one takes twice as long as reading a field with it."""

    def __init__(self) -> None:
        self.markdown = markdown.Markdown(extensions=_EXTENSIONS)


_reader = _Reader()

_CLEANER = nh3.Cleaner(
    tags={"p", "br", "ul", "ol", "li", "em", "strong", "code", "pre", "a"},
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)

_MARKS = {
    "none": "○", "hidden": "○", "view": "◔", "read": "◔", "own": "◑", "if": "◇", "all": "●",
    "act": "●",
}  # fmt: skip
"""A matrix at a glance: the fuller the mark, the more is allowed. The word stands beside it."""

_Show = Callable[[Cell], str]


@lru_cache(maxsize=512)
def to_html(markdown_text: str) -> Markup:
    """A Markdown field, as the blueprint shows it. Safe for any input."""
    if len(markdown_text) > MAX_MARKDOWN:
        return Markup("<p>{}</p>").format(visible(markdown_text))
    rendered = _reader.markdown.reset().convert(restricted(markdown_text))
    # nh3 made this string from an allow list, as the last step.
    return Markup(_CLEANER.clean(rendered))  # noqa: S704


def step_html(
    source: Snapshot | Blueprint,
    order: int,
    *,
    level: int = 2,
    complete: bool = True,
    layout: Layout = no_layout,
) -> Markup:
    """One step for reading, its fields under headings of `level`.

    `source` holds the step and those that it refers to. With `complete`, what is missing
    was left out on purpose; otherwise it is not written yet. Without a `layout`, pictures
    are there in words alone.
    """
    steps = source.steps if isinstance(source, Snapshot) else source
    outline = Outline(steps, complete=complete)
    here = _keys({order: steps.get(order, {})})
    drawn = figures(pictures_of(outline, frozenset({order})), layout)
    return Markup("".join(_fields(outline, order, level, here, drawn)))  # noqa: S704 - escaped below


def document_html(snapshot: Snapshot, layout: Layout = no_layout) -> Markup:
    """The whole revision, finished or not: metadata, contents, steps, accepted warnings.

    It begins below the page's own h1.
    """
    outline = outline_of(snapshot)
    everywhere = _keys(snapshot.steps)
    drawn = figures(pictures_of(outline), layout)
    parts = [_metadata(snapshot), _contents(snapshot)]
    for order in sorted(snapshot.steps):
        parts += _step(outline, order, everywhere, drawn)
    if outline.complete:
        parts.append(_warnings(snapshot, everywhere))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped where it is made


def _keys(steps: Blueprint) -> frozenset[str]:
    """The keys of the rows in these steps: what a page that shows them can link to."""
    lists = [value for data in steps.values() for value in data.values()]
    return frozenset(row["key"] for rows in lists if isinstance(rows, list) for row in rows)


def _metadata(snapshot: Snapshot) -> str:
    known = [(name, value) for name, value in facts(snapshot) if value]  # an example has no id
    rows = [f"<div><dt>{name}</dt><dd>{_fact(value, snapshot)}</dd></div>" for name, value in known]
    return f'<dl class="facts">{"".join(rows)}</dl>'


def _fact(value: str, snapshot: Snapshot) -> Markup:
    """A value of the metadata; a moment as people write it, an id as what only programs read."""
    if value == snapshot.revision_id:
        return Markup("<code>{}</code>").format(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return escape(value)
    shown = f"{moment.day} {moment:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(value, shown)


def _contents(snapshot: Snapshot) -> str:
    items = [_contents_of(order) for order in sorted(snapshot.steps)]
    if snapshot.completed_at:
        items.append(f'<li><a href="#warnings">{WARNINGS_TITLE}</a></li>')
    return f'<nav class="toc" aria-label="Contents"><ol>{"".join(items)}</ol></nav>'


def _contents_of(order: int) -> str:
    step = definition(order)
    fields = [
        f'<li><a href="#{step.code}-{field.id}">{_title(step, field)}</a></li>'
        for field in step.fields
    ]
    link = f'<a href="#step-{order}">{escape(step_title(step))}</a>'
    return f"<li>{link}<ol>{''.join(fields)}</ol></li>"


def _title(step: StepDefinition, field: StepField) -> str:
    """A field's title under its number, which is the same in every blueprint."""
    number = f"{step.order}.{step.fields.index(field) + 1}"
    return f'<span class="number">{number}</span> {escape(field.label)}'


def _step(outline: Outline, order: int, linked: frozenset[str], drawn: Figures) -> Iterator[str]:
    step = definition(order)
    yield f'<section class="step-text" aria-labelledby="step-{order}">'
    yield f'<h2 id="step-{order}">{escape(step_title(step))}</h2>'
    yield f'<p class="purpose">{escape(step.purpose)}</p>'
    yield from _fields(outline, order, 3, linked, drawn)
    yield "</section>"


def _fields(
    outline: Outline, order: int, level: int, linked: frozenset[str], drawn: Figures
) -> Iterator[str]:
    step = definition(order)
    show = _shown(linked)
    for field, answer in outline.answers(order):
        yield f'<h{level} id="{step.code}-{field.id}">{_title(step, field)}</h{level}>'
        yield _rendered(answer, show, region(f"{field.label}, step {order}"))
        yield from drawn.get((order, field.id), ())


def _rendered(answer: Answer, show: _Show, region: str) -> str:
    match answer:
        case Table():
            return f"{region}{_table(answer, show)}</div>"
        case Grid():
            return f"{region}{_grid(answer, show)}</div>{_legend(answer)}"
        case Prose():
            return f'<div class="prose">{to_html(answer.text)}</div>'
        case Line():
            return f"<p>{escape(visible(answer.text))}</p>"
        case Note():
            return f'<p class="note">{escape(answer.text)}</p>'


def _table(table: Table, show: _Show) -> str:
    rows = [
        f'<tr id="{key}"><th scope="row">{key}</th>{_cells(cells, show)}</tr>'
        for key, cells in [(escape(key), cells) for key, cells in table.rows]
    ]
    return f"<table>{_head(table.headings)}<tbody>{''.join(rows)}</tbody></table>"


def _grid(grid: Grid, show: _Show) -> str:
    rows = [
        f'<tr><th scope="row">{show((row,))}</th>{_cells(cells, _marked)}</tr>'
        for row, cells in grid.rows
    ]
    head = _head((grid.corner, *[f"{column.label} ({column.key})" for column in grid.columns]))
    return f'<table class="matrix">{head}<tbody>{"".join(rows)}</tbody></table>'


def _cells(cells: Iterable[Cell], show: _Show) -> str:
    return f"<td>{'</td><td>'.join([show(cell) for cell in cells])}</td>"


def _marked(cell: Cell) -> str:
    """A matrix cell with its mark; what reads aloud hears the word alone."""
    text = visible(str(cell))
    mark = _MARKS.get(text.partition(":")[0])
    return f'<span aria-hidden="true">{mark}</span> {escape(text)}' if mark else escape(text)


def _legend(grid: Grid) -> str:
    entries = [f"<div><dt>{_marked(o)}</dt><dd>{escape(m)}</dd></div>" for o, m in grid.legend]
    return f'<dl class="legend">{"".join(entries)}</dl>'


def _head(headings: tuple[str, ...]) -> str:
    cells = "".join([f'<th scope="col">{escape(visible(text))}</th>' for text in headings])
    return f"<thead><tr>{cells}</tr></thead>"


def _shown(linked: frozenset[str]) -> _Show:
    """How cells are shown where the rows of `linked` are on the same page."""

    def reference(named: Named) -> str:
        label, key = escape(visible(named.label)), escape(named.key)
        if key in linked:
            label = Markup(f'<a href="#{key}">{label}</a>')  # noqa: S704 - both are escaped
        return f'{label} <span class="key">({key})</span>'

    def show(cell: Cell) -> str:
        if isinstance(cell, str):
            return escape(visible(cell))
        return ", ".join([reference(named) for named in cell])

    return show


def _warnings(snapshot: Snapshot, linked: frozenset[str]) -> str:
    items = []
    for finding in accepted_warnings(snapshot):
        row = finding.row if finding.row in linked else ""
        target = row or f"{definition(finding.step).code}-{finding.field}"
        place = row or definition(finding.step).by_id[finding.field].label
        said = escape(visible(f"{finding.message} {finding.mend}".strip()))
        link = f'<a href="#{escape(target)}">{escape(place)}</a>'
        items.append(f"<li>{said} (rule {escape(finding.rule)}, step {finding.step}, {link})</li>")
    text = f"<ul>{''.join(items)}</ul>" if items else '<p class="note">None.</p>'
    title = f'<h2 id="warnings">{WARNINGS_TITLE}</h2>'
    return f'<section class="step-text" aria-labelledby="warnings">{title}{text}</section>'
