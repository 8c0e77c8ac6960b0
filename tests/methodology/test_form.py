"""What the form of a step shows."""

from devpilot.methodology import (
    Draft,
    Problem,
    check,
    control_name,
    definition,
    form_state,
    form_state_from_post,
)
from tests.methodology.posting import before, example

BLUEPRINT = example()


def form(order, data=None, **more: object):
    upstream = before(BLUEPRINT, order)
    data = BLUEPRINT[order] if data is None else data
    return form_state(definition(order), data, upstream=upstream, **more)


def typed(order, pairs, stored=None, **more: object):
    upstream = before(BLUEPRINT, order)
    stored = stored or Draft()
    return form_state_from_post(definition(order), stored, pairs, upstream=upstream, **more)


def section(state, field_id):
    return next(section for section in state.sections if section.field.id == field_id)


def cell(state, name):
    return next(
        cell
        for section in state.sections
        for row in section.rows
        for cell in row.cells
        if cell.name == name
    )


def test_sections_come_in_the_order_of_the_fields():
    state = form(1)
    assert [section.field for section in state.sections] == list(definition(1).fields)
    assert section(state, "summary").value == BLUEPRINT[1]["summary"]


def test_a_row_has_its_key_label_number_and_named_cells():
    row = section(form(1), "goals").rows[1]
    assert (row.index, row.key, row.token, row.number) == (1, "G2", "", 2)
    assert row.label == "Fewer missed appointments"
    assert [cell.name for cell in row.cells] == [
        "goals-1-goal",
        "goals-1-measure",
        "goals-1-target",
    ]
    assert row.cells[0].value == row.label


def test_a_reference_to_several_of_few_rows_is_boxes():
    goals = cell(form(1), "features-0-goals")
    assert goals.chosen == ("G1", "G3")
    assert [key for key, _ in goals.options] == ["G1", "G2", "G3"]


def test_a_row_that_is_gone_is_a_box_to_clear():
    data = {**BLUEPRINT[1], "goals": BLUEPRINT[1]["goals"][1:]}
    goals = cell(form_state(definition(1), data, upstream={}), "features-0-goals")
    assert goals.chosen == ("G1", "G3")
    assert dict(goals.options)["G1"] == "G1, removed"
    assert [key for key, _ in goals.options] == ["G2", "G3", "G1"]


def test_a_reference_to_several_of_many_rows_is_boxes_of_those_that_are_chosen_and_text():
    upstream = {1: {"features": [{"key": f"F{n}", "name": f"N{n}"} for n in range(1, 14)]}}
    step_3 = {"components": [{"key": "M1", "name": "A", "features": ["F1", "F13"], "zone": ""}]}
    state = form_state(definition(3), step_3, upstream=upstream)
    features = cell(state, "components-0-features")
    assert features.options == (("F1", "N1"), ("F13", "N13"))
    assert (features.chosen, features.value) == (("F1", "F13"), "")
    assert features.names == "names-features"
    assert ("N1", "F1") in state.name_lists["names-features"]


def test_a_single_reference_shows_a_label_that_reads_back_as_the_same_row():
    roles = [
        {"key": "R1", "name": "Reader"},
        {"key": "R2", "name": "Twin"},
        {"key": "R3", "name": "Twin"},
        {"key": "R4", "name": "R1"},
        {"key": "R5", "name": ""},
    ]
    rows = [{"key": f"W{n}", "name": "A", "actor": f"R{n}"} for n in range(1, 7)]
    state = form_state(definition(4), {"workflows": rows}, upstream={2: {"roles": roles}})
    shown = [cell(state, f"workflows-{n}-actor").value for n in range(6)]
    assert shown == ["Reader", "R2", "R3", "R4", "R5", "R6"]
    names = state.name_lists["names-roles-dependencies-components"]
    assert names == (("Reader", "R1"), ("R2", "R2"), ("R3", "R3"), ("R4", "R4"), ("R5", "R5"))


def test_yes_or_no_is_said_in_both_ways():
    pays = [cell(form(2), f"roles-{n}-pays") for n in (0, 3)]
    assert [(c.value, c.chosen) for c in pays] == [("no", ("no",)), ("yes", ("yes",))]


