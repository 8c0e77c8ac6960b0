"""What an answer may propose for a step: the shape that is asked for, and reading it strictly."""

import json

import jsonschema
import pytest

from devpilot.methodology import definition
from devpilot.methodology.examples import EXAMPLES
from devpilot.methodology.suggested import (
    UnfitAnswer,
    asked_fields,
    considerations_schema,
    draft_schema,
    parts_of,
    read_considerations,
    read_draft,
)
from devpilot.models import Ask
from devpilot.services.ai_prompt import build
from tests.ai_server.answering import value_for

STEPS = range(1, 11)
FULL = EXAMPLES["doorstep"].steps
BLANK = {"string": "", "array": [], "boolean": False}
GOAL = {"goal": "Fewer calls", "measure": "calls", "target": "two"}
FEATURE = {"name": "Quiet hours", "what": "None at night.", "release": "mvp", "goals": []}


def answer(order, data, **fields):
    """An answer that proposes these fields and nothing else."""
    shape = draft_schema(definition(order), data)["properties"]
    return {**{name: BLANK[one["type"]] for name, one in shape.items()}, **fields}


def read(order, blueprint, **fields):
    step = definition(order)
    return read_draft(step, blueprint, answer(order, blueprint.get(order, {}), **fields))


def objects_in(schema):
    if schema.get("type") == "object":
        yield schema
    for one in (*schema.get("properties", {}).values(), schema.get("items", {})):
        if one:
            yield from objects_in(one)


def drafts(order):
    """Nothing, both examples, and each choice that shows or hides fields."""
    step = definition(order)
    yield {}
    for example in EXAMPLES.values():
        if order in example.steps:
            yield example.steps[order]
    for field in step.fields:
        if field.when is not None:
            yield from (
                {field.when.field: option} for option in step.field(field.when.field).options
            )


# --- the shape -------------------------------------------------------------------------------


@pytest.mark.parametrize("order", STEPS)
@pytest.mark.parametrize("schema_of", [draft_schema, considerations_schema])
def test_the_shape_is_strict_and_uses_what_every_server_knows(order, schema_of):
    known = {"type", "properties", "required", "additionalProperties", "items", "enum"}
    for data in drafts(order):
        schema = schema_of(definition(order), data)
        jsonschema.Draft202012Validator.check_schema(schema)
        for one in objects_in(schema):
            assert one["additionalProperties"] is False
            assert one["required"] == list(one["properties"])
            assert one["properties"]
            assert set(one) <= known
        words = json.dumps(schema)
        assert not any(f'"{word}"' in words for word in ("maxLength", "pattern", "$ref", "anyOf"))


@pytest.mark.parametrize("order", STEPS)
def test_it_asks_for_the_fields_that_apply_and_no_other(order):
    for data in drafts(order):
        step = definition(order)
        expected = [f.id for f in step.fields if f.when is None or f.when.holds(data)]
        assert [field.id for field in asked_fields(step, data)] == expected
        assert list(draft_schema(step, data)["properties"]) == expected
        one = considerations_schema(step, data)["properties"]["considerations"]["items"]
        assert one["properties"]["field"]["enum"] == expected


@pytest.mark.parametrize("order", STEPS)
@pytest.mark.parametrize("code", EXAMPLES)
def test_a_right_answer_to_every_step_is_read(code, order):
    steps = EXAMPLES[code].steps
    if order not in steps:
        return
    prompt = build(steps, order, Ask.DRAFT, "")
    given = value_for(prompt.schema, material=json.loads(prompt.user))
    jsonschema.validate(given, prompt.schema)
    values = read_draft(definition(order), steps, given)
    assert values
    assert [field.id for _, field, _ in parts_of(definition(order), values)]


# --- texts -----------------------------------------------------------------------------------


