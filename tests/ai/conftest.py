import pytest
import structlog

from devpilot.adapters.ai import AiProvider
from tests.ai.asking import KEY, SECONDS
from tests.ai_server import AiServer


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
def told():
    """What was logged."""
    with structlog.testing.capture_logs() as entries:
        yield entries
