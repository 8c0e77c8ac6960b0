"""Rule of step 7 about states: what changes state in step 4 has a column that holds it."""

from collections.abc import Iterator, Sequence

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.rules.lookups import capital, listed, referred, same
from devpilot.methodology.rules.rule import Breach, error
from devpilot.methodology.rules.states import Thing, things
from devpilot.methodology.text import presentable


@error(
    "7.1",
    "Every thing with state changes in step 4 is an entity of that name (case aside) with an "
    "enum attribute whose comma-separated rule includes every state of its allowed changes.",
    why="A state that the data cannot hold is kept in someone’s head, or guessed from dates.",
    reads=("entities", "attributes"),
)
def state_has_a_column(facts: Facts) -> Iterator[Breach]:
    entities = facts.rows("entities")
    if not entities or not facts.settled("entities", "name"):
        return
    by_name = {same(row["name"]): row for row in reversed(entities)}
    for thing in things(facts):
        entity = by_name.get(same(thing.rows[0]["thing"]))
        if entity is None:
            yield Breach(
                field="entities",
                message=f"“{thing.name}” changes state in step 4, and no entity has that name.",
                mend="Add the entity, or give the one that is meant that name.",
            )
        elif referred(facts, "attributes", "entity") and facts.settled("attributes", "type"):
            yield from _unheld(facts, thing, entity["key"])


def _unheld(facts: Facts, thing: Thing, entity: str) -> Iterator[Breach]:
    """The states of a thing that the fullest of its entity's enums does not list."""
    spelled = ", ".join([presentable(state) for state in thing.states.values()])
    lacking = [
        (row["key"], _lacking(row, thing))
        for row in facts.rows("attributes")
        if row["entity"] == entity and row["type"] == "enum"
    ]
    if not lacking:
        yield Breach(
            field="entities",
            row=entity,
            message=f"{capital(facts.name(entity))} changes state in step 4 and has no enum "
            "attribute.",
            mend=f"Add an enum attribute whose rule lists the states of step 4: {spelled}.",
        )
        return
    attribute, missing = min(lacking, key=lambda pair: len(pair[1]))
    if missing:
        yield Breach(
            field="attributes",
            row=attribute,
            column="rule",
            message=f"{capital(facts.name(attribute))} of {facts.name(entity)} does not list "
            f"{listed(missing)}.",
            mend=f"List every state of step 4 in its rule, separated by commas: {spelled}.",
        )


def _lacking(attribute: Row, thing: Thing) -> Sequence[str]:
    values = {same(value) for value in (attribute.get("rule") or "").split(",")}
    return [presentable(said) for state, said in thing.states.items() if state not in values]
