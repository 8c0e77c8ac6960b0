"""Restart and new revisions: what each lock held, and triggers that keep a lock closed.

Revision ID: 0002
Revises: 0001
Created: 2026-11-22

The triggers are the last of three rings: what is locked or completed cannot be changed by SQL
that goes around the code. `revision.reopened_from` is the one key: it is set only within the
transaction of a restart, and NULL in every committed row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LOCKED = "(SELECT status FROM step WHERE id = {row}.step_id) = 'locked'"
COMPLETED = "(SELECT status FROM revision WHERE id = {row}.revision_id) = 'completed'"
REOPENED = "(SELECT reopened_from FROM revision WHERE id = OLD.revision_id)"
DIFFERS = {"sqlite": "{old} IS NOT {new}", "postgresql": "{old} IS DISTINCT FROM {new}"}

# Name, table, when, the condition under which it refuses, and what it says. `{changed:a b}`
# stands for "one of these columns changes".
TRIGGERS = [
    (
        "step_content_locked_update", "step_content", "UPDATE",
        f"{LOCKED.format(row='OLD')} AND {{changed:step_id data aside size}}",
        "the text of a locked step does not change",
    ),
    (
        "step_content_locked_delete", "step_content", "DELETE", LOCKED.format(row="OLD"),
        "the text of a locked step is not removed",
    ),
    (
        "step_content_locked_insert", "step_content", "INSERT", LOCKED.format(row="NEW"),
        "a locked step gets no further text",
    ),
    (
        "locked_text_update", "locked_text", "UPDATE", "{changed:step_id version data}",
        "what a lock held does not change",
    ),
    (
        "locked_text_delete", "locked_text", "DELETE", LOCKED.format(row="OLD"),
        "what the lock of a locked step held is not removed",
    ),
    (
        "step_locked_update", "step", "UPDATE",
        ("OLD.status = 'locked' AND NEW.status = 'locked' "
        "AND {changed:id revision_id order locked_at}"),
        "a locked step does not change",
    ),
    (
        "step_locked_open", "step", "UPDATE",
        ("OLD.status = 'locked' AND NEW.status <> 'locked' AND (OLD.\"order\" < "
        f"COALESCE({REOPENED}, 1000) OR {COMPLETED.format(row='OLD')})"),
        "a locked step opens by a restart alone",
    ),
    (
        "step_legal_move", "step", "UPDATE",
        ("(OLD.status = 'draft' AND NEW.status = 'invalidated') "
        "OR (OLD.status = 'invalidated' AND NEW.status = 'draft')"),
        "a step does not move between draft and invalidated",
    ),
    (
        "step_sequence", "step", "UPDATE",
        ("OLD.status <> 'locked' AND NEW.status = 'locked' AND EXISTS (SELECT 1 FROM step AS earlier "
        'WHERE earlier.revision_id = NEW.revision_id AND earlier."order" < NEW."order" '
        "AND earlier.status <> 'locked')"),
        "a step is locked when every earlier one is",
    ),
    (
        "step_locked_delete", "step", "DELETE",
        f"OLD.status = 'locked' OR {COMPLETED.format(row='OLD')}",
        "a locked step is not removed",
    ),
    (
        "step_completed_insert", "step", "INSERT", COMPLETED.format(row="NEW"),
        "a completed revision gets no further step",
    ),
    (
        "revision_completed_update", "revision", "UPDATE",
        ("OLD.status = 'completed' AND NEW.status = 'completed' "
        "AND {changed:id project_id number mode completed_at created_at}"),
        "a completed revision does not change",
    ),
    (
        "revision_completed_open", "revision", "UPDATE",
        "OLD.status = 'completed' AND NEW.status = 'draft' AND NEW.reopened_from IS NULL",
        "a completed revision opens by a restart alone",
    ),
    (
        "revision_completed_delete", "revision", "DELETE", "OLD.status = 'completed'",
        "a completed revision is not removed",
    ),
]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "locked_text",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_locked_text_step_id_step")),
        sa.PrimaryKeyConstraint("step_id", "version", name=op.f("pk_locked_text")),
    )
    op.execute(
        "INSERT INTO locked_text (step_id, version, data) "
        "SELECT step_id, 0, locked_data FROM step_content WHERE locked_data IS NOT NULL"
    )
    op.drop_column("step_content", "locked_data")
    op.add_column("revision", sa.Column("reopened_from", sa.Integer(), nullable=True))
    op.add_column("revision", sa.Column("cloned_from", sa.Integer(), nullable=True))
    op.add_column(
        "revision_event", sa.Column("version", sa.Integer(), nullable=False, server_default="0")
    )
    for name, table, action, refuses, says in TRIGGERS:
        _create_trigger(name, table, action, _written_out(refuses), says)


def _written_out(condition: str) -> str:
    before, mark, rest = condition.partition("{changed:")
    if not mark:
        return condition
    names, _, after = rest.partition("}")
    differs = DIFFERS[op.get_bind().dialect.name]
    compared = [differs.format(old=f'OLD."{name}"', new=f'NEW."{name}"') for name in names.split()]
    return f"{before}({' OR '.join(compared)}){after}"


def _create_trigger(name: str, table: str, action: str, refuses: str, says: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {action} ON {table} WHEN {refuses} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )
        return
    answer = "OLD" if action == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refuses} THEN RAISE EXCEPTION '{says}' USING ERRCODE = "
        f"'integrity_constraint_violation'; END IF; RETURN {answer}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    for name, table, *_ in TRIGGERS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("revision_event", "version")
    op.drop_column("revision", "cloned_from")
    op.drop_column("revision", "reopened_from")
    op.add_column("step_content", sa.Column("locked_data", sa.Text(), nullable=True))
    op.execute(
        "UPDATE step_content SET locked_data = (SELECT data FROM locked_text AS kept "
        "WHERE kept.step_id = step_content.step_id ORDER BY kept.version DESC LIMIT 1)"
    )
    op.drop_table("locked_text")
