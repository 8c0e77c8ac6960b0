"""The schema: made by migrations alone, up and down, and equal to the models."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, select, text
from sqlalchemy.schema import UniqueConstraint

from devpilot.app import create_app
from devpilot.cli import MIGRATIONS, _newest, migrate
from devpilot.db import Base, db, reading
from devpilot.models import Plan
from tests.conftest import settings_for


@pytest.fixture
def bare_app(empty_database, tmp_path):
    """The application on a database without a table."""
    own = create_app(settings_for(empty_database, tmp_path))
    Migrate(own, db, directory=str(MIGRATIONS))
    with own.app_context():
        yield own
        for engine in db.engines.values():
            engine.dispose()


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
