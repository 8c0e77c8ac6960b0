"""`make gallery`: a picture of every page, and the figures of its first view.

Pictures go to docs/gallery/, with an index.html to look through them; they are not kept in
the repository, since this makes them again. The figures go into docs/interface.md, and the
README's picture is taken anew. `make gallery PAGES=step` takes the pages whose name holds
this word alone, and writes no figures. Run it while the machine has nothing else to do.
"""

import html
import re
import statistics
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from e2e import browser
from e2e.cookies import cookies_of
from e2e.first_view import SLOWDOWN, FirstView, first_view
from e2e.pages import PAGES, Shown
from e2e.people import People
from e2e.server import ROOT, Server

FOLDER = ROOT / "docs" / "gallery"
FIGURES = ROOT / "docs" / "interface.md"
FRONT = ROOT / "docs" / "images" / "step-page.png"
WIDTHS = {"desktop": 1280, "tablet": 768, "phone": 390}
HIGHEST = 8000
"""Pixels of a page that are shown; a browser draws no picture of any height."""
LARGEST_PAINT = 400
"""Milliseconds within which the largest paint should come, under `SLOWDOWN`."""
REST = 1000
"""Milliseconds for a window's own start, before a first view is measured."""
SCHEMES = ("light", "dark")
ROUNDS = 3


def main(wanted: str) -> None:
    """Take the pictures of the pages whose name holds `wanted`, and the figures of all."""
    chosen = {name: shown for name, shown in PAGES.items() if wanted in name}
    FOLDER.mkdir(exist_ok=True)
    browser.ensure_driver()
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        server = Server(Path(data))
        server.start()
        chromium = playwright.chromium.launch(
            executable_path=browser.executable(), args=browser.arguments()
        )
        try:
            people = People(server.url)
            for name, shown in chosen.items():
                print(f"{name}: {shown.address(people)}", flush=True)
                _take_pictures(chromium, server.url, people, name, shown)
            _write_index(chosen)
            if not wanted:
                _take_front(chromium, server.url, people)
                figures = _figures(chromium, server.url, people)
                _write_figures(figures)
                for name, view in figures:
                    if view.shift or view.largest_paint >= LARGEST_PAINT:
                        print(f"{name}: {view}")
        finally:
            chromium.close()
            server.stop()


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _take_pictures(chromium: Browser, url: str, people: People, name: str, shown: Shown) -> None:
    """The whole page at each width, light and dark."""
    for width_name, width in WIDTHS.items():
        context = chromium.new_context(
            base_url=url,
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
        )
        context.add_cookies(cookies_of(shown.visitor(people)))
        page = context.new_page()
        shown.open(page, people)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            file = FOLDER / f"{slug(name)}-{width_name}-{scheme}.png"
            height = page.evaluate("document.documentElement.scrollHeight")
            shown_part = {"x": 0, "y": 0, "width": width, "height": min(height, HIGHEST)}
            page.screenshot(path=file, full_page=True, clip=shown_part)
        context.close()


def _take_front(chromium: Browser, url: str, people: People) -> None:
    """The README's picture: a step as it opens on a laptop."""
    context = chromium.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    context.add_cookies(cookies_of(people.third.visitor))
    page = context.new_page()
    page.goto(people.third.step(3))
    page.screenshot(path=FRONT)
    context.close()


STYLE = (
    "body{font:1rem system-ui;margin:2rem}div{display:flex;gap:1rem;overflow-x:auto;"
    "align-items:start}img{height:30rem;border:1px solid #999;object-fit:cover;object-position:top}"
)


def _write_index(chosen: dict[str, Shown]) -> None:
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>DevPilot, every page</title>",
        f"<style>{STYLE}</style><h1>Every page</h1>",
    ]
    for name in chosen:
        parts.append(f"<h2>{html.escape(name)}</h2><div>")
        for width in WIDTHS:
            for scheme in SCHEMES:
                file = f"{slug(name)}-{width}-{scheme}.png"
                words = html.escape(f"{name}, {width}, {scheme}")
                parts.append(
                    f'<a href="{file}"><img loading="lazy" alt="{words}" src="{file}"></a>'
                )
        parts.append("</div>")
    (FOLDER / "index.html").write_text("".join(parts), encoding="utf-8")


def _figures(chromium: Browser, url: str, people: People) -> list[tuple[str, FirstView]]:
    """Of each page that differs by more than its words, the median of some rounds.

    First a page of two letters: what the browser and the machine take for any.
    """
    nothing = [
        first_view(chromium, url, people.stranger, "/healthz?", rest=REST)
        for _ in range(3 * ROUNDS)
    ]
    found = [("“ok” and nothing else", _median(nothing))]
    for name, shown in PAGES.items():
        if shown.then is not None:
            continue
        visitor, path = shown.visitor(people), shown.address(people)
        rounds = [first_view(chromium, url, visitor, path, rest=REST) for _ in range(ROUNDS)]
        found.append((name, _median(rounds)))
    return found


def _median(rounds: list[FirstView]) -> FirstView:
    middle = sorted(rounds, key=lambda view: view.largest_paint)[len(rounds) // 2]
    return FirstView(
        requests=max(view.requests for view in rounds),
        bytes=round(statistics.median(view.bytes for view in rounds)),
        first_paint=statistics.median(view.first_paint for view in rounds),
        largest_paint=middle.largest_paint,
        shift=max(view.shift for view in rounds),
        blocked=statistics.median(view.blocked for view in rounds),
        elements=middle.elements,
    )


def _write_figures(figures: list[tuple[str, FirstView]]) -> None:
    heads = (
        "page", "requests", "kB over the wire", "first paint, ms", "largest paint, ms",
        "layout shift", "blocked, ms", "elements",
    )  # fmt: skip
    lines = [
        f"The median of {ROUNDS} first views each, with an empty cache, on loopback, with the",
        f"processor slowed down {SLOWDOWN} times (layout shift and requests: the most of them).",
        "The first line is a page of two letters: what this machine and browser take for any page.",
        "",
        _row(heads),
        _row(("---", *["---:"] * (len(heads) - 1))),
    ]
    for name, view in figures:
        sizes = (str(view.requests), f"{view.bytes / 1000:.1f}")
        paints = (f"{view.first_paint:.0f}", f"{view.largest_paint:.0f}")
        rest = (f"{view.shift:g}", f"{view.blocked:.0f}", f"{view.elements:,}")
        lines.append(_row((name, *sizes, *paints, *rest)))
    text = FIGURES.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- figures -->\n")
    _, _, after = rest.partition("<!-- end of figures -->\n")
    table = "\n".join(lines)
    FIGURES.write_text(
        f"{before}<!-- figures -->\n{table}\n<!-- end of figures -->\n{after}", encoding="utf-8"
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
