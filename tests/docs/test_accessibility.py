"""The page on accessibility has every criterion, and the tests that it names are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "accessibility.md").read_text("utf-8")
LINE = re.compile(r"^\| (\d\.\d\.\d+) [^|]+\| (A+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`((?:e2e|tests)/[\w/]+\.py)(?:::(\w+))?`")
LOOKED_AT = "looked at"
BY_EYE = {"1.3.3", "3.1.2"}
"""What no machine can know."""

A = (
    "1.1.1 1.2.1 1.2.2 1.2.3 1.3.1 1.3.2 1.3.3 1.4.1 1.4.2 2.1.1 2.1.2 "
    "2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.5.1 2.5.2 2.5.3 "
    "2.5.4 3.1.1 3.2.1 3.2.2 3.2.6 3.3.1 3.3.2 3.3.7 4.1.2 "
)
AA = (
    "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 "
    "2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 3.1.2 3.2.3 3.2.4 3.3.3 3.3.4 "
    "3.3.8 4.1.3 "
)
LEVELS = {"A": A.split(), "AA": AA.split()}
"""WCAG 2.2, levels A and AA: https://www.w3.org/TR/WCAG22/"""


def test_it_has_each_of_the_55_criteria_with_its_level():
    listed = [(number, level) for number, level, _, _ in LINE.findall(TEXT)]
    wanted = [(number, level) for level, numbers in LEVELS.items() for number in numbers]
    assert len(wanted) == 55
    assert sorted(listed) == sorted(wanted)


def test_each_is_proved_by_a_test_that_is_there_or_looked_at():
    for number, _, how, proof in LINE.findall(TEXT):
        assert how.strip()
        assert (proof == LOOKED_AT) == (number in BY_EYE), number
        named = NAMED.findall(proof)
        assert named or proof == LOOKED_AT, number
        for path, test in named:
            tree = ast.parse((ROOT / path).read_text("utf-8"))
            tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert any(name.startswith("test_") for name in tests), path
            assert not test or test in tests, (number, path, test)
