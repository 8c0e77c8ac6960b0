"""What the schema promises, asked of the rows: no orphans, nothing twice, statuses of the list.

Derived from the models, so that a new table is looked after from its first day. The database
refuses all of this by itself, unless something went around it or a constraint was lost.
"""

from collections.abc import Iterator

from sqlalchemy import (
    Connection,
    Enum,
    ForeignKeyConstraint,
    Select,
    Table,
    UniqueConstraint,
    and_,
    exists,
    func,
    select,
    text,
)

from devpilot.audit.asking import Found, Invariant, streamed
from devpilot.db import Base

ROW_ACTIONS = {
    "revision": ("insert", "update", "delete"),
    "step": ("insert", "update", "delete"),
    "step_content": ("insert", "update", "delete"),
    "locked_text": ("insert", "update", "delete"),
}
"""The tables that triggers guard, and against what."""

_TRIGGERS = {
    "sqlite": text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"),
    # One that is switched off is not there.
    "postgresql": text(
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') "
        "AND relnamespace = current_schema()::regnamespace"
    ),
}


def triggers(dialect: str) -> set[tuple[str, str]]:
    """The name and the table of every trigger that the schema has on this kind of database."""
    more = ("truncate",) if dialect == "postgresql" else ()
    return {
        (f"tr_{table}_{action}", table)
        for table, actions in ROW_ACTIONS.items()
        for action in actions + more
    }


def _missing_triggers(connection: Connection) -> Iterator[Found]:
    dialect = connection.dialect.name
    present = {(name, table) for name, table in connection.execute(_TRIGGERS[dialect])}
    for name, table in sorted(triggers(dialect) - present):
        yield table, name, "this trigger is missing or switched off"


def _orphans(connection: Connection) -> Iterator[Found]:
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name)):
            names = ", ".join(key.column_keys)
            for row in streamed(connection, _without_parent(table, key)):
                yield table.name, _identity(row), f"its {names} leads to no {key.referred_table}"


def _without_parent(table: Table, key: ForeignKeyConstraint) -> Select[tuple[object, ...]]:
    parent = key.referred_table.alias("parent")
    pairs = [(element.parent, parent.c[element.column.name]) for element in key.elements]
    met = exists().select_from(parent).where(and_(*(own == other for own, other in pairs)))
    return select(*table.primary_key.columns).where(*(own.is_not(None) for own, _ in pairs), ~met)


def _twice(connection: Connection) -> Iterator[Found]:
    for table in Base.metadata.sorted_tables:
        unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        for constraint in sorted(unique, key=lambda one: str(one.name)):
            for row in streamed(connection, _repeated(table, constraint)):
                yield table.name, _identity(row), f"{constraint.name} is there more than once"


def _repeated(table: Table, constraint: UniqueConstraint) -> Select[tuple[object, ...]]:
    columns = list(constraint.columns)
    given = [column.is_not(None) for column in columns]
    twice = select(*columns).where(*given).group_by(*columns).having(func.count() > 1).subquery()
    same = and_(*(column == twice.c[column.name] for column in columns))
    return select(*table.primary_key.columns).select_from(table.join(twice, same))


def _of_no_list(connection: Connection) -> Iterator[Found]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, Enum):
                continue
            # Without the column itself: the driver could not read a value of no list.
            strange = select(*table.primary_key.columns).where(column.not_in(column.type.enums))
            for row in streamed(connection, strange):
                yield table.name, _identity(row), f"its {column.name} is none of the list"


def _identity(row: tuple[object, ...]) -> object:
    return row[0] if len(row) == 1 else " ".join(map(str, row))


SCHEMA = (
    Invariant("no-orphans", "Whatever a row refers to is there.", _orphans),
    Invariant("nothing-twice", "What is unique is there once.", _twice),
    Invariant("listed-statuses", "Every status, mode and kind is one of its list.", _of_no_list),
    Invariant("triggers", "The triggers that keep a lock closed are there.", _missing_triggers),
)
