"""AI suggestions: what was proposed, what came from it, and who agreed to ask.

Revision ID: 0004
Revises: 0003
Created: 2026-11-23

A downgrade drops nothing: the older release does not look at what it does not know, and no later
upgrade could make it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    if "suggestion" not in sa.inspect(op.get_bind()).get_table_names():
        add_what_suggestions_need()


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def add_what_suggestions_need() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("kind", one_of("kind", "suggestion", "regeneration"), nullable=False),
        sa.Column("ask", one_of("ask", "draft", "missing"), nullable=False),
        sa.Column("state", one_of("state", "pending", "applied", "dismissed"), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("draft_hash", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("prompt_version", sa.String(length=20), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("undo", sa.Text(), nullable=True),
        sa.Column("undo_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(undo IS NULL) = (undo_version IS NULL)",
            name=op.f("ck_suggestion_undo_has_version"),
        ),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_suggestion_step_id_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    op.create_index(op.f("ix_suggestion_step_id"), "suggestion", ["step_id"], unique=False)
    op.create_index(
        "uq_suggestion_one_pending",
        "suggestion",
        ["step_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "origin",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("suggestion_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_origin_step_id_step")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_origin_suggestion_id_suggestion")
        ),
        sa.PrimaryKeyConstraint("step_id", "place", name=op.f("pk_origin")),
    )
    op.create_table(
        "ai_agreement",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(length=255), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_ai_agreement_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_ai_agreement")),
    )


def downgrade() -> None:
    """Nothing to take back."""
