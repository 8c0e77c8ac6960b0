"""The last ring: the database itself refuses rows that no state of the product has.

By its constraints alone: the triggers, which would refuse some of this first, are taken away.
"""

import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from devpilot.db import transaction
from tests.operations.tampering import drop_triggers

NOW = "'2026-11-22 12:00:00'"
ILLEGAL = {
    "a locked step without a time": "UPDATE step SET locked_at = NULL WHERE status = 'locked'",
    "a draft step with a time": "UPDATE step SET locked_at = {now} WHERE status = 'draft'",
    "a step of no status": "UPDATE step SET status = 'done', locked_at = NULL",
    "an invalidated step without a time":
        "UPDATE step SET status = 'invalidated', locked_at = NULL",
    "a draft with an invalidation time":
        "UPDATE step SET invalidated_at = {now} WHERE status = 'draft'",
    "a step of order eleven": 'UPDATE step SET "order" = 11 WHERE "order" = 4',
    "a step of order zero": 'UPDATE step SET "order" = 0 WHERE "order" = 4',
    "two steps of one order": 'UPDATE step SET "order" = 2 WHERE "order" = 1',
    "a completed revision without a time": "UPDATE revision SET status = 'completed'",
    "a draft revision with a time":
        "UPDATE revision SET completed_at = {now} WHERE status = 'draft'",
    "a revision of no mode": "UPDATE revision SET mode = 'huge'",
    "a deleted project without a time": "UPDATE project SET status = 'soft_deleted'",
    "an active project with a time":
        "UPDATE project SET deleted_at = {now} WHERE status = 'active'",
    "a project of nobody": "UPDATE project SET user_id = '{new}'",
    "a negative use": "UPDATE usage SET count = -1",
    "a negative size": "UPDATE step_content SET size = -1",
    "a paid subscription without a period":
        "UPDATE subscription SET current_period_end = NULL WHERE state <> 'free'",
    "a subscription of no state": "UPDATE subscription SET state = 'gold'",
    "two plans of one code": "UPDATE plan SET code = 'free'",
    "a plan of no code": "UPDATE plan SET code = 'gold' WHERE code = 'pro'",
    "two accounts of one address": "UPDATE user_account SET email = 'same@example.com'",
    "a user without a row to belong to": "DELETE FROM user_account",
    "a plan that is in use deleted": "DELETE FROM plan",
    "a second active revision": """
        INSERT INTO revision (id, project_id, number, mode, status, is_active, completed_at,
                              created_at, version)
        SELECT '{new}', project_id, 2, mode, 'completed', is_active, {now}, created_at, 1
        FROM revision""",
    "a second draft revision": """
        INSERT INTO revision (id, project_id, number, mode, status, is_active, completed_at,
                              created_at, version)
        SELECT '{new}', project_id, 2, mode, 'draft', {false}, NULL, created_at, 1 FROM revision
        WHERE status = 'draft'""",
    "a second subscription": """
        INSERT INTO subscription (id, user_id, plan_id, state, cancel_at_period_end, past_due,
                                  provider, provider_customer, provider_subscription, created_at)
        SELECT '{new}', user_id, plan_id, 'free', {false}, {false}, '', '', '', created_at
        FROM subscription""",
}  # fmt: skip


@pytest.mark.parametrize("what", ILLEGAL)
def test_the_database_refuses(app, paying, make_project, nothing_changes, what):
    make_project(paying, example="wellbrook", locked=1)
    statement = (
        ILLEGAL[what].replace("{new}", uuid.uuid4().hex).replace("{now}", NOW)
        .replace("{false}", "false")
    )  # fmt: skip
    with nothing_changes(), app.app_context(), transaction_without_triggers() as to:
        with pytest.raises(IntegrityError, match="constraint"):
            to.execute(text(statement))
        to.rollback()


@contextmanager
def transaction_without_triggers():
    with transaction() as to:
        drop_triggers(to.connection())
        yield to
