"""Sockets and HTTP: connections on loopback, and what a request says.

A newcomer's likely mistake: closing the listening socket alone. Clients keep connections open,
so `close` ends those too, and no thread stays behind in a read.
"""

import contextlib
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote, urlsplit

LIMIT = 1_000_000
"""Bytes of a request's body; nobody sends this much to Stripe."""


class Listener(socketserver.ThreadingTCPServer):
    """A server on 127.0.0.1 that calls `serve(exchange)` for each request."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, serve: Callable[["Exchange"], None]) -> None:
        self.serve = serve
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(("127.0.0.1", port), Exchange)
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.02,), name="stripe", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """End every connection, and wait a moment for their threads."""
        self.shutdown()
        self.server_close()
        self._thread.join(timeout=2)
        with self._changed:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._changed.wait_for(lambda: not self._open, timeout=2)


class Exchange(BaseHTTPRequestHandler):
    """One connection: its requests and their answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one piece
    server: Listener

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle_one_request()
            return
        self.close_connection = True

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        self.asked_path = unquote(parts.path)
        self.query = parts.query
        length = int(self.headers.get("Content-Length") or 0)
        if length > LIMIT:
            self.answer(413, b"")
            self.close_connection = True
            return
        self.body = self.rfile.read(length).decode("utf-8", "replace")
        self.server.serve(self)

    do_GET = do_POST = do_DELETE = do_PUT = _serve  # noqa: N815  names of http.server

    def log_message(self, *_: Any) -> None:
        """Say nothing: the control interface keeps the requests."""

    def version_string(self) -> str:
        return "nginx"

    def answer(
        self,
        status: int,
        body: bytes | Iterable[bytes],
        headers: dict[str, str] | None = None,
        *,
        kind: str = "application/json",
        length: int | None = None,
    ) -> None:
        """Send it. A body in parts needs its `length`; one shorter than that ends in a cut."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        size = len(body) if isinstance(body, bytes) and length is None else length
        self.send_header("Content-Length", str(size))
        self.send_header("Cache-Control", "no-cache, no-store")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        for part in [body] if isinstance(body, bytes) else body:
            self.wfile.write(part)
            self.wfile.flush()

    def hang_up(self) -> None:
        self.close_connection = True
