"""Makes `.venv` and installs the locked packages: `python -m scripts.environment runtime`.

Owns `.venv` and the stamp in it. The stamp says what a *finished* installation holds, and
is taken away before anything is changed. So an installation that was killed in the middle
has no stamp, and the next call starts from nothing instead of trusting half a package.

It runs before any package is there: the standard library only.
"""

import fcntl
import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import debian

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
STAMP = FOLDER / "installed"
LOCKS = {"runtime": "requirements.txt", "development": "requirements-dev.txt"}
OLDEST, NEWEST = (3, 11), (3, 14)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        return _fail(f"Say what to install: {' or '.join(LOCKS)}.")
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return _fail("DevPilot runs on Python 3.11 to 3.14: name one, as in PYTHON=python3.12.")
    with (ROOT / ".venv.lock").open("w") as lock:
        # Two calls at once: the second waits, and finds everything done. The kernel
        # lets go of this lock when its holder dies, however it dies.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure(arguments[0])


def ensure(kind: str) -> int:
    """Bring `.venv` to what the lock file of `kind` says. Returns an exit status."""
    installed = _stamped()
    if installed.get(kind) == _digest(kind):
        return 0
    extends = installed.get("runtime") == _digest("runtime") and "development" not in installed
    STAMP.unlink(missing_ok=True)
    if not extends:
        installed = {}
        if status := _create():
            return status
    if status := _install(kind):
        return status
    # The development lock holds the runtime one.
    kinds = LOCKS if kind == "development" else ("runtime",)
    _stamp(installed | {each: _digest(each) for each in kinds})
    return 0


def _create() -> int:
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        print(f"Installing {package}, which this Python lacks", flush=True)
        if not debian.install(package):
            return _fail(
                f"This Python cannot make an environment: run 'apt-get install {package}' as "
                "root, or name another Python, as in PYTHON=/usr/local/bin/python3."
            )
    shutil.rmtree(FOLDER, ignore_errors=True)
    # Asked from inside some environment, its parent makes ours: a nested one breaks
    # when the outer one goes.
    python = getattr(sys, "_base_executable", None) or sys.executable
    return subprocess.run([python, "-m", "venv", str(FOLDER)], check=False).returncode


def _install(kind: str) -> int:
    print(f"Installing the {kind} packages from {LOCKS[kind]}", flush=True)
    command = [str(FOLDER / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    command += ["install", "--quiet", "--no-input", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", "--requirement", LOCKS[kind]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _digest(kind: str) -> str:
    return hashlib.sha256((ROOT / LOCKS[kind]).read_bytes()).hexdigest()


def _interpreter() -> str:
    """What `.venv` was made by and where: moved, or made by another one, it is no good."""
    return f"{sys.base_prefix} {sys.version.split()[0]} {FOLDER}"


def _stamped() -> dict[str, str]:
    if not STAMP.exists():
        return {}
    interpreter, *lines = STAMP.read_text("utf-8").splitlines()
    if interpreter != _interpreter():
        return {}
    return dict(line.split(" ", 1) for line in lines)


def _stamp(installed: dict[str, str]) -> None:
    lines = [_interpreter(), *(f"{kind} {digest}" for kind, digest in installed.items())]
    partial = STAMP.with_suffix(".partial")
    partial.write_text("\n".join(lines) + "\n", "utf-8")
    partial.replace(STAMP)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
