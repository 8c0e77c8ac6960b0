"""Restart and new revisions: what each lock held, and triggers that keep a lock closed.

Revision ID: 0002
Revises: 0001
Created: 2026-11-22

The triggers are the last of three rings: what is locked or completed cannot be changed by SQL
that goes around the code. `revision.reopened_from` is the one key: it is set only within the
transaction of a restart, and NULL in every committed row. See docs/adr/0011-triggers.md.

A downgrade takes the triggers away and drops nothing: the older release does not look at what
it does not know, and no later upgrade could make it again.
"""

from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def changed(names: str) -> str:
    return " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in names.split())


ALWAYS = "1 = 1"
OF_LOCKED = "(SELECT status FROM step WHERE id = {row}.step_id) = 'locked'"

# Table, action, what is said, and when it is refused. One trigger for each table and action.
RULES = [
    ("revision", "insert", "a revision begins as a draft",
        "NEW.status <> 'draft' OR NEW.reopened_from IS NOT NULL"),
    ("revision", "update", "a revision stays the one it is",
        changed("id project_id number mode cloned_from created_at")),
    ("revision", "update", "a version does not go back", "NEW.version < OLD.version"),
    ("revision", "update", "a completed revision does not change", f"""
        OLD.status = 'completed' AND NEW.status = 'completed'
        AND ({changed("completed_at updated_at version reopened_from")})"""),
    ("revision", "update", "a completed revision opens by a restart alone", """
        OLD.status = 'completed' AND NEW.status = 'draft' AND NEW.reopened_from IS NULL"""),
    # The last step is locked by the statement after the one that completes.
    ("revision", "update", "a revision is completed with the lock of its last step", """
        OLD.status = 'draft' AND NEW.status = 'completed' AND (SELECT COUNT(*) FROM step
            WHERE revision_id = OLD.id AND status <> 'locked') > 1"""),
    ("revision", "update", "a restart begins at a locked step", """
        OLD.reopened_from IS NULL AND NEW.reopened_from IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM step WHERE revision_id = OLD.id
            AND "order" = NEW.reopened_from AND status = 'locked')"""),
    ("revision", "update", "a restart opens every step from its first on", f"""
        OLD.reopened_from IS NOT NULL AND ({changed("reopened_from")})
        AND (NEW.reopened_from IS NOT NULL OR EXISTS (SELECT 1 FROM step
            WHERE revision_id = OLD.id AND "order" >= OLD.reopened_from AND status = 'locked'))"""),
    ("revision", "delete", "a revision is not removed", ALWAYS),
    ("step", "insert", "a step begins as a draft, in a draft revision", """
        NEW.status <> 'draft'
        OR (SELECT status FROM revision WHERE id = NEW.revision_id) = 'completed'"""),
    ("step", "update", "a step stays where it is", changed("id revision_id order")),
    ("step", "update", "a locked step does not change", f"""
        OLD.status = 'locked' AND NEW.status = 'locked' AND ({changed("locked_at")})"""),
    ("step", "update", "a locked step opens by a restart alone", """
        OLD.status = 'locked' AND NEW.status <> 'locked' AND NOT EXISTS (SELECT 1 FROM revision
            WHERE id = OLD.revision_id AND status = 'draft' AND CASE NEW.status
                WHEN 'draft' THEN reopened_from = OLD."order"
                ELSE reopened_from < OLD."order" END)"""),
    ("step", "update", "a step does not move between draft and invalidated", """
        (OLD.status = 'draft' AND NEW.status = 'invalidated')
        OR (OLD.status = 'invalidated' AND NEW.status = 'draft')"""),
    ("step", "update", "a step is locked when every earlier one is", """
        OLD.status <> 'locked' AND NEW.status = 'locked' AND EXISTS (SELECT 1 FROM step
            WHERE revision_id = OLD.revision_id AND "order" < OLD."order"
            AND status <> 'locked')"""),
    ("step", "delete", "a step is not removed", ALWAYS),
    ("step_content", "insert", "a locked step gets no further text", OF_LOCKED.format(row="NEW")),
    ("step_content", "update", "a text stays with its step", changed("step_id")),
    ("step_content", "update", "the text of a locked step does not change",
        f"({changed('data aside size')}) AND {OF_LOCKED.format(row='OLD')}"),
    ("step_content", "delete", "the text of a step is not removed", ALWAYS),
    ("locked_text", "insert", "a lock keeps its text before it closes",
        OF_LOCKED.format(row="NEW")),
    ("locked_text", "update", "what a lock held does not change", changed("step_id version data")),
    ("locked_text", "delete", "what a lock held is not removed", ALWAYS),
]  # fmt: skip

