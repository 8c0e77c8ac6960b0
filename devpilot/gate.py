"""What every request passes before stage 1, and who is asking.

Size, rate and CSRF are the same for all endpoints. Sessions are rows in the database,
found through Flask-Login's request loader; the signed cookie carries their token, the CSRF
secret, and a code by which the last user is known again. A newcomer's likely mistake: using
Flask-Login's own `login_user` or its remember cookie; neither can be revoked.
"""

import functools
import hashlib
import hmac
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import structlog
from flask import Flask, Request, current_app, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError

from devpilot import clock
from devpilot.config import Settings
from devpilot.db import session, transaction
from devpilot.errors import CsrfFailed, InvalidInput, Problem, RateLimited
from devpilot.models import Account, RateCounter
from devpilot.services import identity

MAX_BODY = 4 * 1024 * 1024
MAX_FIELDS = 20_000
"""Four times what the largest form of ours has: a refusal shows the fields again, so their
number must not make its page many times as large as the post."""
TOKEN = "token"  # noqa: S105  the cookie's key for it, not a secret
LAST_USER = "last_user"
log = structlog.get_logger("devpilot")

_ESCAPED_BEYOND_ASCII = re.compile(rb"%[89A-Fa-f]")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` requests in `seconds`, counted `per` address, session or posted e-mail."""

    name: str
    limit: int
    seconds: int
    per: str = "address"

    def who(self) -> str:
        if self.per == "email":
            return identity.normalise_email(request.form.get("email", ""))
        return (cookie.get(TOKEN) if self.per == "session" else None) or request.remote_addr or ""


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own, with a serializer that is made once and not at each request."""

    @functools.cache  # noqa: B019  one for each application, which it lives as long as
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return super().get_signing_serializer(app)


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        TRUSTED_HOSTS=settings.trusted_hosts,
        SESSION_COOKIE_NAME="__Host-devpilot" if settings.production else "devpilot",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=settings.session_absolute_hours * 3600,
        # Whoever writes for hours must not lose the text to an expired form.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = CookieSessions()
    app.extensions["devpilot_settings"] = settings
    manager = LoginManager(app, add_context_processor=False)
    manager.request_loader(_load_user)
    app.jinja_env.globals["csrf_token"] = generate_csrf


def settings() -> Settings:
    found: Settings = current_app.extensions["devpilot_settings"]
    return found


def ensure_fits() -> bytes:
    """The raw body, for what is no form and brings its own signature. Raises InvalidInput."""
    try:
        return request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise too_large() from None


def ensure_admitted(rates: Sequence[Rate]) -> None:
    """Size, rate, CSRF. Raises InvalidInput, RateLimited or CsrfFailed."""
    ensure_utf_8(request.query_string)
    if request.method in {"GET", "HEAD"}:
        return
    try:
        body = request.get_data(cache=True)
        ensure_form(body)
        token = request.form.get("csrf_token")
    except RequestEntityTooLarge:
        raise too_large() from None
    for rate in rates:
        _count(rate)
    try:
        validate_csrf(token)
    except ValidationError:
        raise CsrfFailed from None


def ensure_form(body: bytes) -> None:
    """Raises InvalidInput for what no form of ours sends: another encoding, or too many fields."""
    if request.mimetype == "multipart/form-data":
        message = "Send the form as application/x-www-form-urlencoded."
        raise InvalidInput("identity", [Problem("request", message)])
    if body.count(b"&") >= MAX_FIELDS:
        message = f"The form has more than {MAX_FIELDS:,} fields; send less at once."
        raise InvalidInput("identity", [Problem("request", message)])
    ensure_utf_8(body)


def ensure_utf_8(body: bytes) -> None:
    """Raises InvalidInput for bytes that are no text; the parser would keep them as `%FF`."""
    if body.isascii() and _ESCAPED_BEYOND_ASCII.search(body) is None:
        return
    try:
        unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        raise InvalidInput(
            "identity", [Problem("request", "This is not valid UTF-8; send it as UTF-8.")]
        ) from None


def too_large() -> InvalidInput:
    return InvalidInput(
        "identity",
        [Problem("body", "The form is larger than 4 MiB; send less at once.")],
    )


def authenticate(*, hold: bool) -> Account | None:
    """The signed-in user, read anew; with `hold`, their row is locked until the commit."""
    g.hold_user = hold
    g.pop("_login_user", None)  # where Flask-Login keeps what an earlier transaction loaded
    user = current_user._get_current_object()  # noqa: SLF001  the row itself, not its proxy
    return user if isinstance(user, Account) else None


def _load_user(_request: Request) -> Account | None:
    token = cookie.get(TOKEN)
    if not isinstance(token, str):
        return None
    return identity.find_account(
        token, at=clock.now(), idle_hours=settings().session_idle_hours, hold=g.hold_user
    )


def note_use(account: Account | None) -> None:
    """Write when the session was last seen, at most every five minutes, on its own."""
    moment = clock.now()
    if account is not None and moment - account.seen_at >= identity.SEEN_EVERY:
        try:
            with transaction():
                identity.note_seen(account.session_id, moment)
        except SQLAlchemyError:
            # The answer is ready and must not fail for this; the next request notes it.
            log.warning("not_noted", session=str(account.session_id))


def sign_in(token: str, user_id: uuid.UUID, *, remember: bool) -> None:
    """Put a session's token into a fresh cookie; the CSRF secret is replaced with it."""
    cookie.clear()
    cookie[TOKEN] = token
    cookie[LAST_USER] = code_of(user_id)
    cookie.permanent = remember


def code_of(user_id: uuid.UUID) -> str:
    """What the cookie says of a user: enough to know them again, and nothing about them."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, user_id.bytes, hashlib.sha256).hexdigest()[:32]


def last_user() -> str:
    """The code of who was signed in with this cookie last: their text is offered to them alone."""
    return str(cookie.get(LAST_USER, ""))


def sign_out() -> str | None:
    """Empty the cookie; returns the token that it held."""
    token, user_id = cookie.get(TOKEN), cookie.get(LAST_USER)
    cookie.clear()
    if user_id:
        cookie[LAST_USER] = user_id
    return token if isinstance(token, str) else None


_UPSERT = text(
    'INSERT INTO rate_counter (bucket, "window", expires, "count") '
    "VALUES (:bucket, :window, :expires, 1) "
    'ON CONFLICT (bucket, "window") DO UPDATE SET "count" = rate_counter."count" + 1 '
    'RETURNING "count"'
)


def _count(rate: Rate) -> None:
    """Count this request, shared by all processes. Raises RateLimited above the limit."""
    moment = int(clock.now().timestamp())
    window = moment - moment % rate.seconds
    digest = hashlib.sha256(rate.who().encode(errors="replace")).hexdigest()[:32]
    bucket = f"{rate.name}:{digest}"
    with transaction():
        count = session().scalar(
            _UPSERT, {"bucket": bucket, "window": window, "expires": window + rate.seconds}
        )
        if count == 1:
            session().execute(delete(RateCounter).where(RateCounter.expires < moment))
    if count is not None and count > rate.limit:
        raise RateLimited(window + rate.seconds - moment)
