"""Rows move and go by their position among the rows."""

import pytest

from devpilot.methodology import move_row, remove_row

DATA = {"goals": [{"key": "G1"}, {"key": "G2"}, {"key": "G3"}], "summary": "Kept"}


def keys(data):
    return [row["key"] for row in data.get("goals", ())]


@pytest.mark.parametrize(
    ("index", "to", "order"),
    [(1, 0, "213"), (1, 2, "132"), (0, 2, "231"), (2, 0, "312"), (0, -1, "123"), (2, 3, "123"),
     (9, 0, "123"), (1, 1, "123")],
)  # fmt: skip
def test_a_row_goes_to_its_new_place(index, to, order):
    assert keys(move_row(DATA, "goals", index, to)) == [f"G{number}" for number in order]


def test_a_row_is_removed_and_an_emptied_list_is_absent():
    assert keys(remove_row(DATA, "goals", 1)) == ["G1", "G3"]
    assert keys(remove_row(DATA, "goals", -1)) == ["G1", "G2", "G3"]
    assert remove_row({"goals": [{"key": "G1"}]}, "goals", 0) == {}
    assert remove_row({}, "goals", 0) == {}


def test_the_data_given_is_left_alone():
    move_row(DATA, "goals", 1, 0)
    remove_row(DATA, "goals", 1)
    assert keys(DATA) == ["G1", "G2", "G3"]
