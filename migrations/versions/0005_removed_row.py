"""The row that was removed last from a step, so that it can be brought back.

Revision ID: 0005
Revises: 0004
Created: 2026-11-23

A downgrade drops nothing: the older release does not look at what it does not know, and no later
upgrade could make it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = sa.inspect(op.get_bind()).get_columns("step_content")
    if all(column["name"] != "removed" for column in columns):
        text = sa.Column("removed", sa.Text(), nullable=False, server_default=sa.text("''"))
        op.add_column("step_content", text)


def downgrade() -> None:
    """Nothing to take back."""
