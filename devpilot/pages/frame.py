"""The frame of every page: what stands above and below its `<main>`.

A newcomer's likely mistake: drawing something here that differs from request to request
without a slot. A frame is drawn once, and then serves everyone.
"""

from datetime import timedelta

from flask import render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from devpilot import clock
from devpilot.models import Account
from devpilot.pages.slots import filled, slot, slotted

FRAME = "layouts/_frame.html"
WARNED_BEFORE = timedelta(minutes=30)
"""So long before its end a session that cannot go on by being used says so."""


def links(sheet: str) -> Markup:
    """What the head of every page leads to, and how htmx is set."""
    return filled(slotted(FRAME, "links", sheet))


def top(section: str, user: Account | None) -> Markup:
    """From the icons to the navigation, in which `section` is marked."""
    if user is None:
        return filled(slotted(FRAME, "top", section, "", ""))
    drawn = slotted(FRAME, "top", section, slot("email"), slot("token"))
    return filled(drawn, email=user.email, token=generate_csrf())


def ending(user: Account | None, back: str = "") -> Markup:
    """That the session is about to end, and the form that keeps it; nothing before that.

    The form leads `back`, or to the page that is drawn.
    """
    if user is None or user.expires_at - clock.now() > WARNED_BEFORE:
        return Markup("")
    if not back:
        back = (
            request.full_path.rstrip("?") if request.method == "GET" else url_for("projects.index")
        )
    drawn = render_template(
        "layouts/_ending.html", ends=user.expires_at, email=user.email, back=back
    )
    return Markup(drawn)  # noqa: S704  an autoescaping template


def foot() -> Markup:
    """The links below every page."""
    return filled(slotted(FRAME, "foot"))
