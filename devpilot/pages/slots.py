"""Macros that are run once, with slots in place of what differs from use to use.

A step's page may repeat a cell five hundred times, and a macro call costs more than the
text it makes. So a macro is given marks in place of a row's own words, and every further
use is that text with its slots filled in. A newcomer's likely mistake: giving a slot to
something that a macro decides by, such as an error; pass those as they are.
"""

import re
import secrets
from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

# Drawn at start, so that nobody can type a mark.
_SECRET = secrets.token_hex(8)
_MARK = re.compile(f"slot-{_SECRET}-([a-z]+)-")
_ANY = re.compile(f"slot-{_SECRET}-[a-z_-]+-")


def slot(name: str) -> str:
    """A mark to give a macro in place of a value."""
    return f"slot-{_SECRET}-{name}-"


def macro(template: str, name: str) -> Any:  # noqa: ANN401  a template's macro
    return getattr(current_app.jinja_env.get_template(template).module, name)


@lru_cache(maxsize=4096)
def slotted(template: str, name: str, *arguments: Any) -> str:  # noqa: ANN401  of any kind
    """What the macro makes of these arguments, with its slots open."""
    drawn = str(macro(template, name)(*arguments))
    return _MARK.sub(r"%(\1)s", drawn.replace("%", "%%"))


def filled(text: str, **values: Any) -> Markup:  # noqa: ANN401  of any kind
    """The slotted text with these values; text is escaped, numbers and UUIDs need it not."""
    safe = {name: escape(value) if type(value) is str else value for name, value in values.items()}
    return Markup(text % safe)  # noqa: S704  an autoescaping macro's text


def emptied(text: str) -> Markup:
    """The text without the marks that nothing was put in place of."""
    return Markup(_ANY.sub("", text))  # noqa: S704  an autoescaping template's text
