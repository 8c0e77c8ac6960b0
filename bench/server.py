"""A server under measurement: started on a free port, its CPU time and memory read."""

import functools
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from bench.installed import HIDDEN, hidden_modules

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
GZIP = {"Accept-Encoding": "gzip"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plain_environment() -> dict[str, str]:
    """Ours, without what a developer may have set and a user has not."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


_hidden = functools.cache(hidden_modules)


class Server:
    """One process. `cpu` is what it has used so far, in seconds; `memory` in bytes."""

    def __init__(self, arguments: Sequence[str], probe: str, **environment: str) -> None:
        self.port = free_port()
        _hidden()
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.installed", *arguments],
            cwd=ROOT,
            env={**_plain_environment(), "PORT": str(self.port), HIDDEN: _hidden(), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_for(probe)
        self.started_in = time.perf_counter() - started

    def _wait_for(self, probe: str) -> None:
        for _ in range(2000):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    break
            except OSError:
                time.sleep(0.005)
        client = Client(self.port)
        status, _, _ = client.get(probe)
        if status != 200:
            raise RuntimeError(f"the server answered {status}")

    @property
    def cpu(self) -> float:
        stat = Path(f"/proc/{self.process.pid}/schedstat").read_text()
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        total = sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)
        return (total or int(stat.split()[0])) / 1e9

    @property
    def memory(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) * 1024 if found else 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)


class Client:
    """One kept-alive connection with a cookie, as a browser has."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookie = ""

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self._ask("GET", path, None, {**GZIP, **headers})

    def post(
        self, path: str, pairs: Sequence[tuple[str, str]], **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(pairs).encode(), {**GZIP, **form, **headers})

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        if self.cookie:
            headers = {**headers, "Cookie": self.cookie}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        given = dict(response.getheaders())
        if "Set-Cookie" in given:
            self.cookie = given["Set-Cookie"].partition(";")[0]
        return response.status, given, content
