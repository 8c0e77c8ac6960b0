"""Rules of step 7: every invariant is enforced, and every entity told apart and ended.

The rule about states is in `rules.columns`.
"""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.rules import columns
from devpilot.methodology.rules.lookups import capital, left_out
from devpilot.methodology.rules.rule import Breach, error, warning
from devpilot.methodology.steps.data import CLASSES

_RANK = {name: rank for rank, name in enumerate(CLASSES)}


@error(
    "7.2",
    "An entity's class does not exceed its store's sensitivity "
    "(public < internal < personal < special < secret).",
    why="A store is protected for what step 3 says is in it, and no better.",
    reads=("entities",),
)
def store_is_safe_enough(facts: Facts) -> Iterator[Breach]:
    for entity in facts.rows("entities"):
        store = facts.row(entity.get("store") or "")
        if store is None or facts.list_of(store["key"]) != "stores":
            continue
        held, kept = entity.get("class"), store.get("sensitivity")
        if held in _RANK and kept in _RANK and _RANK[held] > _RANK[kept]:
            yield Breach(
                field="entities",
                row=entity["key"],
                column="class",
                message=f"{capital(facts.name(entity['key']))} is {held}, and "
                f"{facts.name(store['key'])} is protected as {kept}.",
                mend="Keep it in a store for such data, or raise the sensitivity in step 3.",
            )


@error(
    "7.3",
    "Every invariant has an enforcement row.",
    why="What is enforced nowhere holds until the first bug.",
    reads=("enforcement",),
)
def invariant_is_enforced(facts: Facts) -> Iterator[Breach]:
    invariants = [row["key"] for row in facts.rows("invariants")]
    for invariant in left_out(facts, invariants, "enforcement", "invariant"):
        yield Breach(
            field="enforcement",
            message=f"Nothing enforces {facts.name(invariant)}.",
            mend=f"Add where {invariant} is enforced, as low down as it can be.",
        )


@error(
    "7.4",
    "Every entity has exactly one lifecycle row; a personal or special one is not answered "
    "'not personal'.",
    why="Data without an end is kept for ever, and someone asks for it back one day.",
    reads=("entities", "lifecycle"),
)
def entity_has_one_end(facts: Facts) -> Iterator[Breach]:
    entities = [row["key"] for row in facts.rows("entities")]
    for entity in left_out(facts, entities, "lifecycle", "entity"):
        yield Breach(
            field="entities",
            row=entity,
            message=f"Nothing says how long {facts.name(entity)} is kept.",
            mend=f"Add the lifecycle of {entity}.",
        )
    first: dict[str, str] = {}
    for row in facts.rows("lifecycle"):
        entity = row.get("entity") or ""
        if facts.list_of(entity) == "entities":
            yield from _end(facts, entity, row, first.setdefault(entity, row["key"]))


def _end(facts: Facts, entity: str, row: Row, first: str) -> Iterator[Breach]:
    if first != row["key"]:
        yield Breach(
            field="lifecycle",
            row=row["key"],
            column="entity",
            message=f"{capital(facts.name(entity))} has two lifecycles: {first} and {row['key']}.",
            mend="Keep one of the two.",
        )
    held = (facts.row(entity) or {}).get("class")
    if held in {"personal", "special"} and row.get("on_account_deletion") == "not personal":
        yield Breach(
            field="lifecycle",
            row=row["key"],
            column="on_account_deletion",
            message=f"{capital(facts.name(entity))} is {held}, and {row['key']} answers that it "
            "is not personal.",
            mend="Say whether it is deleted, anonymised or kept by law, or correct its class.",
        )


@warning(
    "7.5",
    "An entity has no unique constraint.",
    why="Without one, the same thing twice looks like two things.",
    reads=("entities", "uniqueness"),
)
def entity_is_told_apart(facts: Facts) -> Iterator[Breach]:
    entities = [row["key"] for row in facts.rows("entities")]
    for entity in left_out(facts, entities, "uniqueness", "entity"):
        yield Breach(
            field="entities",
            row=entity,
            message=f"{capital(facts.name(entity))} has no unique constraint.",
            mend=f"Say which columns of {entity} tell two apart, other than a made-up id.",
        )


@warning(
    "7.6",
    "Soft deletion beside a unique constraint without only_when.",
    why="What was deleted still takes its place, and nobody can see what is in the way.",
    reads=("uniqueness", "lifecycle"),
)
def deleted_rows_make_room(facts: Facts) -> Iterator[Breach]:
    soft = {row.get("entity") for row in facts.rows("lifecycle") if row.get("deletion") == "soft"}
    for row in facts.rows("uniqueness"):
        entity = row.get("entity") or ""
        if entity in soft and facts.list_of(entity) == "entities" and not row.get("only_when"):
            yield Breach(
                field="uniqueness",
                row=row["key"],
                column="only_when",
                message=f"{capital(facts.name(entity))} is deleted softly, and "
                f"{facts.name(row['key'])} counts the deleted ones too.",
                mend="Limit it under “Only when” to what is not deleted, or say why not.",
            )


@warning(
    "7.7",
    "An invariant rests on an application check alone.",
    why="Checks in code are passed by the next script, import or race.",
    reads=("enforcement",),
)
def check_is_not_alone(facts: Facts) -> Iterator[Breach]:
    if not facts.settled("enforcement", "invariant", "by"):
        return
    means: dict[str, list[Row]] = {}
    for row in facts.rows("enforcement"):
        means.setdefault(row["invariant"], []).append(row)
    for invariant, rows in means.items():
        if all(row["by"] == "application check" for row in rows):
            yield Breach(
                field="enforcement",
                row=rows[0]["key"],
                column="by",
                message=f"{capital(facts.name(invariant))} rests on an application check alone.",
                mend="Back it with a constraint or a transaction, or be ready to say why not.",
            )


RULES = (
    columns.state_has_a_column,
    store_is_safe_enough,
    invariant_is_enforced,
    entity_has_one_end,
    entity_is_told_apart,
    deleted_rows_make_room,
    check_is_not_alone,
)
