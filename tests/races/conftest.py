"""Who sends: threads against SQLite, four server processes against PostgreSQL."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from e2e.server import Server
from tests.conftest import app_on
from tests.plugins.databases import Databases
from tests.races.crowd import Crowd, Processes, Threads

SERVERS = 4


@pytest.fixture(scope="session")
def own_url(databases: Databases) -> str:
    return databases.create()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the application here and of the servers."""
    return tmp_path_factory.mktemp("races")


@pytest.fixture(scope="session")
def app(own_url: str, folder: Path) -> Iterator[Flask]:
    """Takes the place of the one that all tests share: its rows are put back after each round."""
    with app_on(own_url, folder) as app:
        yield app


@pytest.fixture(scope="session")
def crowd(app: Flask, own_url: str, folder: Path, database_kind: str) -> Iterator[Crowd]:
    if database_kind == "sqlite":
        with app_on(own_url, folder) as second_app:
            yield Threads([app, second_app])
        return
    settings = {"DATABASE_URL": own_url, "SECRET_KEY": str(app.secret_key)}
    settings |= {"DEVPILOT_DATA": str(folder)}
    servers = [_server(folder / f"server-{number}", settings) for number in range(SERVERS)]
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
            server.launch()
        for server in servers:
            server.wait_until_ready()
        processes = Processes(servers)
        stack.callback(processes.close)
        yield processes


def _server(folder: Path, settings: dict[str, str]) -> Server:
    folder.mkdir()
    return Server(folder, **settings)
