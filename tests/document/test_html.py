import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devpilot.document import document_html, step_html, to_html
from devpilot.document.html import MAX_MARKDOWN

VOID = {"br"}
OURS = {
    "a": {"href", "rel"}, "time": {"datetime"}, "section": {"class", "aria-labelledby"},
    "h2": {"id"}, "h3": {"id"},
    "h4": {"id"}, "p": {"class"}, "dl": {"class"}, "dt": set(), "dd": set(), "table": {"class"},
    "div": {"class", "tabindex", "role", "aria-label"}, "nav": {"class", "aria-label"},
    "ol": set(), "ul": set(), "li": set(), "thead": set(), "tbody": set(), "tr": {"id"},
    "th": {"scope"}, "td": set(), "span": {"class", "aria-hidden"}, "em": set(), "strong": set(),
    "code": set(), "pre": set(), "br": set(), "figure": {"class"}, "figcaption": {"id"},
    "details": {"open"}, "summary": set(),
}  # fmt: skip
USERS = {
    "a": {"href", "rel"},
    **{tag: set() for tag in ("p", "br", "ul", "ol", "li", "em", "strong", "code", "pre")},
}

HOSTILE = [
    "<script>alert(1)</script>",
    "</td></tr></table></div><h1>x</h1>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    "<a href='javascript:alert(1)' data-hx-get='/x' id='main' class='button'>x</a>",
    "![x](https://a.b/c.png)",
    "[x](//evil.example) [y](/logout) [z](data:text/html,x)",
    "<p id=main hx-get=/x style=color:red>x</p>",
    "# heading {#main}",
    "\x1b[31m \u202e \U0001f600 \ud800",
    "<https://a.b/\"onclick='x'>",
    "`<b>` ```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class Page(HTMLParser):
    """Every element with its attributes; fails on one that is not closed in order."""

    def __init__(self, html, allowed) -> None:
        super().__init__()
        self.elements, self.text, self._open, self._allowed = [], [], [], allowed
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        assert tag in self._allowed, tag
        assert dict(attrs).keys() <= self._allowed[tag], (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)

    def all(self, name):
        return [attrs[name] for _, attrs in self.elements if name in attrs]


def assert_safe_links(page):
    for tag, attrs in page.elements:
        if tag == "a" and not attrs["href"].startswith("#"):
            assert re.match(r"(https?://|mailto:)", attrs["href"])
            assert attrs["rel"] == "noopener noreferrer nofollow"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_becomes_harmless(text):
    assert_safe_links(Page(to_html(text), USERS))


FRAGMENTS = st.sampled_from([*HOSTILE, "\n", "\n\n", "    ", "- ", "`", "<", ">", "&", '"', "*"])


@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS, max_size=8).map("".join))
def test_any_markdown_becomes_harmless(text):
    assert_safe_links(Page(to_html(text), USERS))