def test_the_matrix_has_a_cell_for_each_pair_of_the_first_release():
    matrix = section(form(2), "capabilities").matrix
    assert [key for key, _ in matrix.columns] == ["R1", "R2", "R3", "R4", "R5"]
    assert [row.key for row in matrix.rows] == ["F1", "F2", "F3", "F4", "F5", "F6"]
    crossing = matrix.rows[1].cells[0]
    assert crossing.name == "capabilities-F2-R1"
    assert (crossing.value, crossing.condition) == ("if", "only until 4 hours before the start")
    assert (crossing.row_label, crossing.column_label) == ("Move or cancel own booking", "Patient")


def test_a_blank_row_is_added_where_asked_unless_the_list_is_full():
    rows = section(form(1, blank="goals"), "goals").rows
    assert [row.key for row in rows] == ["G1", "G2", "G3", ""]
    assert len(rows[3].token) == 12
    full = {"goals": [{"key": f"G{n}", "goal": "x"} for n in range(1, 8)]}
    assert len(section(form(1, full, blank="goals"), "goals").rows) == 7


def test_a_list_that_must_have_rows_starts_with_an_empty_one():
    state = form(3, {})
    assert [len(section(state, name).rows) for name in ("zones", "dependencies")] == [1, 0]
    assert len(section(form(3, {}, blank="zones"), "zones").rows) == 1
    assert len(section(form(3, {}, blank="dependencies"), "dependencies").rows) == 1


def test_a_list_with_one_row_per_option_starts_with_them():
    state = form_state(definition(6), {}, upstream={})
    rows = section(state, "errors").rows
    column = definition(6).field("errors").column("class")
    assert tuple(row.cells[0].value for row in rows) == column.options
    assert [row.key for row in rows] == [""] * 8
    assert len({row.token for row in rows}) == 8
    assert all(cell.value == "" for row in rows for cell in row.cells[1:])
    kept = {
        "errors": [{"key": "ER3", "class": "conflict", "caller_sees": "409", "may_retry": "no"}]
    }
    assert [
        r.key for r in section(form_state(definition(6), kept, upstream={}), "errors").rows
    ] == ["ER3"]


def test_problems_stand_at_their_controls():
    problems = [
        Problem("summary", "Too long."),
        Problem("goals-0-goal", "Wrong."),
        Problem("goals", "Too many."),
        Problem("goals-1-key", "Unknown."),
    ]
    state = form(1, problems=problems)
    assert section(state, "summary").error == "Too long."
    assert section(state, "goals").error == "Too many."
    assert cell(state, "goals-0-goal").error == "Wrong."
    assert section(state, "goals").rows[1].error == "Unknown."
    problems = [Problem("capabilities-F1-R1-condition", "Long.")]
    matrix = section(form(2, problems=problems), "capabilities").matrix
    assert matrix.rows[0].cells[0].error == "Long."


def test_a_field_that_does_not_apply_shows_what_was_put_aside():
    plan = {"key": "P1", "name": "Pro"}
    data = {"business_model": "internal"}
    plans = section(form(2, data, aside={"plans": [plan]}), "plans")
    assert not plans.applies
    assert plans.rows[0].label == "Pro"


def test_a_matrix_that_does_not_apply_shows_what_was_put_aside():
    aside = {
        "surfaces": [{"key": "SF1", "name": "Start"}],
        "visibility": {"SF1": {"R1": {"value": "act"}}},
    }
    upstream = {2: {"roles": [{"key": "R1", "name": "Reader"}]}}
    state = form_state(definition(5), {"has_interface": "no"}, upstream=upstream, aside=aside)
    drawn = section(state, "visibility")
    assert not drawn.applies
    assert [cell.value for cell in drawn.matrix.rows[0].cells] == ["act"]


# --- the form of a refused post ----------------------------------------------------------


def test_a_refused_post_is_shown_as_it_was_typed():
    pairs = [
        ("summary", "  as typed  "),
        ("features-7-name", "x" * 200),
        ("features-7-release", "soon"),
        ("features-7-new", "my-token"),
        ("features-7-goals", "Nothing like it"),
        ("goals-2-goal", ""),
    ]
    problems = [Problem("features-7-name", "Too long.")]
    state = typed(1, pairs, Draft({"problem": "Stored"}), problems=problems)
    assert section(state, "summary").value == "  as typed  "
    assert section(state, "problem").value == "Stored"
    row = section(state, "features").rows[0]
    assert (row.index, row.token, row.number) == (7, "my-token", 1)
    assert cell(state, "features-7-name").value == "x" * 200
    assert cell(state, "features-7-name").error == "Too long."
    assert cell(state, "features-7-release").value == "soon"
    goals = cell(state, "features-7-goals")
    assert (goals.value, goals.options, goals.names) == ("Nothing like it", (), "names-goals")
    assert len(section(state, "goals").rows) == 1


