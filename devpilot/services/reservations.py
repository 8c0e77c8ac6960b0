"""One use that is under way outside the database, such as a call of the AI: held, then counted.

A user has one at a time, of any kind, so that two requests cannot both take the last of a
limit while no transaction is open. It ends by itself: what a crash leaves is replaced once its
time is over. A newcomer's likely mistake: reserving in an endpoint. The pipeline does it,
where a policy spends something with a time for which it is reserved.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text, update

from devpilot import clock
from devpilot.db import rows
from devpilot.errors import QuotaExceeded
from devpilot.models import Reservation, UsageType
from devpilot.services.metering import KINDS, moment

NOTICED_WITHIN = timedelta(seconds=0.6)
"""Whoever waits for a call asks several times in this time whether it was cancelled."""

RESERVABLE = frozenset({UsageType.AI_SUGGESTION, UsageType.AI_REGENERATION})

_reserved = Reservation.__table__
_UNDER_WAY = select(_reserved.c.type, _reserved.c.expires_at).where(
    _reserved.c.user_id == bindparam("user_id"),
    _reserved.c.expires_at > bindparam("now", type_=_reserved.c.expires_at.type),
)
_RESERVE = text(
    "INSERT INTO reservation (user_id, id, type, expires_at) "
    "VALUES (:user_id, :id, :type, :expires_at) "
    "ON CONFLICT (user_id) DO UPDATE "
    "SET id = excluded.id, type = excluded.type, expires_at = excluded.expires_at "
    "WHERE reservation.expires_at <= :now"
).bindparams(
    bindparam("user_id", type_=_reserved.c.user_id.type),
    bindparam("id", type_=_reserved.c.id.type),
    bindparam("type", type_=_reserved.c.type.type),
    bindparam("expires_at", type_=_reserved.c.expires_at.type),
    bindparam("now", type_=_reserved.c.expires_at.type),
)
_STANDS = select(_reserved.c.id).where(
    _reserved.c.user_id == bindparam("user_id"), _reserved.c.id == bindparam("which")
)
_CANCEL = (
    update(Reservation)
    .where(Reservation.user_id == bindparam("owner"), Reservation.expires_at > bindparam("soon"))
    .values(id=bindparam("fresh"), expires_at=bindparam("soon"))
)
_END = delete(Reservation).where(
    Reservation.user_id == bindparam("owner"), Reservation.id == bindparam("which")
)


def ensure_none_under_way(user_id: uuid.UUID) -> None:
    """Raises QuotaExceeded while the user has a use under way, of whatever kind."""
    found = rows(_UNDER_WAY, {"user_id": user_id, "now": clock.now()}).one_or_none()
    if found is not None:
        raise _one_at_a_time(*tuple(found))


def reserve(user_id: uuid.UUID, of: UsageType, lasting: timedelta) -> Reservation:
    """Hold one use for this time at most. The caller holds the user's row.

    Raises QuotaExceeded while another one is under way; one whose time is over is replaced.
    The result is no row of the session: it says what was reserved, also after the commit.
    """
    now = clock.now()
    made = Reservation(user_id=user_id, id=uuid.uuid4(), type=of, expires_at=now + lasting)
    values = {
        "user_id": user_id, "id": made.id, "type": of, "expires_at": made.expires_at, "now": now,
    }  # fmt: skip
    if rows(_RESERVE, values).rowcount != 1:
        raise _one_at_a_time(*tuple(rows(_UNDER_WAY, {"user_id": user_id, "now": now}).one()))
    return made


def settle(reservation: Reservation) -> None:
    """End it in the transaction that counts the use.

    Raises QuotaExceeded when its time was over and another one took its place: what came of
    it must then be dropped. One whose time is over is good as long as nobody did.
    """
    if not _ended(reservation):
        raise QuotaExceeded(
            "This was cancelled, or it took longer than it may and another one was begun. "
            "Nothing was changed, and nothing was counted.",
            "One at a time can be under way. Try again when the other one has ended.",
        )


def release(reservation: Reservation) -> None:
    """End it without a use. Does nothing when it has ended, or another one took its place."""
    _ended(reservation)


def stands(reservation: Reservation) -> bool:
    """Whether it is still held; nobody cancelled it, and nothing took its place."""
    values = {"user_id": reservation.user_id, "which": reservation.id}
    return rows(_STANDS, values).one_or_none() is not None


def is_under_way(user_id: uuid.UUID) -> bool:
    """Whether the user has a use under way, of whatever kind."""
    found = rows(_UNDER_WAY, {"user_id": user_id, "now": clock.now()})
    return found.one_or_none() is not None


def cancel(user_id: uuid.UUID) -> bool:
    """Take the user's use from whoever has it under way: it is dropped, and nothing is counted.

    The place is kept for the moment in which that is noticed, so that nobody has two calls
    under way by cancelling. Returns whether there was anything to cancel.
    """
    soon = clock.now() + NOTICED_WITHIN
    return rows(_CANCEL, {"owner": user_id, "fresh": uuid.uuid4(), "soon": soon}).rowcount == 1


def _ended(reservation: Reservation) -> bool:
    values = {"owner": reservation.user_id, "which": reservation.id}
    return rows(_END, values).rowcount == 1


def _one_at_a_time(of: UsageType, until: datetime) -> QuotaExceeded:
    return QuotaExceeded(
        f"One {KINDS[of].singular} of yours is under way already, and one at a time can be. "
        f"It ends on {moment(until)} at the latest.",
        "Wait for its answer, then ask again. It counts once it has succeeded.",
    )
