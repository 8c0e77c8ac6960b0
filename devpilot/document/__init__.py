"""The blueprint as Markdown, HTML, JSON, pictures and ZIP, from its data alone.

Everything starts from a `Snapshot`. From there: `outline` says what a step answers,
`markdown`, `agents`, `pictures` and `html` render it, `schema` describes the data,
`artifact` packs it.

A newcomer's likely mistake: to import `html` from the others. The export and its verifier
do without it, so that who verifies a file installs no Markdown or HTML library; for the
same reason the names of `html` are fetched here when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from devpilot.document.artifact import Artifact, build, render
from devpilot.document.markdown import markdown, step_markdown
from devpilot.document.pictures import (
    LAYOUT_PROGRAM,
    LAYOUT_VERSION,
    Graph,
    Layout,
    NotDrawn,
    no_layout,
)
from devpilot.document.schema import blueprint_schema
from devpilot.document.shape import NotABlueprint
from devpilot.document.snapshot import (
    TEMPLATE_VERSION,
    Snapshot,
    accepted_warnings,
    blueprint_json,
)

if TYPE_CHECKING:
    from devpilot.document.html import document_html, step_html, to_html

__all__ = [
    "LAYOUT_PROGRAM",
    "LAYOUT_VERSION",
    "TEMPLATE_VERSION",
    "Artifact",
    "Graph",
    "Layout",
    "NotABlueprint",
    "NotDrawn",
    "Snapshot",
    "accepted_warnings",
    "blueprint_json",
    "blueprint_schema",
    "build",
    "document_html",
    "markdown",
    "no_layout",
    "render",
    "step_html",
    "step_markdown",
    "to_html",
]


def __getattr__(name: str) -> object:
    if name in {"document_html", "step_html", "to_html"}:
        return getattr(import_module("devpilot.document.html"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
