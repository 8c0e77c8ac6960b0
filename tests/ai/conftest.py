"""The adapter's provider, and the product with AI: where the provider is a server of our own.

A newcomer's likely mistake: a short deadline for answers that are good. On a busy machine they
come late; `hasty` is for those that never come.
"""

import pytest
import structlog
from structlog import ReturnLogger
from structlog.testing import LogCapture

from devpilot.adapters import ai
from devpilot.adapters.ai import AiProvider
from tests.ai.asking import KEY, MODEL, SECONDS
from tests.ai.suggesting import agree
from tests.ai_server import AiServer
from tests.conftest import app_on


@pytest.fixture(scope="session")
def running():
    with AiServer() as server:
        yield server


@pytest.fixture
def server(running):
    running.reset()
    return running


@pytest.fixture
def provider(server):
    return AiProvider(KEY, server.url, "little-model", seconds=SECONDS)


@pytest.fixture
def told(monkeypatch):
    """What the adapter logged, whatever an application configured before."""
    capture = LogCapture()
    logger = structlog.wrap_logger(ReturnLogger(), processors=[capture])
    monkeypatch.setattr(ai, "log", logger)
    return capture.entries


@pytest.fixture(scope="session")
def database_url(databases):
    """One of their own: these tests compare all rows often, and look through them for faults."""
    return databases.create()


@pytest.fixture(scope="session")
def app(running, database_url, tmp_path_factory):
    """Takes the place of the one without AI."""
    more = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": running.url, "DEVPILOT_AI_MODEL": MODEL}
    with app_on(database_url, tmp_path_factory.mktemp("ai"), **more) as app:
        yield app


@pytest.fixture
def hasty(app, server, monkeypatch):
    """`hasty(0.4)` gives a call so many seconds in this test."""

    def give(seconds, **more):
        made = AiProvider(KEY, server.url, MODEL, seconds=seconds, **more)
        monkeypatch.setitem(app.extensions, "devpilot_ai", made)

    return give


@pytest.fixture
def make_asker(server, make_person, make_project):
    """`make_asker("paying")` is the project of someone who agreed to ask the AI."""

    def make(part="paying", **more):
        owned = make_project(make_person(part), **more)
        agree(owned)
        return owned

    return make


@pytest.fixture
def asker(make_asker):
    """A paying person's project of the example, every step a draft."""
    return make_asker()
