"""Posts that are ready to be sent: as often as is wanted, by whatever way, from one browser state.

A newcomer's likely mistake: sending with the person's own browser. An answer may change its
cookie, and the next sending would then be another request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from tests.browser import Browser
from tests.conftest import Owned


@dataclass(frozen=True, slots=True)
class Post:
    """One form of one person."""

    person: Browser
    path: str
    fields: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)

    def ready(self, server: Flask | None = None) -> Callable[[], Any]:
        """What sends it from a tab of its own, and returns Werkzeug's answer, whatever it is.

        To another application on the same database, if one is given.
        """
        person, token = self.person, self.person.token()
        client = (server or person.app).test_client()
        client.environ_base |= person.client.environ_base
        client.set_cookie(person.app.config["SESSION_COOKIE_NAME"], person.cookie())
        fields = {"csrf_token": token, **self.fields}
        return lambda: client.post(self.path, data=fields, headers=dict(self.headers))

    def send(self) -> Any:
        return self.ready()()


def keyed(person: Browser, path: str, **fields: str) -> Post:
    return Post(person, path, {**fields, "idempotency_key": "the-key"})


def on_step(owned: Owned, order: int, action: str, **fields: str) -> Post:
    """A form of a step at the version that is stored now."""
    version = str(owned.owner.version(owned.revision))
    return keyed(owned.owner, f"{owned.step(order)}/{action}", **{"version": version, **fields})