def test_a_text_is_cleaned_and_one_that_is_there_is_nothing_new():
    stored = {1: {"summary": "As it is."}}
    assert read(1, stored, summary="  As it is.\n") == {}
    assert read(1, stored, summary=" Another. ", problem="One\r\ntwo  \n") == {
        "summary": "Another.", "problem": "One\ntwo",
    }  # fmt: skip
    assert read(1, stored) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"summary": "x" * 901},
        {"summary": "a\x07b"},
        {"summary": "a\x00b"},
        {"summary": "half \ud800 of a pair"},
        {"summary": "TBD"},
        {"summary": "A clinic. TODO: say more"},
        {"problem": "Lorem  Ipsum dolor"},
        {"problem": "why???"},
        {"goals": [{**GOAL, "goal": "g" * 121}]},
        {"goals": [{**GOAL, "goal": "two\nlines"}]},
        {"goals": [{**GOAL, "goal": "two\u2028lines"}]},
        {"goals": [{**GOAL, "measure": "FIXME"}]},
        {"goals": [{**GOAL, "goal": f"Goal {n}"} for n in range(8)]},
        {"features": [{**FEATURE, "release": "soon"}]},
    ],
    ids=lambda fields: ascii(fields)[:50],
)
def test_what_no_field_takes(fields):
    with pytest.raises(UnfitAnswer) as refused:
        read(1, {}, **fields)
    assert all(str(text) not in str(refused.value) for text in fields.values())


def test_a_list_takes_what_it_has_room_for():
    stored = {1: {"goals": [{"key": f"G{n}", **GOAL, "goal": f"Goal {n}"} for n in range(1, 6)]}}
    rows = [{**GOAL, "goal": f"New {n}"} for n in range(3)]
    assert len(read(1, stored, goals=rows[:2])["goals"]) == 2
    with pytest.raises(UnfitAnswer):
        read(1, stored, goals=rows)
    known = {**GOAL, "goal": "Goal 3"}
    assert len(read(1, stored, goals=[*rows[:2], known])["goals"]) == 2, "it is there already"


def test_rows_without_content_are_none():
    nothing = {"goal": "", "measure": "", "target": ""}
    assert read(1, {}, goals=[nothing, nothing], features=[{**FEATURE, "name": "", "what": "",
        "release": ""}]) == {}  # fmt: skip
    assert read(1, {}, goals=[nothing, GOAL]) == {"goals": [GOAL]}
    role = {"name": "", "kind": "", "does": "", "pays": True}
    assert read(2, {}, roles=[role]) == {}, "yes or no alone is no content"


def test_numbers_and_yes_or_no():
    limit = {"subject": "", "timeout_ms": 30, "retries": None, "when_full": "Refuse."}
    assert read(6, {}, limits=[limit]) == {"limits": [{**limit, "retries": ""}]}
    for wrong in (-1, 10**10):
        with pytest.raises(UnfitAnswer):
            read(6, {}, limits=[{**limit, "timeout_ms": wrong}])


# --- references ------------------------------------------------------------------------------


def feature_for(*goals):
    return {**FEATURE, "goals": list(goals)}


STORED = {1: {"goals": [{"key": "G1", **GOAL}, {"key": "G2", **GOAL, "goal": "Other"}]}}


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        (["G1"], ["G1"]),
        ([" G2 "], ["G2"]),
        (["Fewer calls"], ["G1"]),
        (["New"], ["New"]),
        (["  New "], ["New"]),
        (["G2", "New", "Other"], ["G2", "New"]),
        (["", " "], []),
    ],
)
def test_a_reference_is_a_key_or_a_name(named, meant):
    new = {**GOAL, "goal": "New"}
    found = read(1, STORED, goals=[new], features=[feature_for(*named)])
    assert found["features"][0]["goals"] == meant


@pytest.mark.parametrize("named", ["G3", "G999", "C1", "Nobody", "g1", "New, Other", "x" * 2000])
def test_a_reference_to_nothing(named):
    with pytest.raises(UnfitAnswer):
        read(1, STORED, goals=[{**GOAL, "goal": "New"}], features=[feature_for(named)])


def test_a_name_that_two_rows_have_names_neither():
    twice = [{**GOAL, "goal": "New"}, {**GOAL, "goal": "New", "target": "three"}]
    with pytest.raises(UnfitAnswer):
        read(1, STORED, goals=twice, features=[feature_for("New")])
    same = {1: {"goals": [{"key": "G1", **GOAL}, {"key": "G2", **GOAL}]}}
    with pytest.raises(UnfitAnswer):
        read(1, same, features=[feature_for("Fewer calls")])
    assert read(1, same, features=[feature_for("G2")])


