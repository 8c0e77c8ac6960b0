"""The lock files install the same bytes anywhere: pinned, hashed, and without an address."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))
ELSEWHERE = re.compile(r"://|--(extra-)?index-url|--find-links|file:|(?<![\w.])/\w")


def packages(lock: str) -> dict[str, str]:
    """Package name to its whole entry."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8"))
    return {re.split(r"\W?==", entry)[0]: entry for entry in entries if "==" in entry}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_folder(lock):
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    assert [line for line in lines if ELSEWHERE.search(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock):
    assert packages(lock)
    assert [name for name, entry in packages(lock).items() if "--hash=sha256:" not in entry] == []


def test_the_development_lock_holds_the_runtime_one_unchanged():
    pinned = {
        lock: {name: entry.split()[0] for name, entry in packages(lock).items()} for lock in LOCKS
    }
    assert pinned["requirements.txt"].items() <= pinned["requirements-dev.txt"].items()


def test_everything_asked_for_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": project["dependency-groups"]["dev"],
        "requirements-postgres.txt": project["dependency-groups"]["postgres"],
    }
    for lock, wanted in asked.items():
        names = {re.split(r"[^\w-]", requirement)[0] for requirement in wanted}
        assert names <= packages(lock).keys()
