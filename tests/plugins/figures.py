"""What a run measured, told at its end by `make soak`, or by pytest with `-v`.

A test that measures asks for `tell` and calls it with a line of text.
"""

import functools
from collections.abc import Callable

import pytest
from _pytest.terminal import TerminalReporter

from tests.soaking import SOAK

FIGURE = "figure"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    return functools.partial(record_property, FIGURE)


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    told = [
        (report.nodeid, text)
        for report in terminalreporter.getreports("passed")
        for name, text in report.user_properties
        if name == FIGURE
    ]
    if not told or not (SOAK or config.option.verbose > 0):
        return
    terminalreporter.section("figures")
    for test, text in sorted(told):
        terminalreporter.line(f"{test.rpartition('[')[2].rstrip(']')}: {text}")
