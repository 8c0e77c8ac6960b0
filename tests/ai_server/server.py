"""The server as a test holds it: where it listens, how it answers, what it was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from tests.ai_server import ways
from tests.ai_server.listener import Exchange, Listener, Recorded

ASKED = "/v1/chat/completions"


class AiServer:
    """An OpenAI-compatible server on a free port of 127.0.0.1.

    `way` says how chat completions are answered until it is set anew: a name of `ways.WAYS`, a
    status, or a function that makes an answer's text from the request. Another host listens as
    well, where redirects lead; nobody should come there.
    """

    model = "stand-in"

    def __init__(self, *, port: int = 0) -> None:
        self._way: int | str | ways.Said = "good"
        self._port = port
        self._lock = threading.Lock()
        self._listener: Listener | None = None
        self.requests: list[Recorded] = []
        """In the order of their arrival."""
        self.strayed: list[Recorded] = []
        """Requests that followed a redirect to the other host."""
        self._other = Listener(0, self._stray)
        self.start()

    def start(self) -> None:
        """Listen; after `stop`, on the same port again."""
        if self._listener is None:
            self._listener = Listener(self._port, self._serve)
            self._port = self._listener.port

    def stop(self) -> None:
        """Listen no more: connections are refused. Nothing is forgotten."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Connections are refused within the block."""
        self.stop()
        yield
        self.start()

    def close(self) -> None:
        self.stop()
        self._other.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reset(self) -> None:
        """Answer well, and forget what was asked. Whatever hangs is ended."""
        if self._listener is not None and (self._listener.open or self._listener.most_at_once > 1):
            self.stop()
        self._way = "good"
        self.requests.clear()
        self.strayed.clear()
        self.start()

    @property
    def url(self) -> str:
        """What OPENAI_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def way(self) -> int | str | ways.Said:
        return self._way

    @way.setter
    def way(self, way: int | str | ways.Said) -> None:
        if isinstance(way, str) and way not in ways.WAYS:
            raise ValueError(f"{way!r} is none of: {', '.join(sorted(ways.WAYS))}, or a status")
        self._way = way

    @property
    def open_connections(self) -> int:
        return self._listener.open if self._listener is not None else 0

    @property
    def most_at_once(self) -> int:
        """Connections that were open at the same time, since the last start."""
        return self._listener.most_at_once if self._listener is not None else 0

    def wait_for_requests(self, number: int, seconds: float = 10.0) -> None:
        """Returns when so many came since the last reset. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while len(self.requests) < number:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.requests)} requests, and not {number}")
            time.sleep(0.005)

    def _serve(self, exchange: Exchange, asked: Recorded) -> None:
        with self._lock:
            self.requests.append(asked)
        if (asked.method, asked.path) == ("GET", "/v1/models"):
            listed = [{"id": self.model, "object": "model", "owned_by": "own", "created": 0}]
            exchange.answer(200, json.dumps({"object": "list", "data": listed}).encode())
        elif (asked.method, asked.path) != ("POST", ASKED):
            exchange.answer(404, ways.error_body(404))
        elif self._way == "redirect":
            exchange.answer(307, b"", {"Location": f"http://localhost:{self._other.port}{ASKED}"})
        elif self._way == "redirect on this host":
            exchange.answer(307, b"", {"Location": f"{ASKED}/again"})
        else:
            self._answer(exchange, asked)

    def _answer(self, exchange: Exchange, asked: Recorded) -> None:
        try:
            request = asked.json
        except ValueError:
            exchange.answer(400, ways.error_body(400, "no JSON"))
            return
        ways.serve(exchange, request, self._way)

    def _stray(self, exchange: Exchange, asked: Recorded) -> None:
        """Answers like the true one, whoever asks."""
        with self._lock:
            self.strayed.append(asked)
        ways.serve(exchange, asked.json, "good")
