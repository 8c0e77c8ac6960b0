"""No page scrolls sideways at 320 px, with scripts and without; pictures of them on demand."""

import os
from pathlib import Path

import pytest

from e2e.conftest import cookies_of
from e2e.pages import PAGES

SHOTS = Path("test-results/shots")
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > width + 1)
    .map((e) => e.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(name, scripts, new_context, people):
    shown = PAGES[name]
    context = new_context(viewport={"width": 320, "height": 640}, java_script_enabled=scripts)
    context.add_cookies(cookies_of(shown.visitor(people)))
    page = context.new_page()
    shown.open(page, people)
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.skipif("SHOTS" not in os.environ, reason="set SHOTS to have pictures")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_picture(name, width, scheme, new_context, people):
    shown = PAGES[name]
    context = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.add_cookies(cookies_of(shown.visitor(people)))
    page = context.new_page()
    shown.open(page, people)
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name} {width} {scheme}.png", full_page=True)
