"""The frame of every page: what stands above and below its `<main>`.

A newcomer's likely mistake: drawing something here that differs from request to request
without a slot. A frame is drawn once, and then serves everyone.
"""

from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from devpilot.models import Account
from devpilot.pages.slots import filled, slot, slotted

FRAME = "layouts/_frame.html"


def links() -> Markup:
    """What the head of every page leads to, and how htmx is set."""
    return filled(slotted(FRAME, "links"))


def top(section: str, user: Account | None) -> Markup:
    """From the icons to the navigation, in which `section` is marked."""
    if user is None:
        return filled(slotted(FRAME, "top", section, "", ""))
    drawn = slotted(FRAME, "top", section, slot("email"), slot("token"))
    return filled(drawn, email=user.email, token=generate_csrf())


def foot() -> Markup:
    """The links below every page."""
    return filled(slotted(FRAME, "foot"))
