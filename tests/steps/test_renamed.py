"""A row that is renamed or goes in a form whose other rows refer to it by name."""

import pytest

from tests.page import page_of
from tests.refusals import HTMX, assert_refused
from tests.steps.typing_in import stored


@pytest.fixture
def parts(free, make_project):
    """Step 3 of the example: components and stores stand in the zones of the same form."""
    return make_project(free, locked=2)


@pytest.fixture
def form(parts):
    return parts.owner.page(parts.step(3)).form("/draft")


def zones_of(app, parts):
    return [row["zone"] for row in stored(app, parts.revision, 3)["components"]]


def test_what_refers_to_a_renamed_row_follows_it(app, parts, form):
    before = zones_of(app, parts)
    assert before[0] == "Z2"
    response = parts.owner.post(form.action, form.filled(zones__1__name="Another name"))
    assert response.status_code == 303
    assert zones_of(app, parts) == before
    assert stored(app, parts.revision, 3)["zones"][1]["name"] == "Another name"
    assert (
        dict(parts.owner.page(parts.step(3)).form("/draft").fields)["components-0-zone"]
        == "Another name"
    )


def test_rows_that_swap_their_names_keep_what_refers_to_them(app, parts, form):
    before, fields = zones_of(app, parts), dict(form.fields)
    names = fields["zones-0-name"], fields["zones-1-name"]
    swapped = form.filled(zones__0__name=names[1], zones__1__name=names[0])
    assert parts.owner.post(form.action, swapped).status_code == 303
    assert zones_of(app, parts) == before


def test_a_form_that_a_save_could_not_draw_anew_still_means_the_same_rows(app, parts, form):
    before = zones_of(app, parts)
    for name in ("A", "An", "Another"):
        fields = [
            (field, value)
            for field, value in form.filled(zones__1__name=name)
            if field not in {"version", "opened"}
        ]
        version = parts.owner.version(parts.revision)
        answer = parts.owner.post(form.action, [*fields, ("version", str(version))], headers=HTMX)
        assert answer.status_code == 200
    assert 'id="names-zones" hx-swap-oob="true"' in answer.text
    assert '<option value="Another">Z2</option>' in answer.text
    assert zones_of(app, parts) == before
    assert stored(app, parts.revision, 3)["zones"][1]["name"] == "Another"


def test_what_refers_to_a_row_that_is_taken_out_says_so_in_the_checks(app, parts, form):
    before = zones_of(app, parts)
    gone = [pair for pair in form.fields if not pair[0].startswith("zones-1-")]
    assert parts.owner.post(form.action, gone).status_code == 303
    assert zones_of(app, parts) == before
    assert "Z2, which is no trust zone of this blueprint" in parts.owner.page(parts.step(3)).text


def test_a_refused_form_still_means_the_same_rows(app, parts, form, nothing_changes):
    before = zones_of(app, parts)
    wrong = form.filled(zones__1__name="Another name", components__0__name="x" * 200)
    with nothing_changes():
        refused = parts.owner.post(form.action, wrong)
    assert_refused(refused, "invalid_input")
    again = page_of(refused.text).form("/draft")
    assert dict(again.fields)["components-0-zone"] == dict(form.fields)["components-0-zone"]
    mended = again.filled(components__0__name="Short")
    assert parts.owner.post(again.action, mended).status_code == 303
    assert zones_of(app, parts) == before


def test_a_name_that_is_typed_anew_means_the_row_that_has_it(app, parts, form):
    fields = dict(form.fields)
    typed = form.filled(zones__1__name="Another name", components__0__zone=fields["zones-0-name"])
    assert parts.owner.post(form.action, typed).status_code == 303
    assert zones_of(app, parts)[0] == "Z1"


def test_a_removed_row_comes_back_to_the_row_that_it_named(app, parts, form):
    before = zones_of(app, parts)
    pressed = [*form.fields, ("remove", "components-0")]
    assert parts.owner.post(form.action, pressed).status_code == 303
    shorter = parts.owner.page(parts.step(3)).form("/draft")
    named = shorter.filled(zones__1__name="Another name")
    assert parts.owner.post(form.action, named).status_code == 303
    last = parts.owner.page(parts.step(3)).form("/draft")
    pressed = [*last.fields, ("restore", "components")]
    assert parts.owner.post(form.action, pressed).status_code == 303
    assert zones_of(app, parts) == before


@pytest.mark.parametrize(
    "called", ["", "components", "components Z1", "components zone Name", "summary Z1 A", "no Z1 A"]
)
def test_what_makes_no_sense_is_refused(parts, form, nothing_changes, called):
    with nothing_changes():
        response = parts.owner.post(form.action, form.filled(called=called))
    assert_refused(response, "invalid_input")
    assert "takes a list, a key and a name" in response.text


def test_a_key_that_was_never_given_out_is_no_row(app, parts, form, nothing_changes):
    named = form.filled(called="components Z99 Atlantis", components__0__zone="Atlantis")
    with nothing_changes():
        response = parts.owner.post(form.action, named)
    assert_refused(response, "invalid_input")
    assert "which is no trust zone" in response.text
