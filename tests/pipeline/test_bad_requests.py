"""Requests that no page of ours makes: refused with a page of ours, whatever they are."""

import itertools

import pytest

from tests.conftest import PASSWORD
from tests.refusals import HTMX, JSON, assert_problem, assert_refused

BIG = b"x=" + b"x" * 10_000_000
FORM = "application/x-www-form-urlencoded"


def fit_for_http(response):
    """Whether every header can be sent: a server encodes them as Latin-1."""
    values = [value for _, value in response.headers]
    return all(v.encode("latin-1", "ignore").decode("latin-1") == v for v in values)


@pytest.mark.parametrize("part", ["visitor", "free"])
def test_a_body_of_ten_megabytes_is_refused(request, nothing_changes, part):
    person = request.getfixturevalue(part)
    paths = ("/login", "/register", "/projects", "/logout", "/billing/sandbox", "/billing/checkout")
    with nothing_changes():
        for path in paths:
            assert_refused(person.post_bytes(path, BIG), "invalid_input")
            assert_problem(person.post_bytes(path, BIG, headers=JSON), "invalid_input")
            answer = person.post_bytes(path, BIG, headers=HTMX)
            assert answer.headers["DevPilot-Error"] == "invalid_input", path


@pytest.mark.parametrize(
    ("path", "code"), [("/nope", "not_found"), ("/usage", "method_not_allowed")]
)
def test_a_body_of_ten_megabytes_to_no_form_is_refused(visitor, free, path, code):
    for person in (visitor, free):
        response = person.client.post(path, data=BIG, content_type=FORM)
        assert response.headers.get("DevPilot-Error") in {code, "invalid_input"}
        assert response.status_code in {404, 405, 422}


def test_a_body_of_four_mebibytes_is_let_in(free):
    body = b"name=" + b"x" * (4 * 1024 * 1024 - 300)
    response = free.post_bytes("/projects", body)
    assert_refused(response, "invalid_input")
    assert "120" in response.text


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.2", "[::1]", "é"],
)
def test_another_host_name_is_refused(visitor, host):
    for path in ("/", "/login", "/projects", "/static/devpilot.css", "/nope"):
        response = visitor.open(path, headers={"Host": host})
        assert response.headers.get("DevPilot-Error") == "invalid_input", path
        assert response.status_code in {400, 422}, path
        assert "evil" not in response.headers.get("Location", ""), path
        assert response.headers["Content-Security-Policy"], path


@pytest.mark.parametrize("host", ["evil.example", "a b", "", "[::1", "localhost:x", "\x7f"])
def test_a_post_under_another_host_name_changes_nothing(free, nothing_changes, host):
    token = free.token()
    with nothing_changes():
        response = free.client.post(
            "/projects", data={"csrf_token": token, "name": "x", "mode": "lean"},
            headers={"Host": host},
        )  # fmt: skip
    assert 400 <= response.status_code < 500
    with nothing_changes():
        big = free.client.post("/projects", data=BIG, content_type=FORM, headers={"Host": host})
    assert 400 <= big.status_code < 500


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000"])
def test_its_own_names_are_answered(visitor, host):
    assert visitor.open("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST", "TRACE", "PROPFIND"])
def test_a_method_that_a_page_does_not_take_is_refused(visitor, free, nothing_changes, method):
    with nothing_changes():
        for person in (visitor, free):
            response = person.client.open("/usage", method=method)
            assert_refused(response, "method_not_allowed")
            assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_get_of_a_form_address_is_refused(free, nothing_changes):
    with nothing_changes():
        assert_refused(free.open("/logout"), "method_not_allowed")
        assert_problem(free.open("/billing/checkout", headers=JSON), "method_not_allowed")


def test_head_answers_like_get_without_a_body(free):
    for path in ("/", "/projects", "/usage", "/login"):
        got, headed = free.client.get(path), free.client.head(path)
        assert (headed.status_code, headed.data) == (got.status_code, b"")


