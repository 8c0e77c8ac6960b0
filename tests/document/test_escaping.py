"""What user text may do to the document: judged by a CommonMark reader, not by our own."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from devpilot.document.escaping import heading, inline, line, restricted, visible

# As permissive as readers get: raw HTML, tables, strikethrough, links to anywhere.
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
READER.validateLink = lambda _url: True

ALLOWED = {
    "paragraph", "bullet_list", "ordered_list", "list_item", "inline", "fence", "code_block",
    "text", "softbreak", "hardbreak", "em", "strong", "s", "code_inline", "link",
}  # fmt: skip

FRAGMENTS = [
    *"#>-+*_=|:~`![]()<>\\&\n\t \"'1.a",
    "\n\n", "    ", "  ", "# ", "## x", "- ", "1. ", "> ", "```", "~~~", "```js", "~~~ a`b", "``",
    "---", "===", "***", "|---|", "| a | b |", "--- | ---", ":--", "<b>", "</table>", "<script>",
    "<!--", "-->", "<?php", "<![CDATA[", "<https://a.b>", "<javascript:x>", "<a@b.c>", "![",
    "](", "]:", "[a](https://b.c)", "[a](javascript:b)", "![a](https://b.c/d.png)", "[a]: /b",
    "[^1]", "[a]", "\\\\", "\\`", "\\<", "\\[", "&lt;", "&#60;", "&#x3c;", "text", "é", "\u2028",
    "\u202e", "\x1b", "\U0001f600", "(https://x`y)", '(https://x "t")', "mailto:a@b.c", "\x0c",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)
ANY_TEXT = st.one_of(HOSTILE, st.text(max_size=80))


def tokens(text):
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


@settings(max_examples=500, deadline=None)
@given(HOSTILE)
@example("- ```\n# out")
@example("- a\n\n  ```\n# out\n  ```")
@example("   ```\na\n     ```\n<b>")
@example("```\n")
@example("[a\nb]: javascript:x\n\n[a b]")
@example("[x](https://x`y) ` <b> `")
@example("a\n-")
@example("a\n- ")
@example("1. 2. 3. 4. 5. # x")
@example("- - - - - - -")
@example("10. a\n    # b")
def test_markdown_fields_hold_no_more_than_they_may(text):
    document = f"### Before\n\n{restricted(text)}\n\n### After\n"
    found = list(tokens(document))
    titles = [t for t in found if t.type == "heading_open"]
    assert [(t.tag, t.level) for t in titles] == [("h3", 0), ("h3", 0)]
    kinds = {re.sub(r"_(open|close)$", "", t.type) for t in found} - {"heading"}
    assert kinds <= ALLOWED
    for token in found:
        if token.type == "link_open":
            assert re.match(r"(https?://|mailto:)", token.attrs["href"], re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "Two paragraphs\n\nof *plain* and **strong** text, a_b_c, 3 * 4 & 5.",
        "- a point\n- another\n  1. numbered\n  2. below",
        "Code: `if a < b and c[0]: <b>` and ``a ` b``.",
        "```python\nif a < b:\n    # a comment, no heading\n    print('<b>')\n```",
        "[a link](https://example.org/a_(b)?c=d&e=f) and <https://example.org>.",
        "[`code`](http://a.b) and [mail](mailto:a@b.c)",
        '[titled](https://example.org "A title")',
        "Ends with a backslash\\\nand goes on. 100% of #5, C# and A+.",
    ],
)
def test_what_is_allowed_is_left_as_it_was_written(text):
    assert restricted(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("# Title", "\\# Title"),
        ("Title\n=====", "Title\n\\====="),
        ("Title\n---", "Title\n\\---"),
        ("- # Title", "- \\# Title"),
        ("> quote", "\\> quote"),
        ("a | b\n--|--", "a | b\n\\--|--"),
        ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
        ("\\<b>", "&lt;b>"),
        ("![alt](https://a.b/c.png)", "\\![alt](https://a.b/c.png)"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("[x]: https://a.b", "\\[x\\]: https://a.b"),
        ("- 1. - 2. - x", "- 1. - 2\\. - x"),
        ("a `b", "a \\`b"),
        ("```\nopen", "```\nopen\n```"),
        ("a\u202eb\x1b", "a\ufffdb\ufffd"),
    ],
)
def test_what_is_not_allowed_becomes_text(text, kept):
    assert restricted(text) == kept


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_inline_text_is_shown_letter_for_letter(text):
    shown = visible(text).strip()
    for document in (f"- x {inline(shown)} x", f"# x {inline(shown)} x"):
        found = list(tokens(document))
        (content,) = [token for token in found if token.type == "inline"]
        assert {child.type for child in content.children} <= {"text"}
        assert "".join(child.content for child in content.children) == f"x {shown} x"


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
@example("C #")
@example("C ###")
def test_a_heading_ends_as_it_was_written(text):
    found = READER.parse(f"# x {heading(text)}")
    content = "".join(child.content for child in found[1].children)
    assert content == f"x {visible(text).strip()}".strip()


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
@example("1. a")
@example("+ a")
@example("---")
def test_a_line_is_a_paragraph_whatever_it_begins_with(text):
    found = READER.parse(line(text))
    assert [token.type for token in found] in ([], ["paragraph_open", "inline", "paragraph_close"])
    if found:
        assert "".join(c.content for c in found[1].children) == visible(text).strip()


def test_escaping_costs_the_reader_nothing_in_ordinary_text():
    text = "Under 400 a month (3 clinics); 11% -> 6% at 08:00, snake_case, a > b, it's “so”."
    assert inline(text) == text
