"""How an answer goes wrong, by name: in what it says (see `texts`), or on the wire.

A way on the wire is a function of the exchange and the request. A number is a status.
"""

import functools
import gzip
import json
from collections.abc import Callable, Iterator

from tests.ai_server.answering import Json
from tests.ai_server.listener import Exchange
from tests.ai_server.texts import CONTENTS, DEEP, ENVELOPES, body_for, body_of

Way = Callable[[Exchange, Json], None]
Said = Callable[[Json], str]
"""The text of an answer, made by a test from the request."""

HTML = b"<!doctype html><title>Gateway</title><h1>Please sign in to the network</h1>"
PAUSE = 0.05
HUGE = 50 * 1024 * 1024


def _hang(exchange: Exchange, _: Json) -> None:
    exchange.wait()


def _hang_in_body(exchange: Exchange, request: Json) -> None:
    whole = body_for(request)
    exchange.answer(200, whole[: len(whole) // 2], length=len(whole))
    exchange.wait()


def _drip(exchange: Exchange, request: Json) -> None:
    whole = body_for(request)
    exchange.answer(200, b"", length=len(whole))
    for at in range(len(whole)):
        exchange.send(whole[at : at + 1])
        if not exchange.wait(PAUSE):
            return


def _drip_headers(exchange: Exchange, _: Json) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    while exchange.wait(PAUSE):
        exchange.send(b"X-Drip: a\r\n")


def _drip_hints(exchange: Exchange, _: Json) -> None:
    while exchange.wait(PAUSE):
        exchange.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def _drip_refusal(exchange: Exchange, _: Json) -> None:
    exchange.answer(400, b"", length=HUGE)
    while exchange.wait(PAUSE):
        exchange.send(b"a")


def _huge_parts(request: Json) -> Iterator[bytes]:
    head, _, tail = body_for(request).partition(b'"choices"')
    yield head + b'"padding": "'
    for _ in range(HUGE // 65_536):
        yield b"a" * 65_536
    yield b'", "choices"' + tail


def _huge(exchange: Exchange, request: Json) -> None:
    exchange.answer(200, b"", length=HUGE + len(body_for(request)) + 15)
    for part in _huge_parts(request):
        exchange.send(part)


def _huge_in_chunks(exchange: Exchange, request: Json) -> None:
    exchange.begin(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
    for part in _huge_parts(request):
        exchange.send(b"%x\r\n%b\r\n" % (len(part), part))
    exchange.send(b"0\r\n\r\n")


def _zipped(exchange: Exchange, _: Json) -> None:
    exchange.answer(200, _bomb(), {"Content-Encoding": "gzip"})


@functools.cache
def _bomb() -> bytes:
    """Made once: the deadlines of tests are shorter than that takes on a busy machine."""
    return gzip.compress(b" " * HUGE, 1)


def _cut(exchange: Exchange, request: Json) -> None:
    whole = body_for(request)
    exchange.answer(200, whole[: len(whole) // 2], length=len(whole))


def _cut_chunks(exchange: Exchange, request: Json) -> None:
    exchange.begin(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
    half = body_for(request)[:40]
    exchange.send(b"%x\r\n%b\r\n" % (len(half), half))


def _events(exchange: Exchange, request: Json) -> None:
    lines = b"data: " + body_for(request) + b"\n\ndata: [DONE]\n\n"
    exchange.answer(200, lines, kind="text/event-stream")


def _refuse_format(exchange: Exchange, request: Json) -> None:
    if "response_format" in request:
        told = "This response_format type is unavailable now"
        exchange.answer(400, error_body(400, told))
    else:
        exchange.answer(200, body_for(request, "fenced"))


def error_body(status: int, told: str = "") -> bytes:
    """In OpenAI's words."""
    message = told or f"An error of status {status}"
    error = {"message": message, "type": "own_error", "param": None, "code": str(status)}
    return json.dumps({"error": error}).encode()


def _refused(status: int, **headers: str) -> Way:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange, _: exchange.answer(status, error_body(status), named)


def _said(body: bytes, kind: str = "application/json") -> Way:
    return lambda exchange, _: exchange.answer(200, body, kind=kind)


WIRES: dict[str, Way] = {
    "hang": _hang,
    "hang in the body": _hang_in_body,
    "hang up": lambda _exchange, _request: None,
    "drip": _drip,
    "drip headers": _drip_headers,
    "drip hints": _drip_hints,
    "drip refusal": _drip_refusal,
    "429 seconds": _refused(429, Retry_After="1"),
    "429 date": _refused(429, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"),
    "429 garbage": _refused(429, Retry_After="soon"),
    "429 negative": _refused(429, Retry_After="-5"),
    "429 a million": _refused(429, Retry_After="1000000"),
    "asks for a retry": _refused(503, X_Should_Retry="true", Retry_After_Ms="1"),
    "html": _said(HTML, "text/html"),
    "html as JSON": _said(HTML),
    "wrong content type": lambda exchange, asked: exchange.answer(
        200, body_for(asked), kind="text/plain"
    ),
    "no content": lambda exchange, _: exchange.begin(204, {}),
    "bad JSON": _said(b'{"choices": [{"message": {"content": oops}}]}'),
    "bad UTF-8": _said(b'{"choices": [{"message": {"content": "\xff\xfe"}}]}'),
    "no bytes": _said(b""),
    "envelope brackets": _said(b"[" * DEEP),
    "not HTTP": lambda exchange, _: exchange.send(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "endless header": lambda exchange, _: exchange.send(
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 500_000
    ),
    "cut": _cut,
    "cut chunks": _cut_chunks,
    "huge": _huge,
    "huge in chunks": _huge_in_chunks,
    "zipped": _zipped,
    "events": _events,
    "refuses the format": _refuse_format,
    "refuses all": lambda exchange, _: exchange.answer(400, error_body(400, "response_format?")),
}

WAYS = {*CONTENTS, *ENVELOPES, *WIRES, "redirect", "redirect on this host"}
"""All names; `server` knows where redirects lead."""


def serve(exchange: Exchange, request: Json, way: int | str | Said) -> None:
    if isinstance(way, int):
        exchange.answer(way, error_body(way))
    elif callable(way):
        exchange.answer(200, body_of(request, way(request)))
    elif way in WIRES:
        WIRES[way](exchange, request)
    else:
        exchange.answer(200, body_for(request, way))
