"""Who is asking: accounts, passwords, sessions.

A newcomer's likely mistake: hashing a password inside a transaction. It takes tens of
milliseconds on purpose; hash first, then write.
"""

import hashlib
import re
import secrets
import threading
import unicodedata
import uuid
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from devpilot.db import holds_rows, rows, session
from devpilot.errors import InvalidCredentials, InvalidInput, Outdated, Problem
from devpilot.models import Account, AccountStatus, User, UserSession
from devpilot.models.account import BY_TOKEN, HOLD_BY_TOKEN, account_of
from devpilot.services import quota, subscriptions

EMAIL_LIMIT = 254
PASSWORD_MINIMUM = 12
PASSWORD_LIMIT = 1024
SEEN_EVERY = timedelta(minutes=5)

# OWASP's figures for Argon2id (m = 46 MiB, t = 1, p = 1).
_hasher = PasswordHasher(time_cost=1, memory_cost=47104, parallelism=1)
# Hashing is memory-hungry and slow by design: without a cap, a burst of sign-ins would
# take all memory and every core from everyone else.
_at_once = threading.BoundedSemaphore(2)


@cache
def _dummy_hash() -> str:
    """What a password is compared with when there is no account; made when first needed."""
    return _hasher.hash(secrets.token_hex(16))


# Loose on purpose: only mail itself can say whether an address is one.
_ADDRESS = re.compile(r"[^@\s<>()\[\]\\,;:\"]+@(?:[\w-]+\.)+[\w-]+")


def normalise_email(text: str) -> str:
    """The one spelling of an address: trimmed, NFC, case-folded; "" for what is none.

    Length comes first: normalising takes time that grows with the square of it.
    """
    trimmed = text.strip()
    if len(trimmed) > EMAIL_LIMIT or not trimmed.isprintable():
        return ""
    spelled = unicodedata.normalize("NFC", trimmed).casefold()
    return spelled if len(spelled) <= EMAIL_LIMIT else ""


def problems_with_sign_up(email: str, password: str) -> list[Problem]:
    problems = []
    spelled = normalise_email(email)
    if not _ADDRESS.fullmatch(spelled):
        problems.append(Problem("email", "Enter an e-mail address, such as name@example.com."))
    if len(password) < PASSWORD_MINIMUM:
        problems.append(
            Problem("password", f"Use at least {PASSWORD_MINIMUM} characters for the password.")
        )
    elif len(password) > PASSWORD_LIMIT:
        problems.append(
            Problem("password", f"Use at most {PASSWORD_LIMIT} characters for the password.")
        )
    return problems


def hash_password(password: str) -> str:
    with _at_once:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash it takes as long, and says no."""
    if len(password) > PASSWORD_LIMIT:
        return False
    with _at_once:
        try:
            _hasher.verify(password_hash or _dummy_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def find_by_email(email: str) -> User | None:
    return session().scalars(select(User).where(User.email == normalise_email(email))).one_or_none()


def register(email: str, password_hash: str) -> User:
    """A new account, on the Free plan. The caller has checked that the address is free."""
    user = User(id=uuid.uuid4(), email=normalise_email(email), password_hash=password_hash)
    session().add(user)
    try:
        session().flush()
    except IntegrityError:  # the address was taken a moment ago, perhaps by the same person
        raise Outdated from None
    subscriptions.open_free(user.id)
    quota.open_counters(user.id)
    return user


def ensure_can_register(user: User | None, *, password_matches: bool) -> None:
    """An address that is taken signs in with its own password, and otherwise says no more."""
    if user is not None and not password_matches:
        raise address_taken()


def address_taken() -> InvalidInput:
    """One neutral sentence, which does not say whether the address has an account."""
    return InvalidInput(
        "identity",
        [
            Problem(
                "email",
                "An account cannot be made with this e-mail and password. "
                "If you have one already, sign in instead.",
            )
        ],
    )


def ensured(user: User | None, *, password_matches: bool) -> User:
    """The account that proved itself.

    Raises InvalidCredentials, in the same words whether the account exists or not.
    """
    if user is None or not password_matches or user.account_status is not AccountStatus.ACTIVE:
        raise InvalidCredentials
    return user


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(user: User, *, at: datetime, absolute_hours: int, address: str, agent: str) -> str:
    """A new session for the user; returns the token that only the cookie will hold."""
    token = secrets.token_urlsafe(32)
    session().add(
        UserSession(
            user_id=user.id,
            token_hash=token_hash(token),
            created_at=at,
            seen_at=at,
            authenticated_at=at,
            expires_at=at + timedelta(hours=absolute_hours),
            address=address[:64],
            agent="".join(filter(str.isprintable, agent[:200])),
        )
    )
    return token


def find_account(token: str, *, at: datetime, idle_hours: int, hold: bool) -> Account | None:
    """The account whose live session has this token; with `hold`, locked till the commit."""
    by = {"token_hash": token_hash(token)}
    if hold and holds_rows():
        rows(HOLD_BY_TOKEN, by)
    row = rows(BY_TOKEN, by).one_or_none()
    if row is None:
        return None
    account = account_of(row)
    ended = account.expires_at <= at or account.seen_at + timedelta(hours=idle_hours) <= at
    return None if ended or not account.is_active else account


def end_session(token: str) -> None:
    session().execute(delete(UserSession).where(UserSession.token_hash == token_hash(token)))


def forget_ended(user_id: uuid.UUID, *, at: datetime, idle_hours: int) -> None:
    """Remove the user's sessions that have ended by themselves. Done at sign-in."""
    idle = UserSession.seen_at <= at - timedelta(hours=idle_hours)
    session().execute(
        delete(UserSession).where(
            UserSession.user_id == user_id, (UserSession.expires_at <= at) | idle
        )
    )


def note_seen(session_id: uuid.UUID, at: datetime) -> None:
    session().execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=at))
