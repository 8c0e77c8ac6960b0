"""The offline verifier: `python -m devpilot.verify FILE.zip`.

Owns the question whether a file is, byte for byte, the export that its own data gives:
every hash is worked out again, every derived file rendered again, the ZIP built again. It
needs neither server nor database nor network, and no other package. Pictures are drawn from
the data at the places that the export keeps; where the layout program is at hand, those are
worked out again too.

A newcomer's likely mistake: to take "verified" for "made by this or that server". Whoever
has the product can make a consistent export. Where a file came from is shown by comparing
its export hash with the one that the server shows.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devpilot.document.archive import MAX_UNPACKED, NotAnArchive, unpack
from devpilot.document.artifact import BLUEPRINT, bind, pictures_in, render_texts
from devpilot.document.escaping import visible
from devpilot.document.manifest import (
    EXPORT_FORMAT,
    MANIFEST,
    disagreements,
    manifest_hash,
    sha256,
)
from devpilot.document.pictures import POSITIONS, Layout, drawn_again, no_layout
from devpilot.document.shape import NotABlueprint
from devpilot.document.snapshot import TEMPLATE_VERSION, Snapshot, findings
from devpilot.methodology import Severity, canonical

try:
    from devpilot.adapters import graphviz
except ImportError:  # on a Python with none of DevPilot's packages
    lay_out: Layout = no_layout
else:
    lay_out = graphviz.lay_out_patiently

VERIFIED, DIFFERENT, UNREADABLE = 0, 1, 2
"""The exit statuses."""

_MAX_FILE = MAX_UNPACKED + 1024 * 1024
_USAGE = "Usage: python -m devpilot.verify FILE.zip"


class NotAnExport(Exception):
    """The file cannot be judged as an export; the message is a sentence that says why."""


@dataclass(slots=True)
class Report:
    """What was found. No differences means verified."""

    sha256: str
    export_hash: str
    files: int
    differences: list[str] = field(default_factory=list)
    snapshot: Snapshot | None = None
    """The data that was rendered again; None when differences kept it from being read."""

    laid_out: bool = False
    """Whether the places in the pictures were worked out again, and not taken from the file."""


def verify(content: bytes, layout: Layout = lay_out) -> Report:
    """Everything that can be said of these bytes. Raises NotAnExport."""
    try:
        entries, problems = unpack(content)
    except NotAnArchive as problem:
        raise NotAnExport(str(problem)) from problem
    manifest = _manifest(entries)
    report = Report(sha256(content), str(manifest.get("hash")), len(entries), problems)
    report.differences += _self_contradictions(entries[MANIFEST], manifest)
    report.differences += disagreements(manifest, entries)
    if manifest.get("template_version") == TEMPLATE_VERSION:
        _render_again(content, entries, report, layout)
    elif report.differences:
        report.differences.append(_other_version(manifest))
    else:
        raise NotAnExport(
            f"Every hash is right, but no more can be said. {_other_version(manifest)}"
        )
    return report


def _manifest(entries: dict[str, bytes]) -> dict[str, Any]:
    manifest = _parsed(entries.get(MANIFEST, b""))
    if not isinstance(manifest, dict) or manifest.get("format") != EXPORT_FORMAT:
        raise NotAnExport(f"It has no {MANIFEST} of a DevPilot export.")
    return manifest


def _parsed(content: bytes) -> object:
    """The JSON value, or None for what is not JSON or nested beyond reading."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _is_canonical(content: bytes, value: object) -> bool:
    try:
        return canonical(value) == content
    except (ValueError, RecursionError):
        return False


def _self_contradictions(content: bytes, manifest: dict[str, Any]) -> list[str]:
    if not _is_canonical(content, manifest):
        return [f"{MANIFEST} is not in canonical form."]
    if manifest.get("hash") != manifest_hash(manifest):
        return [f"{MANIFEST}: its hash is not the hash of what it says."]
    return []


def _render_again(
    content: bytes, entries: dict[str, bytes], report: Report, layout: Layout
) -> None:
    """Adds where the bytes differ from what the blueprint's data gives."""
    differences = report.differences
    try:
        report.snapshot = _snapshot(entries.get(BLUEPRINT))
        pictures = pictures_in(report.snapshot)
        files = render_texts(report.snapshot, pictures)
    except NotABlueprint as problem:
        differences.append(f"{BLUEPRINT} cannot be rendered. {visible(str(problem))}")
        return
    again = drawn_again(pictures, _parsed(entries.get(POSITIONS, b"")), layout)
    report.laid_out = again.laid_out
    differences += again.differences
    files |= again.files
    rebuilt = bind(report.snapshot, files)
    expected = {**files, MANIFEST: canonical(rebuilt.manifest)}
    differences += [
        f"{path} is not what the data in {BLUEPRINT} gives."
        for path in sorted(expected)
        if path in entries and entries[path] != expected[path]
    ]
    differences += [
        f"{BLUEPRINT} could not have been locked. {visible(finding.message)}"
        for finding in findings(report.snapshot, Severity.ERROR)
    ]
    if not differences and content != rebuilt.content:
        differences.append("Every file is right, but the ZIP around them is not as it was made.")


def _snapshot(content: bytes | None) -> Snapshot:
    if content is None:
        raise NotABlueprint("It is not there.")
    document = _parsed(content)
    if not _is_canonical(content, document):
        raise NotABlueprint("It is not in canonical form.")
    return Snapshot.from_json(document)


def _other_version(manifest: dict[str, Any]) -> str:
    version = manifest.get("template_version")
    return (
        f"The export was made with template version {version!a}, and this verifier knows "
        f"version {TEMPLATE_VERSION} alone: use a DevPilot release with that version."
    )


def main(arguments: Sequence[str]) -> int:
    """Prints the report and gives the exit status."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        _say(_USAGE)
        return UNREADABLE
    path = Path(arguments[0])
    try:
        report = verify(_bytes_of(path))
    except NotAnExport as problem:
        _say(f"{path.name}: not readable as an export. {problem}")
        return UNREADABLE
    _say(f"{path.name}: {'differs' if report.differences else 'verified'}")
    for name, value in _facts(report):
        _say(f"  {name:<17}{value}")
    for difference in report.differences:
        _say(f"- {difference}")
    return DIFFERENT if report.differences else VERIFIED


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE:
            raise NotAnExport(f"It is larger than {_MAX_FILE:,} bytes.")
        return path.read_bytes()
    except OSError as problem:
        raise NotAnExport(f"It cannot be read: {problem.strerror}.") from problem


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = []
    if report.snapshot is not None:
        of = report.snapshot
        facts += [
            ("Project", visible(of.project_name)),
            ("Revision", f"{of.number}, {of.mode}, completed {of.completed_at}"),
            ("Revision id", of.revision_id),
            ("Template version", str(TEMPLATE_VERSION)),
        ]
    return [
        *facts,
        ("Files", str(report.files)),
        ("Pictures", "laid out again" if report.laid_out else "at the places that the file gives"),
        ("Export hash", visible(report.export_hash)),
        ("SHA-256 of ZIP", report.sha256),
    ]


def _say(text: str) -> None:
    """One line, on any terminal: what it cannot show is written as an escape."""
    encoding = sys.stdout.encoding or "ascii"
    shown = text.encode(encoding, "backslashreplace").decode(encoding)
    sys.stdout.write(f"{shown}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
