"""A power cut: the real server, killed while people save, loses nothing it had acknowledged."""

import http.client
import os
import re
import sqlite3
import threading
import time
import urllib.parse
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from e2e.server import Server
from tests.conftest import PASSWORD

KILLS = 5
WRITERS = 3
READY_WITHIN = 3.0


class Writer:
    """One person who saves without pause over HTTP, and remembers what was acknowledged."""

    def __init__(self, server: Server) -> None:
        self.address = server.url.removeprefix("http://")
        self.cookie = self.token = ""
        self.acknowledged = self.sent = 0
        self.failures: list[str] = []
        email = f"{uuid.uuid4().hex}@example.com"
        self.see("/register")
        self.post("/register", {"email": email, "password": PASSWORD})
        self.see("/projects/new")
        project = self.post("/projects", {"name": "Drill", "mode": "lean"})[1]["Location"]
        found = re.search(r"/revisions/[0-9a-f-]{36}", self.see(project))
        assert found
        self.step = f"{found[0]}/steps/1"

    def ask(self, method: str, path: str, body: str = ""):
        with closing(http.client.HTTPConnection(self.address, timeout=10)) as connection:
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        if given := response.headers.get("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        return response.status, response.headers, text

    def see(self, path: str) -> str:
        status, _, text = self.ask("GET", path)
        assert status == 200, text[:300]
        if found := re.search(r'name="csrf_token" value="([^"]+)"', text):
            self.token = found[1]
        return text

    def post(self, path: str, fields: dict[str, str]):
        answer = self.ask(
            "POST", path, urllib.parse.urlencode({**fields, "csrf_token": self.token})
        )
        assert answer[0] == 303, answer[2][:500]
        return answer

    def write(self, stop: threading.Event) -> None:
        """Save numbered texts until the server is gone."""
        try:
            while not stop.is_set():
                found = re.search(r'name="version" [^>]*value="(\d+)"', self.see(self.step))
                assert found
                self.sent += 1
                fields = {"version": found[1], "summary": f"Text number {self.sent}"}
                self.post(f"{self.step}/draft", fields)
                self.acknowledged = self.sent
        except (OSError, http.client.HTTPException):
            pass  # the server was killed under this request
        except AssertionError as error:
            self.failures.append(str(error))

    def stored(self) -> int:
        found = re.search(r"Text number (\d+)", self.see(self.step))
        return int(found[1]) if found else 0


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path):
    server = Server(tmp_path)
    server.start()
    try:
        writers = [Writer(server) for _ in range(WRITERS)]
        took = []
        for _ in range(KILLS):
            killed_while_writing(server, writers)
            began = time.monotonic()
            server.start()
            took.append(work_of(server, time.monotonic() - began))
            for writer in writers:
                assert writer.failures == []
                # What was sent and not answered may be stored or not; nothing older may be.
                assert writer.stored() in {writer.acknowledged, writer.sent}
                writer.sent = writer.acknowledged = writer.stored()
        assert all(writer.acknowledged > KILLS for writer in writers), "too little was written"
        assert "event=bug" not in server.printed()
        assert min(took) < READY_WITHIN, took
    finally:
        server.stop()
    assert_sound(tmp_path / "data" / "devpilot.sqlite3")


def work_of(server: Server, elapsed: float) -> float:
    """Seconds that the server itself worked; on a busy machine it also waits for others."""
    process = server._process
    assert process
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # no Linux
        return elapsed
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def killed_while_writing(server: Server, writers: list[Writer]) -> None:
    stop = threading.Event()
    threads = [threading.Thread(target=writer.write, args=(stop,)) for writer in writers]
    before = [writer.acknowledged for writer in writers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(
        writer.acknowledged < was + 3 for writer, was in zip(writers, before, strict=True)
    ):
        time.sleep(0.005)
    server.kill()
    stop.set()
    for thread in threads:
        thread.join(timeout=15)


def assert_sound(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        used, held = database.execute(
            "SELECT (SELECT sum(count) FROM usage WHERE type = 'storage'),"
            " (SELECT sum(size) FROM step_content)"
        ).fetchone()
    assert used == held
