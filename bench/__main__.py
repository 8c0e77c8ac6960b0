"""Measures the product beside the bare route, and writes docs/performance.md."""

import gzip
import platform
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.server import ROOT, Client, Server
from devpilot.db import sound_sqlite
from tests.browser import Page

ROUNDS = 7
BARE_REQUESTS = 300
PROJECTS = 20
UNMEASURED = 3
"""Setting the stage drops triggers and makes them again, which no user does: the server then reads
its schema and prepares its statements anew, at the next requests."""
EXAMPLE_PASSWORD = "a long enough password"

LEAN_STEPS = 4

TARGETS = {
    "project list of 20 projects": 5.0,
    "step page of step 1, example": 6.0,
    "step page of step 4, example (72 rows)": 40.0,
    "save a draft of step 1": 6.0,
    "lock step 1": 8.0,
    "export of a lean blueprint": 15.0,
}


class Story:
    """A paying person with twenty projects from the example, and what the benchmark does."""

    def __init__(self, server: Server, data: Path) -> None:
        self.client = Client(server.port)
        self.data = data
        self._sign_up()
        self.revisions = [self._project(number) for number in range(PROJECTS)]
        self.saves = 0
        self.forms = {r: self._form(r) for r in self.revisions[:2]}

    def _token(self) -> str:
        _, headers, body = self.client.get("/projects/new" if self.client.cookie else "/register")
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        found = re.search(rb'name="csrf_token" value="([^"]+)"', body)
        if found is None:
            raise RuntimeError("no CSRF token on the page")
        return found[1].decode()

    def _sign_up(self) -> None:
        self._post("/register", email="bench@example.com", password=EXAMPLE_PASSWORD)
        self.token = ""
        self._post("/billing/sandbox", event="paid")
        self.token = self._token()

    def _post(self, path: str, **fields: str) -> str:
        token = getattr(self, "token", "") or self._token()
        pairs = [("csrf_token", token), *fields.items()]
        status, headers, body = self.client.post(path, pairs)
        if status != 303:
            raise RuntimeError(f"{path} answered {status}: {body[:300]!r}")
        return headers["Location"]

    def _project(self, number: int) -> str:
        project = self._post("/projects", name=f"Clinic {number}", example="wellbrook")
        _, _, body = self.client.get(project)
        found = re.search(rb"/revisions/[0-9a-f-]{36}", gzip.decompress(body))
        if found is None:
            raise RuntimeError("no revision on the project page")
        return found[0].decode()

    def _form(self, revision: str) -> list[tuple[str, str]]:
        _, _, body = self.client.get(f"{revision}/steps/1")
        return Page(gzip.decompress(body).decode()).form("/draft").fields

    def reset(self, *, locked: int) -> None:
        """Set the stage between rounds; the server's clock does not run meanwhile."""
        now = "2026-01-01 00:00:00.000000"
        completed = locked == LEAN_STEPS
        connection = sound_sqlite().connect(self.data / "devpilot.sqlite3", timeout=10)
        with connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            )
            guards = triggers.fetchall()  # they refuse what follows, and are back after it
            for name, _ in guards:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("DELETE FROM idempotency_key")
            connection.execute("DELETE FROM locked_text")
            connection.execute("DELETE FROM revision_event WHERE export_id IS NOT NULL")
            connection.execute("DELETE FROM export")
            connection.execute(
                "UPDATE revision SET version = 1, status = ?, completed_at = ?",
                ("completed", now) if completed else ("draft", None),
            )
            connection.execute(
                "UPDATE step SET status = CASE WHEN \"order\" <= ? THEN 'locked' ELSE 'draft' END, "
                'locked_at = CASE WHEN "order" <= ? THEN ? END',
                (locked, locked, now),
            )
            for _, statement in guards:
                connection.execute(statement)
        connection.close()
        shutil.rmtree(self.data / "artifacts", ignore_errors=True)

    def project_list(self, _turn: int) -> int:
        return self.client.get("/projects")[0]

    def step_1(self, _turn: int) -> int:
        return self.client.get(f"{self.revisions[0]}/steps/1")[0]

    def step_4(self, _turn: int) -> int:
        return self.client.get(f"{self.revisions[0]}/steps/4")[0]

    def save(self, _turn: int) -> int:
        """What htmx sends when someone pauses: the whole form, with one text changed."""
        self.saves += 1
        revision = self.revisions[0]
        version = str(self.versions.get(revision, 1))
        self.versions[revision] = int(version) + 1
        changed = {"version": version, "summary": f"A booking system, draft {self.saves}."}
        pairs = [(name, changed.get(name, value)) for name, value in self.forms[revision]]
        return self.client.post(f"{revision}/steps/1/draft", pairs, **{"HX-Request": "true"})[0]

    def lock(self, turn: int) -> int:
        pairs = [("csrf_token", self.token), ("version", "1"), ("idempotency_key", f"l{turn}")]
        return self.client.post(f"{self.revisions[turn]}/steps/1/lock", pairs)[0]

    def export(self, turn: int) -> int:
        pairs = [("csrf_token", self.token), ("idempotency_key", f"e{turn}")]
        return self.client.post(f"{self.revisions[turn]}/exports", pairs)[0]

    versions: dict[str, int] = {}  # noqa: RUF012  one story per run


