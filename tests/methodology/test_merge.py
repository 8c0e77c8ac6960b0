"""A post laid over a draft: keys, references, what stays, what goes, what is put aside."""

import pytest

from devpilot.methodology import Draft
from tests.methodology.posting import before, example, full_example, messages, save

GOALS = [{"key": "G1", "goal": "Faster", "measure": "Hours", "target": "Under 2"}]


def goal(index, text, **hidden: str):
    return [(f"goals-{index}-goal", text)] + [
        (f"goals-{index}-{name}", value) for name, value in hidden.items()
    ]


# --- what stays and what goes ------------------------------------------------------------


def test_fields_that_a_post_does_not_mention_stay():
    merged = save(1, [("summary", "New")], stored=Draft({"summary": "Old", "goals": GOALS}))
    assert merged.data == {"summary": "New", "goals": GOALS}


def test_a_field_that_was_shown_and_is_absent_is_emptied():
    stored = Draft({"summary": "Old", "problem": "Big", "goals": GOALS})
    merged = save(1, [("fields", "summary"), ("fields", "goals")], stored=stored)
    assert merged.data == {"problem": "Big"}


def test_a_list_that_is_mentioned_is_replaced():
    stored = Draft({"goals": [*GOALS, {**GOALS[0], "key": "G2"}]})
    merged = save(1, goal(0, "Other", key="G2"), stored=stored)
    assert merged.data["goals"] == [{"key": "G2", "goal": "Other", "measure": "", "target": ""}]


def test_a_row_whose_every_cell_is_empty_is_dropped_yes_and_no_aside():
    pairs = [
        ("roles-0-name", "Reader"),
        ("roles-1-name", "  "),
        ("roles-1-pays", "yes"),
        ("roles-1-new", "token"),
        ("roles-2-does", "Writes"),
    ]
    merged = save(2, pairs)
    assert merged.data["roles"] == [
        {"key": "R1", "name": "Reader", "kind": "", "does": "", "pays": False},
        {"key": "R2", "name": "", "kind": "", "does": "Writes", "pays": False},
    ]
    assert merged.tokens == {}
    assert merged.positions == {("roles", 0): 0, ("roles", 2): 1}


def test_a_yes_or_no_is_stored_as_a_truth_and_anything_else_is_a_problem():
    pairs = [("roles-0-name", "A"), ("roles-0-pays", "yes"), ("roles-1-name", "B")]
    assert [row["pays"] for row in save(2, pairs).data["roles"]] == [True, False]
    assert "roles-0-pays" in messages(save(2, [("roles-0-name", "A"), ("roles-0-pays", "1")]))


def test_text_is_cleaned_on_the_way_in():
    merged = save(1, [("summary", " a\r\nb  \r\n"), *goal(0, " e\u0301 ")])
    assert merged.data["summary"] == "a\nb"
    assert merged.data["goals"][0]["goal"] == "\u00e9"


# --- keys and tokens ---------------------------------------------------------------------


def test_new_rows_get_keys_in_the_order_posted_and_never_one_that_was_used():
    pairs = [*goal(5, "Third", new="c"), *goal(1, "First", key="G1"), *goal(2, "Second")]
    merged = save(1, pairs, stored=Draft({"goals": GOALS}), allotted={"G": 4})
    assert [(row["key"], row["goal"]) for row in merged.data["goals"]] == [
        ("G1", "First"),
        ("G5", "Second"),
        ("G6", "Third"),
    ]
    assert merged.allotted == {"G": 6}
    assert merged.tokens == {"c": "G6"}


def test_a_token_always_means_the_same_row():
    merged = save(1, goal(0, "Same", new="t"), tokens={"t": "G3"}, allotted={"G": 3})
    assert merged.data["goals"][0]["key"] == "G3"
    assert merged.tokens == {}
    assert merged.allotted == {"G": 3}


def test_the_same_token_in_two_lists_is_two_rows_and_stays_so():
    pairs = [
        *goal(0, "Goal", new="row0"),
        ("features-0-name", "Feature"),
        ("features-0-new", "row0"),
    ]
    first = save(1, pairs)
    assert first.problems == ()
    assert (first.data["goals"][0]["key"], first.data["features"][0]["key"]) == ("G1", "F1")
    again = save(1, pairs, stored=Draft(first.data), allotted=first.allotted, tokens=first.tokens)
    assert again.data == first.data
    assert again.tokens == {}


