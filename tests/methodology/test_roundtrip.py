"""What a form shows, posted back untouched, is what was stored."""

import pytest

from devpilot.methodology import (
    STEPS,
    Draft,
    Reference,
    Rows,
    definition,
    form_state,
    form_state_from_post,
)
from tests.methodology.posting import (
    EXAMPLE_STEPS,
    before,
    full_example,
    highest_numbers,
    posted,
    save,
)

ORDERS = [step.order for step in STEPS]
every_example_step = pytest.mark.parametrize(("make", "order"), EXAMPLE_STEPS)


@every_example_step
def test_the_example_comes_back_as_it_was(make, order):
    blueprint = make()
    upstream = before(blueprint, order)
    pairs = posted(form_state(definition(order), blueprint[order], upstream=upstream))
    merged = save(order, pairs, stored=Draft(blueprint[order]), upstream=upstream)
    assert merged.problems == ()
    assert merged.data == make()[order]
    assert merged.aside == {}
    assert merged.tokens == {}
    assert merged.allotted == highest_numbers({**upstream, order: blueprint[order]})


@every_example_step
def test_the_example_typed_into_an_empty_draft_is_the_example(make, order):
    blueprint = make()
    upstream = before(blueprint, order)
    form = form_state(definition(order), blueprint[order], upstream=upstream)
    singles = [
        cell.value
        for section in form.sections
        for row in section.rows
        for cell in row.cells
        if isinstance(cell.column, Reference) and not cell.column.many and cell.value
    ]
    assert all(" " in value or value.isalpha() for value in singles), "labels, not keys"
    merged = save(order, posted(form, keys=False), upstream=upstream)
    assert merged.problems == ()
    assert merged.data == make()[order]
    assert sorted(merged.tokens.values()) == sorted(
        row["key"]
        for field in definition(order).fields
        if isinstance(field, Rows)
        for row in blueprint[order].get(field.id, ())
    )


@every_example_step
def test_the_form_of_a_post_shows_what_the_form_of_the_data_showed(make, order):
    blueprint = make()
    upstream = before(blueprint, order)
    form = form_state(definition(order), blueprint[order], upstream=upstream)
    again = form_state_from_post(
        definition(order), Draft(blueprint[order]), posted(form), upstream=upstream
    )
    for drawn, typed in zip(form.sections, again.sections, strict=True):
        if drawn.rows and drawn.rows[-1].key:  # an empty row has another random token
            assert drawn == typed
        else:
            assert drawn.value == typed.value
            assert drawn.matrix == typed.matrix
    assert form.name_lists == again.name_lists


@pytest.mark.parametrize("order", ORDERS)
def test_an_empty_form_posted_back_stores_what_the_form_began_with(order):
    began = {
        field.id: [dict(cells) for cells in field.initial]
        for field in definition(order).fields
        if isinstance(field, Rows) and field.initial
    }
    assert list(began) == (["errors"] if order == 6 else [])
    pairs = posted(form_state(definition(order), {}, upstream={}))
    merged = save(order, pairs)
    assert (merged.aside, merged.problems) == ({}, ())
    assert list(merged.data) == list(began)
    for list_id, rows in began.items():
        letter = definition(order).field(list_id).letter
        assert [
            set(row.items()) >= set(cells.items())
            for cells, row in zip(rows, merged.data[list_id], strict=True)
        ] == [True] * len(rows)
        assert [row["key"] for row in merged.data[list_id]] == [
            f"{letter}{number}" for number in range(1, len(rows) + 1)
        ]
    assert len(merged.tokens) == sum(map(len, began.values()))


@every_example_step
def test_the_same_post_twice_with_its_tokens_changes_nothing(make, order):
    blueprint = make()
    upstream = before(blueprint, order)
    form = form_state(definition(order), blueprint[order], upstream=upstream)
    pairs = posted(form, keys=False)
    first = save(order, pairs, upstream=upstream)
    second = save(
        order,
        pairs,
        stored=Draft(first.data, first.aside),
        upstream=upstream,
        allotted=first.allotted,
        tokens=first.tokens,
    )
    assert second.problems == ()
    assert second.data == first.data
    assert second.tokens == {}
    assert second.allotted == first.allotted


@pytest.mark.parametrize(
    ("order", "deciding", "answer", "gone"),
    [
        (5, "has_interface", "no", {"surfaces", "visibility", "surface_states", "commitments"}),
        (8, "choice", "none", {"jobs", "ai_features", "caps", "risks", "fallbacks"}),
        (8, "choice", "simple automation", {"ai_features"}),
        (9, "status", "undecided", {"compatibility"}),
    ],
)
def test_what_does_not_apply_is_kept_aside_whole_until_it_does(order, deciding, answer, gone):
    blueprint = full_example()
    step, upstream = definition(order), before(blueprint, order)
    decided = blueprint[order][deciding]
    draft = Draft(blueprint[order])
    for chosen in (answer, answer, decided):
        form = form_state(step, draft.data, upstream=upstream, aside=draft.aside)
        pairs = [
            (name, chosen if name == deciding else value) for name, value in posted(form, idle=True)
        ]
        merged = save(order, pairs, stored=draft, upstream=upstream)
        assert merged.problems == ()
        assert set(merged.aside) == (gone if chosen == answer else set())
        draft = Draft(merged.data, merged.aside)
    assert draft.data == blueprint[order]
