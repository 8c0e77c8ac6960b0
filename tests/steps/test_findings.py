"""Passing all checks and locking never disagree, whatever was written."""

import copy
import random
import re

import pytest

from devpilot.methodology import EXAMPLES, Matrix, Rows, canonical, definition
from devpilot.methodology.tables import as_typed
from tests.page import page_of
from tests.pipeline.asking import predicted
from tests.steps.typing_in import statuses

SEEDS = range(8)


def damaged(order, seed):
    """A step of the example with cells emptied, rows gone and references bent, or left alone."""
    chance = random.Random(seed)  # noqa: S311  to be repeated, not to be secret
    data = copy.deepcopy(EXAMPLES["doorstep"].steps[order])
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        field = definition(order).by_id[chance.choice(sorted(data))]
        if not isinstance(field, Rows):
            data.pop(field.id)
            break
        rows = data[field.id]
        if not rows:
            continue
        row, column = chance.choice(rows), chance.choice(field.columns)
        change = chance.choice(["gone", "empty", "same", "placeholder"])
        if change == "gone":
            rows.remove(row)
        elif change == "empty":
            row[column.id] = type(row[column.id])()
        elif change == "same" and column.kind == "text":
            row[column.id] = rows[0][column.id]
        elif column.kind == "text":
            row[column.id] = "TBD"
    return data


def pairs_of(order, data):
    """The step's whole form, as a browser would post it."""
    pairs = []
    for field in definition(order).fields:
        pairs.append(("fields", field.id))
        value = data.get(field.id)
        if isinstance(field, Rows):
            for index, row in enumerate(value or []):
                pairs.append((f"{field.id}-{index}-key", row["key"]))
                pairs += [
                    (f"{field.id}-{index}-{column.id}", as_typed(column, row.get(column.id)))
                    for column in field.columns
                ]
        elif isinstance(field, Matrix):
            for row_key, line in (value or {}).items():
                for column_key, cell in line.items():
                    name = f"{field.id}-{row_key}-{column_key}"
                    pairs.append((name, cell["value"]))
                    if "condition" in cell:
                        pairs.append((f"{name}-condition", cell["condition"]))
        elif value is not None:
            pairs.append((field.id, str(value)))
    return pairs


def said_before_the_lock(page):
    """How many errors the page counts, and how many it lists."""
    counted = re.search(r"(\d+) things? before the lock|Ready to lock", page.text)
    assert counted
    return int(counted[1] or 0), page.html.count('class="check unmet"')


@pytest.mark.slow
@pytest.mark.parametrize("order", [2, 4, 7, 10])
def test_what_the_page_counts_is_what_the_lock_says(app, paying, make_project, order):
    owned = make_project(paying, example="doorstep", locked=order - 1)
    path = f"{owned.step(order)}"
    for seed in SEEDS:
        data = damaged(order, seed * 100 + order)
        version = [("version", str(paying.version(owned.revision)))]
        saved = paying.post(f"{path}/draft", [*version, *pairs_of(order, data)])
        assert saved.status_code == 303, (seed, page_of(saved.text).text[:800])
        counted, listed = said_before_the_lock(paying.page(path))
        assert counted == listed, seed
        if not counted:
            assert predicted(paying, f"{path}/lock") is None, seed
            continue
        refused = paying.lock(owned.revision, order)
        assert refused.status_code == 422, seed
        assert f"{counted} thing" in page_of(refused.text).text, seed
        assert refused.text.count('id="error-summary"') == 1
    whole = EXAMPLES["doorstep"].steps[order]
    version = [("version", str(paying.version(owned.revision)))]
    paying.post(f"{path}/draft", [*version, *pairs_of(order, whole)])
    assert said_before_the_lock(paying.page(path)) == (0, 0)
    assert paying.lock(owned.revision, order).status_code == 303
    assert statuses(app, owned.revision)[order - 1] == "locked"
    assert canonical(whole)


def test_a_rule_that_finds_nothing_is_met_or_not_yet_known(paying, make_project):
    """Silence is no pass while the fields that the rule reads are not filled in."""
    empty = make_project(paying, example="")
    met, unknown = "Rules that hold", "Not yet known, until their fields are filled in"
    goals = "Every goal is served by at least one mvp feature."
    text = empty.owner.page(empty.step(1)).text
    assert text.index(unknown) < text.index(goals)
    assert met not in text
    whole = make_project(empty.owner)
    text = whole.owner.page(whole.step(1)).text
    assert text.index(met) < text.index(goals)
    assert unknown not in text
    assert "The problem names no figure" not in text


def test_an_empty_list_leads_to_the_blank_row_that_the_form_begins_with(paying, make_project):
    owned = make_project(paying, example="")
    page = owned.owner.page(owned.step(1))
    assert page.dead_links() == []
    assert 'href="#goals-0-goal"' in owned.owner.open(owned.step(1)).text
