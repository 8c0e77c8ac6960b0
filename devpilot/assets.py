"""Static files: read once, served from memory, compressed once, with a hash in the address.

A newcomer's likely mistake: linking to `/static/x` without `static('x')`; without its hash
the answer may not be kept by the browser.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

FOREVER = "public, max-age=31536000, immutable"
TEXT_TYPES = {"text/css", "text/javascript", "image/svg+xml", "text/plain"}


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    compressed: bytes | None
    mimetype: str
    digest: str


JOINED = {"components/devpilot.css": ("devpilot.css", "specimens.css")}
"""What is served as one file, since no page asks for more than four."""


def read_all(folder: Path) -> dict[str, Asset]:
    """Every file below `folder`, by its path with forward slashes, and those that are joined."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    for name, parts in JOINED.items():
        found[name] = b"".join([found[part] for part in parts])
    return {name: _asset(name, content) for name, content in found.items()}


def _asset(name: str, content: bytes) -> Asset:
    mimetype = mimetypes.guess_type(name)[0] or "text/plain"
    compressed = gzip.compress(content, 9, mtime=0) if mimetype in TEXT_TYPES else None
    return Asset(content, compressed, mimetype, hashlib.sha256(content).hexdigest()[:16])


def init_app(app: Flask, folder: Path) -> None:
    assets = read_all(folder)

    def static_url(name: str) -> str:
        return f"/static/{name}?v={assets[name].digest}"

    def serve(filename: str) -> ResponseReturnValue:
        asset = assets.get(filename)
        if asset is None:
            abort(404)
        response = app.response_class(asset.content, mimetype=asset.mimetype)
        response.set_etag(asset.digest)
        if request.args.get("v") == asset.digest:
            response.headers["Cache-Control"] = FOREVER
        if asset.compressed is not None and request.accept_encodings.quality("gzip") > 0:
            response.set_data(asset.compressed)
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        return response.make_conditional(request)

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=serve)
    app.jinja_env.globals["static"] = static_url
