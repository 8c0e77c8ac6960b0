"""A person's browser without scripts: opens pages, fills in forms, and checks every page.

Every HTML answer is checked: ids are unique, there is one h1, every control has a name that
assistive technology can say, and every reference by id leads somewhere.
"""

import re
import uuid
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from devpilot import gate
from devpilot.db import reading
from devpilot.models import Revision

Pairs = list[tuple[str, str]]

CONTROLS = {"input", "select", "textarea"}
VOID = {"input", "br", "hr", "img", "link", "meta", "use", "path", "rect", "circle"}


class Form:
    """A form as a page holds it: where it posts to, and the fields it would send."""

    def __init__(self, action: str, method: str) -> None:
        self.action = action
        self.method = method
        self.fields: Pairs = []
        self.buttons: list[dict[str, str]] = []

    def filled(self, **values: str | list[str] | None) -> Pairs:
        """The fields with these values instead; None leaves a field out.

        A double underscore stands for a hyphen: `goals__0__goal`.
        """
        wanted = {name.replace("__", "-"): value for name, value in values.items()}
        pairs = [(name, value) for name, value in self.fields if name not in wanted]
        for name, value in wanted.items():
            texts = value if isinstance(value, list) else [] if value is None else [value]
            pairs += [(name, text) for text in texts]
        return pairs


class Page(HTMLParser):
    """What a test asks of a page: its text, forms, ids and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.title = ""
        self.links: list[str] = []
        self._controls: list[dict[str, str]] = []
        self._labels: set[str] = set()
        self._referred: list[tuple[str, str]] = []
        self._stack: list[str] = []
        self._form: Form | None = None
        self._select: tuple[str, str | None, str | None] | None = None
        self._textarea: tuple[str, list[str]] | None = None
        self._texts: list[str] = []
        self._option: str | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self._texts)).strip()

    def form(self, action: str) -> Form:
        """The form whose action ends like this."""
        found = [form for form in self.forms if form.action.endswith(action)]
        assert found, f"no form posts to …{action}: {[form.action for form in self.forms]}"
        return found[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._stack.append(tag)
        self._identity(tag, given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "h1":
            self.headings.append("")
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        if tag in CONTROLS:
            self._control(tag, given)
        if tag == "option":
            self._start_option(given)
        if tag == "button" and self._form is not None:
            self._form.buttons.append(given)

    def _identity(self, tag: str, given: dict[str, str]) -> None:
        """Which ids there are, and which are referred to."""
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("aria-describedby", "aria-labelledby", "for", "list"):
            self._referred += [(name, target) for target in given.get(name, "").split()]
        if tag == "label" and "for" in given:
            self._labels.add(given["for"])

    def _start_option(self, given: dict[str, str]) -> None:
        if self._select is None:
            return
        self._option = ""
        name, chosen, first = self._select
        value = given.get("value")
        if "selected" in given:
            chosen = value if value is not None else "\0text"
        self._select = (name, chosen, first if first is not None else value)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        if given.get("type") != "hidden":
            self._controls.append(
                {**given, "inside-label": "yes" if "label" in self._stack else ""}
            )
        name = given.get("name", "")
        if tag == "select":
            self._select = (name, None, None)
        elif tag == "textarea":
            self._textarea = (name, [])
        elif self._form is not None and name:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self._form.fields.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._texts.append(data)
        if self._textarea is not None:
            self._textarea[1].append(data)
        if self._option is not None:
            self._option += data
        if self._stack and self._stack[-1] == "title":
            self.title += data
        if self._stack and "h1" in self._stack and self.headings:
            self.headings[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in self._stack:
            while self._stack and self._stack.pop() != tag:
                pass
        if tag == "option" and self._select is not None:
            name, chosen, first = self._select
            text = self._option or ""
            if chosen == "\0text":
                chosen = text
            self._select = (name, chosen, first if first is not None else text)
            self._option = None
        if tag == "select" and self._select is not None:
            name, chosen, first = self._select
            if self._form is not None and name:
                self._form.fields.append((name, chosen if chosen is not None else first or ""))
            self._select = None
        if tag == "textarea" and self._textarea is not None:
            name, parts = self._textarea
            if self._form is not None and name:
                self._form.fields.append((name, "".join(parts).removeprefix("\n")))
            self._textarea = None
        if tag == "form":
            self._form = None

    def dead_links(self) -> list[str]:
        """Links to a place on this page that is not there."""
        return [link for link in self.links if link[:1] == "#" and link[1:] not in self.ids]

    def faults(self, *, fragment: bool = False) -> list[str]:
        """What is wrong with the page as a document."""
        twice = {name for name in self.ids if self.ids.count(name) > 1}
        faults = [f"the id {name!r} stands twice" for name in sorted(twice)]
        if not fragment and len(self.headings) != 1:
            faults.append(f"{len(self.headings)} h1 headings")
        for control in self._controls:
            named = control.get("aria-label") or control["inside-label"]
            if not named and control.get("id") not in self._labels:
                faults.append(f"no label for {control.get('name') or control}")
        for kind, target in self._referred:
            if not fragment and target not in self.ids:
                faults.append(f"{kind} refers to {target!r}, which is not there")
        if not fragment and not self.title.strip():
            faults.append("no title")
        return faults


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
        return Page(response.text)

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
            faults = Page(response.text).faults(fragment=fragment)
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