def test_a_removed_row_may_come_back_under_its_key():
    merged = save(1, goal(0, "Back", key="G2"), allotted={"G": 3})
    assert merged.problems == ()
    assert merged.data["goals"][0]["key"] == "G2"
    assert merged.allotted == {"G": 3}


@pytest.mark.parametrize(
    "key", ["G4", "F1", "g1", "G01", "G", "G1x", "\x00", "G\u0661", "1" * 4000]
)
def test_a_key_that_was_never_this_lists_is_a_problem(key):
    merged = save(1, goal(0, "Text", key=key), allotted={"G": 3, "F": 9})
    assert list(messages(merged)) == ["goals-0-key"]
    assert "is not the key of a goal" in messages(merged)["goals-0-key"]


def test_a_key_that_an_earlier_steps_deferred_holds_is_a_problem():
    upstream = {1: {"deferred": [{"key": "Y1", "question": "?", "why": "", "decide_before": ""}]}}
    pairs = [("deferred-0-question", "Mine"), ("deferred-0-key", "Y1")]
    assert list(messages(save(2, pairs, upstream=upstream))) == ["deferred-0-key"]
    merged = save(2, pairs[:1], upstream=upstream)
    assert merged.data["deferred"][0]["key"] == "Y2"


def test_one_key_or_token_for_two_rows_is_a_problem():
    merged = save(
        1, goal(0, "A", key="G1") + goal(3, "B", key="G1"), stored=Draft({"goals": GOALS})
    )
    assert list(messages(merged)) == ["goals-3-key"]
    assert "G1" in messages(merged)["goals-3-key"]
    merged = save(1, goal(0, "A", new="t") + goal(1, "B", new="t"))
    assert list(messages(merged)) == ["goals-1-new"]


@pytest.mark.parametrize("token", ["a b", "x" * 65, "\x00", "\ud800", "é"])
def test_a_token_has_plain_letters(token):
    merged = save(1, goal(0, "A", new=token))
    assert list(messages(merged)) == ["goals-0-new"]
    messages(merged)["goals-0-new"].encode()


# --- limits ------------------------------------------------------------------------------


def test_over_long_text_is_named_with_its_length_and_limit():
    merged = save(1, [("summary", "x" * 901), *goal(0, "g" * 121)])
    assert messages(merged) == {
        "summary": "“What it is” is 901 characters long; at most 900 fit.",
        "goals-0-goal": "“Goal” of goal 1 is 121 characters long; at most 120 fit.",
    }


def test_too_many_rows_are_a_problem_and_blank_ones_do_not_count():
    pairs = [pair for index in range(7) for pair in goal(index, f"Goal {index}")]
    blanks = [pair for index in range(7, 300) for pair in goal(index, "")]
    assert save(1, pairs + blanks).problems == ()
    merged = save(1, pairs + blanks + goal(400, "One more"))
    told = "“Goals and how they are measured” takes at most 7 rows, and these are 8: take 1 out."
    assert messages(merged) == {"goals": told}


def test_a_choice_may_have_blanks_around_it():
    merged = save(1, [("features-0-release", " mvp ")])
    assert merged.data["features"][0]["release"] == "mvp"


def test_a_choice_that_is_not_offered_is_named_with_those_that_are():
    merged = save(1, [("features-3-name", "A"), ("features-3-release", "soon")])
    assert messages(merged) == {
        "features-3-release": "“Release” of feature 1 is “soon”, which is not offered; "
        "choose one of: mvp, later."
    }
    assert "business_model" in messages(save(2, [("business_model", "barter")]))


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800b", "two\nlines"])
def test_text_that_cannot_be_stored_is_a_problem(typed):
    assert list(messages(save(1, goal(0, typed)))) == ["goals-0-goal"]


def test_problems_of_the_post_and_of_the_draft_come_together():
    merged = save(1, [("nonsense", ""), ("summary", "\x00")])
    assert list(messages(merged)) == ["nonsense", "summary"]


# --- references --------------------------------------------------------------------------


