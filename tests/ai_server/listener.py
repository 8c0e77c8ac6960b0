"""Sockets and HTTP: connections on loopback, and every byte of what a request says.

Each connection carries one request. A newcomer's likely mistake: a wait that only time ends.
`Exchange.wait` also ends when the client hangs up or the server closes, so closing never hangs.
"""

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LONGEST_HEAD = 65_536
LONGEST_BODY = 8 * 1024 * 1024
LOOK_SECONDS = 0.02


@dataclass(slots=True)
class Recorded:
    """A request as it came in, byte by byte."""

    head: bytes
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    """Names in lower case."""

    def __post_init__(self) -> None:
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name:
                self.headers[name.strip().lower()] = value.strip()

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode("latin-1")

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode("latin-1")

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Exchange:
    """One connection, its request, and bytes in answer."""

    def __init__(self, connection: socket.socket, is_closing: Callable[[], bool]) -> None:
        self._connection = connection
        self._is_closing = is_closing

    def read(self) -> Recorded | None:
        """None where the client left before it said all, or speaks something else, as TLS."""
        came = b""
        while b"\r\n\r\n" not in came:
            part = self._connection.recv(65_536)
            if not part or len(came) > LONGEST_HEAD or not (came + part)[:1].isalpha():
                return None
            came += part
        head, _, body = came.partition(b"\r\n\r\n")
        asked = Recorded(head)
        length = int(asked.headers.get("content-length", "0"))
        while len(body) < min(length, LONGEST_BODY):
            part = self._connection.recv(65_536)
            if not part:
                return None
            body += part
        asked.body = body
        return asked

    def send(self, part: bytes) -> None:
        self._connection.sendall(part)

    def answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        kind: str = "application/json",
        length: int | None = None,
    ) -> None:
        """Send it. With another `length` than the body's, the body ends in a cut."""
        self.begin(
            status,
            {
                "Content-Type": kind,
                "Content-Length": str(len(body) if length is None else length),
                **(headers or {}),
            },
        )
        self.send(body)

    def begin(self, status: int, headers: dict[str, str]) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.send(f"HTTP/1.1 {status} Said\r\n{lines}Connection: close\r\n\r\n".encode())

    def wait(self, seconds: float = 600) -> bool:
        """True when the time is over; False when the client hung up or the server closes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self._connection], [], [], min(left, LOOK_SECONDS))
            if self._is_closing() or (readable and not self._connection.recv(65_536)):
                return False
        return True


class Listener:
    """Listens on 127.0.0.1 and calls `serve(exchange, asked)` for each request."""

    def __init__(self, port: int, serve: Callable[[Exchange, Recorded], None]) -> None:
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port = int(self._socket.getsockname()[1])
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self.most_at_once = 0
        self._thread = threading.Thread(target=self._accept, name="ai-server", daemon=True)
        self._thread.start()

    @property
    def open(self) -> int:
        """Connections that are open now."""
        with self._lock:
            return len(self._open)

    def _accept(self) -> None:
        while not self._closing.is_set():
            readable, _, _ = select.select([self._socket], [], [], LOOK_SECONDS)
            if not readable:
                continue
            connection, _ = self._socket.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(
                target=self._work, args=(connection,), name="ai-server", daemon=True
            )
            with self._lock:
                self._open[connection] = thread
                self.most_at_once = max(self.most_at_once, len(self._open))
            thread.start()

    def _work(self, connection: socket.socket) -> None:
        try:
            exchange = Exchange(connection, self._closing.is_set)
            with contextlib.suppress(OSError):  # the client hung up, or the server closes
                asked = exchange.read()
                if asked is not None:
                    self._serve(exchange, asked)
        finally:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
            with self._lock:
                del self._open[connection]

    def close(self) -> None:
        """End every connection, and wait a moment for their threads."""
        self._closing.set()
        self._thread.join(timeout=2)
        self._socket.close()
        with self._lock:
            left = list(self._open.items())
            for connection, _ in left:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for _, thread in left:
            thread.join(timeout=2)
