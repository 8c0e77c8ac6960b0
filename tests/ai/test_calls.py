"""What is sent, what is told and logged, and what the environment does not change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devpilot.adapters.ai import AiProvider, Unavailable
from tests.ai.asking import KEY, QUESTION, SCHEMA, SECONDS

ROOT = Path(__file__).resolve().parents[2]
HEADERS = {
    "host", "authorization", "content-type", "content-length", "accept", "accept-encoding",
    "connection", "user-agent", "x-stainless-raw-response",
}  # fmt: skip


def test_what_is_sent(server, provider):
    answer = provider.ask(QUESTION)
    [asked] = server.requests
    assert asked.json == {
        "model": "little-model",
        "messages": [
            {"role": "system", "content": QUESTION.system},
            {"role": "user", "content": QUESTION.user},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "step_1", "schema": SCHEMA, "strict": True},
        },
        "max_tokens": 4000,
    }
    assert set(asked.headers) == HEADERS
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert answer.model == "little-model-own"
    assert answer.prompt_tokens > 0 < answer.completion_tokens
    assert 0 < answer.seconds < SECONDS


def test_without_a_key_something_is_sent_all_the_same(server):
    AiProvider("", server.url, "m", seconds=SECONDS).ask(QUESTION)
    assert server.requests[0].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize("way", ["no usage", "odd usage"])
def test_what_the_provider_does_not_tell(server, provider, way):
    server.way = way
    answer = provider.ask(QUESTION)
    assert (answer.model, answer.completion_tokens) == ("little-model", None)
    assert answer.prompt_tokens is None


def test_openai_itself_knows_the_cap_by_its_newer_name():
    assert AiProvider(KEY, "https://api.openai.com/v1", "m")._cap == "max_completion_tokens"


def test_the_environment_changes_nothing(server, monkeypatch):
    provider = AiProvider(KEY, server.url, "little-model", seconds=SECONDS)
    provider.ask(QUESTION)
    other = f"http://127.0.0.1:{server._other.port}"
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, other)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{other}/v1")
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET", "LOG"):
        monkeypatch.setenv(f"OPENAI_{name}", "debug")
    monkeypatch.setenv(
        "OPENAI_CUSTOM_HEADERS", "Authorization: Bearer other\nX-Other: 1\nContent-Length: 2"
    )
    AiProvider(KEY, server.url, "little-model", seconds=SECONDS).ask(QUESTION)
    first, second = server.requests
    assert second.headers == first.headers
    assert second.body == first.body
    assert server.strayed == []


@pytest.mark.slow
def test_the_sdks_own_log_stays_silent(server):
    said = (
        "import sys; sys.path.insert(0, '.')\n"
        "import logging; logging.basicConfig(level=logging.DEBUG)\n"
        "from devpilot.adapters.ai import AiProvider\n"
        "from tests.ai.asking import QUESTION\n"
        f"AiProvider({KEY!r}, {server.url!r}, 'm', seconds=10).ask(QUESTION)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, env={**os.environ, "OPENAI_LOG": "debug"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    told = found.stdout + found.stderr
    assert "ai_call" in told
    for secret in (KEY, QUESTION.user, QUESTION.system, "Suggested", "127.0.0.1"):
        assert secret not in told


def test_what_is_logged(server, provider, told):
    provider.ask(QUESTION)
    server.way = 401
    with pytest.raises(Unavailable):
        provider.ask(QUESTION)
    assert [each["state"] for each in told] == ["started", "done", "started", "failed"]
    done, failed = told[1], told[3]
    assert {"model", "seconds", "prompt_tokens", "completion_tokens"} <= set(done)
    assert (failed["how"], failed["why"]) == ("Unavailable", "status 401")
    for secret in (KEY, QUESTION.user, QUESTION.system, "Suggested", "127.0.0.1"):
        assert secret not in repr(told)