def per_request(
    server: Server, ask: Callable[[int], int], times: int, expected: int, unmeasured: int = 0
) -> float:
    """CPU seconds of the server per request; the first ones may be left out."""
    before = server.cpu
    for turn in range(times):
        if turn == unmeasured:
            before = server.cpu
        status = ask(turn)
        if status != expected:
            raise RuntimeError(f"answered {status} instead of {expected}")
    return (server.cpu - before) / (times - unmeasured)


def main() -> int:
    data = Path(tempfile.mkdtemp(prefix="devpilot-bench-"))
    serve = ["flask", "--app", "wsgi", "devpilot", "serve"]
    Server(serve, "/healthz", DEVPILOT_DATA=str(data)).stop()  # makes the database
    cold = []
    for _ in range(5):
        started = Server(serve, "/healthz", DEVPILOT_DATA=str(data))
        cold.append(started.started_in)
        started.stop()
    product = Server(serve, "/healthz", DEVPILOT_DATA=str(data))
    bare = Server(["bench.bare"], "/")
    try:
        ratios, micro, bare_micro = measure(product, bare, Story(product, data))
        memory = product.memory
    finally:
        product.stop()
        bare.stop()
        shutil.rmtree(data)
    report = written(ratios, micro, bare_micro, statistics.median(cold), memory)
    (ROOT / "docs").mkdir(exist_ok=True)
    (ROOT / "docs" / "performance.md").write_text(report)
    sys.stdout.write(report)
    return 0


def measure(
    product: Server, bare: Server, story: Story
) -> tuple[dict[str, float], dict[str, float], float]:
    plan: list[tuple[str, Callable[[int], int], int, int, int]] = [
        ("project list of 20 projects", story.project_list, 100, 200, 3),
        ("step page of step 1, example", story.step_1, 100, 200, 0),
        ("step page of step 4, example (72 rows)", story.step_4, 60, 200, 3),
        ("save a draft of step 1", story.save, 60, 200, 0),
        ("lock step 1", story.lock, PROJECTS, 303, 0),
        ("export of a lean blueprint", story.export, PROJECTS, 303, 4),
    ]
    yardstick = Client(bare.port)
    bares: list[float] = []
    seen: dict[str, list[float]] = {name: [] for name, *_ in plan}
    for turn in range(ROUNDS + 1):
        for name, ask, times, expected, locked in plan:
            story.reset(locked=locked)
            story.versions.clear()
            bare_cost = per_request(bare, lambda _: yardstick.get("/")[0], BARE_REQUESTS, 200)
            cost = per_request(product, ask, times, expected, UNMEASURED)
            if turn:  # the first round warms up
                bares.append(bare_cost)
                seen[name].append(cost)
    yard = statistics.median(bares)
    micro = {name: statistics.median(costs) * 1e6 for name, costs in seen.items()}
    return {name: value / 1e6 / yard for name, value in micro.items()}, micro, yard * 1e6


def written(
    ratios: dict[str, float], micro: dict[str, float], bare: float, cold: float, memory: int
) -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{python}, {platform.machine()}"
    lines = [
        "# Performance",
        "",
        'Made by `make bench`. The product and one bare Flask route (`return "ok"`) run under the',
        "same server with the same settings; rounds alternate between the two, and each figure is",
        f"the median of {ROUNDS} rounds. CPU is the server process's own, user and system, per",
        "request; the client asks over one kept-alive connection and accepts gzip. Both servers",
        "see the libraries of an installation, without those of development. Machines differ, so",
        "the multiple of the bare route is what is compared.",
        "",
        f"The bare route cost {bare:.0f} µs on this machine ({machine}).",
        "",
        "| request | CPU, µs | multiple of the bare route | to reach |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, ratio in ratios.items():
        lines.append(f"| {name} | {micro[name]:.0f} | {ratio:.1f} | {TARGETS[name]:.0f} |")
    lines += [
        "",
        f"From the start of the process to the first answer: {cold:.2f} s (to reach: 0.80 s).",
        f"Memory of the server after this load: {memory / 1e6:.0f} MB (to reach: 90 MB).",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
