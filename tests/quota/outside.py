"""An endpoint of a test's own that spends an AI suggestion on a call outside, and nothing else.

Its call does what a test says. A newcomer's likely mistake: looking for a reservation here.
The endpoint declares one; the pipeline makes and ends it.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from devpilot import clock
from devpilot.answers import Answer, go
from devpilot.db import session
from devpilot.enforce import enforce, ensure_all_enforced
from devpilot.models import Account, UsageType, User
from devpilot.policy import Metered
from tests.browser import Browser
from tests.posts import Post

LASTING = timedelta(seconds=60)
PATHS = {UsageType.AI_SUGGESTION: "/suggest", UsageType.AI_REGENERATION: "/regenerate"}


def nothing() -> None:
    """What each part does unless a test says otherwise."""


class Outside:
    """The outside party, and how often and by how many at once it was called."""

    app: Flask
    """Where `ask` posts to: the application that its endpoint was given to last."""

    def __init__(self) -> None:
        self.guard: Callable[[], Any] = nothing
        self.during: Callable[[], Any] = nothing
        self.writing: Callable[[], Any] = nothing
        self.calls = self.most = self._inside = 0
        self._lock = threading.Lock()

    def call(self) -> str:
        with self._lock:
            self.calls += 1
            self._inside += 1
            self.most = max(self.most, self._inside)
        try:
            self.during()
        finally:
            with self._lock:
                self._inside -= 1
        return "what came of it"

    def once(self, act: Callable[[], Any]) -> Callable[[], Any]:
        """Does this the first time, and nothing from then on."""
        left = [act]
        return lambda: left.pop()() if left else None

    def ask(
        self, person: Browser, kind: UsageType = UsageType.AI_SUGGESTION, **fields: str
    ) -> TestResponse:
        """Post to the endpoint from a tab of its own; whatever the answer is."""
        answer: TestResponse = Post(person, PATHS[kind], fields).ready(self.app)()
        return answer

    def register(self, app: Flask) -> Flask:
        self.app = app
        for kind, path in PATHS.items():
            policy = enforce(
                fields=(), spends=(Metered(kind, lasting=LASTING),), keyed=True,
                invariants=(self._ensure,), prepares=self._prepares,
            )  # fmt: skip
            app.add_url_rule(path, path[1:], policy(self._view), methods=["POST"])
        ensure_all_enforced(app)
        return app

    def _ensure(self, _user: Account, _form: object = None) -> None:
        self.guard()

    def _prepares(self, _user: Account, _form: object) -> Callable[[], str]:
        return self.call

    def _view(self, user: Account, found: str) -> Answer:
        """Writes something that is in no technical table."""
        assert found == "what came of it"
        written = update(User).where(User.id == user.id).values(email_verified_at=clock.now())
        session().execute(written)
        self.writing()
        return go("quota.usage")
