"""Kinds of field that steps use as columns and, later, as fields: numbers, yes or no."""

import pytest

from devpilot.methodology import (
    Draft,
    Number,
    Rows,
    StepDefinition,
    Text,
    YesNo,
    form_state,
    merge,
    read_post,
)
from devpilot.methodology.labels import sentence_name

LIMITS = Rows(
    id="limits",
    label="Limits",
    letter="LM",
    minimum=0,
    maximum=9,
    singular="limit",
    label_column="name",
    columns=(Text(id="name", label="Name", limit=20), Number(id="retries", label="Retries")),
)
STEP = StepDefinition(
    order=90,
    code="made",
    title="Made for a test",
    kind="optional",
    purpose="Shows kinds of field.",
    fields=(YesNo(id="sure", label="Sure?"), Number(id="count", label="Count"), LIMITS),
)


def save(*pairs: tuple[str, str]):
    posted = read_post(STEP, pairs)
    return merge(STEP, Draft(), posted, upstream={}, allotted={}, tokens={})


@pytest.mark.parametrize(
    ("typed", "number"), [("0", 0), (" 42 ", 42), ("007", 7), ("1000000000", 10**9)]
)
def test_a_number_is_stored_as_one(typed, number):
    merged = save(("count", typed), ("limits-0-retries", typed))
    assert merged.problems == ()
    assert merged.data["count"] == number
    assert merged.data["limits"] == [{"key": "LM1", "name": "", "retries": number}]
    [_, count, limits] = form_state(STEP, merged.data, upstream={}).sections
    assert count.value == limits.rows[0].cells[1].value == str(number)


@pytest.mark.parametrize(
    "typed", ["-1", "1.5", "1e3", "1,000", "\u0663", "\u00b2", "1000000001", "9" * 4000, "\x00"]
)
def test_what_is_no_whole_number_is_a_problem(typed):
    merged = save(("count", typed), ("limits-0-retries", typed))
    assert [problem.field for problem in merged.problems] == ["count", "limits-0-retries"]
    assert "whole number from 0 to 1,000,000,000" in merged.problems[0].message


def test_an_empty_number_is_empty_and_no_content():
    merged = save(("count", " "), ("limits-0-retries", ""))
    assert (merged.data, merged.problems) == ({}, ())


def test_a_yes_or_no_of_its_own_is_stored_when_posted():
    assert save(("sure", "yes")).data == {"sure": True}
    assert save(("sure", "no")).data == {"sure": False}
    assert save(("sure", "maybe")).problems[0].field == "sure"
    sections = form_state(STEP, {"sure": True}, upstream={}).sections
    assert sections[0].value == "yes"


def test_a_row_in_a_sentence_is_short():
    row = {"key": "LM3", "name": "x" * 200}
    assert sentence_name(LIMITS, row) == f"limit “{'x' * 59}…” (LM3)"


def test_the_names_that_tokens_are_kept_under():
    posted = read_post(STEP, [("limits-0-new", "t"), ("limits-1-name", "A")])
    assert posted.tokens == {"t", "limits/t"}
    merged = merge(
        STEP,
        Draft(),
        read_post(STEP, [("limits-0-new", "t"), ("limits-0-name", "A")]),
        upstream={},
        allotted={},
        tokens={"t": "G1", "limits/t": "F1"},
    )
    assert [problem.field for problem in merged.problems] == ["limits-0-new"]
