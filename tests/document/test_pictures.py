"""The pictures of a blueprint: all of its rows, the same each time, and whatever was typed."""

import copy
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devpilot.adapters.graphviz import lay_out_patiently as lay_out
from devpilot.document import document_html, no_layout
from devpilot.document.outline import Outline
from devpilot.document.pictures import drawings, gallery, laid_out, mermaid, pictures_of, svg
from devpilot.document.pictures.scene import Shape
from devpilot.methodology import EXAMPLES, STEPS, Rows

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = [
    '"quoted" & <b>bold</b> \\" \\N \\l',
    "</svg><script>alert(1)</script><svg onload=alert(1)>",
    ']] --> x["y"]; click a "javascript:alert(1)"',
    '```\n# out\n%%{init: {"theme":"dark"}}%% `tick`',
    "\u202eright to left \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u05e9\u05dc\u05d5\u05dd",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301\u0301 \u6f22\u5b57",
    "x" * 300,
    "style a:x#y; end; classDef b:fill#red;",
    "<<TABLE><TR><TD>x</TD></TR></TABLE>>",
    "a\nb\tc\x00\x1b\ufffe\uffff\ud800",
    "${7*7} $$x$$ :::cls @{shape: x} ]]> --> <!--",
    "subgraph end\nend",
    '"',
    "#quot; &lt; &#35; #35;",
    "---\ntitle: x\n---",
    "(start)",
]

DRAWN = {
    "zones", "clients", "components", "dependencies", "stores", "connections", "workflows",
    "steps", "branches", "failures", "transitions", "entities", "attributes", "relations",
}  # fmt: skip
"""The lists that pictures show."""

ELEMENTS = {"svg", "g", "path", "rect", "circle", "text", "title", "desc"}
ATTRIBUTES = {
    "viewBox", "width", "height", "role", "color", "font-family", "fill", "fill-opacity",
    "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin",
    "paint-order", "font-size", "font-weight", "text-anchor", "x", "y", "rx", "cx", "cy", "r",
    "d", "class",
}  # fmt: skip


def parsed(content):
    return ET.fromstring(content)  # noqa: S314 - what we wrote ourselves


def drawn(steps, layout=lay_out):
    """The pictures of these steps with their files by path."""
    pictures = pictures_of(Outline(steps, complete=True))
    return pictures, drawings(pictures, laid_out(pictures, layout))


def texts(steps):
    """Every place of the steps in which a user's text stands, as (row, column)."""
    for step in STEPS:
        for field in step.fields:
            if isinstance(field, Rows):
                for row in steps.get(step.order, {}).get(field.id) or ():
                    yield from ((row, c.id) for c in field.columns if c.kind == "text")


@pytest.fixture(params=["wellbrook", "doorstep"])
def steps(request):
    return copy.deepcopy(EXAMPLES[request.param].steps)


def test_each_kind_is_there_in_its_place(steps):
    places = [(p.order, p.field) for p in pictures_of(Outline(steps, complete=True))]
    workflows = len(steps[4]["workflows"])
    things = len({row["thing"] for row in steps[4]["transitions"]})
    assert places == [
        (3, "structure"),
        *[(4, "workflows")] * workflows,
        *[(4, "transitions")] * things,
        *[(7, "tenancy")] * (7 in steps),
    ]


def test_the_words_beside_the_pictures_name_every_row(steps):
    told = "\n".join(
        item
        for picture in pictures_of(Outline(steps, complete=True))
        for each in picture.told
        for item in each.items
    )
    for step in STEPS:
        for field in step.fields:
            if field.id in DRAWN:
                for row in steps.get(step.order, {}).get(field.id, ()):
                    if field.id != "workflows":  # a workflow is a picture of its own
                        assert re.search(rf"\b{row['key']}\b", told), row["key"]


def test_a_picture_shows_the_key_of_all_that_it_draws(steps):
    for picture, content in zip(*_parallel(steps), strict=True):
        shown = " ".join(parsed(content).itertext())
        keys = [link.id for link in picture.scene.links if re.fullmatch(r"[A-Z]+\d+", link.id)]
        keys += [box.id for box in picture.scene.boxes if re.fullmatch(r"[A-Z]+\d+", box.id)]
        assert keys
        assert [key for key in keys if not re.search(rf"\b{key}\b", shown)] == []


def _parallel(steps):
    pictures, files = drawn(steps)
    return pictures, [files[f"diagrams/{picture.id}.svg"] for picture in pictures]


