"""Every way in which a provider answers: the right answer, or the right one of three exceptions."""

import json
import time

import pytest

from devpilot.adapters.ai import AiProvider, InvalidResponse, TimedOut, Unavailable
from devpilot.adapters.ai_answer import read
from tests.ai.asking import GOOD, KEY, QUESTION, SECONDS, nothing_left
from tests.ai_server.texts import INJECTION, SCRIPT, STRANGER_ID
from tests.ai_server.ways import WAYS

GRACE = 2.0
"""Seconds that nothing may outlive the deadline by."""

WELL = ["good", "fenced", "fenced bare", "no usage", "odd usage", "unknown finish", "odd finish"]
TEXTS = {
    "injection": INJECTION,
    "script": SCRIPT,
    "references to nothing": "G999",
    "ids of another": STRANGER_ID,
}
TIMED_OUT = [
    "hang", "hang in the body", "drip", "drip headers", "drip hints", "drip refusal",
]  # fmt: skip
UNAVAILABLE = [
    401, 402, 403, 404, 405, 408, 409, 413, 418, 422, 429, 400, 500, 502, 503, 504, 529, 301, 304,
    201, "429 seconds", "429 date", "429 garbage", "429 negative", "429 a million",
    "asks for a retry", "html", "wrong content type", "no content", "not HTTP", "endless header",
    "cut", "cut chunks", "hang up", "events", "zipped", "redirect", "redirect on this host",
]  # fmt: skip
INVALID = [
    "two fences", "two objects", "text around", "text around a fence", "thoughts", "null content",
    "empty content", "blank content", "parts", "list", "text", "half", "wrong schema",
    "wrong types", "extra fields", "duplicate keys", "NaN", "Infinity", "too large a number",
    "endless number", "lone surrogate", "NUL", "deep", "brackets", "closed brackets", "no choices",
    "choices null", "two choices", "no envelope", "envelope list", "envelope null", "no message",
    "refusal", "refusal beside", "length", "content filter", "tool calls", "html as JSON",
    "bad JSON", "bad UTF-8", "no bytes", "envelope brackets", "huge", "huge in chunks",
]  # fmt: skip
TWICE = ["refuses the format", "refuses all"]
"""Asked once more, in words. Their tests are below."""


def fails(server, provider, kind):
    """The reason of a failure of exactly this kind, in time and after one request."""
    started = time.monotonic()
    with nothing_left(server), pytest.raises(kind) as caught:
        provider.ask(QUESTION)
    assert time.monotonic() - started < SECONDS + GRACE
    assert kind in type(caught.value).__mro__[:2]
    return caught.value.why


@pytest.mark.parametrize("way", WELL)
def test_a_good_answer_in_every_form(server, provider, way):
    server.way = way
    with nothing_left(server):
        answer = provider.ask(QUESTION)
    assert answer.data == GOOD
    assert len(server.requests) == 1


@pytest.mark.parametrize("way", TEXTS)
def test_a_text_is_handed_on_whatever_it_says(server, provider, way):
    server.way = way
    answer = provider.ask(QUESTION)
    assert answer.data["purpose"] == answer.data["goals"][0]["name"] == TEXTS[way]


@pytest.mark.parametrize("way", TIMED_OUT)
def test_no_whole_answer_in_time(server, provider, way):
    server.way = way
    fails(server, provider, TimedOut)
    assert len(server.requests) == 1


@pytest.mark.parametrize("way", UNAVAILABLE)
def test_no_provider(server, provider, way):
    server.way = way
    why = fails(server, provider, Unavailable)
    assert KEY not in why
    assert "127.0.0.1" not in why
    assert len(server.requests) == 1
    assert server.strayed == []


@pytest.mark.parametrize("way", INVALID)
def test_an_answer_of_another_kind(server, provider, way):
    server.way = way
    fails(server, provider, InvalidResponse)
    assert len(server.requests) == 1


def test_every_way_of_the_server_is_tried():
    assert {*WELL, *TEXTS, *TIMED_OUT, *UNAVAILABLE, *INVALID, *TWICE} >= WAYS


def test_a_refused_connection(server, provider):
    with server.stopped():
        assert fails(server, provider, Unavailable) == "ConnectError"


def test_tls_where_none_is_spoken(server):
    address = server.url.replace("http://", "https://")
    fails(server, AiProvider(KEY, address, "m", seconds=SECONDS), Unavailable)


def test_a_server_that_refuses_the_format_is_asked_in_words(server, provider):
    server.way = "refuses the format"
    with nothing_left(server):
        assert provider.ask(QUESTION).data == GOOD
    first, second = (each.json for each in server.requests)
    assert first.pop("response_format")["json_schema"]["strict"] is True
    system = second["messages"][0]["content"]
    assert system.startswith(QUESTION.system)
    assert '"additionalProperties":false' in system
    second["messages"][0]["content"] = QUESTION.system
    assert second == first


def test_there_is_no_third_try(server, provider):
    server.way = "refuses all"
    with pytest.raises(Unavailable):
        provider.ask(QUESTION)
    assert len(server.requests) == 2


def test_a_schema_that_leaves_all_open_does_not_let_depth_through():
    def body(content):
        return json.dumps({"choices": [{"message": {"content": content}}]}).encode()

    assert read(body('{"a": [[1, true, null]]}'), {}).data == {"a": [[1, True, None]]}
    for content in ('{"a": ' + "[" * 50 + "]" * 50 + "}", '{"a\\u0000": 1}', '{"a\\ud800": 1}'):
        with pytest.raises(InvalidResponse):
            read(body(content), {})


def test_a_choice_is_kept_to():
    schema = {"properties": {"weight": {"enum": ["must", "may"]}}}
    body = rb'{"choices": [{"message": {"content": "{\"weight\": \"never\"}"}}]}'
    with pytest.raises(InvalidResponse):
        read(body, schema)
