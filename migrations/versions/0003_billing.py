"""Billing for real: customers of the provider, its messages, and reservations.

Revision ID: 0003
Revises: 0002
Created: 2026-11-22

A downgrade drops nothing: the older release does not look at what it does not know, and no later
upgrade could make it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TYPES = ("ai_suggestion", "ai_regeneration", "restart", "storage")


def upgrade() -> None:
    if "billing_customer" not in sa.inspect(op.get_bind()).get_table_names():
        add_what_payments_need()


def add_what_payments_need() -> None:
    op.create_table(
        "billing_customer",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("customer", sa.String(length=255), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= heard AND heard <= asked", name=op.f("ck_billing_customer_heard_of_asked")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_billing_customer_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_billing_customer")),
        sa.UniqueConstraint("customer", name=op.f("uq_billing_customer_customer")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
    )
    op.create_index(
        op.f("ix_webhook_event_received_at"), "webhook_event", ["received_at"], unique=False
    )
    op.create_table(
        "reservation",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(*TYPES, name="type", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reservation_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reservation")),
    )
    # A payment page's address is longer than a path of ours.
    with op.batch_alter_table("idempotency_key") as table:
        table.alter_column(
            "location",
            existing_type=sa.String(length=500),
            type_=sa.Text(),
            existing_nullable=False,
        )


def downgrade() -> None:
    """Nothing to take back."""
