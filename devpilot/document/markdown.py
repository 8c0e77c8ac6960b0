"""The blueprint as Markdown: `BLUEPRINT.md` and one file for each step.

Owns the words and the order of the document. A newcomer's likely mistake: to write user
text into a line without `inline`, `line` or `restricted`. Whoever opens the document
renders it with a renderer we do not know.
"""

from collections.abc import Sequence

from devpilot.document.escaping import heading, inline, line, restricted, visible
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
from devpilot.document.pictures import Picture, mermaid, path_of, pictures_of
from devpilot.document.snapshot import TEMPLATE_VERSION, Snapshot, accepted_warnings
from devpilot.methodology import STEPS, Finding, StepDefinition, definition

WARNINGS_TITLE = "Warnings accepted at the lock"

_INTRODUCTION = (
    "Every row has a key, such as F3, that never changes. Where an answer refers to a row, it "
    "gives the row's name and its key. The same content as data is in `blueprint.json`."
)


def markdown(snapshot: Snapshot) -> str:
    """`BLUEPRINT.md`."""
    outline = outline_of(snapshot)
    bodies = step_bodies(outline, pictures_of(outline))
    return assemble(snapshot, bodies, accepted_warnings(snapshot))


def step_markdown(snapshot: Snapshot, order: int) -> str:
    """One step as a document of its own. Raises KeyError for a step that is not declared."""
    outline = outline_of(snapshot)
    return step_document(snapshot, order, _body(outline, order, pictures_of(outline)))


def step_bodies(outline: Outline, pictures: Sequence[Picture]) -> dict[int, str]:
    """Each step's section, which the document and the step's own file share."""
    return {order: _body(outline, order, pictures) for order in sorted(outline.steps)}


def assemble(snapshot: Snapshot, bodies: dict[int, str], warnings: tuple[Finding, ...]) -> str:
    """The whole document from its parts."""
    parts = [
        f"# {heading(snapshot.project_name)}",
        _INTRODUCTION,
        _metadata(snapshot),
        "## Contents",
        _contents(snapshot),
        *bodies.values(),
    ]
    if snapshot.completed_at:
        parts += (f"## {WARNINGS_TITLE}", warning_list(warnings))
    return "\n\n".join(parts) + "\n"


def step_document(snapshot: Snapshot, order: int, body: str) -> str:
    """A step's section under a heading that says whose step it is."""
    last = max(snapshot.steps, default=order)
    title = f"# {inline(snapshot.project_name)}: step {order} of {last}"
    return f"{title}\n\n{_metadata(snapshot)}\n\n{body}\n"


def warning_list(warnings: tuple[Finding, ...]) -> str:
    """The warnings as a list, or the sentence that there are none."""
    return "\n".join(map(_warning, warnings)) or "None."


def facts(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """The revision's metadata as names and values, in the order of the document."""
    return (
        ("Mode", snapshot.mode),
        ("Revision", str(snapshot.number)),
        # An example of ours has no id, and is nobody's to complete.
        (
            "Completed at",
            snapshot.completed_at or ("not completed" if snapshot.revision_id else ""),
        ),
        ("Revision id", snapshot.revision_id),
        ("Template version", str(TEMPLATE_VERSION)),
    )


def step_title(step: StepDefinition) -> str:
    return f"Step {step.order}: {step.title}"


def named(reference: Named) -> str:
    """A reference as it stands in a sentence, not escaped."""
    return f"{reference.label} ({reference.key})"


def cell_text(cell: Cell) -> str:
    """A cell on one line, escaped."""
    text = cell if isinstance(cell, str) else ", ".join(map(named, cell))
    return inline(text).strip()


def _metadata(snapshot: Snapshot) -> str:
    return "\n".join(f"- {name}: {inline(value)}" for name, value in facts(snapshot))


def _contents(snapshot: Snapshot) -> str:
    titles = [step_title(step) for step in STEPS if step.order in snapshot.steps]
    titles += [WARNINGS_TITLE] if snapshot.completed_at else []
    return "\n".join(f"- [{title}](#{_slug(title)})" for title in titles)


def _slug(title: str) -> str:
    """The id that GitHub and most renderers give a heading."""
    kept = [c for c in title.lower() if c.isalnum() or c in " -_"]
    return "".join(kept).replace(" ", "-")


def _body(outline: Outline, order: int, pictures: Sequence[Picture]) -> str:
    step = definition(order)
    parts = [f"## {step_title(step)}", step.purpose]
    for field, answer in outline.answers(order):
        parts += (f"### {field.label}", _rendered(answer))
        place = order, field.id
        parts += [_picture(each) for each in pictures if (each.order, each.field) == place]
    return "\n\n".join(parts)


def _picture(picture: Picture) -> str:
    """The picture as Mermaid text, in a fence that nothing in it can close."""
    named = f"Picture: {inline(picture.scene.title)} (`{path_of(picture)}`)"
    return f"{named}\n\n```mermaid\n{mermaid(picture.scene)}\n```"


def _rendered(answer: Answer) -> str:
    match answer:
        case Table():
            return _table(answer)
        case Grid():
            return _grid(answer)
        case Prose():
            return restricted(answer.text)
        case Line():
            return line(answer.text)
        case Note():
            return answer.text


def _table(table: Table) -> str:
    rows = [
        f"| {key} | {' | '.join([cell_text(cell) for cell in cells])} |"
        for key, cells in table.rows
    ]
    return "\n".join([*_head(table.headings), *rows])


def _grid(grid: Grid) -> str:
    heads = _head((grid.corner, *[inline(named(column)) for column in grid.columns]))
    rows = [
        f"| {inline(named(row))} | {' | '.join(map(inline, cells))} |" for row, cells in grid.rows
    ]
    legend = "; ".join(f"{option} = {meaning}" for option, meaning in grid.legend)
    return "\n".join([*heads, *rows, "", f"Legend: {legend}."])


def _head(headings: tuple[str, ...]) -> tuple[str, str]:
    return f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"


def _warning(finding: Finding) -> str:
    step = definition(finding.step)
    place = f"step {finding.step}, {step.by_id[finding.field].label}"
    place += f", {finding.row}" if finding.row else ""
    said = inline(f"{finding.message} {finding.mend}".strip())
    return f"- **{finding.rule}** ({visible(place)}) {said}"
