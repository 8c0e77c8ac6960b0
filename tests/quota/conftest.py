import pytest
from sqlalchemy import select, update

from devpilot.db import transaction
from devpilot.models import Plan
from tests.conftest import app_on
from tests.quota.outside import Outside


@pytest.fixture
def outside(database_url, tmp_path):
    """The product with one more endpoint, on the database that all tests share."""
    with app_on(database_url, tmp_path) as own:
        found = Outside()
        found.register(own)
        yield found


@pytest.fixture
def two_servers(outside, database_url, tmp_path):
    """The same twice: as far as the database can tell, two processes."""
    with app_on(database_url, tmp_path) as second:
        yield [outside.app, outside.register(second)]


@pytest.fixture
def limited(app):
    """`limited("pro", storage_bytes=5)` writes other limits into a plan's row for this test."""
    before = {}

    def limit(code, **limits):
        with app.app_context(), transaction() as session:
            plan = session.scalars(select(Plan).where(Plan.code == code)).one()
            for name in limits:
                before.setdefault((code, name), getattr(plan, name))
            session.execute(update(Plan).where(Plan.code == code).values(**limits))

    yield limit
    for (code, name), value in before.items():
        limit(code, **{name: value})
