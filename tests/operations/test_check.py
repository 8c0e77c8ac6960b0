"""`flask devpilot check`: silent about what the product made, and names whatever is broken."""

import re
import uuid

import pytest
from sqlalchemy import text

from devpilot.audit import INVARIANTS, triggers, violations, violations_in
from devpilot.db import Base, db, transaction
from tests.conftest import all_rows, app_on
from tests.operations.corruptions import CORRUPTIONS, ROWS
from tests.operations.filled import person
from tests.operations.tampering import loosened, tampering

pytestmark = pytest.mark.slow


def corrupt(connection, statements):
    """Run the statements; a name in them stands for the first row that ROWS says."""
    with loosened(connection):
        rows = {name: connection.execute(text(ROWS[name])).scalar() for name in ROWS}
        assert None not in rows.values(), rows
        rows["nobody"] = uuid.uuid4().hex
        for statement in statements.split(";"):
            named = {name: rows[name] for name in re.findall(r"(?<!:):(\w+)", statement)}
            assert connection.execute(text(statement), named).rowcount != 0, statement


def test_what_the_product_made_is_sound(filled):
    with filled.app_context():
        assert violations() == []
    answer = filled.test_cli_runner().invoke(args=["devpilot", "check"])
    assert answer.exit_code == 0
    assert re.fullmatch(
        rf"{len(INVARIANTS)} invariants hold of 3 users, \d+ projects, \d+ revisions "
        r"and \d+ steps\.\n",
        answer.output,
    )


@pytest.mark.parametrize(("name", "statements"), CORRUPTIONS)
def test_exactly_the_broken_invariant_is_named(filled, name, statements):
    with tampering(filled) as connection:
        corrupt(connection, statements)
        found = list(violations_in(connection))
    assert {violation.invariant for violation in found} == {name}, found


def test_every_invariant_was_broken_once():
    assert {name for name, _ in CORRUPTIONS} | {"triggers"} == {one.name for one in INVARIANTS}


def test_a_missing_trigger_is_named(filled):
    with filled.app_context():
        expected = triggers(db.engine.dialect.name)
    for name, table in sorted(expected):
        with tampering(filled) as connection:
            if connection.dialect.name == "sqlite":
                connection.execute(text(f"DROP TRIGGER {name}"))
            else:  # switched off is as good as gone
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {name}"))
            found = [(one.invariant, one.table, one.row) for one in violations_in(connection)]
        assert found == [("triggers", table, name)]


KEYS = sorted(
    (table.name, key.column_keys[0])
    for table in Base.metadata.sorted_tables
    for key in table.foreign_key_constraints
)


@pytest.mark.parametrize(("table", "column"), KEYS)
def test_a_row_that_leads_nowhere_is_named(filled, table, column):
    """Every foreign key of the schema, whatever else is wrong then."""
    moved = text(
        f"UPDATE {table} SET {column} = :nobody WHERE {column} = "
        f"(SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1)"
    )
    with tampering(filled) as connection:
        with loosened(connection):
            assert connection.execute(moved, {"nobody": uuid.uuid4().hex}).rowcount
        found = {
            (one.table, one.wrong.split()[1])
            for one in violations_in(connection)
            if one.invariant == "no-orphans"
        }
    assert (table, column) in found


@pytest.fixture
def own(fresh_database, tmp_path):
    """The application on a database of this test's own."""
    with app_on(fresh_database, tmp_path) as app:
        yield app


def test_the_command_names_each_row_and_ends_with_one(own):
    person(own, "miscounted").new_revision()
    with own.app_context(), transaction() as to:
        to.execute(text("""UPDATE usage SET "count" = "count" + 1"""))
        to.execute(text("UPDATE user_account SET email = 'Loud@Example.com'"))
    before = all_rows(own)
    answer = own.test_cli_runner().invoke(args=["devpilot", "check"])
    assert answer.exit_code == 1
    spelled = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    first, second, last = answer.output.splitlines()
    assert re.fullmatch(
        rf"folded-emails: user_account {spelled}: its e-mail address is not case-folded", first
    )
    assert re.fullmatch(
        rf"storage-counted: usage {spelled}: it counts \d+ bytes, and the texts have \d+", second
    )
    assert last == "Error: 2 violations. Nothing was changed."
    assert all_rows(own) == before


def test_an_older_form_is_said_to_be_one(empty_database, tmp_path):
    with app_on(empty_database, tmp_path) as app:
        answer = app.test_cli_runner().invoke(args=["devpilot", "check"])
    assert answer.exit_code == 1
    assert "flask devpilot upgrade" in answer.output
