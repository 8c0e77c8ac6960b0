"""Field names are taken apart, and whatever is not the step's is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devpilot.methodology import STEPS, definition, read_post

STEP_1, STEP_2 = definition(1), definition(2)


def problem_fields(step, pairs):
    return [problem.field for problem in read_post(step, pairs).problems]


def test_rows_come_in_the_order_of_their_index_gaps_allowed():
    posted = read_post(
        STEP_1,
        [
            ("goals-12345678-goal", "last"),
            ("goals-0-goal", "first"),
            ("goals-7-goal", "second"),
            ("goals-7-key", "G2"),
            ("goals-0-new", "token"),
        ],
    )
    assert posted.problems == ()
    rows = posted.rows["goals"]
    assert [(row.index, row.key, row.token) for row in rows] == [
        (0, "", "token"),
        (7, "G2", ""),
        (12345678, "", ""),
    ]
    assert [row.cells["goal"] for row in rows] == [["first"], ["second"], ["last"]]


@pytest.mark.parametrize(
    "name",
    [
        "nonsense",
        "goals",
        "goals-",
        "goals-0",
        "goals-0-",
        "goals-0-nonsense",
        "goals--goal",
        "goals-x-goal",
        "goals--1-goal",
        "goals-00-goal",
        "goals-01-goal",
        "goals-+1-goal",
        "goals-1_0-goal",
        "goals-\u0661-goal",
        "goals-\u00b2-goal",
        "goals-" + "9" * 4000 + "-goal",
        "goals-0-goal-0",
        "summary-0-text",
        "summary-",
        "csrf",
        "",
        "-",
        "capabilities-F1-R1",
        "Goals-0-goal",
    ],
)
def test_a_name_that_is_not_the_steps_is_named(name):
    posted = read_post(STEP_1, [(name, "value")])
    assert [problem.field for problem in posted.problems] == [name[:200]]
    assert "unknown field" in posted.problems[0].message
    assert not posted.mentions("goals")


@pytest.mark.parametrize(
    "name",
    [
        "capabilities",
        "capabilities-F1",
        "capabilities-F1-",
        "capabilities-F1-R1-nonsense",
        "capabilities-F1-R1-condition-x",
        "capabilities-f1-R1",
        "capabilities-F01-R1",
        "capabilities-F\u0661-R1",
        "capabilities-F1-R" + "1" * 4000,
    ],
)
def test_a_matrix_name_has_two_keys_and_at_most_a_condition(name):
    assert problem_fields(STEP_2, [(name, "own")]) == [name[:200]]


def test_a_matrix_cell_and_its_condition_are_read_together():
    posted = read_post(
        STEP_2, [("capabilities-F1-R2-condition", "at night"), ("capabilities-F1-R2", "if")]
    )
    cell = posted.matrices["capabilities"]["F1", "R2"]
    assert (cell.value, cell.condition) == ("if", "at night")


def test_only_a_reference_to_several_rows_repeats_its_name():
    posted = read_post(
        STEP_1,
        [
            ("features-0-goals", "G1"),
            ("features-0-goals", "G2"),
            ("features-0-name", "a"),
            ("features-0-name", "b"),
            ("summary", "a"),
            ("summary", "b"),
            ("features-0-key", "F1"),
            ("features-0-key", "F2"),
        ],
    )
    assert posted.rows["features"][0].cells["goals"] == ["G1", "G2"]
    assert [problem.field for problem in posted.problems] == [
        "features-0-name",
        "summary",
        "features-0-key",
    ]
    assert all("posted twice" in problem.message for problem in posted.problems)


def test_fields_names_what_the_form_showed():
    posted = read_post(STEP_1, [("fields", "goals"), ("fields", "goals"), ("fields", "nonsense")])
    assert posted.mentions("goals")
    assert not posted.mentions("features")
    assert [problem.field for problem in posted.problems] == ["fields"]
    assert "nonsense" in posted.problems[0].message


def test_a_hostile_post_is_answered_with_few_short_problems():
    posted = read_post(STEP_1, [(f"x{number}" * 100, "") for number in range(10_000)])
    assert len(posted.problems) == 50
    assert all(len(problem.message) < 200 for problem in posted.problems)


def test_a_problem_can_always_be_written_to_a_page():
    posted = read_post(STEP_1, [("a\ud800\x00", "")])
    (posted.problems[0].field + posted.problems[0].message).encode()


NAMES = st.lists(
    st.sampled_from(
        ["goals", "features", "capabilities", "F1", "R1", "0", "1", "٣", "goal", "key", "new",
         "condition", "", "summary", "fields", "\x00", "\ud800"]
    ) | st.text(max_size=3),
    max_size=5,
).map("-".join)  # fmt: skip


@given(st.lists(st.tuples(NAMES, st.text(st.characters(codec=None, exclude_categories=())))))
def test_no_post_raises(pairs):
    for step in STEPS:
        read_post(step, pairs)
