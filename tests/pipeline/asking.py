"""What the application says of its own endpoints: addresses, policies, refusals, log lines."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from flask import Flask, g
from structlog.testing import LogCapture, ReturnLogger

from devpilot import act, enforce
from devpilot.act import Act
from devpilot.db import reading
from devpilot.enforce import policy_of
from devpilot.errors import Refusal
from devpilot.policy import Policy
from tests.browser import Browser


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint with its policy, and its address with the values filled in."""

    name: str
    method: str
    rule: str
    policy: Policy

    def path(self, **ids: str) -> str:
        found = self.rule
        for argument, value in ids.items():
            for kind in ("uuid", "order"):
                found = found.replace(f"<{kind}:{argument}>", value)
        assert "<" not in found, f"{self.name} takes something else than {sorted(ids)}: {found}"
        return found


def endpoints(app: Flask) -> list[Endpoint]:
    """Every endpoint that has a policy, in the order of their names."""
    found = []
    for rule in app.url_map.iter_rules():
        policy = policy_of(app, rule.endpoint)
        if policy is not None:
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            found.append(Endpoint(rule.endpoint, method, rule.rule, policy))
    return sorted(found, key=lambda endpoint: endpoint.name)


def predicted(person: Browser, path: str, *, method: str = "POST") -> Refusal | None:
    """What `refusal()` says to this person of the endpoint behind `path`, as a page asks it."""
    name = person.app.config["SESSION_COOKIE_NAME"]
    headers = {"Cookie": f"{name}={person.cookie()}"}
    with person.app.test_request_context(path, method=method, headers=headers) as context:
        endpoint = context.request.endpoint
        assert endpoint
        policy = policy_of(person.app, endpoint)
        assert policy
        g.act = Act(policy, context.request.view_args or {})
        with reading():
            g.act.enter(hold=False)
            return enforce.refusal(endpoint, g.act.resource)


@contextmanager
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The lines that the pipeline logs in this block, as dictionaries."""
    capture = LogCapture()
    logger = structlog.wrap_logger(ReturnLogger(), processors=[capture])
    with monkeypatch.context() as patch:
        patch.setattr(enforce, "log", logger)
        patch.setattr(act, "log", logger)
        yield capture.entries


def tail(path: str) -> str:
    """The identifier at the end of a path."""
    return str(uuid.UUID(path.rsplit("/", 1)[-1]))
