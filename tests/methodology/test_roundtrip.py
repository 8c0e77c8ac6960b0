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
from tests.methodology.posting import before, example, highest_numbers, posted, save

ORDERS = [step.order for step in STEPS]


@pytest.mark.parametrize("order", ORDERS)
def test_the_example_comes_back_as_it_was(order):
    blueprint = example()
    upstream = before(blueprint, order)
    pairs = posted(form_state(definition(order), blueprint[order], upstream=upstream))
    merged = save(order, pairs, stored=Draft(blueprint[order]), upstream=upstream)
    assert merged.problems == ()
    assert merged.data == example()[order]
    assert merged.aside == {}
    assert merged.tokens == {}
    assert merged.allotted == highest_numbers({**upstream, order: blueprint[order]})


@pytest.mark.parametrize("order", ORDERS)
def test_the_example_typed_into_an_empty_draft_is_the_example(order):
    blueprint = example()
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
    assert merged.data == example()[order]
    assert sorted(merged.tokens.values()) == sorted(
        row["key"]
        for field in definition(order).fields
        if isinstance(field, Rows)
        for row in blueprint[order].get(field.id, ())
    )


@pytest.mark.parametrize("order", ORDERS)
def test_the_form_of_a_post_shows_what_the_form_of_the_data_showed(order):
    blueprint = example()
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
def test_an_empty_form_posted_back_stores_nothing(order):
    pairs = posted(form_state(definition(order), {}, upstream={}))
    merged = save(order, pairs)
    assert (merged.data, merged.aside, merged.problems) == ({}, {}, ())
    assert merged.tokens == {}
    assert merged.allotted == {}


@pytest.mark.parametrize("order", ORDERS)
def test_the_same_post_twice_with_its_tokens_changes_nothing(order):
    blueprint = example()
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
