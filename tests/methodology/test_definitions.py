"""The steps as declared are the published ones: names, types and limits are public."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devpilot.methodology import (
    FULL,
    LEAN,
    STEPS,
    Choice,
    Column,
    Condition,
    Markdown,
    Matrix,
    Number,
    Reference,
    Rows,
    StepField,
    Text,
    YesNo,
    definition,
    list_home,
    rules,
)

PUBLIC = json.loads((Path(__file__).parent / "public_names.json").read_text(encoding="utf-8"))


PUBLISHED_TYPES: dict[type, Callable[[Any], str]] = {
    Text: lambda text: f"T:{text.limit}",
    Markdown: lambda text: f"M:{text.limit}",
    Choice: lambda choice: "C:" + "|".join(choice.options),
    YesNo: lambda _: "B",
    Number: lambda _: "N",
    Rows: lambda _: "rows",
    Matrix: lambda _: "matrix",
}


def published_reference(reference: Reference) -> str:
    several = "RS" if reference.required else "RS0"
    return f"{several if reference.many else 'R'}:{'+'.join(reference.lists)}"


PUBLISHED_TYPES[Reference] = published_reference


def published_type(declared: StepField | Column) -> str:
    return PUBLISHED_TYPES[type(declared)](declared)


def published_column(column: Column) -> str:
    optional = not column.required and not (isinstance(column, Reference) and column.many)
    return published_type(column) + ("?" if optional else "")


def published_condition(condition: Condition) -> str:
    if len(condition.values) == 1:
        return f"{condition.field} = {condition.values[0]}"
    return f"{condition.field} in {', '.join(condition.values)}"


def published_field(field: StepField) -> dict[str, Any]:
    published: dict[str, Any] = {"type": published_type(field), "required": field.required}
    if field.when:
        published["when"] = published_condition(field.when)
    if isinstance(field, Rows):
        published |= {"key": field.letter, "min": field.minimum, "max": field.maximum}
        published["columns"] = {column.id: published_column(column) for column in field.columns}
    if isinstance(field, Matrix):
        where = " where {} = {}".format(*field.rows_where) if field.rows_where else ""
        published |= {"rows": field.rows + where, "columns": field.columns}
        published["options"] = list(field.options)
    return published


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.code)
def test_a_step_is_declared_as_published(step):
    public = PUBLIC["steps"][str(step.order)]
    assert (step.code, step.title, step.kind) == (public["code"], public["title"], public["kind"])
    assert step.purpose == public["purpose"]
    assert {field.id: published_field(field) for field in step.fields} == public["fields"]
    assert [field.id for field in step.fields] == list(public["fields"])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.code)
def test_rules_have_the_published_ids_severities_and_texts(step):
    declared = {rule.id: [rule.severity.value, rule.text] for rule in rules(step.order)}
    assert declared == PUBLIC["steps"][str(step.order)]["rules"]
    assert list(declared) == list(PUBLIC["steps"][str(step.order)]["rules"])


def test_rules_say_why_and_read_fields_of_their_own_step():
    for step in STEPS:
        for rule in rules(step.order):
            assert rule.why.endswith(".")
            assert rule.reads
            assert set(rule.reads) <= set(step.by_id), rule.id


def test_lean_and_full_are_the_published_sets_of_steps():
    assert list(LEAN) == PUBLIC["lean"]
    assert list(FULL) == PUBLIC["full"]


def test_every_list_has_a_letter_of_its_own_and_a_home():
    lists = [field for step in STEPS for field in step.fields if isinstance(field, Rows)]
    own = [rows for rows in lists if rows.id != "deferred"]
    assert len({rows.letter for rows in own}) == len(own)
    assert len({rows.id for rows in own}) == len(own)
    for step in STEPS:
        assert step.fields[-1].id == "deferred"
        for field in step.fields:
            if isinstance(field, Rows) and field.id != "deferred":
                assert list_home(field.id) == (step.order, field)


def test_a_row_is_called_by_its_name_or_else_by_its_first_text_or_else_by_its_key():
    for step in STEPS:
        for field in step.fields:
            if isinstance(field, Rows):
                texts = [column.id for column in field.columns if isinstance(column, Text)]
                assert field.label_column == ("name" if "name" in texts else [*texts, ""][0])


def test_every_question_that_depends_depends_on_a_choice_of_its_own_step():
    for step in STEPS:
        for field in step.fields:
            if field.when:
                deciding = step.field(field.when.field)
                assert isinstance(deciding, Choice)
                assert set(field.when.values) < set(deciding.options)
                assert deciding.when is None


def test_columns_that_a_list_names_are_its_own():
    for step in STEPS:
        for field in step.fields:
            if isinstance(field, Rows) and field.unique_within:
                assert isinstance(field.column(field.unique_within), Reference)
                assert field.label_column == "name"
            if isinstance(field, Rows) and field.one_per:
                assert isinstance(field.column(field.one_per), Choice)
                assert len(field.initial) == field.minimum


def test_references_lead_to_this_step_or_an_earlier_one():
    for step in STEPS:
        for field in step.fields:
            for column in field.columns if isinstance(field, Rows) else ():
                for list_id in column.lists if isinstance(column, Reference) else ():
                    assert list_home(list_id)[0] <= step.order


def test_every_control_has_a_short_label_of_its_own():
    for step in STEPS:
        for field in step.fields:
            assert field.label
            for column in field.columns if isinstance(field, Rows) else ():
                assert column.label
                assert len(column.label) <= 35
                assert column.label != column.id
            if isinstance(field, Rows):
                assert len({column.label for column in field.columns}) == len(field.columns)
                assert field.singular


def test_a_step_or_list_that_is_not_declared_is_a_key_error():
    with pytest.raises(KeyError):
        definition(99)
    with pytest.raises(KeyError):
        list_home("nothing")
    with pytest.raises(KeyError):
        definition(1).field("nothing")