def feature(goals, *, more=()):
    return [
        *goal(0, "Save time"),
        *goal(1, "Save money, too"),
        *goal(2, "Twice"),
        *goal(3, "Twice"),
        ("features-0-name", "A"),
        *[("features-0-goals", value) for value in goals],
        *more,
    ]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        (["G1"], ["G1"]),
        (["G2", "G1", "G2"], ["G1", "G2"]),
        (["G3, G1,,  G2 "], ["G1", "G2", "G3"]),
        (["Save time"], ["G1"]),
        (["Save money, too"], ["G2"]),
        ([" Save time ,G3"], ["G1", "G3"]),
        ([" G2 "], ["G2"]),
        (["", " "], []),
    ],
)
def test_rows_are_named_by_key_or_by_label_even_new_ones_of_the_same_post(typed, keys):
    merged = save(1, feature(typed))
    assert merged.problems == ()
    assert merged.data["features"][0]["goals"] == keys


def test_a_label_of_two_rows_is_answered_with_their_keys():
    message = messages(save(1, feature(["Twice"])))["features-0-goals"]
    assert "“Serves goals” of feature 1" in message
    assert "“Twice”, which is the name of G3 and G4" in message


def test_a_name_of_no_row_is_answered_with_what_it_could_be():
    message = messages(save(1, feature(["G1, Spare time"])))["features-0-goals"]
    assert "names “Spare time”, which is no goal" in message
    assert "Save time (G1)" in message
    message = messages(save(1, [("features-0-goals", "G1")]))["features-0-goals"]
    assert "there is no goal yet" in message


def test_a_key_whose_row_is_gone_is_kept():
    merged = save(1, feature(["G9", "G1"]), allotted={"G": 9})
    assert merged.problems == ()
    assert merged.data["features"][0]["goals"] == ["G1", "G9"]
    assert "features-0-goals" in messages(save(1, feature(["G9"])))


def test_a_key_wins_over_a_label():
    pairs = [*goal(0, "G2"), *goal(1, "Other"), ("features-0-goals", "G2")]
    assert save(1, pairs).data["features"][0]["goals"] == ["G2"]


def test_a_single_reference_takes_a_label_of_an_earlier_step():
    upstream = before(example(), 4)
    pairs = [("workflows-0-name", "A"), ("workflows-0-actor", "Patient")]
    assert save(4, pairs, upstream=upstream).data["workflows"][0]["actor"] == "R1"


def test_a_reference_to_a_row_of_another_list_is_a_problem():
    upstream = before(example(), 4)
    pairs = [("workflows-0-name", "A"), ("workflows-0-actor", "S1")]
    message = messages(save(4, pairs, upstream=upstream))["workflows-0-actor"]
    assert "no role, dependency or component" in message


@pytest.mark.parametrize(
    "typed", ["\x00", "\ud800", "x" * 100_000, "," * 100_000 + "x", "R" * 4000]
)
def test_no_typed_reference_raises(typed):
    merged = save(1, feature([typed]))
    assert list(messages(merged)) == ["features-0-goals"]
    messages(merged)["features-0-goals"].encode()
    assert len(messages(merged)["features-0-goals"]) < 300


# --- conditions --------------------------------------------------------------------------

PLAN = {"key": "P1", "name": "Pro", "price": "10", "limits": "None", "on_lapse": "Read only"}


def test_a_field_that_no_longer_applies_is_put_aside_and_comes_back():
    stored = Draft({"business_model": "usage", "plans": [PLAN]})
    away = save(2, [("business_model", "internal")], stored=stored)
    assert away.data == {"business_model": "internal"}
    assert away.aside == {"plans": [PLAN]}
    back = save(2, [("business_model", "usage")], stored=Draft(away.data, away.aside))
    assert (back.data, back.aside) == (stored.data, {})


def test_what_is_posted_for_a_field_that_does_not_apply_is_put_aside():
    stored = Draft({"business_model": "internal"}, {"plans": [PLAN]})
    pairs = [("fields", "plans"), ("plans-0-key", "P1"), ("plans-0-name", "Renamed")]
    merged = save(2, pairs, stored=stored)
    assert merged.problems == ()
    assert merged.data == {"business_model": "internal"}
    assert merged.aside["plans"][0]["name"] == "Renamed"
    assert save(2, [("fields", "plans")], stored=stored).aside == {}


# --- the matrix --------------------------------------------------------------------------


def step_2():
    blueprint = example()
    return Draft(blueprint[2]), before(blueprint, 2)


def test_a_matrix_that_was_shown_and_is_absent_is_emptied():
    stored, upstream = step_2()
    merged = save(2, [("fields", "capabilities")], stored=stored, upstream=upstream)
    assert merged.data == {k: v for k, v in stored.data.items() if k != "capabilities"}


