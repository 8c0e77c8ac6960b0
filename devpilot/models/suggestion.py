"""What the AI proposed for a step, what came of it, and who agreed to ask it.

A newcomer's likely mistake: looking here for text of the blueprint. A suggestion is beside it:
used parts are written by the path that typed text takes, and `Origin` remembers where they
came from.
"""

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from devpilot.db import Base
from devpilot.models.columns import Created, Identifier, Moment, one_of, unique_where
from devpilot.models.step import Step
from devpilot.states import SuggestionState, moved


class SuggestionKind(StrEnum):
    SUGGESTION = "suggestion"
    REGENERATION = "regeneration"
    """Asked for while another one of the step was pending."""


class Ask(StrEnum):
    DRAFT = "draft"
    """Texts and rows to use."""
    MISSING = "missing"
    """Considerations to think about."""


class Suggestion(Base):
    __tablename__ = "suggestion"
    __table_args__ = (
        unique_where("uq_suggestion_one_pending", "step_id", "state = 'pending'"),
        CheckConstraint("(undo IS NULL) = (undo_version IS NULL)", name="undo_has_version"),
    )

    id: Mapped[Identifier]
    step_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("step.id"), index=True)
    kind: Mapped[SuggestionKind] = mapped_column(one_of(SuggestionKind, "kind"))
    ask: Mapped[Ask] = mapped_column(one_of(Ask, "ask"))
    state: Mapped[SuggestionState] = mapped_column(
        one_of(SuggestionState, "state"), default=SuggestionState.PENDING
    )
    content: Mapped[str] = mapped_column(Text)
    """What was proposed and what was sent for it, as canonical JSON; never changed."""
    decided: Mapped[str] = mapped_column(Text, default="{}")
    """JSON: each decided part, and whether it was used or dismissed."""
    draft_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the draft that it fits: the one it was made for, or what its use made of it."""
    model: Mapped[str] = mapped_column(String(200))
    prompt_version: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[Created]
    undo: Mapped[str | None] = mapped_column(Text)
    """JSON: what the last use replaced. Of use until the revision's version moves on."""
    undo_version: Mapped[int | None]

    step: Mapped[Step] = relationship()

    @property
    def is_pending(self) -> bool:
        return self.state is SuggestionState.PENDING

    @validates("state")
    def _legal(self, _key: str, new: SuggestionState) -> SuggestionState:
        return moved(self.state, new)


class Origin(Base):
    """A text, a row or a matrix row that came from a suggestion: where, and as it was used.

    What stands there now says the rest: the same value is unedited, another one is edited.
    """

    __tablename__ = "origin"

    step_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("step.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(120), primary_key=True)
    """A field's id; for a row of a list or a matrix, with its key: `goals-G3`."""
    suggestion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("suggestion.id"))
    value: Mapped[str] = mapped_column(Text)
    """Canonical JSON."""


class AiAgreement(Base):
    """Who read which provider gets their text, and agreed."""

    __tablename__ = "ai_agreement"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(255))
    """Its host. Another provider asks anew."""
    agreed_at: Mapped[Moment]
