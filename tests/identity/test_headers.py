"""What every answer carries: refusals, failures of ours and static files included."""

import re

import pytest

from devpilot.app import create_app
from devpilot.db import db
from devpilot.routes import quota as routes
from tests.conftest import settings_for
from tests.refusals import HTMX, JSON

HTTPS = "https://pilot.example"
PRODUCTION = {"DEVPILOT_ENV": "production", "DEVPILOT_BASE_URL": HTTPS}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_armoured(response, *, private=True):
    headers, where = response.headers, (response.request.path, response.status)
    for name, value in ALWAYS.items():
        assert headers.getlist(name) == [value], (name, where)
    (policy,) = headers.getlist("Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'", where
    assert rules["script-src"] == rules["style-src"] == "'self'", where
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'", where
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers.getlist("Permissions-Policy"), where
    assert re.fullmatch(r"[A-Za-z0-9-]{8,64}", headers["X-Request-ID"]), where
    if private:
        assert headers.getlist("Cache-Control") == ["no-store"], where
        assert "HX-Request" in headers["Vary"], where
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]


def answers_of(person, owned):
    """One answer of every kind: pages, redirects, refusals of each stage, downloads."""
    client, token = person.client, person.token()
    get, post = client.get, client.post
    export = post(f"{owned.revision}/exports", data={"csrf_token": token}).headers["Location"]
    etag = get(f"{export}/download").headers["ETag"]
    yield from (get(path) for path in ("/", "/login", "/projects", "/healthz", "/readyz", "/nope"))
    yield from (get(path) for path in (owned.project, owned.revision, owned.step(1), export))
    yield get("/projects", headers=HTMX)
    yield get("/nope", headers=JSON)
    yield get(f"{export}/download")
    yield get(f"{export}/download", headers={"If-None-Match": etag})
    yield post("/usage")
    yield client.open("/projects", method="OPTIONS")
    yield client.head("/projects")
    yield post("/projects", data={"name": "x"})
    yield post("/projects", data={"name": "", "csrf_token": token})
    yield post("/projects", data={"name": "x", "csrf_token": token}, headers=HTMX)
    yield post(f"{owned.step(1)}/lock", data={"version": "1", "csrf_token": token}, headers=JSON)
    yield post("/projects", data=b"x" * 5_000_000, content_type="application/x-www-form-urlencoded")
    yield get("/projects", headers={"Accept-Encoding": "gzip"})
    yield get("/login", headers={"Host": "evil.example"})


def test_every_answer_is_armoured(completed):
    for response in answers_of(completed.owner, completed):
        assert_armoured(response)


def test_static_files_are_armoured_and_kept_only_under_their_hash(free):
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', free.open("/projects").text)
    assert len(links) >= 2
    for link in links:
        response = free.client.get(link)
        assert_armoured(response, private=False)
        assert "immutable" in response.headers["Cache-Control"], link
        bare = free.client.get(link.partition("?")[0])
        assert "immutable" not in bare.headers.get("Cache-Control", "")
        assert "Set-Cookie" not in response.headers, link
        same = free.client.get(link, headers={"If-None-Match": response.headers["ETag"]})
        assert same.status_code == 304
        assert_armoured(same, private=False)
    assert_armoured(free.client.get("/static/nothing.css"), private=False)


def test_a_failure_of_ours_is_armoured_and_tells_nothing(free, monkeypatch):
    def fail(*_args: object) -> None:
        raise RuntimeError("a secret detail of the code")

    monkeypatch.setattr(routes, "meters", fail)
    for headers in ({}, HTMX, JSON):
        response = free.client.get("/usage", headers=headers)
        assert response.status_code == 500
        assert response.headers["DevPilot-Error"] == "internal_error"
        assert_armoured(response)
        assert "secret detail" not in response.text
        assert "Traceback" not in response.text
        assert response.headers["X-Request-ID"] in response.text or headers == JSON


def test_the_request_number_is_taken_over_only_where_it_is_harmless(free):
    given = {"X-Request-ID": "from-the-proxy-1"}
    assert free.client.get("/login", headers=given).headers["X-Request-ID"] == "from-the-proxy-1"
    for bad in ("short", "x" * 65, "<script>alert", "a b c d e f g h"):
        response = free.client.get("/login", headers={"X-Request-ID": bad})
        assert response.headers["X-Request-ID"] != bad


def test_a_cookie_is_for_http_alone_and_for_this_site(visitor):
    for path in ("/login", "/register"):
        cookie = visitor.open(path).headers.get("Set-Cookie")
        if cookie:
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie
            assert "Secure" not in cookie, "development has no HTTPS"


def test_a_page_without_a_form_sets_no_cookie(visitor):
    for path in ("/healthz", "/readyz", "/errors", "/nope"):
        assert "Set-Cookie" not in visitor.client.get(path).headers, path


@pytest.fixture
def in_production(app, database_url, tmp_path):
    own = create_app(settings_for(database_url, tmp_path, **PRODUCTION))
    yield own
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_in_production_every_answer_insists_on_https(in_production):
    client = in_production.test_client()
    for path in ("/", "/login", "/projects", "/nope", "/static/devpilot.css", "/healthz"):
        response = client.get(path, base_url=HTTPS)
        assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000"), path
        assert_armoured(response, private=not path.startswith("/static"))


def test_in_production_the_cookie_is_bound_to_the_host(in_production, free):
    client = in_production.test_client()
    first = client.get("/login", base_url=HTTPS)
    cookies = first.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-devpilot=")
        assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in cookie


def test_development_does_not_insist_on_https(visitor):
    assert "Strict-Transport-Security" not in visitor.open("/login").headers
