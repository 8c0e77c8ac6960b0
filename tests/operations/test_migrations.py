"""The schema: made by migrations alone, up and down, and equal to the models.

A downgrade loses nothing: on a database with something of everything in it, each migration is
taken back and made again, and then every row, index, key and trigger is as it was.
"""

import json

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, select, text
from sqlalchemy.schema import UniqueConstraint

from devpilot.app import create_app
from devpilot.audit import triggers, violations
from devpilot.cli import MIGRATIONS, _newest, migrate
from devpilot.db import Base, db, reading, transaction
from devpilot.models import Plan
from tests.conftest import all_rows, settings_for
from tests.operations.filled import bill, fill, person, restart
from tests.operations.tampering import present_triggers

pytestmark = pytest.mark.slow

VERSIONS = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("0*.py"))
TRIGGERS_SINCE = "0002"


@pytest.fixture
def unmade_app(empty_database, tmp_path):
    """The application on a database without a table, outside of its context."""
    own = create_app(settings_for(empty_database, tmp_path))
    Migrate(own, db, directory=str(MIGRATIONS))
    yield own
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def bare_app(unmade_app):
    """The same, in its context."""
    with unmade_app.app_context():
        yield unmade_app


def tables():
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(bare_app):
    migrate()
    assert tables() == set(Base.metadata.tables)
    downgrade(directory=str(MIGRATIONS), revision="base")
    assert tables() == set()
    upgrade(directory=str(MIGRATIONS))
    assert tables() == set(Base.metadata.tables)
    with reading() as session:
        assert sorted(session.scalars(select(Plan.code))) == ["free", "pro"]


def test_the_schema_is_what_the_models_say(bare_app):
    migrate()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_every_constraint_of_the_models_is_in_the_database_under_its_name(bare_app):
    """What the comparison above does not look at: CHECKs, and the names of all of them."""
    migrate()
    found = inspect(db.engine)
    for table in Base.metadata.sorted_tables:
        declared = {
            kind: {str(c.name) for c in table.constraints if isinstance(c, kind)}
            for kind in (CheckConstraint, UniqueConstraint)
        }
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        uniques = {unique["name"] for unique in found.get_unique_constraints(table.name)}
        assert checks == declared[CheckConstraint], table.name
        assert uniques == declared[UniqueConstraint], table.name


def test_migrating_twice_is_once(bare_app):
    migrate()
    migrate()
    with reading() as session:
        assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == [_newest()]
        assert len(session.scalars(select(Plan)).all()) == 2


def test_the_plans_are_what_was_promised(app):
    with app.app_context(), reading() as session:
        plans = {plan.code: plan for plan in session.scalars(select(Plan))}
        free, pro = plans["free"], plans["pro"]
        assert (free.max_total_projects, free.max_step_order) == (1, 3)
        assert (pro.max_total_projects, pro.max_active_projects, pro.max_step_order) == (
            None, 20, None,
        )  # fmt: skip
        assert (free.storage_bytes, pro.storage_bytes) == (1024**2, 100 * 1024**2)


@pytest.fixture
def filled_app(unmade_app):
    """The application in its context, on a database with something of everything in it."""
    with unmade_app.app_context():
        migrate()
    fill(unmade_app)  # a request in an outer context would keep what another one left there
    with unmade_app.app_context():
        yield unmade_app


def go_to(version):
    move = upgrade if version > schema() else downgrade
    move(directory=str(MIGRATIONS), revision=version)
    assert schema() == version


def schema():
    with reading() as session:
        return session.scalar(text("SELECT version_num FROM alembic_version"))


def form():
    """Columns, keys, indexes, checks and triggers, as the database tells them."""
    found = inspect(db.engine)
    parts = ("columns", "indexes", "foreign_keys", "unique_constraints", "check_constraints")
    tables = {
        (table, part): sorted(spelled(one) for one in getattr(found, f"get_{part}")(table))
        for table in found.get_table_names()
        for part in parts
    }
    with db.engine.connect() as connection:
        return tables, sorted(present_triggers(connection))


def spelled(part):
    return json.dumps(part, default=str, sort_keys=True)


def what_every_version_knows():
    """How much there is, and each status and text, in columns that were there from the first."""
    told = "SELECT id, status, completed_at, is_active FROM revision ORDER BY id"
    held = """
        SELECT step.id, status, locked_at, invalidated_at, data, aside, size
        FROM step JOIN step_content ON step_id = step.id ORDER BY step.id"""
    counted = " UNION ALL ".join(
        f"SELECT '{table}', COUNT(*) FROM {table}" for table in sorted(Base.metadata.tables)
    )
    with reading() as session:
        return [session.execute(text(asked)).all() for asked in (told, held, counted)]


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_down_and_up_again_loses_nothing(filled_app, version):
    rows, shape, known = all_rows(filled_app), form(), what_every_version_knows()
    go_to(VERSIONS[VERSIONS.index(version) - 1])
    assert what_every_version_knows() == known
    go_to(VERSIONS[-1])
    assert all_rows(filled_app) == rows
    assert form() == shape
    assert violations() == []


def test_the_triggers_are_there_after_every_migration(bare_app):
    """Also after those that rebuild a table, which loses its triggers on SQLite."""
    upgrade(directory=str(MIGRATIONS), revision=VERSIONS[0])
    for version in VERSIONS:
        if version != schema():
            go_to(version)
        expected = triggers(db.engine.dialect.name) if version >= TRIGGERS_SINCE else set()
        with db.engine.connect() as connection:
            found = {(name, table) for name, table, _ in present_triggers(connection)}
        assert found == expected, version


def test_what_the_first_release_locked_is_kept(unmade_app):
    """Its one copy of each locked text becomes what the lock held, good for a restart."""
    with unmade_app.app_context():
        migrate()
    owner = person(unmade_app, "early")
    bill(owner, "paid")
    revision = owner.new_revision()
    owner.lock_up_to(revision, 4)
    with unmade_app.app_context():
        go_to("0001")
        with transaction() as to:
            for leftover in LEFT_BY_0002:
                to.execute(text(leftover))
        migrate()
        assert violations() == []
    restart(owner, revision, 1)
    owner.lock_up_to(revision, 4)
    with unmade_app.app_context():
        assert violations() == []


LEFT_BY_0002 = (
    "DROP TABLE locked_text",
    "ALTER TABLE revision DROP COLUMN reopened_from",
    "ALTER TABLE revision DROP COLUMN cloned_from",
    "ALTER TABLE revision_event DROP COLUMN version",
)


def test_what_the_older_release_locked_after_a_downgrade_is_kept(filled_app):
    go_to("0001")
    with transaction() as to:
        revision = to.execute(text(RESTARTED)).scalar()
        for statement in LOCK_AS_0001_DID.split(";"):
            to.execute(text(statement), {"revision": revision})
    migrate()
    assert violations() == []


RESTARTED = """
    SELECT revision_id FROM step WHERE status = 'draft' AND "order" = 2 AND EXISTS (
        SELECT 1 FROM export WHERE export.revision_id = step.revision_id)"""
LOCK_AS_0001_DID = """
    UPDATE revision SET version = version + 1 WHERE id = :revision;
    UPDATE step SET status = 'locked', locked_at = '2026-11-22 12:00:00.000000'
    WHERE revision_id = :revision AND "order" = 2;
    UPDATE step_content SET data = replace(data, 'a', 'a'), locked_data = data
    WHERE step_id = (SELECT id FROM step WHERE revision_id = :revision AND "order" = 2)"""