def test_a_matrix_cell_posted_twice_is_a_problem():
    _, upstream = step_2()
    pairs = [("capabilities-F1-R1", "own"), ("capabilities-F1-R1", "all")]
    assert list(messages(save(2, pairs, upstream=upstream))) == ["capabilities-F1-R1"]


def test_a_matrix_that_is_mentioned_is_replaced():
    stored, upstream = step_2()
    pairs = [
        ("capabilities-F1-R1", "if"),
        ("capabilities-F1-R1-condition", " by day "),
        ("capabilities-F1-R2", "all"),
        ("capabilities-F1-R2-condition", "left over"),
        ("capabilities-F2-R1", ""),
    ]
    merged = save(2, pairs, stored=stored, upstream=upstream)
    assert merged.problems == ()
    assert merged.data["capabilities"] == {
        "F1": {"R1": {"value": "if", "condition": "by day"}, "R2": {"value": "all"}}
    }


def test_a_cell_of_no_row_a_wrong_value_and_a_long_condition_are_problems():
    stored, upstream = step_2()
    pairs = [
        ("capabilities-F99-R1", "own"),
        ("capabilities-F7-R1", "own"),  # a feature of a later release
        ("capabilities-F1-R99", "own"),
        ("capabilities-F1-R1", "admin"),
        ("capabilities-F2-R1", "if"),
        ("capabilities-F2-R1-condition", "x" * 251),
    ]
    merged = save(2, pairs, stored=stored, upstream=upstream)
    assert sorted(messages(merged)) == [
        "capabilities-F1-R1",
        "capabilities-F1-R99",
        "capabilities-F2-R1-condition",
        "capabilities-F7-R1",
        "capabilities-F99-R1",
    ]
    assert "F99" in messages(merged)["capabilities-F99-R1"]
    assert "“Patient” on “Find and book a slot”" in messages(merged)["capabilities-F1-R1"]


def test_cells_of_a_row_that_goes_in_the_same_post_are_let_go():
    stored, upstream = step_2()
    pairs = [("roles-0-key", "R1"), ("roles-0-name", "Patient"), ("capabilities-F1-R5", "view")]
    merged = save(2, pairs, stored=stored, upstream=upstream)
    assert merged.problems == ()
    assert "capabilities" not in merged.data


def test_stored_cells_of_rows_that_are_gone_are_dropped():
    stored, upstream = step_2()
    merged = save(
        2, [("roles-0-key", "R1"), ("roles-0-name", "P")], stored=stored, upstream=upstream
    )
    assert all(set(line) == {"R1"} for line in merged.data["capabilities"].values())


def test_a_new_role_may_be_named_in_the_matrix_of_the_same_post():
    _, upstream = step_2()
    pairs = [("roles-0-name", "First"), ("capabilities-F1-R1", "own")]
    merged = save(2, pairs, upstream=upstream)
    assert merged.data["capabilities"] == {"F1": {"R1": {"value": "own"}}}


def test_a_matrix_of_rows_of_its_own_step_takes_cells_of_a_row_that_is_new():
    upstream = {2: {"roles": [{"key": "R1", "name": "Reader"}]}}
    pairs = [
        ("has_interface", "yes"),
        ("surfaces-0-name", "Start"),
        ("visibility-SF1-R1", "act"),
        ("surface_states-0-surface", "Start"),
        ("surface_states-0-state", "empty"),
    ]
    merged = save(5, pairs, upstream=upstream)
    assert merged.problems == ()
    assert merged.data["visibility"] == {"SF1": {"R1": {"value": "act"}}}
    assert merged.data["surface_states"][0]["surface"] == "SF1"


def test_a_matrix_without_conditions_takes_none():
    pairs = [("visibility-SF1-R1-condition", "at night")]
    assert list(messages(save(5, pairs))) == ["visibility-SF1-R1-condition"]


def test_a_reference_leads_to_rows_of_earlier_steps_and_of_its_own():
    upstream = full_example()
    own = {"failure_modes": upstream.pop(10)["failure_modes"]}
    pairs = [("signals-0-event", "All"), ("signals-0-shows", "FM2, U1, V1, The due queue is lost")]
    merged = save(10, pairs, stored=Draft(own), upstream=upstream)
    assert merged.problems == ()
    assert merged.data["signals"][0]["shows"] == ["O6", "FM2", "V1", "U1"]