@pytest.mark.parametrize(
    "query", ["x=\xff", "x=\xe4\xb8\xad", "%ff", "\x00", "status=%00", "&=&", "?"]
)
def test_no_query_breaks_a_page(visitor, free, query):
    failed = []
    paths = ("/projects", "/projects/new", "/login", "/billing/sandbox", "/nope")
    for person, path, headers in itertools.product((visitor, free), paths, ({}, HTMX, JSON)):
        environ = {"QUERY_STRING": query}
        response = person.client.get(path, headers=headers, environ_overrides=environ)
        if response.status_code >= 500 or not fit_for_http(response):
            failed.append((path, headers, response.status))
    assert failed == []


@pytest.mark.parametrize(
    "path", ["/\xff", "/中", "/projects/中", "/%2e%2e/x", "/static/../wsgi.py", "/static/中",
             "/static/%2e%2e/%2e%2e/etc/passwd", "/projects/", "/a\x00b"]
)  # fmt: skip
def test_no_path_breaks_the_answer(free, path):
    for headers in ({}, HTMX, JSON):
        response = free.client.get(path, headers=headers)
        assert response.status_code in {404, 308}, headers
        assert fit_for_http(response), headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Request-ID": "x" * 10_000}, {"X-Request-ID": "\x7f<b>"}, {"Accept": "\xff"},
        {"Accept": "application/json;q=x"}, {"Accept": "," * 5000}, {"Accept-Encoding": "\xff"},
        {"User-Agent": "\xff" * 5000}, {"If-None-Match": '"'}, {"Cookie": "\xff=\xff;;;=;devpilot"},
        {"Content-Length": "x"}, {"Range": "bytes=9-1"}, {"HX-Current-URL": "\xff"},
        {"X-Forwarded-For": "evil"}, {"Referer": "\xff"}, {"If-Modified-Since": "\xff"},
    ],
    ids=lambda headers: repr(headers)[:40],
)  # fmt: skip
def test_no_header_breaks_a_page(visitor, free, headers):
    for path in ("/projects", "/login", "/static/devpilot.css", "/nope"):
        assert free.client.get(path, headers=headers).status_code < 500
        assert visitor.client.get(path, headers=headers).status_code < 500
    fields = {"csrf_token": visitor.token(), "email": "nobody@example.com", "password": "x"}
    assert visitor.client.post("/login", data=fields, headers=headers).status_code < 500


def test_a_user_agent_with_a_nul_can_sign_in_or_is_refused(free, visitor):
    environ = {"HTTP_USER_AGENT": "a\x00b"}
    fields = {"csrf_token": visitor.token(), "email": free.email, "password": PASSWORD}
    response = visitor.client.post("/login", data=fields, environ_overrides=environ)
    assert response.status_code < 500


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/projects", {"name": "Typed", "mode": "lean"}),
        ("{project}/rename", {"name": "Typed"}),
        ("{project}/delete", {}),
        ("{project}/restore", {}),
        ("/billing/sandbox", {"event": "paid"}),
        ("{revision}/exports", {}),
    ],
)
def test_an_unknown_field_is_refused_and_named(completed, nothing_changes, path, fields):
    path = path.format(project=completed.project, revision=completed.revision)
    with nothing_changes():
        response = completed.owner.post(path, {**fields, "bogus": "x"})
    assert_refused(response, "invalid_input")
    assert "“bogus” is no field of this form." in response.text


def test_an_unknown_field_of_a_payment_is_refused_and_named(free, nothing_changes):
    with nothing_changes():
        response = free.post("/billing/checkout", {"interval": "monthly", "bogus": "x"})
    assert_refused(response, "invalid_input")
    assert "“bogus” is no field of this form." in response.text


@pytest.mark.parametrize("key", ["x" * 65, "é", "\x00", "a\nb", "x" * 100_000])
def test_a_malformed_idempotency_key_is_refused(paying, nothing_changes, key):
    project = {"name": "Typed", "mode": "lean", "idempotency_key": key}
    with nothing_changes():
        assert_refused(paying.post("/projects", project), "invalid_input")
        event = {"event": "paid", "idempotency_key": key}
        assert_refused(paying.post("/billing/sandbox", event), "invalid_input")
