"""The settings of the payment provider and of the AI provider: read together, all or nothing.

`config` lists their variables with all others. A newcomer's likely mistake: a message that
repeats a value; an address may hold a password, and a key is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from devpilot.errors import SettingError

NOTE_LIMIT = 300

OPENAI = "https://api.openai.com/v1"
"""Where AI suggestions come from when a key is set and no address."""


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """What Stripe needs, all of it; `prices` are by interval, the one that is sold first."""

    secret_key: str
    webhook_secret: str
    prices: dict[str, tuple[str, ...]]
    api_base: str

    @property
    def pages(self) -> tuple[str, ...]:
        """Where people pay and manage: a form of ours may lead there."""
        own = urlsplit(self.api_base)
        trial = (f"{own.scheme}://{own.netloc}",) if self.api_base else ()
        return ("https://checkout.stripe.com", "https://billing.stripe.com", *trial)


@dataclass(frozen=True, slots=True)
class AiSettings:
    """Where AI suggestions come from. The key is empty where the provider asks for none."""

    api_key: str
    base_url: str
    model: str
    note: str = ""
    """What the operator tells people about the provider."""

    @property
    def host(self) -> str:
        """Who the provider is, for people."""
        return urlsplit(self.base_url).hostname or ""


def read_stripe(values: Mapping[str, str]) -> StripeSettings | None:
    """All of it or nothing: half a payment provider takes money and opens nothing."""
    names = [name for name in values if name.startswith("STRIPE_") and name != "STRIPE_API_BASE"]
    missing = [name for name in names if not values[name]]
    if len(missing) == len(names):
        if values["STRIPE_API_BASE"]:
            raise SettingError("STRIPE_API_BASE: has no use without STRIPE_SECRET_KEY; set both.")
        return None
    if missing:
        raise SettingError(f"{missing[0]}: Stripe needs it too; set {', '.join(missing)}.")
    base = values["STRIPE_API_BASE"].rstrip("/")
    if base and not base.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SettingError("STRIPE_API_BASE: use an https address, or one on this machine.")
    prices = {
        interval: tuple(filter(None, map(str.strip, values[name].split(","))))
        for interval, name in (
            ("monthly", "STRIPE_PRICE_MONTHLY"),
            ("yearly", "STRIPE_PRICE_YEARLY"),
        )
    }
    for interval, found in prices.items():
        if not found:
            raise SettingError(f"STRIPE_PRICE_{interval.upper()}: names no price; copy its id.")
    if set(prices["monthly"]) & set(prices["yearly"]):
        raise SettingError("STRIPE_PRICE_YEARLY: is the monthly price too; they must differ.")
    return StripeSettings(
        values["STRIPE_SECRET_KEY"], values["STRIPE_WEBHOOK_SECRET"], prices, base
    )


def read_ai(values: Mapping[str, str]) -> AiSettings | None:
    """The model decides. The other two are names that other programs on a machine use too, so
    finding one of them set says nothing about this one.
    """
    key, base, model = map(
        values.__getitem__, ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DEVPILOT_AI_MODEL")
    )
    if not model:
        return None
    if not key and not base:
        raise SettingError(
            "DEVPILOT_AI_MODEL: has no provider; set OPENAI_API_KEY, or OPENAI_BASE_URL for "
            "a server of your own."
        )
    if len(model) > 200 or not model.isprintable():
        raise SettingError("DEVPILOT_AI_MODEL: is no name of a model; use the provider's.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingError("OPENAI_API_KEY: holds what no key holds; copy it from the provider.")
    note = values["DEVPILOT_AI_NOTE"]
    if len(note) > NOTE_LIMIT:
        raise SettingError(f"DEVPILOT_AI_NOTE: use at most {NOTE_LIMIT} characters.")
    return AiSettings(key, _ai_base(base) if base else OPENAI, model, note)


def _ai_base(value: str) -> str:
    """The message never repeats it: an address may hold a password."""
    try:
        parts = urlsplit(value)
        own = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        sound = parts.scheme == "https" or (parts.scheme == "http" and own)
        sound = sound and bool(parts.hostname) and parts.port != 0  # a wrong port is told here
    except ValueError:
        sound = False
    if not (sound and value.isascii() and value.isprintable()) or " " in value:
        raise SettingError("OPENAI_BASE_URL: use an https address, or one on this machine.")
    if "@" in value or "?" in value or "#" in value:
        raise SettingError(
            "OPENAI_BASE_URL: must end with its path, without a password, `?` or `#`; "
            "a key goes into OPENAI_API_KEY."
        )
    return value.rstrip("/")
