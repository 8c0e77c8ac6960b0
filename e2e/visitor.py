"""A person without a browser: posts the documented forms and follows nothing by itself.

Owns plain HTTP. It prepares what a browser test starts from, and is the proof that every
flow works as form posts from a script.
"""

import itertools
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar

PASSWORD = "a long enough password"
Pairs = list[tuple[str, str]]
_numbers = itertools.count(1)


def new_email() -> str:
    return f"person-{next(_numbers)}-{secrets.token_hex(4)}@example.com"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Message
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def location(self) -> str:
        return str(self.headers["Location"])


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other."""

    def redirect_request(self, *_args: object) -> None:
        return None


class Visitor:
    """One person: an address, a cookie jar, and the forms they post."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.email = ""
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self.jar),
            _StayHere,
        )

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.url + path))  # noqa: S310  ours

    def post(self, path: str, pairs: Pairs | None = None) -> Answer:
        """Post a form. The CSRF token is read from a page, as a script would."""
        body = urllib.parse.urlencode([("csrf_token", self.token()), *(pairs or [])]).encode()
        return self._ask(urllib.request.Request(self.url + path, data=body))  # noqa: S310  ours

    def token(self) -> str:
        page = self.get("/billing")
        if page.status == 303:
            page = self.get("/login")
        return _found(r'name="csrf_token" value="([^"]+)"', page.text)

    def sign_up(self) -> "Visitor":
        self.email = new_email()
        answer = self.post("/register", [("email", self.email), ("password", PASSWORD)])
        assert answer.status == 303, answer.text[:2000]
        assert answer.location == "/projects"
        return self

    def create_project(self, name: str = "Clinic", example: str = "") -> str:
        """The path of the new project's first revision."""
        fields = [("name", name), ("mode", "lean"), ("example", example)]
        answer = self.post("/projects", fields)
        assert answer.status == 303, answer.text[:2000]
        return _found(r'href="(/revisions/[0-9a-f-]{36})"', self.get(answer.location).text)

    def project_of(self, revision: str) -> str:
        return _found(r'href="(/projects/[0-9a-f-]{36})"', self.get(f"{revision}/steps/1").text)

    def version(self, revision: str) -> str:
        """The version that a form of the revision carries now; any where none is shown."""
        for order in range(1, 11):
            page = self.get(f"{revision}/steps/{order}").text
            if found := re.search(r'name="version"[^>]* value="(\d+)"', page):
                return found[1]
        return "1"

    def save(self, revision: str, order: int, pairs: Pairs) -> Answer:
        fields = [("version", self.version(revision)), *pairs]
        return self.post(f"{revision}/steps/{order}/draft", fields)

    def lock(self, revision: str, order: int, pairs: Pairs | None = None) -> Answer:
        fields = [("version", self.version(revision)), *(pairs or [])]
        return self.post(f"{revision}/steps/{order}/lock", fields)

    def lock_up_to(self, revision: str, last: int) -> None:
        for order in range(1, last + 1):
            answer = self.lock(revision, order)
            assert answer.status == 303, answer.text[:2000]

    def restart(self, revision: str, order: int) -> None:
        """Restart from a step, as its page offers it."""
        path = f"{revision}/steps/{order}/restart"
        version = _found(r'name="version" value="(\d+)"', self.get(path).text)
        answer = self.post(path, [("version", version)])
        assert answer.status == 303, answer.text[:2000]

    def open_revision(self, project: str) -> str:
        """The path of the new revision: a copy of the latest completed one."""
        answer = self.post(f"{project}/revisions")
        assert answer.status == 303, answer.text[:2000]
        return answer.location.partition("/steps/")[0]

    def pay(self) -> None:
        answer = self.post("/billing/checkout", [("interval", "monthly")])
        assert answer.status == 303, answer.text[:2000]
        assert answer.location.startswith("/billing/sandbox"), answer.location
        self.tell_sandbox("paid")

    def tell_sandbox(self, event: str) -> None:
        answer = self.post("/billing/sandbox", [("event", event), ("interval", "monthly")])
        assert (answer.status, answer.location) == (303, "/billing")

    def export(self, revision: str) -> str:
        """The path of the export that was made."""
        answer = self.post(f"{revision}/exports")
        assert answer.status == 303, answer.text[:2000]
        return answer.location

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not in: {text[:1500]}"
    return found[1]
