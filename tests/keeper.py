"""The keeper of a run's PostgreSQL: `python -m tests.keeper FOLDER`, see `tests.servers`.

Owns the server process from its start to its end. It is the server's parent and waits for
the lock on the run's `owner` file, which it gets when the owner is gone: finished,
interrupted or killed. Then it ends its own child, removes the folder and touches nothing
else: no process is ever looked up by name or by a number read from a file.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from tests import postgresql
from tests.postgresql import WHEEL, NoServerError
from tests.servers import SUPERUSER, Server

START_SECONDS = 30
# What is written here is thrown away, so a power cut may lose it. The time zone is an unusual
# one on purpose: where the server stands must change nothing.
SETTINGS = {
    "autovacuum": "off",
    "dynamic_shared_memory_type": "mmap",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "timezone": "America/St_Johns",
}


def keep(folder: Path) -> None:
    """Start PostgreSQL, wait for the owner's end, stop it, clear up."""
    server = None
    try:
        server = _start(folder)
        _wait_for_connections(folder, server)
    except (NoServerError, OSError) as error:
        (folder / "failed").write_text(str(error), "utf-8")
    else:
        (folder / "ready").touch()
    with (folder / "owner").open() as owner:
        fcntl.flock(owner, fcntl.LOCK_SH)
    if server:
        # PostgreSQL's "immediate shutdown": nothing here is worth a checkpoint.
        server.send_signal(signal.SIGQUIT)
        server.wait()
    shutil.rmtree(folder)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    account = postgresql.account()
    programs = postgresql.programs()
    folder.chmod(0o711)
    for name in ("data", "sockets"):
        _make_private(folder / name, account)
    if account:
        programs = _reachable(programs, folder, account)
    _initialise(folder, programs, account)
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    options.append(f"--unix_socket_directories={folder / 'sockets'}")
    command = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
    with (folder / "log").open("a") as log:
        return subprocess.Popen(
            command,
            cwd=folder / "data",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=() if account else None,
        )


def _initialise(folder: Path, programs: Path, account: pwd.struct_passwd | None) -> None:
    # Locale C: what sorting and lower() do is the product's business, not the machine's.
    command = [str(programs / "initdb"), "-D", str(folder / "data"), "--username", SUPERUSER]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    finished = subprocess.run(
        command,
        cwd=folder / "data",
        capture_output=True,
        check=False,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=() if account else None,
    )
    if finished.returncode != 0:
        raise NoServerError(f"initdb failed: {finished.stderr.decode(errors='replace').strip()}")


def _make_private(folder: Path, account: pwd.struct_passwd | None) -> None:
    folder.mkdir(mode=0o700)
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)


def _reachable(programs: Path, folder: Path, account: pwd.struct_passwd) -> Path:
    """The programs, or a copy of them when they lie where `account` may not go."""
    try:
        subprocess.run(
            [programs / "initdb", "--version"],
            cwd="/",
            capture_output=True,
            check=True,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=(),
        )
    except (PermissionError, subprocess.CalledProcessError):
        # The whole installation: they find their libraries by where they are themselves.
        whole = WHEEL if WHEEL in programs.parents else programs.parent
        shutil.copytree(whole, folder / "programs", symlinks=True)
        return folder / "programs" / programs.relative_to(whole)
    return programs


def _wait_for_connections(folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            Server(folder / "sockets").connect().close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    log = (folder / "log").read_text("utf-8", errors="replace")
    raise NoServerError(f"PostgreSQL did not start: {log.strip()}")


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