# What "OR REPLACE" would take away on SQLite, where no delete trigger sees it go; also by the
# row's number that every table has beside its key.
REPLACED = {
    "revision": """id = NEW.id OR (project_id = NEW.project_id AND (number = NEW.number
        OR (is_active AND NEW.is_active) OR (status = 'draft' AND NEW.status = 'draft')))""",
    "step": """id = NEW.id OR (revision_id = NEW.revision_id AND "order" = NEW."order")""",
    "step_content": "step_id = NEW.step_id",
    "locked_text": "step_id = NEW.step_id AND version = NEW.version",
}
SQLITE_RULES = [
    *((table, "insert", "a row is not replaced", f"""
        EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid OR {key})""")
        for table, key in REPLACED.items()),
    *((table, "update", "a row stays where it is", "NEW.rowid <> OLD.rowid") for table in REPLACED),
    ("revision", "update", "a row is not replaced", f"""
        ({changed("is_active status")}) AND EXISTS (SELECT 1 FROM revision
            WHERE rowid <> OLD.rowid AND ({REPLACED["revision"]}))"""),
]  # fmt: skip

# What else goes past a trigger for rows on PostgreSQL.
POSTGRESQL_RULES = [
    (table, "truncate", "what is locked or completed is not removed", ALWAYS) for table in REPLACED
]

# The row that a rule asks about is held first, or another transaction could change it between
# the question and the commit. SQLite has one writer.
HOLDS = {
    "step": "PERFORM 1 FROM revision WHERE id = NEW.revision_id FOR NO KEY UPDATE;",
    "step_content": "PERFORM 1 FROM step WHERE id = NEW.step_id FOR NO KEY UPDATE;",
    "locked_text": "PERFORM 1 FROM step WHERE id = NEW.step_id FOR NO KEY UPDATE;",
}


def upgrade() -> None:
    if "locked_text" not in sa.inspect(op.get_bind()).get_table_names():
        add_what_restart_needs()
    # Whatever the older release locked. A later lock has a higher version than this one.
    op.execute(
        "INSERT INTO locked_text (step_id, version, data) "
        "SELECT step_content.step_id, revision.version, step_content.locked_data "
        "FROM step_content JOIN step ON step.id = step_content.step_id "
        "JOIN revision ON revision.id = step.revision_id "
        "WHERE locked_data IS NOT NULL AND locked_data IS DISTINCT FROM (SELECT data "
        "FROM locked_text AS kept WHERE kept.step_id = step.id ORDER BY version DESC LIMIT 1)"
    )
    op.drop_column("step_content", "locked_data")
    for (table, action), rules in triggers():
        create_trigger(table, action, rules)


def add_what_restart_needs() -> None:
    op.create_table(
        "locked_text",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_locked_text_step_id_step")),
        sa.PrimaryKeyConstraint("step_id", "version", name=op.f("pk_locked_text")),
    )
    op.add_column("revision", sa.Column("reopened_from", sa.Integer(), nullable=True))
    op.add_column("revision", sa.Column("cloned_from", sa.Integer(), nullable=True))
    op.add_column(
        "revision_event", sa.Column("version", sa.Integer(), nullable=False, server_default="0")
    )


def triggers():
    """The table and action of each trigger, with its rules."""
    more = SQLITE_RULES if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_RULES
    by_trigger = sorted([*RULES, *more], key=lambda rule: rule[:2])
    return groupby(by_trigger, key=lambda rule: rule[:2])


def create_trigger(table: str, action: str, rules) -> None:
    name = f"tr_{table}_{action}"
    if op.get_bind().dialect.name == "sqlite":
        refusals = [f"SELECT RAISE(ABORT, '{says}') WHERE {when};" for _, _, says, when in rules]
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN {' '.join(refusals)} END"
        )
        return
    refusals = [
        f"IF {when} THEN RAISE EXCEPTION '{says}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        for _, _, says, when in rules
    ]
    holds = HOLDS.get(table, "") if action in {"insert", "update"} else ""
    # The path is set, or a temporary table of the same name would be asked instead of ours.
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {schema}, pg_temp AS $$ "
        f"BEGIN {holds} {' '.join(refusals)} RETURN NEW; END $$"
    )
    each = "STATEMENT" if action == "truncate" else "ROW"
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {action} ON {table} FOR EACH {each} "
        f"EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    for (table, action), _ in triggers():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER tr_{table}_{action}")
        else:
            op.execute(f"DROP TRIGGER tr_{table}_{action} ON {table}")
            op.execute(f"DROP FUNCTION tr_{table}_{action}()")
    op.add_column("step_content", sa.Column("locked_data", sa.Text(), nullable=True))
    op.execute(
        "UPDATE step_content SET locked_data = (SELECT data FROM locked_text AS kept "
        "WHERE kept.step_id = step_content.step_id ORDER BY kept.version DESC LIMIT 1)"
    )
