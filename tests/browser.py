"""A person's browser without scripts: opens pages, fills in forms, and checks every page."""

import re
import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from devpilot import gate
from devpilot.db import reading
from devpilot.models import Revision
from tests.page import Page, Pairs, page_of


class Browser:
    """One person: cookies, an address, and the pages they open."""

    def __init__(self, app: Flask, address: str) -> None:
        self.app = app
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = address
        self.email = ""
        self.user_id: uuid.UUID | None = None
        self.known_token = ("", "")

    def take_session(self, token: str) -> None:
        """Hold this session's token in the cookie, as after a sign-in."""
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie[gate.TOKEN] = token

    def cookie(self) -> str:
        """The session cookie's text; "" when there is none."""
        found = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        return found.value if found else ""

    def twin(self) -> "Browser":
        """The same person's second tab: same cookie, same address, for another thread."""
        token = self.token()
        other = Browser(self.app, self.client.environ_base["REMOTE_ADDR"])
        other.email, other.user_id = self.email, self.user_id
        other.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookie())
        other.known_token = (other.cookie(), token)
        return other

    def open(self, path: str, **options: Any) -> TestResponse:
        """GET, with the page checked."""
        return self._checked(self.client.get(path, **options))

    def page(self, path: str) -> Page:
        response = self.open(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:500])
        return page_of(response.text)

    def token(self) -> str:
        """A CSRF token of this browser's session; asked for again when the cookie changed."""
        if not self.known_token[1] or self.known_token[0] != self.cookie():
            html = self.client.get("/billing", follow_redirects=True).text
            found = re.search(r'name="csrf_token" value="([^"]+)"', html)
            assert found, html[:500]
            self.known_token = (self.cookie(), found[1])
        return self.known_token[1]

    def post(
        self, path: str, fields: dict[str, Any] | Pairs | None = None, **options: Any
    ) -> TestResponse:
        """A plain form post; the CSRF token is added where there is none."""
        pairs = fields if isinstance(fields, list) else _pairs(fields or {})
        if not any(name == "csrf_token" for name, _ in pairs):
            pairs = [("csrf_token", self.token()), *pairs]
        # In the order given, as a browser sends them: a mapping would lose it.
        options.setdefault("content_type", "application/x-www-form-urlencoded")
        return self._checked(self.client.post(path, data=urlencode(pairs), **options))

    def post_bytes(self, path: str, body: bytes, **options: Any) -> TestResponse:
        """A form post of these very bytes after the token: what no browser would send."""
        prefix = f"csrf_token={self.token()}&".encode()
        options.setdefault("content_type", "application/x-www-form-urlencoded")
        return self._checked(self.client.post(path, data=prefix + body, **options))

    def sign_in(self, password: str) -> None:
        response = self.post("/login", {"email": self.email, "password": password})
        assert response.status_code == 303, response.text[:800]

    def create_project(self, name: str = "Clinic", example: str = "wellbrook") -> str:
        """Creates a project; returns its path."""
        response = self.post("/projects", {"name": name, "mode": "lean", "example": example})
        assert response.status_code == 303, response.text[:800]
        return str(response.headers["Location"])

    def revision_of(self, project: str) -> str:
        """The path of the project's newest revision."""
        found = re.search(r'href="(/revisions/[0-9a-f-]{36})"', self.open(project).text)
        assert found
        return found[1]

    def new_revision(self, example: str = "wellbrook") -> str:
        """A new project's first revision, as its path."""
        return self.revision_of(self.create_project(example=example))

    def version(self, revision: str) -> int:
        """The version that a form of the revision would carry now."""
        with self.app.app_context(), reading() as session:
            wanted = uuid.UUID(revision.rsplit("/", 1)[-1])
            return session.scalars(select(Revision.version).where(Revision.id == wanted)).one()

    def save(
        self, revision: str, order: int, fields: dict[str, Any], **options: Any
    ) -> TestResponse:
        fields = {"version": str(self.version(revision)), **fields}
        return self.post(f"{revision}/steps/{order}/draft", fields, **options)

    def lock(
        self, revision: str, order: int, fields: dict[str, Any] | None = None, **options: Any
    ) -> TestResponse:
        fields = {"version": str(self.version(revision)), **(fields or {})}
        return self.post(f"{revision}/steps/{order}/lock", fields, **options)

    def lock_up_to(self, revision: str, last: int) -> None:
        for order in range(1, last + 1):
            response = self.lock(revision, order)
            assert response.status_code == 303, response.text[:800]

    def _checked(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html" and response.data:
            fragment = "<!doctype html>" not in response.text[:200].lower()
            faults = page_of(response.text).faults(fragment=fragment)
            assert not faults, (response.request.path, faults[:8])
        assert response.status_code < 500 or response.headers.get("DevPilot-Error")
        assert response.status_code != 500, response.text[:2000]
        return response


def _pairs(fields: dict[str, Any]) -> Pairs:
    return [
        (name, str(one))
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    ]
