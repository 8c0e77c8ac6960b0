"""What people type into step 1, and what of it is stored."""

import json
import uuid
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from devpilot.db import reading
from devpilot.models import Project, Revision, RowKey, Step, StepContent, Usage, UsageType


def goal(index: int, text: str = "Goal", **more: str) -> dict[str, str]:
    cells = {"goal": text, "measure": "count", "target": "zero", **more}
    return {f"goals-{index}-{column}": value for column, value in cells.items()}


def stored(app: Flask, revision: str, order: int = 1) -> dict[str, Any]:
    """The step's data as it is stored now."""
    with app.app_context(), reading() as session:
        statement = (
            select(StepContent.data)
            .join(Step)
            .where(Step.revision_id == _id(revision), Step.order == order)
        )
        found: dict[str, Any] = json.loads(session.scalars(statement).one())
    return found


def statuses(app: Flask, revision: str) -> list[str]:
    with app.app_context(), reading() as session:
        statement = select(Step.status).where(Step.revision_id == _id(revision))
        return [status.value for status in session.scalars(statement.order_by(Step.order))]


def row_keys(app: Flask, revision: str) -> list[str]:
    with app.app_context(), reading() as session:
        statement = (
            select(RowKey.letter, RowKey.number)
            .join(Revision, Revision.project_id == RowKey.project_id)
            .where(Revision.id == _id(revision))
            .order_by(RowKey.letter, RowKey.number)
        )
        return [f"{letter}{number}" for letter, number in session.execute(statement)]


def storage_used(app: Flask, user_id: uuid.UUID | None) -> int:
    with app.app_context(), reading() as session:
        statement = select(Usage.count).where(
            Usage.user_id == user_id, Usage.type == UsageType.STORAGE
        )
        return session.scalars(statement).one()


def storage_held(app: Flask, user_id: uuid.UUID | None) -> int:
    """The UTF-8 bytes of the canonical JSON of all the user's step data, added up anew."""
    with app.app_context(), reading() as session:
        statement = (
            select(StepContent.data, StepContent.aside)
            .join(Step)
            .join(Revision)
            .join(Project)
            .where(Project.user_id == user_id)
        )
        rows = session.execute(statement).all()
    texts = [text for data, aside in rows for text in (data, "" if aside == "{}" else aside)]
    return sum(len(text.encode()) for text in texts)


def _id(path: str) -> uuid.UUID:
    return uuid.UUID(path.rsplit("/", 1)[-1])


def goals(app: Flask, owned: Any) -> list[tuple[str, str]]:
    """Keys and names of the goals of step 1, as stored."""
    return [(row["key"], row["goal"]) for row in stored(app, owned.revision)["goals"]]


def press(owned: Any, name: str, value: str, **values: str) -> TestResponse:
    """Press a button of step 1's form, with these values in its fields."""
    form = owned.owner.page(owned.step(1)).form("/draft")
    return owned.owner.post(form.action, [*form.filled(**values), (name, value)])
