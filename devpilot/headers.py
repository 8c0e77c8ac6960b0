"""What every response carries: security headers, caching, a request number, compression."""

import re
import secrets
import time
from collections.abc import Sequence

import structlog
from flask import Flask, Response, g, request

from devpilot import packing

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PRIVATE = [("Cache-Control", "no-store"), ("Vary", "HX-Request, Accept-Encoding")]
"""What every page carries: none may be kept, and each has a fragment form."""

WORTH_COMPRESSING = 500
"""Bytes below which compression costs more than it saves."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)

log = structlog.get_logger("devpilot")


def init_app(app: Flask, *, production: bool, payment_pages: Sequence[str] = ()) -> None:
    """`payment_pages` are origins that the answer to a form may lead to."""
    allowed = " ".join(["form-action 'self'", *payment_pages])
    policy = POLICY.replace("form-action 'self'", allowed)
    fixed = list((SECURITY | {"Content-Security-Policy": policy}).items())
    if production:
        fixed.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))

    @app.before_request
    def number_request() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        g.started = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.extend(fixed)
        headers.add("X-Request-ID", g.get("request_id", ""))
        if request.endpoint != "static":
            headers.extend(PRIVATE)
            _compress(response)
        log.info(
            "request",
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        )
        return response


def _compress(response: Response) -> None:
    """Gzip of text, where the client takes it."""
    accepted = request.headers.get("Accept-Encoding", "").replace(" ", "")
    wanted = "gzip" in accepted and "gzip;q=0" not in accepted.replace("gzip;q=0.", "")
    if not wanted or response.direct_passthrough or response.content_encoding:
        return
    if not (response.mimetype or "").startswith(("text/", "application/problem")):
        return
    parts = list(response.iter_encoded())
    if sum(map(len, parts)) < WORTH_COMPRESSING:
        return
    response.set_data(packing.gzipped(parts))
    response.headers["Content-Encoding"] = "gzip"
