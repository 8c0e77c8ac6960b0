"""Draft saves write at once, past the unit of work; its cannot-happen checks still hold."""

import uuid

import pytest

from devpilot.db import transaction
from devpilot.models import Revision, StepContent
from devpilot.models.step import LockedDataError
from devpilot.services import steps


def step_of(owned, order):
    revision_id = uuid.UUID(owned.revision.rpartition("/")[2])
    return steps.find(owned.owner.user_id, revision_id, order, hold=True)


def test_a_locked_steps_text_is_refused_before_it_is_written(app, completed, nothing_changes):
    with app.app_context(), nothing_changes(), pytest.raises(LockedDataError), transaction():
        step_of(completed, 1).content.replace('{"summary":"other"}', "{}", "")


def test_what_is_loaded_shows_what_was_written(app, written):
    with app.app_context(), transaction() as session:
        step = step_of(written, 1)
        before = step.revision.version
        step.content.replace('{"summary":"other"}', "{}", "")
        step.revision.raise_version(step.revision.created_at)
        assert step.data == {"summary": "other"}
        assert (step.content.size, step.revision.version) == (19, before + 1)
        assert not session.dirty
        session.expire_all()
        assert session.get(StepContent, step.id).data == '{"summary":"other"}'
        assert session.get(Revision, step.revision_id).version == before + 1
        session.rollback()  # the storage that was not counted


def test_a_row_that_is_not_there_is_no_success(app, written):
    with app.app_context(), transaction() as session:
        content = step_of(written, 1).content
        content.step_id = uuid.uuid4()
        with pytest.raises(LookupError):
            content.replace('{"summary":"other"}', "{}", "")
        session.rollback()
