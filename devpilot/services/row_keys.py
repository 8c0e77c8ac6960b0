"""Row keys: which a project has given out, so that none is ever given twice.

A newcomer's likely mistake: looking for the last number among the rows that are there. A row
may be gone and its key stays taken; this table alone knows.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, null, select, union_all

from devpilot.db import session
from devpilot.methodology.vocabulary import Blueprint
from devpilot.models import RowKey


def in_blueprint(blueprint: Blueprint) -> list[str]:
    """The key of every row in the blueprint."""
    lists = [value for data in blueprint.values() for value in data.values()]
    return [row["key"] for rows in lists if isinstance(rows, list) for row in rows]


def given_out(
    project_id: uuid.UUID, tokens: Collection[str]
) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """The last number per letter, and the key of each of these tokens. One statement."""
    mine = RowKey.project_id == project_id
    last = (
        select(RowKey.letter, func.max(RowKey.number), null()).where(mine).group_by(RowKey.letter)
    )
    known = select(RowKey.letter, RowKey.number, RowKey.token).where(mine, RowKey.token.in_(tokens))
    rows: Sequence[Any] = session().execute(union_all(last, known)).all()
    numbers = {letter: number for letter, number, token in rows if token is None}
    keys = {token: f"{letter}{number}" for letter, number, token in rows if token is not None}
    return numbers, keys


def give_out(project_id: uuid.UUID, keys: Mapping[str, str | None]) -> None:
    """Remember row keys (and the token each came with) as given out for ever."""
    if not keys:
        return
    rows: list[dict[str, object]] = [
        {
            "project_id": project_id,
            "letter": key.rstrip("0123456789"),
            "number": int(key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
            "token": token,
        }
        for key, token in keys.items()
    ]
    session().execute(insert(RowKey), rows)