def test_what_markdown_may_do_it_does():
    html = to_html("- *a*\n- **b** [c](https://d.e)\n\n```\n<x>\n```\n\n`1 < 2`")
    assert "<li><em>a</em></li>" in html
    assert 'href="https://d.e" rel="noopener noreferrer nofollow"' in html
    assert "<pre><code>&lt;x&gt;\n</code></pre>" in html
    assert "<code>1 &lt; 2</code>" in html


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "unit", ["[", "[a](", "![", "*a_", "`", "``` ", "> ", "- ", "<", "(", "]("]
)
def test_repetition_is_rendered_in_moderate_time(unit):
    Page(to_html(unit * (MAX_MARKDOWN // len(unit))), USERS)
    Page(to_html(unit * 20_000), USERS)


def test_lists_in_lists_end_somewhere():
    deep = "\n".join(" " * 4 * level + "- a" for level in range(70))
    Page(to_html(deep[:MAX_MARKDOWN]), USERS)
    Page(to_html("- " * 1250 + "a"), USERS)
    Page(to_html("1. " * 800 + "a"), USERS)


def test_text_beyond_the_cap_is_shown_as_typed():
    html = to_html("<b>" + "a" * MAX_MARKDOWN)
    assert html.startswith("<p>&lt;b&gt;aaa")


def test_a_step_shows_its_fields_and_rows(finished):
    page = Page(step_html(finished, 1), OURS)
    ids = page.all("id")
    assert ids[:2] == ["definition-summary", "definition-problem"]
    assert {"F1", "F8", "G3", "C4"} <= set(ids)
    assert [tag for tag, _ in page.elements if tag.startswith("h")] == ["h2"] * 9


def test_a_step_takes_plain_data_as_well(finished):
    assert step_html(finished.steps, 4) == step_html(finished, 4)


def test_a_step_links_to_no_row_that_is_on_another_page(finished):
    page = Page(step_html(finished, 4), OURS)
    linked = {href[1:] for href in page.all("href")}
    assert "W1" in linked
    assert linked <= set(page.all("id"))
    assert "Web front" in "".join(page.text)


def test_the_document_is_whole(finished):
    page = Page(document_html(finished), OURS)
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.all("href")} <= set(ids)
    assert {"step-1", "step-4", "warnings", "workflows-invariants", "V1"} <= set(ids)
    regions = page.all("aria-label")
    assert len(regions) == len(set(regions))


def test_tables_scroll_by_themselves_and_can_be_reached(finished):
    page = Page(document_html(finished), OURS)
    scrolling = [attrs for tag, attrs in page.elements if attrs.get("class") == "table-scroll"]
    count = sum(tag == "table" for tag, _ in page.elements)
    assert len(scrolling) == count
    assert all(a["tabindex"] == "0" and a["role"] == "region" for a in scrolling)


def test_a_warning_leads_to_its_place(with_data):
    snapshot = with_data(1, problem="Slots are kept in a spreadsheet and get lost.")
    assert 'href="#definition-problem"' in document_html(snapshot).split('id="warnings"')[1]


def test_a_field_that_does_not_apply_names_the_decision(internal):
    assert "Not applicable: business model is internal." in step_html(internal, 2)


DRAFTS = {
    "nothing": {},
    "empty steps": {1: {}, 2: {}, 3: {}, 4: {}},
    "one word": {1: {"summary": "x"}},
    "half a row": {1: {"goals": [{"key": "G1", "goal": "", "measure": "", "target": ""}]}},
    "references to nothing": {
        4: {
            "workflows": [
                {
                    "key": "W1",
                    "name": "",
                    "features": ["F9"],
                    "actor": "R9",
                    "trigger": "",
                    "after": "",
                }
            ]
        }
    },
    "a matrix without cells": {
        1: {"features": [{"key": "F1", "name": "", "what": "", "release": "mvp", "goals": []}]},
        2: {"roles": [{"key": "R1", "name": "", "kind": "", "does": "", "pays": False}]},
    },
}


@pytest.mark.parametrize("steps", DRAFTS.values(), ids=DRAFTS.keys())
def test_a_draft_shows_what_exists(finished, steps):
    draft = replace(finished, completed_at="", steps=steps)
    page = Page(document_html(draft), OURS)
    assert {href[1:] for href in page.all("href")} <= set(page.all("id"))
    for order in (1, 2, 3, 4):
        Page(step_html(draft, order, complete=False), OURS)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cells_stay_text(finished, with_data, text):
    goals = [{**row, "goal": text} for row in finished.steps[1]["goals"]]
    snapshot = replace(with_data(1, goals=goals, summary=text), project_name=text)
    page = Page(document_html(snapshot), OURS)
    assert_safe_links(page)
    cells = [tag for tag, _ in page.elements if tag in {"td", "th", "tr", "table"}]
    plain = [t for t, _ in Page(document_html(finished), OURS).elements]
    assert cells == [tag for tag in plain if tag in {"td", "th", "tr", "table"}]


def test_each_field_has_a_number_and_the_completion_is_a_time(finished):
    html = str(document_html(finished))
    assert html.count('<span class="number">1.3</span> Goals') == 2, "in the contents and above it"
    assert re.search(
        r'<time datetime="2026-[^"]+">\d+ [A-Z][a-z]{2} 2026, \d\d:\d\d UTC</time>', html
    )
