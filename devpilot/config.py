"""Settings from the environment, read once at start.

A wrong or contradictory value stops the start with one line that names the variable and
the mend. `SETTINGS` is the one list of variables: `flask devpilot config`, the README's
table and this reader are all made from it.
"""

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from devpilot.errors import SettingError
from devpilot.provider_settings import AiSettings, StripeSettings, read_ai, read_stripe

MINIMUM_KEY = 32
"""Characters of a secret key; fewer could be guessed."""


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting("HOST", "127.0.0.1", "Address to listen on. Another one needs production."),
    Setting("PORT", "8000", "Port to listen on."),
    Setting(
        "DEVPILOT_ENV",
        "development",
        "`development` or `production`. Production refuses unsafe settings.",
    ),
    Setting(
        "DEVPILOT_DATA",
        "instance",
        "Folder of the SQLite file, the artifacts and the development secret key.",
    ),
    Setting("DATABASE_URL", "", "SQLAlchemy URL; empty means SQLite in the data folder."),
    Setting("DEVPILOT_ARTIFACTS", "", "Folder of the exports; empty means inside the data folder."),
    Setting("DEVPILOT_BASE_URL", "", "The address people use, such as https://pilot.example."),
    Setting("DEVPILOT_TRUSTED_PROXIES", "0", "How many proxies in front set X-Forwarded-For."),
    Setting("SECRET_KEY", "", "Signs cookies. Development makes one in the data folder."),
    Setting("STRIPE_SECRET_KEY", "", "Takes payments through Stripe; it needs the next three too."),
    Setting("STRIPE_WEBHOOK_SECRET", "", "Signs Stripe's messages to `/billing/webhook`."),
    Setting(
        "STRIPE_PRICE_MONTHLY",
        "",
        "Identifier of the monthly price. Further ones after commas are honoured, not sold.",
    ),
    Setting("STRIPE_PRICE_YEARLY", "", "The same of the yearly price."),
    Setting("STRIPE_API_BASE", "", "Another address of Stripe's API, for trials and tests."),
    Setting(
        "DEVPILOT_AI_MODEL",
        "",
        "Turns AI suggestions on: the model's name at the provider that the next two name.",
    ),
    Setting("OPENAI_API_KEY", "", "The provider's key. A server of your own may need none."),
    Setting(
        "OPENAI_BASE_URL",
        "",
        "Address of an OpenAI-compatible API, such as http://127.0.0.1:8080/v1; "
        "empty means OpenAI's.",
    ),
    Setting(
        "DEVPILOT_AI_NOTE",
        "",
        "A sentence shown wherever the AI is asked, such as what the provider keeps and where.",
    ),
    Setting("DEVPILOT_SESSION_IDLE", "336", "Hours without use after which a session ends."),
    Setting("DEVPILOT_SESSION_ABSOLUTE", "720", "Hours after which a session ends in any case."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    host: str
    port: int
    production: bool
    data: Path
    database_url: str
    artifacts: Path
    base_url: str
    trusted_proxies: int
    secret_key: str
    session_idle_hours: int
    session_absolute_hours: int
    stripe: StripeSettings | None
    ai: AiSettings | None

    @property
    def billing_sandbox(self) -> bool:
        """The built-in payment stand-in exists outside production, and without Stripe."""
        return not self.production and self.stripe is None

    @property
    def trusted_hosts(self) -> list[str]:
        hosts = ["127.0.0.1", "localhost"]
        own = urlsplit(self.base_url).hostname
        return [*hosts, own] if own else hosts


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check all settings. Raises SettingError."""
    values = {s.name: environ.get(s.name, "").strip() or s.default for s in SETTINGS}
    data = Path(values["DEVPILOT_DATA"]).resolve()
    production = _environment(values["DEVPILOT_ENV"])
    settings = Settings(
        host=values["HOST"],
        port=_number("PORT", values["PORT"], 1, 65535),
        production=production,
        data=data,
        database_url=_database_url(values["DATABASE_URL"], data),
        artifacts=_artifacts(values["DEVPILOT_ARTIFACTS"], data),
        base_url=_base_url(values["DEVPILOT_BASE_URL"]),
        trusted_proxies=_number(
            "DEVPILOT_TRUSTED_PROXIES", values["DEVPILOT_TRUSTED_PROXIES"], 0, 10
        ),
        secret_key=_secret_key(values["SECRET_KEY"], data, production=production),
        session_idle_hours=_number(
            "DEVPILOT_SESSION_IDLE", values["DEVPILOT_SESSION_IDLE"], 1, 8760
        ),
        session_absolute_hours=_number(
            "DEVPILOT_SESSION_ABSOLUTE", values["DEVPILOT_SESSION_ABSOLUTE"], 1, 8760
        ),
        stripe=read_stripe(values),
        ai=read_ai(values),
    )
    _ensure_consistent(settings)
    return settings


def _ensure_consistent(settings: Settings) -> None:
    loopback = settings.host in {"127.0.0.1", "localhost"}
    if not settings.production and not loopback:
        raise SettingError(
            "HOST: outside production the server listens on loopback alone; "
            "set HOST=127.0.0.1, or DEVPILOT_ENV=production."
        )
    if settings.production and not settings.base_url.startswith("https://"):
        raise SettingError(
            "DEVPILOT_BASE_URL: production needs the https address that people use, "
            "such as https://pilot.example; cookies are sent over HTTPS only."
        )
    if settings.session_idle_hours > settings.session_absolute_hours:
        raise SettingError(
            "DEVPILOT_SESSION_IDLE: must not exceed DEVPILOT_SESSION_ABSOLUTE; lower it."
        )


def _environment(value: str) -> bool:
    if value not in {"development", "production"}:
        raise SettingError(f"DEVPILOT_ENV: {value!r} is unknown; use development or production.")
    return value == "production"


def _number(name: str, value: str, low: int, high: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high):
        raise SettingError(f"{name}: {value!r} is not a whole number from {low} to {high}.")
    return int(value)


def _database_url(value: str, data: Path) -> str:
    if not value:
        return f"sqlite:///{data / 'devpilot.sqlite3'}"
    scheme, separator, rest = value.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"} and separator:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and len(rest) > 1 and rest.startswith("/"):
        return value
    raise SettingError("DATABASE_URL: use sqlite:///FILE or postgresql://USER@HOST/NAME.")


def _artifacts(value: str, data: Path) -> Path:
    if "://" in value:
        raise SettingError(
            "DEVPILOT_ARTIFACTS: only a folder is supported by this release; name a folder."
        )
    return Path(value).resolve() if value else data / "artifacts"


def _base_url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        raise SettingError(f"DEVPILOT_BASE_URL: {value!r} is not an address.") from None
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise SettingError(f"DEVPILOT_BASE_URL: {value!r} is not an address like https://host.")
    return value.rstrip("/")


def _secret_key(value: str, data: Path, *, production: bool) -> str:
    if production and len(value) < MINIMUM_KEY:
        raise SettingError(
            "SECRET_KEY: production needs a secret of at least 32 characters; make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe(48))"`.'
        )
    return value or _development_key(data / "secret-key")


def _development_key(path: Path) -> str:
    """Kept in the data folder, so that a restarted development server keeps its sessions."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        # A link appears whole or not at all, and the first of two starting servers wins.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    key = path.read_text()
    if len(key) < MINIMUM_KEY:
        raise SettingError(f"SECRET_KEY: {path} is damaged; delete it, a new one is made.")
    return key
