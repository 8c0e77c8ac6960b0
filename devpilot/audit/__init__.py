"""The audit: every invariant of the domain that a database can show, over the whole of it.

`flask devpilot check` prints what `violations` finds. The invariants are data: a name, the
sentence that always holds, and what finds the rows where it does not. A newcomer's likely
mistake: asking a service here. An audit that used the code's rules would not see them broken.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from devpilot.audit.accounts import ACCOUNTS
from devpilot.audit.asking import Invariant, Violation, spelled
from devpilot.audit.blueprint import BLUEPRINT
from devpilot.audit.schema import SCHEMA, triggers
from devpilot.audit.story import STORY
from devpilot.audit.suggestions import SUGGESTIONS
from devpilot.audit.texts import TEXTS
from devpilot.db import reading
from devpilot.models import Project, Revision, Step, User

__all__ = [
    "INVARIANTS",
    "Invariant",
    "Violation",
    "extent",
    "triggers",
    "violations",
    "violations_in",
]

INVARIANTS: tuple[Invariant, ...] = (*BLUEPRINT, *STORY, *TEXTS, *SUGGESTIONS, *ACCOUNTS, *SCHEMA)


def violations() -> list[Violation]:
    """Everything that is wrong, as of one moment. Needs an application context."""
    with reading() as session:
        return list(violations_in(session.connection()))


def violations_in(connection: Connection) -> Iterator[Violation]:
    """Everything that is wrong in this transaction."""
    for invariant in INVARIANTS:
        for table, row, wrong in invariant.find(connection):
            yield Violation(invariant.name, table, spelled(row), wrong)


def extent() -> str:
    """How much there is to look at, in words."""
    with reading() as session:
        counts = [
            f"{session.scalar(select(func.count()).select_from(model)):,} {things}"
            for model, things in (
                (User, "users"), (Project, "projects"), (Revision, "revisions"), (Step, "steps"),
            )
        ]  # fmt: skip
    return f"{', '.join(counts[:-1])} and {counts[-1]}"
