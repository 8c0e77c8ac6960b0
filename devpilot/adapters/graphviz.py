"""The layout program: graphs in its DOT language in, places of nodes and lines out.

Graphviz's `dot` as one executable from the wheel `graphviz-pure`, which gives the same
answer on every platform. It reads its input alone: no file, no network, no shell. Where
there is no wheel for a machine, nothing is laid out.

A newcomer's likely mistake: to let a failure through. A picture that cannot be laid out is
missing from the answer; whoever asked shows the same in words, or refuses.
"""

import functools
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import structlog

from devpilot.document import LAYOUT_PROGRAM, LAYOUT_VERSION, Graph

_SECONDS = 2.0
"""For all pictures of a page; those of the largest example take a twentieth of it."""

PATIENT_SECONDS = 20.0
"""For an export, which has no words to show instead, and for its verification."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""How many may run: a server has other things to do."""

log = structlog.get_logger("devpilot")


def lay_out_patiently(graphs: Sequence[Graph]) -> dict[str, Any]:
    """The same for whoever would rather wait, on a machine that is busy, than go without."""
    return lay_out(graphs, PATIENT_SECONDS)


def lay_out(graphs: Sequence[Graph], seconds: float = _SECONDS) -> dict[str, Any]:
    """What the program says of each graph, by the graph's name, in one run.

    What it could not lay out within `seconds` is missing, and the log says so.
    """
    program = executable()
    if program is None or not graphs:
        return {}
    if not _AT_ONCE.acquire(timeout=seconds / 2):
        log.warning("layout_failed", why="busy", graphs=len(graphs))
        return {}
    try:
        answers = {answer["name"]: answer for answer in _answers(_run(program, graphs, seconds))}
    finally:
        _AT_ONCE.release()
    if missing := [graph.name for graph in graphs if graph.name not in answers]:
        log.warning("layout_failed", why="no answer", graphs=len(graphs), missing=len(missing))
    return answers


def _run(program: str, graphs: Sequence[Graph], seconds: float) -> str:
    # The smallest first: one that takes too long takes none of the others along.
    source = "".join(sorted([graph.text for graph in graphs], key=len))
    try:
        # The arguments are constants; everything of the user's goes through standard input.
        done = subprocess.run(  # noqa: S603
            [program, "-Kdot", "-Tjson0"],
            input=source.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as late:  # what it had said by then still counts
        log.warning("layout_failed", why="too slow", graphs=len(graphs))
        return (late.stdout or b"").decode("utf-8", "replace")
    except OSError as failure:
        log.warning("layout_failed", why=type(failure).__name__, graphs=len(graphs))
        return ""
    return done.stdout.decode("utf-8", "replace")


def _answers(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand one after the other, as far as they are whole."""
    decoder = json.JSONDecoder()
    position = 0
    while (start := text.find("{", position)) >= 0:
        try:
            answer, position = decoder.raw_decode(text, start)
        except ValueError:
            return
        if "name" in answer:
            yield answer


def executable() -> str | None:
    """Where the program is, in the one version that we draw with; None where it is not."""
    beside = Path(sys.executable).with_name(LAYOUT_PROGRAM)
    found = str(beside) if beside.is_file() else shutil.which(LAYOUT_PROGRAM)
    if found is None:
        log.info("layout_absent", program=LAYOUT_PROGRAM)
        return None
    try:
        return found if _is_ours(found) else None
    except (OSError, subprocess.SubprocessError) as failure:
        log.warning("layout_failed", why=type(failure).__name__, graphs=0)
        return None


@functools.cache
def _is_ours(path: str) -> bool:
    """Whether it says that it is the version we draw with. What it did not answer is not kept."""
    # A path that we found ourselves, and a constant.
    done = subprocess.run([path, "-V"], capture_output=True, timeout=PATIENT_SECONDS, check=False)  # noqa: S603
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    return f"version {LAYOUT_VERSION} " in said
