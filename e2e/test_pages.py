"""Every page of the story: accessible in every look, light, self-contained, never too wide.

Axe finding nothing is the least, not the proof: the keyboard has tests of its own.
"""

import os
from pathlib import Path

import pytest

from e2e.checks import Watch, Weight, axe_faults, width_faults
from e2e.cookies import cookies_of
from e2e.pages import PAGES

LOOKS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
EACH_ONCE = [(1280, "light"), (390, "dark")]
"""Each width and each scheme. No rule of axe's depends on both, and each look takes its time."""
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def shown(request, new_context, people, server):
    """The page by that name in a new browser, and what was heard while it loaded."""
    page_of = PAGES[request.param]
    context = new_context()
    context.set_default_timeout(15000)
    context.add_cookies(cookies_of(page_of.visitor(people)))
    watch = Watch(context, server.url)
    page = context.new_page()
    weight = Weight(page)
    page.goto(page_of.address(people))
    page.wait_for_load_state("networkidle")
    faults = weight.faults(long=page_of.is_long)
    if page_of.then is not None:
        page_of.then(page)
    watch.faults += faults
    return page, watch


@pytest.mark.parametrize("shown", PAGES, indirect=True)
def test_page(shown):
    page, watch = shown
    faults = []
    for width, scheme in EACH_ONCE:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        faults += [f"{width} px, {scheme}: {fault}" for fault in axe_faults(page)]
    page.set_viewport_size(NARROW)
    assert faults + width_faults(page) + watch.faults == []


@pytest.mark.parametrize("name", PAGES)
def test_page_without_scripts_is_never_too_wide(name, new_context, people):
    context = new_context(viewport=NARROW, java_script_enabled=False)
    context.add_cookies(cookies_of(PAGES[name].visitor(people)))
    page = context.new_page()
    PAGES[name].open(page, people)
    assert width_faults(page) == []


if "SHOTS" in os.environ:  # a folder for pictures; they are for looking at, not checks

    @pytest.mark.parametrize("shown", PAGES, indirect=True)
    def test_picture(shown, request):
        page, _ = shown
        folder = Path(os.environ["SHOTS"])
        folder.mkdir(parents=True, exist_ok=True)
        name = request.node.callspec.id
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