def test_what_never_happens_is_listed_and_not_drawn(steps):
    forbidden = {r["key"] for r in steps[4]["transitions"] if r["allowed"] == "forbidden"}
    scenes = [p.scene for p in pictures_of(Outline(steps, complete=True)) if "states" in p.id]
    assert not forbidden & {link.id for scene in scenes for link in scene.links}
    notes = " ".join(note for scene in scenes for note in scene.notes)
    assert all(f"Never: {key}:" in notes for key in forbidden)


def test_every_crossing_is_marked(steps):
    scene = pictures_of(Outline(steps, complete=True))[0].scene
    zones = {box.id: box.zone for box in scene.boxes}
    crossing = [link for link in scene.links if zones[link.tail] != zones[link.head]]
    assert [link.id for link in scene.links if link.border] == [link.id for link in crossing]
    content = _parallel(steps)[1][0].decode()
    diamonds = content.count("l5 5l-5 5l-5 -5z")
    assert diamonds == len(crossing) + 1, "one in the legend"


def test_a_crossing_without_a_control_is_an_empty_mark(steps):
    row = next(row for row in steps[3]["connections"] if row["control"])
    row["control"] = ""
    pictures, files = drawn(steps)
    assert not next(link for link in pictures[0].scene.links if link.id == row["key"]).controlled
    assert b"crosses one without a control" in files["diagrams/architecture.svg"]


def test_kinds_and_modes_are_told_apart_without_colour(steps):
    shapes = {
        box.shape for p in pictures_of(Outline(steps, complete=True)) for box in p.scene.boxes
    }
    assert {Shape.CLIENT, Shape.COMPONENT, Shape.STORE, Shape.DEPENDENCY, Shape.STEP} <= shapes
    content = _parallel(steps)[1][0].decode()
    for mode in {row["mode"] for row in steps[3]["connections"]}:
        assert content.count(f">{mode}<") + content.count(f" {mode}<") >= 2


def assert_harmless(content):
    """Well-formed, and nothing in it but shapes and text."""
    for element in parsed(content).iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        assert element.attrib.keys() <= ATTRIBUTES, element.attrib
    assert b"url(" not in content
    assert content.count(b"://") == 1, "the namespace"


def test_the_files_are_shapes_and_text_alone(steps):
    for path, content in drawn(steps)[1].items():
        if path.endswith(".svg"):
            assert_harmless(content)


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 4))
def test_no_text_is_more_than_text(steps, start):
    places = list(texts(steps))
    for number, (row, column) in enumerate(places):
        row[column] = HOSTILE[(start + number) % len(HOSTILE)]
    pictures, files = drawn(steps)
    assert pictures
    for picture in pictures:
        assert_harmless(files[f"diagrams/{picture.id}.svg"])
        assert_plain(mermaid(picture.scene))


def assert_plain(text):
    """No line of Mermaid text holds what Mermaid reads before or besides its grammar."""
    for line in text.splitlines():
        labels = re.findall(r'"([^"]*)"', line)
        labels += re.findall(r" : (.*)$", line) if '"' not in line else []
        for label in labels:
            bare = re.sub(r"#\d+;|<br>", "", label)
            assert not set(bare) & set('"#%`;:<>{}[]|&\\$@~^*'), label
        assert not line.lstrip().startswith(("```", "---", "%%{"))
    assert "\r" not in text
    assert "\x00" not in text


@pytest.mark.parametrize("word", [*HOSTILE, "\u0336" * 200, "\u200d" * 200, " ", "\u200b" * 99])
def test_no_word_leaves_its_box_or_stops_the_drawing(word):
    steps = {
        3: {
            "zones": [{"key": "Z1", "name": word, "trust": "trusted"}],
            "components": [{"key": "M1", "name": word, "zone": "Z1"}],
        },
        4: {"transitions": [{"key": "T1", "thing": word, "from": word, "to": word, "guard": word}]},
    }
    pictures, files = drawn(steps)
    assert [picture.id for picture in pictures] == ["architecture", "states-T1"]
    for picture in pictures:
        root = parsed(files[f"diagrams/{picture.id}.svg"])
        assert float(root.attrib["width"]) < 700


def test_the_layout_program_never_sees_a_word(steps):
    heard = []

    def layout(graphs):
        heard.extend(graph.text for graph in graphs)
        return lay_out(graphs)

    gallery.kept.clear()
    drawn(steps, layout)
    assert heard
    names = {row[column] for row, column in texts(steps) if len(row[column]) > 6}
    assert not [name for name in names if name in "".join(heard)]


