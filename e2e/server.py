"""The real server, as an operator starts it: one for each worker, with data of its own.

A newcomer's likely mistake: sharing an account between tests that write. Sign up a new
person instead; an installation takes sixty an hour from one address.
"""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
START_SECONDS = 90


class ServerDidNotStartError(Exception):
    """The text is what the server printed."""


class Server:
    """A server process on a free loopback port. It may be killed and started again.

    `settings` are environment variables beside the usual ones, or in their place.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder = folder
        self._settings = settings
        self._log = folder / "server.log"
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"
        self.database = folder / "data" / "devpilot.sqlite3"

    def start(self) -> None:
        """Returns when the server answers."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        names = ("DATABASE_URL", "SECRET_KEY", "HOST", "PORT")
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in names and not name.startswith("DEVPILOT_")
        }
        environment |= {"PORT": str(self._port), "DEVPILOT_DATA": str(self._folder / "data")}
        environment |= self._settings
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "devpilot", "serve"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):  # noqa: S310  our own http address
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.kill()
        raise ServerDidNotStartError(self.printed()[-3000:])

    def stop(self) -> None:
        """End it politely."""
        self._end(subprocess.Popen.terminate)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(subprocess.Popen.kill)

    def printed(self) -> str:
        return self._log.read_text(errors="replace")

    def _end(self, how) -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait(timeout=15)
            self._process = None


def _free_port() -> int:
    """Below those that the system gives to whoever asks: it stays free between two starts."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