def test_a_reference_to_an_earlier_step():
    rule = {"source": "law", "rule": "Keep it.", "effect": "It is kept.", "from": ["C1"]}
    blueprint = {1: FULL[1], 2: FULL[2]}
    assert read(2, blueprint, business_rules=[rule])["business_rules"] == [rule]
    for wrong in ("C99", "B1", FULL[1]["goals"][0]["goal"]):
        with pytest.raises(UnfitAnswer):
            read(2, blueprint, business_rules=[{**rule, "from": [wrong]}])
    with pytest.raises(UnfitAnswer):
        read(2, {2: FULL[2]}, business_rules=[rule])


def test_no_row_of_a_later_step_is_known():
    flow = {**FULL[4]["workflows"][0], "name": "Another flow"}
    flow = {name: value for name, value in flow.items() if name != "key"}
    assert read(4, {order: FULL[order] for order in (1, 2, 3, 4)}, workflows=[flow])
    with pytest.raises(UnfitAnswer):
        read(4, {4: FULL[4], 5: FULL[5]}, workflows=[flow])


# --- tables ----------------------------------------------------------------------------------

TABLE = {
    1: {"features": [{"key": "F1", **FEATURE}]},
    2: {
        "roles": [{"key": "R1", "name": "Guest"}, {"key": "R2", "name": "Host"}],
        "capabilities": {"F1": {"R1": {"value": "view"}}},
    },
}


def cell(row="F1", column="R1", value="own", condition=""):
    return {"row": row, "column": column, "value": value, "condition": condition}


def test_cells_that_differ():
    condition = {"value": "if", "condition": "Late."}
    found = read(2, TABLE, capabilities=[cell(), cell(column="R2", **condition)])
    assert found == {"capabilities": {"F1": {"R1": {"value": "own"}, "R2": condition}}}
    assert read(2, TABLE, capabilities=[cell(value="view")]) == {}
    assert read(2, TABLE, capabilities=[]) == {}


@pytest.mark.parametrize(
    "cells",
    [
        [cell(row="F2")],
        [cell(column="R3")],
        [cell(row="R1", column="F1")],
        [cell(row="", column="")],
        [cell(column="Guest")],
        [cell(), cell()],
        [cell(), cell(value="all", row=" F1")],
        [cell(value="sometimes")],
        [cell(value="if", condition="x" * 251)],
        [cell(value="if", condition="TBD")],
        [cell(value="if", condition="a\x07")],
    ],
    ids=lambda cells: str(cells)[:70],
)
def test_cells_that_are_none(cells):
    with pytest.raises(UnfitAnswer):
        read(2, TABLE, capabilities=cells)


def test_cells_of_rows_that_are_only_proposed():
    with pytest.raises(UnfitAnswer):
        read(2, TABLE, roles=[{"name": "New", "kind": "person", "does": "x", "pays": False}],
             capabilities=[cell(column="New")])  # fmt: skip


# --- considerations --------------------------------------------------------------------------


def consider(*ones):
    return {"considerations": list(ones)}


def one(text="What if it fails?", field="goals", row=""):
    return {"field": field, "row": row, "text": text}


def test_considerations_of_a_field_and_of_a_row():
    given = [one(" About the field. "), one(row="G2"), one(field="summary")]
    found = read_considerations(STORED[1], consider(*given))
    assert found == [one("About the field."), one(row="G2"), one(field="summary")]
    assert len(read_considerations({}, consider(*[one()] * 7))) == 7


@pytest.mark.parametrize(
    "given",
    [
        [],
        [one()] * 8,
        [one("")],
        [one(" ")],
        [one("x" * 401)],
        [one("two\nlines")],
        [one("a\x00b")],
        [one("TODO")],
        [one(row="G3")],
        [one(row="Fewer calls")],
        [one(field="summary", row="G1")],
    ],
    ids=lambda given: ascii(given)[:60],
)
def test_considerations_that_are_none(given):
    with pytest.raises(UnfitAnswer):
        read_considerations({"summary": "x", **STORED[1]}, consider(*given))
