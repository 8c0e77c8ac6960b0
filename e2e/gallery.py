"""`make gallery`: a picture of every page, and the figures of its first view.

Pictures go to docs/gallery/, with an index.html to look through them; they are not kept in
the repository, since this makes them again. The figures go into docs/interface.md, and the
README's picture is taken anew. `make gallery PAGES=step` takes the pages whose name holds
this word alone, and writes no figures.
"""

import html
import re
import statistics
import sys
import tempfile
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
                _write_figures(_figures(chromium, server.url, people))
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
            page.screenshot(path=FOLDER / f"{slug(name)}-{width_name}-{scheme}.png", full_page=True)
        context.close()


def _take_front(chromium: Browser, url: str, people: People) -> None:
    """The README's picture: a step as it opens on a laptop."""
    context = chromium.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    context.add_cookies(cookies_of(people.third.visitor))
    page = context.new_page()
    page.goto(people.third.step(3))
    page.screenshot(path=FRONT)
    context.close()


def _write_index(chosen: dict[str, Shown]) -> None:
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>DevPilot, every page</title>"
        "<style>body{font:1rem system-ui;margin:2rem}div{display:flex;gap:1rem;overflow-x:auto;"
        "align-items:start}img{height:30rem;width:auto;border:1px solid #999;object-fit:cover;"
        "object-position:top}</style><h1>Every page</h1>"
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
    """Of each page that differs by more than its words, the median of some rounds."""
    found = []
    for name, shown in PAGES.items():
        if shown.then is not None:
            continue
        visitor, path = shown.visitor(people), shown.address(people)
        rounds = [first_view(chromium, url, visitor, path) for _ in range(ROUNDS)]
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
    lines = [
        f"The median of {ROUNDS} first views each, with an empty cache, on loopback, with the "
        f"processor slowed down {SLOWDOWN} times (layout shift and requests: the most of them).",
        "",
        "| page | requests | kB over the wire | first paint, ms | largest paint, ms | layout shift | blocked, ms | elements |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, view in figures:
        lines.append(
            f"| {name} | {view.requests} | {view.bytes / 1000:.1f} | {view.first_paint:.0f} "
            f"| {view.largest_paint:.0f} | {view.shift:g} | {view.blocked:.0f} | {view.elements:,} |"
        )
    text = FIGURES.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- figures -->\n")
    _, _, after = rest.partition("<!-- end of figures -->\n")
    table = "\n".join(lines)
    FIGURES.write_text(
        f"{before}<!-- figures -->\n{table}\n<!-- end of figures -->\n{after}", encoding="utf-8"
    )


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
