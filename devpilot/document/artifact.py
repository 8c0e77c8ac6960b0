"""The export: every file that a completed revision gives, in one ZIP.

Owns the list of files. A newcomer's likely mistake: to render something that is not in
the snapshot, such as the time of the export. The same snapshot and template version must
give the same bytes on any machine, for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devpilot.document.agents import agents_markdown
from devpilot.document.archive import pack
from devpilot.document.manifest import MANIFEST, manifest_of, sha256
from devpilot.document.markdown import assemble, step_bodies, step_document
from devpilot.document.outline import outline_of
from devpilot.document.pictures import Layout, Picture, drawings, laid_out, pictures_of
from devpilot.document.schema import schema_json
from devpilot.document.snapshot import (
    Snapshot,
    accepted_warnings,
    blueprint_json,
    ensure_complete,
)
from devpilot.methodology import Finding, canonical, definition

BLUEPRINT = "blueprint.json"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished export. `content` is the ZIP, and `sha256` of its bytes.

    `export_hash` is the export's identity: the manifest's hash, which follows from the
    files alone and would be the same in another kind of archive.
    """

    content: bytes
    sha256: str
    manifest: dict[str, Any]
    export_hash: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


def build(
    snapshot: Snapshot, layout: Layout, warnings: tuple[Finding, ...] | None = None
) -> Artifact:
    """The export of a completed revision. Raises NotABlueprint for any other, and NotDrawn.

    `warnings` may be passed by who has worked them out already.
    """
    return bind(snapshot, render(snapshot, layout, warnings))


def render(
    snapshot: Snapshot, layout: Layout, warnings: tuple[Finding, ...] | None = None
) -> dict[str, bytes]:
    """Every file of the export but the manifest, by path. Raises as `build`."""
    pictures = pictures_in(snapshot)
    texts = render_texts(snapshot, pictures, warnings)
    return {**texts, **drawings(pictures, laid_out(pictures, layout))}


def pictures_in(snapshot: Snapshot) -> list[Picture]:
    """The pictures of the export, which stand in the Markdown and in `diagrams/`."""
    return pictures_of(outline_of(snapshot))


def render_texts(
    snapshot: Snapshot, pictures: Sequence[Picture], warnings: tuple[Finding, ...] | None = None
) -> dict[str, bytes]:
    """The files that need no layout, by path. Raises NotABlueprint."""
    ensure_complete(snapshot)
    warnings = accepted_warnings(snapshot) if warnings is None else warnings
    outline = outline_of(snapshot)
    bodies = step_bodies(outline, pictures)
    files = {
        "AGENTS.md": agents_markdown(snapshot, outline, warnings).encode(),
        "BLUEPRINT.md": assemble(snapshot, bodies, warnings).encode(),
        BLUEPRINT: blueprint_json(snapshot, warnings),
        "blueprint.schema.json": schema_json(snapshot.mode),
    }
    for order, body in bodies.items():
        path = f"steps/{order:02}-{definition(order).code}.md"
        files[path] = step_document(snapshot, order, body).encode()
    return files


def bind(snapshot: Snapshot, files: Mapping[str, bytes]) -> Artifact:
    """These files of the snapshot with their manifest, in a ZIP."""
    manifest = manifest_of(snapshot, files)
    content = pack({**files, MANIFEST: canonical(manifest)})
    return Artifact(content, sha256(content), manifest, manifest["hash"])
