"""People and their sessions.

A newcomer's likely mistake: looking for the session in the cookie. The cookie holds only a
random token; the row found by its hash is the session, so deleting the row ends it.
"""

import uuid
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from devpilot.db import Base
from devpilot.models.columns import Created, Identifier, Moment, OptionalMoment, one_of


class AccountStatus(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


class User(Base):
    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("email"),)

    id: Mapped[Identifier]
    email: Mapped[str] = mapped_column(String(254))
    """Case-folded and NFC, so that one mailbox is one account."""
    password_hash: Mapped[str] = mapped_column(String(255))
    account_status: Mapped[AccountStatus] = mapped_column(
        one_of(AccountStatus, "account_status"), default=AccountStatus.ACTIVE
    )
    email_verified_at: Mapped[OptionalMoment]
    created_at: Mapped[Created]


class UserSession(Base):
    __tablename__ = "user_session"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[Identifier]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the token in the cookie, in hex: a leaked table signs nobody in."""
    created_at: Mapped[Created]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    authenticated_at: Mapped[Moment]
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(200))