def test_one_run_lays_everything_out_and_none_the_second_time(steps):
    runs = []

    def layout(graphs):
        runs.append(len(graphs))
        return lay_out(graphs)

    gallery.kept.clear()
    _, first = drawn(steps, layout)
    assert drawn(copy.deepcopy(steps), layout)[1] == first
    assert len(runs) == 1


AGAIN = """
import hashlib, json, sys
from devpilot.adapters.graphviz import lay_out_patiently as lay_out
from devpilot.document.outline import Outline
from devpilot.document.pictures import drawings, laid_out, mermaid, pictures_of
from devpilot.methodology import EXAMPLES
pictures = pictures_of(Outline(EXAMPLES[sys.argv[1]].steps, complete=True))
files = drawings(pictures, laid_out(pictures, lay_out))
text = json.dumps([[p, hashlib.sha256(c).hexdigest()] for p, c in sorted(files.items())])
print(hashlib.sha256((text + "".join(mermaid(p.scene) for p in pictures)).encode()).hexdigest())
"""


@pytest.mark.parametrize("code", ["wellbrook", "doorstep"])
def test_another_process_draws_the_same_bytes(code):
    pictures, files = drawn(EXAMPLES[code].steps)
    listed = [
        [path, hashlib.sha256(content).hexdigest()] for path, content in sorted(files.items())
    ]
    text = json.dumps(listed) + "".join(mermaid(picture.scene) for picture in pictures)
    expected = hashlib.sha256(text.encode()).hexdigest()
    for environment in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "77", "LC_ALL": "C"}):
        done = subprocess.run(
            [sys.executable, "-c", AGAIN, code], env={**os.environ, **environment}, cwd=ROOT,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == expected


def test_nothing_is_drawn_of_nothing():
    assert pictures_of(Outline({}, complete=False)) == []
    assert pictures_of(Outline({3: {}, 4: {"workflows": []}, 7: {}}, complete=False)) == []
    bare = {4: {"workflows": [{"key": "W1", "name": "Alone"}]}}
    assert pictures_of(Outline(bare, complete=False)) == []


@pytest.mark.slow
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_half_filled_draft_never_trips_it(steps, data):
    steps = copy.deepcopy(steps)
    for _ in range(data.draw(st.integers(1, 8))):
        fields = steps[data.draw(st.sampled_from([3, 4, *[7] * (7 in steps)]))]
        name = data.draw(st.sampled_from(sorted(fields)))
        if isinstance(fields[name], list) and fields[name]:
            row = data.draw(st.sampled_from(fields[name]))
            column = data.draw(st.sampled_from(sorted(row.keys() - {"key"}) or ["none"]))
            value = row.get(column)
            change = data.draw(st.sampled_from(["drop", "empty", "gone", "row"]))
            if change == "row":
                fields[name].remove(row)
            elif change == "drop":
                row.pop(column, None)
            elif isinstance(value, str | list):
                empty, gone = ("", "Q9999") if isinstance(value, str) else ([], ["R9999"])
                row[column] = empty if change == "empty" else gone
        else:
            fields.pop(name)
            if not fields:
                fields["deferred"] = []
    for path, content in drawn(steps)[1].items():
        if path.endswith(".svg"):
            assert_harmless(content)


def test_without_a_layout_the_words_stand_open(finished):
    assert "<svg" in document_html(finished, lay_out)
    page = document_html(finished, no_layout)
    assert "<svg" not in page
    assert page.count("<details open>") == page.count("<figure") == 10
    assert "X1: Patient site (K1) to Web front (M1), sync" in page


def test_the_page_names_each_picture_once(finished):
    page = document_html(finished, lay_out)
    assert page.count("<svg") == page.count("<details>") == page.count("<figure") == 10
    labels = re.findall(r'<svg [^>]*aria-labelledby="([^"]+)"', page)
    assert len(set(labels)) == 10
    assert all(f'<figcaption id="{label}">' in page for label in labels)
    assert not re.search(r"<style|style=|<script| on\w+=|<image|<use|<a [^>]*xlink", page)


def test_all_pictures_of_a_full_blueprint_take_a_moment(record_property):
    """150 ms on a quiet machine; asserted loosely, so that a busy one does not fail."""
    steps = EXAMPLES["doorstep"].steps
    taken = []
    for _ in range(3):
        gallery.kept.clear()
        svg.drawn.cache_clear()
        started = time.perf_counter()
        document = pictures_of(Outline(steps, complete=True))
        places = laid_out(document, lay_out)
        assert all(svg.drawn(each.scene, places[each.id], "x") for each in document)
        taken.append(time.perf_counter() - started)
    record_property("milliseconds", round(min(taken) * 1000))
    assert min(taken) < 1.5
