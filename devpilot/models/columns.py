"""Column types that every table shares: identifiers, moments, and statuses with their CHECK."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlalchemy import Enum, Index, text
from sqlalchemy.orm import mapped_column

from devpilot import clock
from devpilot.db import UtcDateTime

Identifier = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
"""A random UUID: public, and not to be guessed."""

Moment = Annotated[datetime, mapped_column(UtcDateTime)]
OptionalMoment = Annotated[datetime | None, mapped_column(UtcDateTime)]
Created = Annotated[datetime, mapped_column(UtcDateTime, default=clock.now)]


def one_of(values: type[StrEnum], name: str) -> Enum:
    """A text column that holds a member's value, with a named CHECK on both databases."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def unique_where(name: str, column: str, condition: str) -> Index:
    """An index by which `column` is unique among the rows that meet the condition.

    The same on both databases; `migrations/env.py` gives PostgreSQL its part, because naming
    an option of its dialect here loads that dialect, which installations on SQLite never need.
    """
    return Index(name, column, unique=True, sqlite_where=text(condition))
