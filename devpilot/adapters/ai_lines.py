"""Calls that take long, on threads of their own: so many at once, so long, and given up when told.

A newcomer's likely mistake: trusting a time-out. It counts anew with each byte, so an answer
that drips outlives it. Whoever asks waits here for the whole, and leaves it at the deadline.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

from devpilot.adapters.ai_answer import AiFailed, Cancelled, TimedOut, Unavailable

_LOOK_SECONDS = 0.05
"""How often the waiting side asks whether the call was cancelled."""

Got = TypeVar("Got")


class Line:
    """The connections of one call, and its deadline.

    It keeps a duplicate of each socket: shutting that down wakes the thread that reads, and the
    socket itself is closed by its owner alone, so no other connection can be hit by mistake.
    """

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_cut = False

    def left(self) -> float:
        return self.deadline - time.monotonic()

    def cut(self) -> None:
        """End whatever is under way, and whatever would begin."""
        with self._lock:
            self._is_cut = True
            for each in self._sockets:
                _shut(each)

    def ensure_whole(self) -> None:
        if self._is_cut or self.left() <= 0:
            raise TimedOut("before a request")

    def traced(self, event: str, info: dict[str, Any]) -> None:
        """What the HTTP library tells while it works. TLS comes after this, on the same socket."""
        if event.endswith("connect_tcp.complete"):
            mine = info["return_value"].get_extra_info("socket").dup()
            with self._lock:
                self._sockets.append(mine)
                if self._is_cut:
                    _shut(mine)

    def close(self) -> None:
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()


def _shut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was first
        each.shutdown(socket.SHUT_RDWR)


class Lines:
    """At most `at_once` calls, each with a thread of its own and `seconds` in total.

    A thread that was left at its deadline keeps its place until it ends. That is at once but
    where the system looks a name up, which nobody can interrupt.
    """

    def __init__(self, at_once: int, seconds: float) -> None:
        self._seconds = seconds
        self._free = threading.BoundedSemaphore(at_once)

    def run(self, work: Callable[[Line], Got], cancelled: Callable[[], bool] | None) -> Got:
        """What `work` returns or raises. Raises Unavailable, TimedOut and Cancelled besides."""
        if not self._free.acquire(blocking=False):
            raise Unavailable("all lines busy")
        line, result = Line(self._seconds), Future[Got]()
        thread = threading.Thread(
            target=self._work, args=(work, line, result), name="ai-call", daemon=True
        )
        try:
            thread.start()
        except RuntimeError as error:
            self._free.release()
            raise Unavailable("no thread") from error
        return _wait(line, result, cancelled)

    def _work(self, work: Callable[[Line], Got], line: Line, result: Future[Got]) -> None:
        try:
            got = work(line)
        except AiFailed as failure:
            self._end(line)
            result.set_exception(failure)
        except Exception as error:  # noqa: BLE001  it would be lost with the thread
            self._end(line)
            result.set_exception(Unavailable(type(error).__name__))
        else:
            self._end(line)
            result.set_result(got)

    def _end(self, line: Line) -> None:
        """Before the result is told: whoever learns it may ask anew at once."""
        line.close()
        self._free.release()


def _wait(line: Line, result: Future[Got], cancelled: Callable[[], bool] | None) -> Got:
    while not result.done():
        if cancelled is not None and cancelled():
            line.cut()
            raise Cancelled
        left = line.left()
        if left <= 0:
            line.cut()
            raise TimedOut("deadline")
        wait([result], left if cancelled is None else min(left, _LOOK_SECONDS))
    return result.result()
