"""What a refused save had typed stands on the page of the refusal, under the form's own names."""

import pytest

from devpilot.methodology import definition, posted_label
from tests.refusals import assert_refused


def labels(response):
    assert "What you had written" in response.text
    page = response.text.split('id="kept-title"')[1]
    return [part.split("</label>")[0].split(">", 1)[1] for part in page.split("<label ")[1:]]


def test_typed_text_is_called_what_the_form_calls_it(free, stranger, make_project, nothing_changes):
    fields = {
        "structure": "Later",
        "zones-0-key": "Z1", "zones-0-name": "Open internet", "zones-1-name": "Inside",
        "paste-zones": "key\tname", "no_such_field": "Kept all the same", " ": "Nameless",
        "stores-0-key": "<b>" * 999, "stores-0-name": "Patients", "a\nb" + "x" * 999: "Long",
    }  # fmt: skip
    theirs = make_project(free, example="").revision
    with nothing_changes():
        response = stranger.save(theirs, 3, fields)
        assert_refused(response, "not_found")
    assert labels(response) == [
        "Backend structure", "Trust zones, Z1: Name", "Trust zones, row 2: Name",
        "Trust zones, as a table", "No such field", "Unnamed",
        "Data stores, row 1: Name", "A\ufffdb" + "x" * 56 + "…",
    ]  # fmt: skip
    for text in (
        "Later",
        "Open internet",
        "Inside",
        "key\tname",
        "Kept all the same",
        "Nameless",
        "Long",
    ):
        assert text in response.text


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("capabilities-F1-R2", "Role capability matrix, F1, R2"),
        ("capabilities-F1-R2-condition", "Role capability matrix, F1, R2, condition"),
        ("roles-x-name", "roles-x-name"),
        ("roles-0-", "roles-0-"),
        ("paste-capabilities", "paste-capabilities"),
        ("", ""),
        ("-", "-"),
    ],
)
def test_what_a_name_is_called(name, label):
    assert posted_label(definition(2), name, {name: "x"}) == label
