"""Every sentence that the code says no with, found where it is said.

Read from the source as a tree: each refusal that is raised or made, and each problem with a
field. What a sentence is filled with at run time is a hole, "…". A newcomer's likely mistake:
looking for the rules' messages here. Those are made by breaking each rule once, in
`tests/methodology/mutations.py`.
"""

import ast
import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devpilot.errors import InvalidInput, Refusal, published_codes
from tests.wording import HOLE

ROOT = Path(__file__).parents[2]
REFUSALS = {kind.__name__: kind for kind in published_codes()}
Names = Mapping[str, Sequence[ast.expr | str]]
"""What the names of a function and of its module stand for."""


@dataclass(frozen=True, slots=True)
class Said:
    """One place that refuses; each text in each way in which it may be said."""

    where: str
    kind: type[Refusal] | None
    """None for a problem with a field."""
    sentences: tuple[str, ...]
    mends: tuple[str, ...]
    is_read: bool
    """Whether all of it is known here: a text that another function makes is not."""


@cache
def everything_said() -> tuple[Said, ...]:
    paths = sorted((ROOT / "devpilot").rglob("*.py"))
    return tuple(said for path in paths for said in _said_in(path))


def _said_in(path: Path) -> Iterator[Said]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    constants = vars(importlib.import_module(name))
    known = {name: [value] for name, value in constants.items() if isinstance(value, str)}
    tree = ast.parse(path.read_text("utf-8"))
    seen: set[ast.AST] = set()
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for scope in (*functions, tree):
        names: Names = known | _assigned(scope)
        for node in ast.walk(scope):
            if node not in seen:
                seen.add(node)
                where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
                yield from _said(where, node, names)


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr | str]]:
    found: dict[str, list[ast.expr | str]] = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _said(where: str, node: ast.AST, names: Names) -> Iterator[Said]:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
        if kind := REFUSALS.get(node.exc.id):
            yield Said(where, kind, (), (), is_read=True)
    elif isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        kind = REFUSALS.get(name)
        if name == "Problem" or _adds_a_problem(node):
            yield _read(where, None, node.args[1:2], [], names)
        elif kind is InvalidInput:
            yield _read(where, kind, node.args[2:3], node.args[3:4], names)
        elif kind is not None and "__init__" not in vars(kind):  # one that has, says it itself
            yield _read(where, kind, node.args[:1], node.args[1:2], names)


def _adds_a_problem(call: ast.Call) -> bool:
    """Whether this is `problems.add(field, sentence)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "add":
        return False
    return ast.unparse(call.func.value).endswith("problems") and len(call.args) == 2


def _read(
    where: str,
    kind: type[Refusal] | None,
    sentence: Sequence[ast.expr],
    mend: Sequence[ast.expr],
    names: Names,
) -> Said:
    first, second = ([t for one in part for t in texts_of(one, names)] for part in (sentence, mend))
    is_read = bool(first) >= bool(sentence) and bool(second) >= bool(mend)
    return Said(where, kind, tuple(first), tuple(second), is_read)


def texts_of(node: ast.expr | str, names: Names) -> Iterator[str]:
    """What an expression says, in each way in which it may; nothing where it is made elsewhere."""
    match node:
        case str(text) | ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else HOLE for v in values)
        case ast.IfExp(body=one, orelse=other):
            yield from texts_of(one, names)
            yield from texts_of(other, names)
        case ast.Name(id=name):
            others = {key: value for key, value in names.items() if key != name}
            for value in names.get(name, ()):
                yield from texts_of(value, others)