def test_boxes_stay_boxes_where_every_typed_key_has_one():
    pairs = [("goals-0-key", "G1"), ("goals-0-goal", "New words"), ("features-0-goals", "G1")]
    state = typed(1, pairs, Draft(BLUEPRINT[1]))
    goals = cell(state, "features-0-goals")
    assert goals.options == (("G1", "New words"),)
    assert goals.chosen == ("G1",)


def test_what_no_box_can_show_stands_beside_the_boxes_as_typed():
    pairs = [
        ("goals-0-key", "G1"),
        ("goals-0-goal", "New words"),
        ("features-0-goals", "G1"),
        ("features-0-goals", "Nothing, G1, G44"),
    ]
    state = typed(1, pairs, Draft(BLUEPRINT[1]))
    goals = cell(state, "features-0-goals")
    assert (goals.options, goals.chosen) == ((("G1", "New words"),), ("G1",))
    assert (goals.value, goals.names) == ("Nothing, G44", "names-goals")
    assert state.name_lists["names-goals"] == (("New words", "G1"),)


def test_typed_choices_decide_what_applies():
    assert section(typed(2, [("business_model", "usage")]), "plans").applies
    assert not section(typed(2, [("business_model", "none")]), "plans").applies


def test_a_typed_matrix_keeps_wrong_values_and_idle_conditions():
    pairs = [("capabilities-F1-R1", "admin"), ("capabilities-F1-R2-condition", "at night")]
    matrix = section(typed(2, pairs, Draft(BLUEPRINT[2])), "capabilities").matrix
    assert [c.value for c in matrix.rows[0].cells] == ["admin", "", "", "", ""]
    assert matrix.rows[0].cells[1].condition == "at night"


def test_a_blank_row_is_added_under_what_was_typed():
    rows = section(typed(1, [("goals-4-goal", "A")], blank="goals"), "goals").rows
    assert [(row.index, row.number, row.label) for row in rows] == [(4, 1, "A"), (5, 2, "")]


def test_a_typed_form_can_always_be_written_and_stays_small():
    pairs = [("summary", "\ud800"), ("goals-0-goal", "\udfff"), ("goals-0-new", "\ud800")]
    state = typed(1, pairs)
    section(state, "summary").value.encode()
    cell(state, "goals-0-goal").value.encode()
    section(state, "goals").rows[0].token.encode()
    many = [(f"goals-{n}-goal", "x") for n in range(10_000)]
    assert len(section(typed(1, many), "goals").rows) < 200


# --- from a finding to its control -------------------------------------------------------


def test_every_finding_leads_to_a_control_of_the_form():
    changed = example()
    changed[1]["goals"][1]["target"] = "Better"
    changed[2]["capabilities"]["F2"]["R1"]["condition"] = ""
    changed[2]["capabilities"]["F1"]["R2"] = {}
    changed[3]["connections"] = []
    for order, expected in (
        (1, ["goals-1-target"]),
        (2, ["capabilities-F1-R2", "capabilities-F2-R1-condition"]),
        (3, ["connections"]),
    ):
        findings = check(changed, order)
        step = definition(order)
        assert [control_name(step, changed[order], f) for f in findings] == expected


def test_a_finding_about_a_row_leads_to_its_first_control():
    changed = example()
    changed[1]["features"][2]["goals"] = ["G1"]
    changed[1]["features"][3]["goals"] = ["G1"]
    [finding] = check(changed, 1)
    assert control_name(definition(1), changed[1], finding) == "goals-1-goal"
    assert control_name(definition(1), {}, finding) == "goals"


def test_boxes_of_rows_with_one_name_say_their_keys_too():
    goals = [{**BLUEPRINT[1]["goals"][0], "goal": "Faster"} for _ in range(3)]
    for row, key, goal in zip(goals, ("G1", "G2", "G3"), ("Faster", "Faster", ""), strict=True):
        row |= {"key": key, "goal": goal}
    boxes = cell(form(1, {**BLUEPRINT[1], "goals": goals}), "features-0-goals").options
    assert boxes[:3] == (("G1", "Faster (G1)"), ("G2", "Faster (G2)"), ("G3", "G3"))
