"""Hostile and malformed step forms: refused, nothing written, typed text shown again."""

import itertools
import time
import urllib.parse

import pytest

from tests.page import page_of
from tests.refusals import JSON, assert_problem, assert_refused
from tests.steps.typing_in import goal


@pytest.fixture
def empty(free, make_project):
    return make_project(free, example="")


UNKNOWN = (
    {"bogus": "x"},
    {"goals-0-bogus": "x"},
    {"goals": "x"},
    {"goals-": "x"},
    {"goals-0": "x"},
    {"goals-x-goal": "x"},
    {"goals--1-goal": "x"},
    {"goals-00-goal": "x"},
    {"goals-٣-goal": "x"},
    {"goals-" + "9" * 4000 + "-goal": "x"},
    {"summary-0": "x"},
    {"roles-0-name": "of another step"},
    {"fields": "bogus"},
    {"fields": "roles"},
    {"": "x"},
    {"\x00": "x"},
    {"__proto__": "x"},
    {"data": "{}"},
    {"status": "locked"},
    {"paste-goals-more": "x"},
    {"capabilities-F1-R1": "all"},
    {"summary": ["once", "twice"]},
    {"goals-0-goal": ["once", "twice"]},
    {"goals-0-key": ["G1", "G1"], "goals-0-goal": "x"},
)


def test_a_field_that_the_step_does_not_have_is_refused(empty, nothing_changes):
    with nothing_changes():
        for fields in UNKNOWN:
            typed = {"problem": "Typed besides", **fields}
            response = empty.owner.save(empty.revision, 1, typed)
            assert response.headers.get("DevPilot-Error") == "invalid_input", fields
            assert_refused(response, "invalid_input")
            assert "Typed besides" in response.text, fields


UNFIT = (
    {"summary": "x" * 901},
    {"problem": "x" * 2501},
    goal(0, "x" * 121),
    {"features-0-name": "A", "features-0-release": "soon"},
    {"features-0-name": "A", "features-0-release": "MVP"},
    goal(0, "two\nlines"),
    goal(0, "two\u2028lines"),
    {"summary": "a\x00b"},
    {"summary": "a\x1bb"},
    {"summary": "a\x85b"},
    goal(0, "\x07"),
    {"goals-0-goal": "\x00"},
    {"constraints-0-constraint": "A", "constraints-0-kind": "\x00legal"},
    {"features-0-name": "A", "features-0-goals": "G9"},
    {"features-0-name": "A", "features-0-goals": "G" + "9" * 4000},
    {"features-0-name": "A", "features-0-goals": "\x00"},
    {"features-0-name": "A", "features-0-goals": ",".join("x" * 5000)},
    {k: v for n in range(8) for k, v in goal(n, f"Goal {n}").items()},
)


@pytest.mark.slow
def test_a_value_that_does_not_fit_is_refused_and_comes_back(empty, nothing_changes):
    with nothing_changes():
        for fields in UNFIT:
            typed = {"problem": "Typed besides", **fields}
            response = empty.owner.save(empty.revision, 1, typed)
            assert response.headers.get("DevPilot-Error") == "invalid_input", repr(fields)[:80]
            assert_refused(response, "invalid_input")
            assert page_of(response.text).dead_links() == [], repr(fields)[:80]


VERSIONS = (None, "", "abc", "-1", "1.0", "1e3", "٣", " 1", "9" * 4000, ["1", "1"], "\x00")


def test_a_missing_or_malformed_version_is_refused(empty, nothing_changes):
    with nothing_changes():
        for version, action in itertools.product(VERSIONS, ("draft", "lock")):
            fields = {"summary": "Typed"} | ({} if version is None else {"version": version})
            response = empty.owner.post(f"{empty.step(1)}/{action}", fields)
            got = response.headers.get("DevPilot-Error")
            assert got == "invalid_input", (action, repr(version)[:40])
            assert_refused(response, "invalid_input")
            assert "Typed" in response.text, (action, repr(version)[:40])


ODD_BYTES = (
    b"summary=%ED%A0%80",
    b"summary=\xed\xa0\x80",
    b"summary=%FF%FE",
    b"summary=\xff\xfe",
    b"summary=%C0%80",
    b"summary=%00",
    b"%ED%A0%80=x",
    b"\xff=x",
    b"goals-0-goal=%ED%B0%80&goals-0-key=%ED%A0%80",
    b"goals-%ED%A0%80-goal=x",
    b"fields=%ED%A0%80",
    b"remove=%ED%A0%80",
    b"add=%FF",
    b"&&&=&=&",
    b"%=%&%%%=%zz",
    b"+=+",
    b"goals-0-new=%ED%A0%80&goals-0-goal=x",
)


def test_bytes_that_no_browser_sends_are_never_a_failure_of_ours(empty, nothing_changes):
    version = str(empty.owner.version(empty.revision)).encode()
    codes = {"invalid_input", "csrf_failed", "step_validation_failed"}
    with nothing_changes():
        for raw, action, accept in itertools.product(ODD_BYTES, ("draft", "lock"), ({}, JSON)):
            body = b"version=" + version + b"&" + raw
            response = empty.owner.post_bytes(f"{empty.step(1)}/{action}", body, headers=accept)
            got = response.headers.get("DevPilot-Error")
            assert got in codes, (raw, action, accept, response.status)


