"""`manifest.json`: what an export contains, and the hash that names the export.

Owns the making and the comparing of manifests. A newcomer's likely mistake: to hash the
ZIP and call that the export's identity. The export hash names the files, whatever carries
them; the ZIP's SHA-256 names one archive.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from devpilot.document.snapshot import TEMPLATE_VERSION, Snapshot
from devpilot.methodology import canonical

EXPORT_FORMAT = "devpilot-export"
MANIFEST = "manifest.json"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def manifest_of(snapshot: Snapshot, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The manifest of these files, its own hash in it."""
    manifest: dict[str, Any] = {
        "format": EXPORT_FORMAT,
        "template_version": TEMPLATE_VERSION,
        "revision": snapshot.revision,
        "files": [
            {"path": path, "size": len(content), "sha256": sha256(content)}
            for path, content in sorted(files.items())
        ],
    }
    return {**manifest, "hash": manifest_hash(manifest)}


def manifest_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical manifest without its own `hash`."""
    return sha256(canonical({name: manifest[name] for name in manifest if name != "hash"}))


def disagreements(manifest: Mapping[str, Any], entries: Mapping[str, bytes]) -> list[str]:
    """A sentence for each thing in which manifest and entries disagree, in path order."""
    listed = _listed(manifest.get("files"))
    if listed is None:
        return [f"{MANIFEST}: the list of files is not one of files that are there once each."]
    strays = sorted(entries.keys() - listed.keys() - {MANIFEST})
    found = [f"{path!a} is in the ZIP and not in the manifest." for path in strays]
    for path in sorted(listed):
        found += _differences(path, entries.get(path), listed[path])
    return found


def _listed(files: object) -> dict[str, dict[str, Any]] | None:
    """The manifest's entries by path; None unless it is a list of files, each once."""
    if not isinstance(files, list) or not all(isinstance(entry, dict) for entry in files):
        return None
    listed = {str(entry.get("path")): entry for entry in files}
    return listed if len(listed) == len(files) and MANIFEST not in listed else None


def _differences(path: str, content: bytes | None, entry: dict[str, Any]) -> Iterator[str]:
    if content is None:
        yield f"{path!a} is in the manifest and not in the ZIP."
        return
    if len(content) != entry.get("size"):
        yield f"{path!a} has {len(content):,} bytes; the manifest gives another size."
    if sha256(content) != entry.get("sha256"):
        yield f"{path!a} does not have the SHA-256 that the manifest gives."
