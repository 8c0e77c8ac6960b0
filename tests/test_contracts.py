"""The import contracts name every service: one that no contract names could import anything."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIDES = (
    "Who may and who pays: not the blueprint's business",
    "What is true of the blueprint: not the account's business",
)


def contracts():
    found = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    return {one["name"]: one for one in found["contracts"]}


def test_every_service_is_on_one_side_of_the_account():
    blueprint, account = (set(contracts()[name]["source_modules"]) for name in SIDES)
    files = (ROOT / "devpilot" / "services").glob("[!_]*.py")
    services = {f"devpilot.services.{path.stem}" for path in files}
    assert blueprint | account == services
    assert blueprint & account == set()


def test_either_side_is_kept_from_the_whole_of_the_other():
    one, other = (contracts()[name] for name in SIDES)
    assert set(one["forbidden_modules"]) == set(other["source_modules"])
    assert set(other["forbidden_modules"]) == set(one["source_modules"])