def test_a_body_of_ten_megabytes_is_refused(empty, nothing_changes):
    body = b"version=1&summary=" + b"x" * 10_000_000
    with nothing_changes():
        for action in ("draft", "lock"):
            response = empty.owner.post_bytes(f"{empty.step(1)}/{action}", body)
            assert_refused(response, "invalid_input")
            response = empty.owner.post_bytes(f"{empty.step(1)}/{action}", body, headers=JSON)
            assert_problem(response, "invalid_input")


@pytest.mark.parametrize("name", ["idempotency_key", "csrf_token", "version"])
def test_no_technical_field_fails_on_bytes_that_are_no_text(free, make_project, name):
    owned = make_project(free)
    body = f"{name}=%ED%A0%80&{name}=%FF&version=1".encode()
    for action in ("draft", "lock"):
        assert owned.owner.post_bytes(f"{owned.step(1)}/{action}", body).status_code < 500


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "&".join(f"goals-{n}-goal=x" for n in range(100_000)),
        "&".join(f"bogus{n}=x" for n in range(100_000)),
        "&".join("fields=goals" for n in range(100_000)),
        "&".join("features-0-goals=G1" for n in range(100_000)),
        "features-0-name=A&features-0-goals=" + "," * 1_000_000,
        "&".join(f"capabilities-F{n}-R1=all" for n in range(50_000)),
        "summary=" + urllib.parse.quote("a" + "\u0301\u0316" * 150_000),
        "summary=" + "x" * 4_000_000,
        "goals-0-goal=" + "%0A" * 1_000_000,
        "add=" + "goals" * 500_000,
        "remove=goals-" + "1" * 2_000_000,
    ],
    ids=lambda body: body[:30],
)
def test_four_megabytes_of_anything_are_answered_in_time(empty, nothing_changes, body):
    with nothing_changes():
        raw = f"version={empty.owner.version(empty.revision)}&{body}".encode()
        began = time.thread_time()
        response = empty.owner.post_bytes(f"{empty.step(1)}/draft", raw[:4_190_000])
        took = time.thread_time() - began
    assert response.status_code in {303, 422}
    assert took < 5, f"{took:.1f} s"
    assert len(response.data) < 12_000_000


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/xml", "", "x"])
def test_another_content_type_is_no_form(empty, nothing_changes, kind):
    with nothing_changes():
        response = empty.owner.post_bytes(f"{empty.step(1)}/draft", b"x=1", content_type=kind)
    assert_refused(response, "csrf_failed")


def test_nested_json_is_no_form(empty, nothing_changes):
    body = b"[" * 100_000 + b"]" * 100_000
    with nothing_changes():
        response = empty.owner.client.post(
            f"{empty.step(1)}/draft", data=body, content_type="application/json"
        )
    assert_refused(response, "csrf_failed")


def test_a_multipart_form_is_refused_with_what_to_send_instead(empty, nothing_changes):
    fields = {
        "csrf_token": empty.owner.token(), "summary": "By another road",
        "version": str(empty.owner.version(empty.revision)),
    }  # fmt: skip
    with nothing_changes():
        response = empty.owner.client.post(
            f"{empty.step(1)}/draft", data=fields, content_type="multipart/form-data"
        )
    assert_refused(response, "invalid_input")
    assert "application/x-www-form-urlencoded" in response.text


@pytest.mark.slow
def test_a_post_of_very_many_fields_is_refused_with_a_small_page(visitor, empty, nothing_changes):
    body = b"a&" * 500_000
    with nothing_changes():
        for person in (visitor, empty.owner):
            response = person.post_bytes(f"{empty.step(1)}/draft", body)
            assert_refused(response, "invalid_input")
            assert len(response.data) < 1_000_000


def test_a_multipart_form_of_too_many_parts_is_refused(empty, nothing_changes):
    part = '--edge\r\nContent-Disposition: form-data; name="goals-0-goal"\r\n\r\nx\r\n'
    body = part * 10_100 + "--edge--\r\n"
    with nothing_changes():
        response = empty.owner.client.post(
            f"{empty.step(1)}/draft",
            data=body.encode(),
            content_type="multipart/form-data; boundary=edge",
        )
    assert_refused(response, "invalid_input")


NO_ORDERS = (
    "0", "5", "10", "11", "-1", "1.0", "٣", "%D9%A3", "9" * 4000, "1e0", "01", "x", "%00",
)  # fmt: skip


def test_an_order_that_is_none_is_not_found(empty, nothing_changes):
    with nothing_changes():
        for order in NO_ORDERS:
            path = f"{empty.revision}/steps/{order}"
            shown = empty.owner.open(path)
            posted = empty.owner.post(f"{path}/draft", {"summary": "Typed"})
            codes = [r.headers.get("DevPilot-Error") for r in (shown, posted)]
            assert codes == ["not_found"] * 2, order[:20]
            assert_refused(posted, "not_found")
            assert "Typed" in posted.text, order[:20]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7*7 }}", "'\"><img src=x onerror=alert(1)>"]
)
def test_typed_markup_is_shown_as_text_everywhere(free, make_project, text):
    owned = make_project(free, locked=0)
    free.save(owned.revision, 1, {"summary": text, **goal(0, text), "goals-0-key": "G1"})
    for path in (owned.step(1), owned.revision, owned.step(2)):
        html = free.open(path).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "onerror=alert" not in html.replace("onerror=alert(1)&gt;", "")
    refused = free.post(f"{owned.step(1)}/draft", {text: text, f"goals-0-{text}": "x"})
    assert "<script>alert" not in refused.text
    assert "<img src=x" not in refused.text
