"""What the code says: refusals, problems, findings, and the methodology's own words."""

import pytest

from devpilot.errors import InvalidInput, published_codes
from devpilot.methodology import EXAMPLES, STEPS, Rows, check, rules
from tests.methodology.mutations import MUTATIONS, added
from tests.words.posts import problems
from tests.words.sentences import everything_said
from tests.words.tidy import strings, tidy
from tests.words.voice import (
    LONGEST_TITLE,
    SETTLED_HINTS,
    faults,
    faults_of_sentences,
    faults_of_title,
    published,
)

COLUMNS = [
    column
    for step in STEPS
    for field in step.fields
    if isinstance(field, Rows)
    for column in field.columns
]
FIELDS = [field for step in STEPS for field in step.fields]
SUMMED_UP = {"capabilities"}
"""A hint that begins with what may be chosen, which is written small."""


@pytest.mark.parametrize("kind", published_codes(), ids=lambda kind: kind.__name__)
def test_each_code_has_a_title_and_says_what_to_do(kind):
    assert faults_of_title(kind.title) == []
    assert len(kind.title) <= LONGEST_TITLE
    assert faults_of_sentences(kind.mend) == [] if kind.mend else True


@pytest.mark.slow
def test_each_refusal_says_what_is_so_in_whole_sentences():
    said = everything_said()
    assert len(said) > 100
    texts = {text for one in said for text in (*one.sentences, *one.mends) if text}
    assert len(texts) > 80
    assert [fault for text in texts for fault in faults_of_sentences(text)] == []


def test_each_refusal_says_what_to_do_next():
    """In its class, or where it is raised; of a form's fields, each problem says it."""
    silent = [
        one.where
        for one in everything_said()
        if one.kind not in (None, InvalidInput) and one.is_read
        if not one.kind.mend and not any(one.mends)
    ]
    assert silent == []


def test_a_refusal_without_a_sentence_of_its_own_says_its_title_as_one():
    for kind in published_codes():
        if "__init__" not in vars(kind):
            refusal = kind()
            assert refusal.sentence == f"{kind.title}."
            assert refusal.text.startswith(f"{kind.title}. ".strip())
            assert faults_of_sentences(refusal.text) == []


@pytest.mark.slow
def test_what_a_step_says_to_a_wrong_post_is_a_sentence():
    blueprint = tidy(EXAMPLES["doorstep"].steps)
    own = published() | set(strings(blueprint))
    said = problems(blueprint)
    assert len(said) > 1000
    assert [fault for one in said for fault in faults_of_sentences(one, own)] == []


@pytest.mark.parametrize("filled", [False, True])
def test_what_an_unfinished_step_says_is_a_sentence(filled):
    """Without anything, and with a word in every field that stands for nothing."""
    said = set()
    for step in STEPS:
        data = {field.id: "TBD" for field in step.fields if field.kind in {"text", "markdown"}}
        data |= {f.id: [_empty_row(f)] for f in step.fields if isinstance(f, Rows)}
        found = check({step.order: data if filled else {}}, step.order)
        said |= {text for one in found for text in (one.message, one.mend)}
    own = published()
    assert len(said) > 50
    assert [fault for one in said for fault in faults_of_sentences(one, own)] == []


def _empty_row(rows):
    return {"key": f"{rows.letter}1", rows.columns[0].id: ""}


def test_what_each_rule_says_is_a_sentence():
    said = {text for m in MUTATIONS for one in added(m) for text in (one.message, one.mend)}
    own = published() | set(strings(EXAMPLES["doorstep"].steps))
    assert [fault for one in said for fault in faults_of_sentences(one, own)] == []


def test_each_rule_says_why_in_a_sentence():
    said = [rule.why for step in STEPS for rule in rules(step.order)]
    assert [fault for one in said for fault in faults_of_sentences(one)] == []


def test_labels_are_titles_and_purposes_and_hints_are_sentences():
    labels = [one.label for one in (*FIELDS, *COLUMNS)]
    assert [fault for label in labels for fault in faults_of_title(label)] == []
    purposes = [step.purpose for step in STEPS]
    hints = [f.hint for f in FIELDS if f.hint and f.id not in SETTLED_HINTS | SUMMED_UP]
    assert [fault for one in (*purposes, *hints) for fault in faults_of_sentences(one)] == []


def test_settled_hints_are_still_what_they_were_settled_as():
    """The exceptions are exceptions: the rest of each is heard, and none is there for nothing."""
    found = {field.id: field.hint for field in FIELDS if field.id in SETTLED_HINTS | SUMMED_UP}
    assert found.keys() == SETTLED_HINTS | SUMMED_UP
    for name, hint in found.items():
        assert faults_of_sentences(hint) != [], name
        assert [f for f in faults(hint) if not f.startswith("a straight quote")] == []
