"""Many requests released at the same moment, and what each was answered.

On SQLite the requests are threads of two applications; on PostgreSQL they go over HTTP to four
server processes, in turn. A newcomer's likely mistake: preparing in the thread that sends;
whatever takes time comes before the barrier, or nothing races.
"""

import http.client
import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from flask import Flask

from e2e.server import Server
from tests.posts import Post

SECONDS = 30
DONE = "done"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    code: str
    """The refusal's code, or DONE."""
    location: str


class Crowd(Protocol):
    """Sends all the posts at once; the answers are in the posts' order."""

    def send(self, posts: Sequence[Post]) -> list[Answer]: ...


class Threads:
    """Tabs in one process, whose requests reach one application after the other.

    Each has connections of its own: the applications meet in the database alone.
    """

    def __init__(self, apps: Sequence[Flask]) -> None:
        self._apps = apps

    def send(self, posts: Sequence[Post]) -> list[Answer]:
        senders = [post.ready(app) for post, app in zip(posts, itertools.cycle(self._apps))]
        return [answered(a.status_code, a.headers) for a in at_once(senders)]


class Processes:
    """Tabs of browsers whose requests a balancer hands to one server after the other."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._addresses = [server.url.removeprefix("http://") for server in servers]
        self._open: list[http.client.HTTPConnection] = []

    def send(self, posts: Sequence[Post]) -> list[Answer]:
        while len(self._open) < len(posts):
            address = self._addresses[len(self._open) % len(self._addresses)]
            self._open.append(http.client.HTTPConnection(address, timeout=SECONDS))
        pairs = zip(self._open, posts, strict=False)
        return at_once([_over_http(connection, post) for connection, post in pairs])

    def close(self) -> None:
        for connection in self._open:
            connection.close()


def _over_http(connection: http.client.HTTPConnection, post: Post) -> Callable[[], Answer]:
    person = post.person
    body = urlencode({"csrf_token": person.token(), **post.fields})
    name = person.app.config["SESSION_COOKIE_NAME"]
    headers = {
        "Cookie": f"{name}={person.cookie()}",
        "Content-Type": "application/x-www-form-urlencoded",
        **post.headers,
    }

    def send() -> Answer:
        connection.request("POST", post.path, body, headers)
        response = connection.getresponse()
        response.read()
        return answered(response.status, response.headers)

    return send


def answered(status: int, headers: Any) -> Answer:
    return Answer(status, headers.get("DevPilot-Error", DONE), headers.get("Location", ""))


def at_once(senders: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call them all, each in a thread of its own that waits for the others to be ready."""
    start = threading.Barrier(len(senders))

    def run(send: Callable[[], Any]) -> Any:
        start.wait(timeout=SECONDS)
        return send()

    with ThreadPoolExecutor(len(senders)) as pool:
        return list(pool.map(run, senders))
