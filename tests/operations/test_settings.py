"""Settings: a wrong one stops the start with a line that names it and says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devpilot.config import SETTINGS, load
from devpilot.errors import SettingError

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DEVPILOT_ENV": "production", "SECRET_KEY": "x" * 40,
    "DEVPILOT_BASE_URL": "https://pilot.example",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "more"),
    [
        ("PORT", "x", {}), ("PORT", "0", {}), ("PORT", "65536", {}), ("PORT", "-1", {}),
        ("PORT", "٣", {}), ("PORT", "9" * 5000, {}), ("PORT", "80.0", {}),
        ("HOST", "0.0.0.0", {}), ("HOST", "example.com", {}), ("HOST", "::", {}),  # noqa: S104
        ("HOST", "::1", {}),
        ("DEVPILOT_ENV", "prod", {}), ("DEVPILOT_ENV", "Production", {}),
        ("DATABASE_URL", "mysql://x/y", {}), ("DATABASE_URL", "x", {}),
        ("DATABASE_URL", "sqlite://", {}), ("DATABASE_URL", "sqlite:///", {}),
        ("DATABASE_URL", "postgresql:x", {}),
        ("DEVPILOT_ARTIFACTS", "s3://bucket", {}),
        ("DEVPILOT_BASE_URL", "pilot.example", {}), ("DEVPILOT_BASE_URL", "ftp://x", {}),
        ("DEVPILOT_BASE_URL", "http://[", {}), ("DEVPILOT_BASE_URL", "https://", {}),
        ("DEVPILOT_BASE_URL", "http://pilot.example", PRODUCTION),
        ("DEVPILOT_BASE_URL", "", PRODUCTION),
        ("DEVPILOT_TRUSTED_PROXIES", "x", {}), ("DEVPILOT_TRUSTED_PROXIES", "11", {}),
        ("SECRET_KEY", "", PRODUCTION), ("SECRET_KEY", "x" * 31, PRODUCTION),
        ("DEVPILOT_SESSION_IDLE", "0", {}), ("DEVPILOT_SESSION_IDLE", "9000", {}),
        ("DEVPILOT_SESSION_IDLE", "721", {}), ("DEVPILOT_SESSION_ABSOLUTE", "x", {}),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_wrong_setting_is_named(tmp_path, name, value, more):
    environment = {"DEVPILOT_DATA": str(tmp_path), "SECRET_KEY": "x" * 40, **more, name: value}
    with pytest.raises(SettingError) as caught:
        load(environment)
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)


def test_a_secret_is_never_part_of_the_message(tmp_path):
    with pytest.raises(SettingError) as caught:
        load({**PRODUCTION, "DEVPILOT_DATA": str(tmp_path), "SECRET_KEY": "hush-hush"})
    assert "hush" not in str(caught.value)
    with pytest.raises(SettingError) as caught:
        load({"DEVPILOT_DATA": str(tmp_path), "DATABASE_URL": "mysql://me:hush-hush@host/x"})
    assert "hush" not in str(caught.value)


def test_nothing_set_is_a_good_development_installation(tmp_path):
    settings = load({"DEVPILOT_DATA": str(tmp_path)})
    assert (settings.host, settings.port, settings.production) == ("127.0.0.1", 8000, False)
    assert settings.database_url == f"sqlite:///{tmp_path}/devpilot.sqlite3"
    assert settings.secret_key == load({"DEVPILOT_DATA": str(tmp_path)}).secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("given", ["postgres://u@h/n", "postgresql://u@h/n"])
def test_the_usual_names_of_postgresql_are_understood(tmp_path, given):
    settings = load({"DEVPILOT_DATA": str(tmp_path), "DATABASE_URL": given})
    assert settings.database_url == "postgresql+psycopg://u@h/n"


def test_a_damaged_key_file_is_named(tmp_path):
    (tmp_path / "secret-key").write_text("short")
    with pytest.raises(SettingError, match="secret-key is damaged"):
        load({"DEVPILOT_DATA": str(tmp_path)})


def test_every_setting_says_what_it_means():
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


@pytest.mark.slow
def test_the_server_says_it_in_one_line_and_does_not_start(tmp_path):
    environment = {**os.environ, "PORT": "x", "DEVPILOT_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "devpilot", "serve"]
    found = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert found.returncode != 0
    assert "PORT: 'x' is not a whole number" in found.stderr
    assert "Traceback" not in found.stderr
