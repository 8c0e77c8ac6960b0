"""Idempotency keys: a form sent twice answers as it did the first time.

A key binds the user, the action, the resource and the posted fields. Only successes are
remembered, in the commit of the mutation itself, for seven days; a refused form may be
mended and sent again with the same key.
"""

import hashlib
import secrets
import uuid
from datetime import timedelta

from flask import request
from sqlalchemy import bindparam, delete, select, text
from werkzeug.wrappers import Response

from devpilot import answers, clock
from devpilot.db import rows, session
from devpilot.errors import InvalidInput, Problem
from devpilot.models import Account, IdempotencyKey

FIELD = "idempotency_key"
KEPT_FOR = timedelta(days=7)
KEY_LIMIT = 64


_keys = IdempotencyKey.__table__
_FIND = select(_keys.c.fingerprint, _keys.c.location, _keys.c.created_at).where(
    _keys.c.user_id == bindparam("user_id"), _keys.c.key == bindparam("key")
)
# A key older than it is kept may stand there still; the new use takes its place.
_KEEP = text(
    "INSERT INTO idempotency_key (user_id, key, fingerprint, location, created_at) "
    "VALUES (:user_id, :key, :fingerprint, :location, :created_at) "
    "ON CONFLICT (user_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, "
    "location = excluded.location, created_at = excluded.created_at"
).bindparams(
    bindparam("user_id", type_=_keys.c.user_id.type),
    bindparam("created_at", type_=_keys.c.created_at.type),
)


def fresh_key() -> str:
    """A key for a form that is being drawn."""
    return secrets.token_urlsafe(16)


def _posted_key(user: Account | None, *, keyed: bool) -> str:
    if not keyed or user is None:
        return ""
    key = request.form.get(FIELD, "")
    return key if _is_usable(key) else ""


def _is_usable(key: str) -> bool:
    return len(key) <= KEY_LIMIT and key.isascii() and key.isprintable()


def problems() -> list[Problem]:
    """What is wrong with the posted key itself."""
    if _is_usable(request.form.get(FIELD, "")):
        return []
    return [Problem(FIELD, f"Use at most {KEY_LIMIT} printable ASCII characters.")]


def _unusable(message: str) -> InvalidInput:
    service = (request.blueprint or "identity").partition(".")[0]
    return InvalidInput(service, [Problem(FIELD, message)])


def _fingerprint() -> str:
    """What the key stands for: the same form, posted to the same address."""
    digest = hashlib.sha256(f"{request.endpoint}\n{request.path}\n".encode())
    for name, value in answers.posted():
        if name not in {"csrf_token", FIELD}:
            digest.update(f"{len(name)}:{name}={len(value)}:{value}\n".encode(errors="replace"))
    return digest.hexdigest()


def answer(user: Account | None, *, keyed: bool) -> Response | None:
    """The first answer to this key; None when it is new.

    Raises InvalidInput when the key was used with other fields.
    """
    key = _posted_key(user, keyed=keyed)
    if not key or user is None:
        return None
    known = rows(_FIND, {"user_id": user.id, "key": key}).one_or_none()
    if known is None or known.created_at < clock.now() - KEPT_FOR:
        return None
    if known.fingerprint != _fingerprint():
        raise _unusable("This form was sent before with other content; open the page again.")
    return answers.see_other(known.location)


def remember(user: Account | None, answered: object, *, keyed: bool) -> None:
    """Keep where this success led, in the same commit."""
    key = _posted_key(user, keyed=keyed)
    if not key or user is None or not isinstance(answered, answers.Answer):
        return
    rows(
        _KEEP,
        {
            "user_id": user.id,
            "key": key,
            "fingerprint": _fingerprint(),
            "location": answered.location,
            "created_at": clock.now(),
        },
    )


def forget_old(user_id: uuid.UUID) -> None:
    """Remove the user's keys that are older than a key is kept. Done at sign-in."""
    session().execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == user_id,
            IdempotencyKey.created_at < clock.now() - KEPT_FOR,
        )
    )
