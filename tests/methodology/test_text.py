"""Text is cleaned once: every form of the same words is stored as the same characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devpilot.methodology.text import clean, presentable

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=())) | st.text(
    st.sampled_from("aé\u0301\r\n\t \x00\x85\u2028\ud800\u0344b")
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  plain  ", "plain"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one  \t\ntwo\u3000\n", "one\ntwo"),
        ("\n\n  start\n\n\n  indented\n\n", "start\n\n\n  indented"),
        ("e\u0301", "\u00e9"),
        ("tab\tinside", "tab\tinside"),
        ("\U0001f600 ok", "\U0001f600 ok"),
    ],
)
def test_text_is_stored_in_one_form(typed, stored):
    assert clean(typed, limit=100, lines=True) == (stored, "")


@pytest.mark.parametrize(
    "typed", ["nul\x00", "esc\x1b[0m", "del\x7f", "next\x85line", "bell\x07", "end\x1f", "\x0c"]
)
def test_control_characters_are_refused(typed):
    assert "control character" in clean(typed, limit=100, lines=True)[1]


def test_a_lone_surrogate_is_refused():
    assert "half of a character pair" in clean("a\ud800b", limit=100, lines=True)[1]


@pytest.mark.parametrize("typed", ["two\nlines", "two\u2028lines", "two\r\nlines", "é\nü"])
def test_one_line_takes_no_line_break(typed):
    assert "line break" in clean(typed, limit=100, lines=False)[1]


def test_line_breaks_at_the_ends_of_one_line_are_blanks():
    assert clean("\r\n one \r\n", limit=100, lines=False) == ("one", "")


def test_the_limit_counts_characters_after_cleaning():
    assert clean("e\u0301" * 10 + "   ", limit=10, lines=False)[1] == ""
    assert clean("a\r\nb", limit=3, lines=True)[1] == ""
    refusal = clean("a" * 11, limit=10, lines=False)[1]
    assert refusal == "is 11 characters long; at most 10 fit."


def test_stacked_accents_beyond_any_limit_are_refused_without_normalising():
    typed = ("\u0316\u0301" * 1_000_000) + "a"
    assert "characters long" in clean(typed, limit=300, lines=False)[1]


@given(ANY_TEXT, st.booleans())
def test_what_is_accepted_is_clean_and_cleaning_it_again_changes_nothing(typed, lines):
    text, refusal = clean(typed, limit=30, lines=lines)
    if not refusal:
        assert clean(text, limit=30, lines=lines) == (text, "")
        assert unicodedata.is_normalized("NFC", text)
        assert len(text) <= 30
        assert "\r" not in text
        assert lines or "\n" not in text
        text.encode()


@given(ANY_TEXT)
def test_anything_can_be_quoted_in_a_sentence(typed):
    quoted = presentable(typed)
    quoted.encode()
    assert len(quoted) <= 60
    assert "\n" not in quoted
