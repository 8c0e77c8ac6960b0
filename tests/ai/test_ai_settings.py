"""Settings of the AI provider: all that is needed, or a line that says what is missing."""

import pytest

from devpilot.config import load
from devpilot.errors import SettingError
from devpilot.provider_settings import AiSettings

MODEL = {"DEVPILOT_AI_MODEL": "m"}
LOCAL = {**MODEL, "OPENAI_BASE_URL": "http://127.0.0.1:8080/v1"}


def settings(tmp_path, more):
    return load({"DEVPILOT_DATA": str(tmp_path), "SECRET_KEY": "x" * 40, **more})


@pytest.mark.parametrize(
    ("more", "key", "base"),
    [
        ({"OPENAI_API_KEY": "sk-1"}, "sk-1", "https://api.openai.com/v1"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:8080/v1/"}, "", "http://127.0.0.1:8080/v1"),
        ({"OPENAI_BASE_URL": "http://localhost:11434/v1"}, "", "http://localhost:11434/v1"),
        ({"OPENAI_BASE_URL": "http://[::1]:1234"}, "", "http://[::1]:1234"),
        (
            {"OPENAI_BASE_URL": "https://ai.example/v1", "OPENAI_API_KEY": "k"},
            "k",
            "https://ai.example/v1",
        ),
    ],
)
def test_a_model_and_where_it_is(tmp_path, more, key, base):
    assert settings(tmp_path, {**MODEL, **more}).ai == AiSettings(key, base, "m")


@pytest.mark.parametrize(
    "more", [{}, {"OPENAI_API_KEY": "sk-1"}, {"OPENAI_BASE_URL": "http://far.example"}]
)
def test_without_a_model_there_is_no_ai(tmp_path, more):
    """The other two names are set on many a machine for other programs."""
    assert settings(tmp_path, more).ai is None


@pytest.mark.parametrize(
    ("name", "value", "more"),
    [
        ("DEVPILOT_AI_MODEL", "m", {}),
        ("DEVPILOT_AI_MODEL", "m" * 201, LOCAL),
        ("DEVPILOT_AI_MODEL", "m\nn", LOCAL),
        ("OPENAI_API_KEY", "hush hush", MODEL),
        ("OPENAI_API_KEY", "hush\r\nX-Other: 1", MODEL),
        ("OPENAI_API_KEY", "hüsh", MODEL),
        ("OPENAI_BASE_URL", "http://ai.example/v1", MODEL),
        ("OPENAI_BASE_URL", "http://127.0.0.1.ai.example/v1", MODEL),
        ("OPENAI_BASE_URL", "http://192.168.1.2:8000/v1", MODEL),
        ("OPENAI_BASE_URL", "127.0.0.1:8080/v1", MODEL),
        ("OPENAI_BASE_URL", "ftp://127.0.0.1/v1", MODEL),
        ("OPENAI_BASE_URL", "https://", MODEL),
        ("OPENAI_BASE_URL", "http://[", MODEL),
        ("OPENAI_BASE_URL", "http://127.0.0.1:x/v1", MODEL),
        ("OPENAI_BASE_URL", "http://127.0.0.1:99999/v1", MODEL),
        ("OPENAI_BASE_URL", "https://ai.example:99999/v1", MODEL),
        ("OPENAI_BASE_URL", "https://me:hush@ai.example/v1", MODEL),
        ("OPENAI_BASE_URL", "https://ai.example/v1?key=hush", MODEL),
        ("OPENAI_BASE_URL", "https://ai.example/v1#hush", MODEL),
        ("OPENAI_BASE_URL", "https://ai.example/v 1", MODEL),
        ("OPENAI_BASE_URL", "https://aï.example/v1", MODEL),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, name, value, more):
    with pytest.raises(SettingError) as caught:
        settings(tmp_path, {**more, name: value})
    said = str(caught.value)
    assert said.startswith(f"{name}: ")
    assert "\n" not in said
    assert "hush" not in said


def test_people_are_told_the_host_alone(tmp_path):
    assert settings(tmp_path, LOCAL).ai.host == "127.0.0.1"
