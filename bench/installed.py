"""Runs a module as an installation has it: without what only developers have installed.

Some libraries import others where they find them (structlog imports rich), and would be
measured with what no user has. `python -m bench.installed flask …` is then as
`python -m flask …` is where requirements.txt alone was installed.
"""

import os
import re
import runpy
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

HIDDEN = "BENCH_HIDDEN"
REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements.txt"


def hidden_modules() -> str:
    """The modules that requirements.txt does not bring, for the environment of a server."""
    pinned = re.findall(r"^([\w.-]+)==", REQUIREMENTS.read_text("utf-8"), re.MULTILINE)
    brought = {_normal(name) for name in pinned}
    return ",".join(
        module
        for module, distributions in packages_distributions().items()
        if brought.isdisjoint(map(_normal, distributions))
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    for hidden in os.environ.pop(HIDDEN).split(","):
        sys.modules[hidden] = None  # type: ignore[assignment]  an import of it fails
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
