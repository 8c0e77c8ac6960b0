"""The state model on one page: every status, and every legal move between two of them.

A newcomer's likely mistake: two `StrEnum` members with the same text compare equal even
when they belong to different classes (`StepStatus.DRAFT == RevisionStatus.DRAFT`). So the
table of moves is keyed by the class first.
"""

from enum import StrEnum
from typing import TypeVar


class SubscriptionState(StrEnum):
    FREE = "free"
    PAID_ACTIVE = "paid_active"
    PAID_EXPIRED = "paid_expired"


class ProjectStatus(StrEnum):
    ACTIVE = "active"
    SOFT_DELETED = "soft_deleted"


class RevisionStatus(StrEnum):
    DRAFT = "draft"
    COMPLETED = "completed"


class StepStatus(StrEnum):
    DRAFT = "draft"
    LOCKED = "locked"
    INVALIDATED = "invalidated"


class SuggestionState(StrEnum):
    PENDING = "pending"
    APPLIED = "applied"
    DISMISSED = "dismissed"


class Mode(StrEnum):
    LEAN = "lean"
    FULL = "full"


MOVES: dict[type[StrEnum], frozenset[tuple[StrEnum, StrEnum]]] = {
    SubscriptionState: frozenset(
        {
            (SubscriptionState.FREE, SubscriptionState.PAID_ACTIVE),
            (SubscriptionState.PAID_ACTIVE, SubscriptionState.PAID_EXPIRED),
            (SubscriptionState.PAID_EXPIRED, SubscriptionState.PAID_ACTIVE),
        }
    ),
    ProjectStatus: frozenset(
        {
            (ProjectStatus.ACTIVE, ProjectStatus.SOFT_DELETED),
            (ProjectStatus.SOFT_DELETED, ProjectStatus.ACTIVE),
        }
    ),
    RevisionStatus: frozenset(
        {
            (RevisionStatus.DRAFT, RevisionStatus.COMPLETED),
            (RevisionStatus.COMPLETED, RevisionStatus.DRAFT),
        }
    ),
    StepStatus: frozenset(
        {
            (StepStatus.DRAFT, StepStatus.LOCKED),
            (StepStatus.INVALIDATED, StepStatus.LOCKED),
            (StepStatus.LOCKED, StepStatus.DRAFT),
            (StepStatus.LOCKED, StepStatus.INVALIDATED),
        }
    ),
    SuggestionState: frozenset(
        {
            (SuggestionState.PENDING, SuggestionState.APPLIED),
            (SuggestionState.PENDING, SuggestionState.DISMISSED),
            (SuggestionState.APPLIED, SuggestionState.PENDING),
        }
    ),
}


class IllegalMoveError(RuntimeError):
    """A status was about to make a move that the table forbids. Always a bug, never input."""


Status = TypeVar("Status", bound=StrEnum)


def moved(old: Status | None, new: Status) -> Status:
    """`new`, if a row of status `old` may have it; a row that is being made has none.

    Raises IllegalMoveError.
    """
    if old is not None and old is not new and (old, new) not in MOVES[type(new)]:
        raise IllegalMoveError(f"{type(new).__name__} may not go from {old} to {new}")
    return new
