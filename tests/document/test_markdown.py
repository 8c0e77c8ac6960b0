import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from devpilot.document import markdown, step_markdown
from devpilot.document.escaping import visible
from devpilot.methodology import STEPS, Matrix, Rows, definition

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

HOSTILE = [
    "a | b || c",
    "\\| \\\\| \\",
    "`code` ``` ~~~ ~~gone~~",
    "</td></tr></table><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) ![y](https://a.b/c.png)",
    "a\nb\r\nc\u2028d\te",
    "\x1b[31mred\x07",
    "\u202etxt.exe\u202c \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "\U0001f600\U0001f469\u200d\U0001f4bb",
    "&lt;b&gt; &#124; &vert; &amp;",
    "| --- | --- |",
    "# heading",
    "[" * 300,
    "*a* _b_ **c** __d__ $x$ ^y^",
]


def tables(text):
    """Every table of the document: its rows, each a list of the texts of its cells."""
    rows, found = [], []
    for token in READER.parse(text):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            found.append(rows)
        elif token.type == "inline" and token.level >= 4:
            assert {child.type for child in token.children} <= {"text"}
            rows[-1].append("".join(child.content for child in token.children))
    return found


def headings(text):
    parsed = READER.parse(text)
    return [
        (token.tag, following.content)
        for token, following in pairwise(parsed)
        if token.type == "heading_open"
    ]


def test_the_document_has_every_step_and_field_in_order(finished):
    expected = [("h1", "Wellbrook Appointments"), ("h2", "Contents")]
    for order in sorted(finished.steps):
        step = definition(order)
        expected.append(("h2", f"Step {order}: {step.title}"))
        expected += [("h3", field.label) for field in step.fields]
    expected.append(("h2", "Warnings accepted at the lock"))
    assert headings(markdown(finished)) == expected


def test_each_purpose_is_stated(finished):
    text = markdown(finished)
    assert all(definition(order).purpose in text for order in finished.steps)


def test_the_metadata_is_at_the_top(finished):
    top = markdown(finished).split("## Contents")[0]
    assert "- Mode: lean\n- Revision: 1\n- Completed at: 2026-11-22T14:03:00Z\n" in top
    assert f"- Revision id: {finished.revision_id}\n- Template version: 2" in top


def test_the_contents_lead_to_the_headings(finished):
    text = markdown(finished)
    slugs = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for tag, title in headings(text)
        if tag == "h2"
    }
    linked = set(re.findall(r"^- \[.*\]\(#(.*)\)$", text, re.MULTILINE))
    assert linked == slugs - {"contents"}


def test_a_reference_gives_name_and_key(finished):
    features = next(t for t in tables(step_markdown(finished, 1)) if t[1][0] == "F1")
    assert features[0] == ["Key", *[c.label for c in definition(1).by_id["features"].columns]]
    assert features[1][-1] == "Stop double booking (G1), Give reception its time back (G3)"
    assert features[8][-1] == "—"


def test_the_matrix_is_a_table_with_a_legend(finished):
    text = step_markdown(finished, 2)
    matrix = next(t for t in tables(text) if t[0][0] == "Feature")
    assert matrix[0][1:3] == ["Patient (R1)", "Receptionist (R2)"]
    assert matrix[2][:2] == [
        "Move or cancel own booking (F2)",
        "if: only until 4 hours before the start",
    ]
    assert len(matrix) == 7, "the six mvp features, and not the later ones"
    assert "Legend: none = no access; view = " in text


def test_a_field_that_does_not_apply_names_the_decision(internal):
    text = step_markdown(internal, 2)
    label = definition(2).by_id["plans"].label
    assert f"### {label}\n\nNot applicable: business model is internal.\n" in text


def test_an_optional_list_without_rows_says_none(finished):
    assert step_markdown(finished, 1).endswith("### Deferred\n\nNone.\n")


def test_a_draft_shows_what_exists(finished):
    draft = replace(finished, completed_at="", steps={1: {"summary": "A start."}, 2: {}})
    text = markdown(draft)
    assert "A start." in text
    assert "Nothing yet." in text
    assert "Asked only after this is decided: Business model" in text
    assert "not completed" in text
    assert "Warnings accepted" not in text


def test_a_removed_row_that_is_still_referred_to_keeps_its_key(with_data):
    snapshot = with_data(1, goals=[])
    assert "no longer there (G1)" in step_markdown(snapshot, 1)


def test_a_long_label_is_shortened_where_it_is_referred_to(finished):
    (rules,) = [t for t in tables(step_markdown(finished, 2)) if t[1][0] == "L1"]
    assert rules[1][-1].endswith("… (C1)")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_cell(finished, with_data, text):
    goals = [{**row, "goal": text} for row in finished.steps[1]["goals"]]
    features = [{**row, "name": text, "what": text} for row in finished.steps[1]["features"]]
    snapshot = replace(with_data(1, goals=goals, features=features), project_name=text)
    plain, changed = tables(markdown(finished)), tables(markdown(snapshot))
    assert [[len(row) for row in t] for t in changed] == [[len(row) for row in t] for t in plain]
    shown = next(t for t in changed if t[1][0] == "F1")
    assert shown[1][1] == shown[1][2] == visible(text).strip()
    assert [h for h in headings(markdown(snapshot)) if h[0] != "h1"] == [
        h for h in headings(markdown(finished)) if h[0] != "h1"
    ]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(st.text(max_size=40), min_size=3, max_size=3))
def test_any_cell_reads_back(with_data, cells):
    goal, measure, target = cells
    rows = [{"key": "G1", "goal": goal, "measure": measure, "target": target}]
    (_, read) = tables(step_markdown(with_data(1, goals=rows), 1))[0]
    assert read == ["G1", *[visible(cell).strip() if cell else "—" for cell in cells]]


def test_every_list_and_matrix_has_a_table(finished):
    count = sum(
        bool(finished.steps[step.order].get(field.id))
        for step in STEPS
        if step.order in finished.steps
        for field in step.fields
        if isinstance(field, Rows | Matrix)
    )
    assert len(tables(markdown(finished))) == count


def test_markdown_fields_keep_their_form_but_no_headings(with_data):
    written = "# Big\n\n- one\n- two\n\n<script>alert(1)</script>"
    text = step_markdown(with_data(1, summary=written), 1)
    assert "\\# Big\n\n- one\n- two\n\n&lt;script>alert(1)&lt;/script>" in text
