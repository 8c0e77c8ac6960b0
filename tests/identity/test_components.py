"""The living page of components: every part in every state, in development alone."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from devpilot.app import create_app
from devpilot.db import db
from devpilot.pages.specimens.page import SHEET
from devpilot.pages.specimens.tokens import contrast, read_tokens
from tests.conftest import settings_for
from tests.refusals import assert_problem, assert_refused

ROOT = Path(__file__).parents[2]
PRODUCTION = {"DEVPILOT_ENV": "production", "DEVPILOT_BASE_URL": "https://pilot.example"}
STATE = re.compile(r"\[(data-[a-z]+)=([a-z]+)\]")
BY_SCRIPTS = {("data-fold", "open"), ("data-fold", "shut")}
"""What no answer of the server says: scripts fold rows."""

PARTIALS = ("steps/_*.html", "ai/_*.html", "components/*.html", "layouts/_ending.html")
ONLY_WITHIN = {
    "steps/_cells.html", "steps/_sections.html", "steps/_list.html", "steps/_matrix.html",
    "steps/_checks.html", "steps/_lock_state.html", "steps/_verdict.html", "steps/_confirm.html",
    "steps/_opened.html", "steps/_names.html", "steps/_reads.html",
    "ai/_mark.html",
}  # fmt: skip
"""What other partials draw, which are shown."""
ANSWERS = {"ai/_asked.html"}
"""The good answer for htmx: what it has of its own is one sentence, before the suggestion."""


@pytest.fixture
def shown(visitor):
    return visitor.page("/_components")


def test_it_is_a_page_like_any_other(shown, free):
    assert shown.faults() == []
    assert shown.dead_links() == []
    assert "Components" in free.page("/_components").title


def test_nothing_on_it_acts(shown):
    assert {form.action for form in shown.forms} <= {"", "/logout"}
    assert " hx-" not in shown.html.partition("<main")[2]
    assert "formaction" not in shown.html
    leads_to = {link for link in shown.links if not link.startswith("#")}
    assert all(not re.search(r"[0-9a-f]{8}-", link) for link in leads_to)


def test_in_production_it_is_not_there(app, database_url, tmp_path):
    own = create_app(settings_for(database_url, tmp_path, **PRODUCTION))
    client, address = own.test_client(), "https://pilot.example"
    shown, unknown = (client.get(at, base_url=address) for at in ("/_components", "/_nothing"))
    assert_refused(shown, "not_found")
    assert shown.text == unknown.text
    assert_problem(
        client.get("/_components", base_url=address, headers={"Accept": "application/json"}),
        "not_found",
    )
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_every_token_of_the_style_sheet_is_shown_with_what_it_is_worth(shown):
    found = read_tokens(SHEET.read_text("utf-8"))
    groups = [found.families, found.text_sizes, found.spaces, found.others]
    tokens = [
        *(colour.token for colour in found.colours),
        *(one for group in groups for one in group),
    ]
    declared = set(re.findall(r"(--[a-z][a-z0-9-]*):", layer_of_tokens()))
    assert {f"--{token.name}" for token in tokens} == declared
    for token in tokens:
        assert f"--{token.name}" in shown.text
        assert token.value in shown.text
        assert token.dark in shown.text


def layer_of_tokens():
    return SHEET.read_text("utf-8").partition("@layer tokens {")[2].partition("\n@layer ")[0]


def test_a_text_colour_stands_out_from_the_page_in_both_schemes():
    found = {one.token.name: one for one in read_tokens(SHEET.read_text("utf-8")).colours}
    for name in ("ink", "quiet", "accent", "locked", "invalid", "error"):
        assert found[name].on_paper >= 4.5, name
        assert found[name].on_paper_dark >= 4.5, name
    assert found["edge"].on_paper >= 3
    assert found["edge"].on_paper_dark >= 3


def test_contrast_is_what_wcag_says_it_is():
    assert round(contrast("#000", "#fff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert contrast("#123456", "#123456") == 1


def test_every_state_that_the_style_sheet_draws_is_shown(shown):
    drawn = set(STATE.findall(SHEET.read_text("utf-8"))) - BY_SCRIPTS
    assert drawn
    missing = {one for one in drawn if '{}="{}"'.format(*one) not in shown.html}
    assert missing == set()


def test_every_icon_is_shown(shown):
    symbols = re.findall(r'<symbol id="icon-([a-z]+)"', shown.html)
    assert symbols
    specimens = shown.html.partition('id="icons"')[2].partition("</section>")[0]
    for name in symbols:
        assert f'<svg class="icon icon-{name}"' in specimens, name


def test_every_macro_and_every_partial_of_a_step_is_shown():
    """A component that is added is shown here too, by itself or within another one."""
    read = [*ROOT.glob("templates/identity/specimens/*.html")]
    used = set().union(*(used_by(path.read_text("utf-8")) for path in read))
    every = [path for pattern in PARTIALS for path in (ROOT / "templates").glob(pattern)]
    names = {path.relative_to(ROOT / "templates").as_posix() for path in every}
    assert names >= ONLY_WITHIN | ANSWERS
    assert names - used - ONLY_WITHIN - ANSWERS == set()


def used_by(template):
    """The templates that one imports from, or shows as a specimen."""
    parsed = Environment(autoescape=True).parse(template)
    imported = {one.template.value for one in parsed.find_all(nodes.FromImport)}
    called = [
        one for one in parsed.find_all(nodes.Call) if getattr(one.node, "name", "") == "partial"
    ]
    return imported | {call.args[1].value for call in called}
