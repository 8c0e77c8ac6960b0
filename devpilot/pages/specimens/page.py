"""Each part of the interface in every state, drawn by the macros and partials of the pages.

From plain data, without a row of the database. A newcomer's likely mistake: copying markup into
it. What is shown here must change when the product's own changes.
"""

import re
from pathlib import Path
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from devpilot import answers
from devpilot.pages.slots import macro
from devpilot.pages.specimens import anywhere, fields, steps, suggestions
from devpilot.pages.specimens.tokens import read_tokens

SHEET = Path(__file__).parents[3] / "static" / "devpilot.css"
HERE = "/_components"

_SYMBOL = re.compile(r'<symbol id="icon-([a-z]+)"')
_ACTS = re.compile(
    r' (?:hx-[a-z:-]+|action|formaction|method)="[^"]*"'
    r"| (?:autofocus|hx-preserve|hx-disable)(?=[ >])"
)
_NAMES = re.compile(
    r' (id|for|list|name|data-list|data-searches|aria-labelledby|aria-describedby)="([^"]+)"'
)
_ADDRESS = re.compile(r' href="(#|/)(?!icon-)([^"]*)"')


def shown() -> ResponseReturnValue:
    """The page. It reads the style sheet anew, so that a changed token is seen at once."""
    return answers.page(
        "identity/components.html",
        tokens=read_tokens(SHEET.read_text("utf-8")),
        icons=_SYMBOL.findall(macro("components/icons.html", "sprite")()),
        partial=partial,
        apart=apart,
        anywhere=anywhere,
        fields=fields,
        steps=steps,
        suggestions=suggestions,
    )


def partial(name: str, template: str, /, **context: Any) -> Markup:  # noqa: ANN401  a template's own
    """A partial of the product as a specimen of this name."""
    drawn = render_template(template, **_surroundings(), **context)
    return apart(name, Markup(drawn))  # noqa: S704  an autoescaping template


def _surroundings() -> dict[str, Any]:
    """What a page has around its partials; nobody is signed in, and nothing is refused."""
    return {
        "csrf_token": str,
        "fresh_key": str,
        "refusal": lambda _endpoint, _resource: None,
        "icon": macro("components/icons.html", "icon"),
        "notice": macro("components/notice.html", "notice"),
    }


def apart(name: str, drawn: Markup) -> Markup:
    """The markup as a specimen: a part may be shown in many states, and none of them acts.

    Ids and what refers to them begin with the specimen's name; forms and links lead back to
    this page; what would be a landmark is a group, since a page has each landmark once.
    """
    text = _ACTS.sub("", str(drawn))
    text = _NAMES.sub(lambda found: f' {found[1]}="{_named(name, found[2])}"', text)
    text = _ADDRESS.sub(
        lambda found: f' href="#{name}-{found[2]}"' if found[1] == "#" else f' href="{HERE}"', text
    )
    text = re.sub(r"<section([^>]* aria-label)", r'<div role="group"\1', text)
    text = text.replace("<section", "<div").replace("</section>", "</div>")
    return Markup(text)  # noqa: S704  markup of ours; what is typed has no bare quotes


def _named(name: str, ids: str) -> str:
    return " ".join(f"{name}-{one}" for one in ids.split())
