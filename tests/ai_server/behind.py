"""The stand-in behind an application that runs already."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from devpilot.adapters.ai import AT_ONCE, AiProvider
from devpilot.provider_settings import AiSettings
from tests.ai_server.server import AiServer


@contextmanager
def behind(
    app: Flask, server: AiServer, *, seconds: float = 5.0, at_once: int = AT_ONCE
) -> Iterator[None]:
    """Within the block, the application asks this server."""
    before = {name: app.extensions[name] for name in ("devpilot_settings", "devpilot_ai")}
    found = AiSettings("", server.url, server.model)
    app.extensions["devpilot_settings"] = dataclasses.replace(before["devpilot_settings"], ai=found)
    app.extensions["devpilot_ai"] = AiProvider(
        "", server.url, server.model, seconds=seconds, at_once=at_once
    )
    try:
        yield
    finally:
        app.extensions.update(before)
