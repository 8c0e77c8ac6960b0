"""The sweep's own application, on a database that only one test writes at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.ai_server import AiServer
from tests.ai_server.behind import behind
from tests.browser import Browser
from tests.conftest import app_on
from tests.faults.operations import Stage
from tests.plugins.databases import Databases
from tests.quick_hashes import quick_hashes


@pytest.fixture(scope="session")
def own_url(databases: Databases) -> str:
    return databases.create()


@pytest.fixture(scope="session")
def app(own_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Takes the place of the one that all tests share: every row of it is compared."""
    with (
        app_on(own_url, tmp_path_factory.mktemp("faults")) as app,
        AiServer() as server,
        behind(app, server),
    ):
        yield app


@pytest.fixture
def stage(
    visitor: Browser,
    make_person: Callable[..., Browser],
    make_project: Callable[..., Any],
    at_time: Callable[..., None],
) -> Iterator[Stage]:
    with quick_hashes():
        yield Stage(visitor, make_person, make_project, at_time)
