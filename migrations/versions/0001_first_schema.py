"""The first schema: accounts, plans, projects, revisions, steps, exports, usage.

Revision ID: 0001
Revises:
Created: 2026-11-22
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def one_of(name: str, *values: str) -> sa.Enum:
    """A text column with a named CHECK of its values."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


PLANS = [
    {
        "id": uuid.uuid4(), "code": "free", "name": "Free", "max_total_projects": 1,
        "max_active_projects": None, "max_step_order": 3, "ai_suggestions": 10,
        "ai_regenerations": 0, "restarts": 0, "revisions_per_project": 1,
        "storage_bytes": 1024 * 1024, "is_active": True,
    },
    {
        "id": uuid.uuid4(), "code": "pro", "name": "Pro", "max_total_projects": None,
        "max_active_projects": 20, "max_step_order": None, "ai_suggestions": 200,
        "ai_regenerations": 100, "restarts": 20, "revisions_per_project": None,
        "storage_bytes": 100 * 1024 * 1024, "is_active": True,
    },
]  # fmt: skip


def upgrade() -> None:
    plan = op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", one_of("code", "free", "pro"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("max_total_projects", sa.Integer(), nullable=True),
        sa.Column("max_active_projects", sa.Integer(), nullable=True),
        sa.Column("max_step_order", sa.Integer(), nullable=True),
        sa.Column("ai_suggestions", sa.Integer(), nullable=False),
        sa.Column("ai_regenerations", sa.Integer(), nullable=False),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("revisions_per_project", sa.Integer(), nullable=True),
        sa.Column("storage_bytes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
    )
    op.create_table(
        "rate_counter",
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("window", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window", name=op.f("pk_rate_counter")),
    )
    op.create_index(op.f("ix_rate_counter_expires"), "rate_counter", ["expires"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("account_status", one_of("account_status", "active", "closed"), nullable=False),
        sa.Column("email_verified_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=500), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_idempotency_key_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(
        op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False
    )

    op.create_table(
        "project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("mode", one_of("mode", "lean", "full"), nullable=False),
        sa.Column("status", one_of("status", "active", "soft_deleted"), nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(deleted_at IS NOT NULL) = (status = 'soft_deleted')",
            name=op.f("ck_project_deleted_at_iff_deleted"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_project_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    op.create_index(op.f("ix_project_user_id"), "project", ["user_id"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("state", one_of("state", "free", "paid_active", "paid_expired"), nullable=False),
        sa.Column("interval", one_of("interval", "monthly", "yearly"), nullable=True),
        sa.Column("current_period_start", MOMENT, nullable=True),
        sa.Column("current_period_end", MOMENT, nullable=True),
        sa.Column("cancel_at_period_end", sa.Boolean(), nullable=False),
        sa.Column("past_due", sa.Boolean(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("provider_customer", sa.String(length=255), nullable=False),
        sa.Column("provider_subscription", sa.String(length=255), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(state = 'free') = (current_period_end IS NULL)",
            name=op.f("ck_subscription_period_unless_free"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_subscription_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_subscription_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("user_id", name=op.f("uq_subscription_user_id")),
    )
    op.create_table(
        "usage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            one_of("type", "ai_suggestion", "ai_regeneration", "restart", "storage"),
            nullable=False,
        ),
        sa.Column("period_start", MOMENT, nullable=False),
        sa.Column("period_end", MOMENT, nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint('"count" >= 0', name=op.f("ck_usage_count_not_negative")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_usage_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
        sa.UniqueConstraint(
            "user_id", "type", "period_start", name=op.f("uq_usage_user_id_type_period_start")
        ),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("authenticated_at", MOMENT, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", one_of("mode", "lean", "full"), nullable=False),
        sa.Column("status", one_of("status", "draft", "completed"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(completed_at IS NOT NULL) = (status = 'completed')",
            name=op.f("ck_revision_completed_at_iff_completed"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_revision_project_id_project")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_revision_project_id_number")),
    )
    op.create_index(
        "uq_revision_one_active",
        "revision",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_index(
        "uq_revision_one_draft",
        "revision",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )

    op.create_table(
        "row_key",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("letter", sa.String(length=2), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_row_key_project_id_project")
        ),
        sa.PrimaryKeyConstraint("project_id", "letter", "number", name=op.f("pk_row_key")),
        sa.UniqueConstraint("project_id", "token", name=op.f("uq_row_key_project_id_token")),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("artifact", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_export_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
        sa.UniqueConstraint("revision_id", "hash", name=op.f("uq_export_revision_id_hash")),
    )
    op.create_table(
        "step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("status", one_of("status", "draft", "locked", "invalidated"), nullable=False),
        sa.Column("locked_at", MOMENT, nullable=True),
        sa.Column("invalidated_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(invalidated_at IS NOT NULL) = (status = 'invalidated')",
            name=op.f("ck_step_invalidated_at_iff_invalidated"),
        ),
        sa.CheckConstraint(
            "(locked_at IS NOT NULL) = (status = 'locked')",
            name=op.f("ck_step_locked_at_iff_locked"),
        ),
        sa.CheckConstraint('"order" BETWEEN 1 AND 10', name=op.f("ck_step_order_range")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_step_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
        sa.UniqueConstraint("revision_id", "order", name=op.f("uq_step_revision_id_order")),
    )
    op.create_table(
        "revision_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", one_of("kind", "created", "completed", "restarted", "exported"), nullable=False
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("step_order", sa.Integer(), nullable=True),
        sa.Column("export_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["export_id"], ["export.id"], name=op.f("fk_revision_event_export_id_export")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_event_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision_event")),
    )
    op.create_index(
        op.f("ix_revision_event_revision_id"), "revision_event", ["revision_id"], unique=False
    )

    op.create_table(
        "step_content",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("aside", sa.Text(), nullable=False),
        sa.Column("locked_data", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_step_content_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["step_id"], ["step.id"], name=op.f("fk_step_content_step_id_step")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_step_content")),
    )
    op.bulk_insert(plan, PLANS)


LATER = (
    "locked_text", "billing_customer", "webhook_event", "reservation", "origin", "suggestion",
    "ai_agreement",
)  # fmt: skip
"""What later migrations made, and leave behind on their own way down."""


def downgrade() -> None:
    for table in LATER:
        op.execute(f"DROP TABLE IF EXISTS {table}")
    op.drop_table("step_content")
    op.drop_table("revision_event")
    op.drop_table("step")
    op.drop_table("export")
    op.drop_table("row_key")
    op.drop_table("revision")
    op.drop_table("user_session")
    op.drop_table("usage")
    op.drop_table("subscription")
    op.drop_table("project")
    op.drop_table("idempotency_key")
    op.drop_table("user_account")
    op.drop_table("rate_counter")
    op.drop_table("plan")
