"""The documents say what the code says, and lead to what is there.

`python -m tests.docs.test_docs` writes the generated tables anew.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

import pytest

from devpilot.app import create_app
from devpilot.audit import INVARIANTS
from devpilot.config import SETTINGS, load
from devpilot.methodology import EXAMPLES, STEPS, rules
from devpilot.methodology.vocabulary import Field
from devpilot.models import Ask
from devpilot.policies import table
from devpilot.services.ai_prompt import build
from devpilot.states import MOVES
from e2e.server import Server
from tests.methodology.mutations import mutations_table
from tests.pipeline.permissions import permissions_table

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(["README.md", *(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))])
MEND = "run: python -m tests.docs.test_docs"

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SOURCE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|html|js|css|toml))`")
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def settings_table() -> str:
    lines = [f"| `{s.name}` | {_code(s.default)} | {s.meaning} |\n" for s in SETTINGS]
    return "| variable | default | meaning |\n| --- | --- | --- |\n" + "".join(lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def rules_table() -> str:
    lines = [
        f"| {rule.id} | {rule.severity} | {rule.text} |\n"
        for step in STEPS
        for rule in rules(step.order)
    ]
    return "| rule | severity | text |\n| --- | --- | --- |\n" + "".join(lines)


def invariants_table() -> str:
    lines = [f"| `{one.name}` | {one.sentence} |\n" for one in INVARIANTS]
    return "| invariant | what always holds |\n| --- | --- |\n" + "".join(lines)


def policies_table() -> str:
    with TemporaryDirectory() as folder:
        return table(create_app(load({"DEVPILOT_DATA": folder, "SECRET_KEY": "x" * 40})))


def prompt_shown() -> str:
    """What is sent for a first step that has only begun."""
    begun = {1: {"summary": EXAMPLES["wellbrook"].steps[1]["summary"]}}
    prompt = build(begun, 1, Ask.DRAFT, "More about what happens at night.")
    material = json.dumps(json.loads(prompt.user), ensure_ascii=False, indent=1)
    schema = json.dumps(prompt.schema, ensure_ascii=False)
    parts = (("Instructions", "text", prompt.system), ("Material", "json", material),
             ("The shape of the answer", "json", schema))  # fmt: skip
    return "\n".join(f"{title}:\n\n```{kind}\n{text.strip()}\n```\n" for title, kind, text in parts)


GENERATED = {
    "README.md": ("settings", settings_table),
    "docs/ai.md": ("prompt", prompt_shown),
    "docs/methodology.md": ("rules", rules_table),
    "docs/operations.md": ("invariants", invariants_table),
    "docs/permissions.md": ("permissions", permissions_table),
    "docs/policies.md": ("policies", policies_table),
    "docs/rules.md": ("mutations", mutations_table),
}


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def region(name: str) -> re.Pattern[str]:
    """What stands between the marks of a table, which a reader of the page does not see."""
    return re.compile(
        rf"(?<=<!-- table: {name} -->\n\n)(.*?)(?=\n<!-- end of table -->)", re.DOTALL
    )


def table_in(document: str, name: str) -> str:
    found = region(name).search(text_of(document))
    assert found, f"{document} has no table {name}"
    return found[1]


def cells_in(document: str, name: str) -> Iterator[list[str]]:
    """The rows of a table that a person wrote."""
    for line in table_in(document, name).splitlines()[2:]:
        yield [cell.strip(" `") for cell in line.strip("|").split("|")]


def section(document: str, title: str) -> str:
    found = re.search(
        rf"^## {title}\n(.*?)(?=^## |\Z)", text_of(document), re.MULTILINE | re.DOTALL
    )
    assert found, f"{document} has no section {title}"
    return found[1]


def shell_in(text: str) -> str:
    """The first shell block."""
    return text.partition("```sh\n")[2].partition("```")[0]


SLOWLY_MADE = {"docs/permissions.md"}


@pytest.mark.parametrize(
    "document",
    [pytest.param(d, marks=[pytest.mark.slow] if d in SLOWLY_MADE else []) for d in GENERATED],
)
def test_a_generated_table_says_what_the_code_says(document):
    name, made = GENERATED[document]
    assert table_in(document, name) == made(), MEND


def test_the_table_of_moves_is_the_one_the_code_obeys():
    words = {kind: re.sub("State$|Status$", "", kind.__name__) for kind in MOVES}
    legal = {(words[kind], old, new) for kind, moves in MOVES.items() for old, new in moves}
    rows = [tuple(cells[:3]) for cells in cells_in("docs/architecture.md", "moves")]
    assert len(rows) == len(set(rows))
    assert set(rows) == legal


def test_the_quoted_policy_is_the_one_in_force():
    quoted = text_of("docs/architecture.md").partition("```python\n")[2].partition("```")[0]
    assert quoted
    assert quoted in text_of("devpilot/routes/steps.py")


def test_the_table_of_kinds_names_every_kind_a_step_can_be_declared_in():
    declared = {kind.kind for kind in Field.__subclasses__()}
    assert {cells[0] for cells in cells_in("docs/methodology.md", "kinds")} == declared


def test_two_commands_are_all_it_takes_to_start():
    start = section("README.md", "Start")
    lines = [line.partition("#")[0].strip() for line in shell_in(start).splitlines()]
    assert lines == ["make run", "make test"]
    assert set(re.findall(r"\bmake [a-z]+", start)) == set(lines)


def test_every_command_of_the_makefile_is_explained_or_listed_by_it():
    commands = set(re.findall(r"^([a-z0-9]+):.*## ", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9]+)`", text_of("README.md"))) <= commands


def links_of(document: str) -> Iterator[tuple[Path, str]]:
    """The files of ours that a document links to, each with the heading it names or ""."""
    for address in LINK.findall(BLOCK.sub("", text_of(document))):
        if "://" in address or address.startswith("mailto:"):
            continue
        path, _, heading = unquote(address).partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        yield target.resolve(), heading


def headings_of(path: Path) -> set[str]:
    """The headings of a Markdown file in the form that a link has."""
    titles = re.findall(r"^#+ (.+)$", BLOCK.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_to_something(document):
    for target, heading in links_of(document):
        assert target.exists(), f"{document}: {target}"
        assert not heading or heading in headings_of(target), f"{document}: #{heading}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_source_file_that_is_named_exists(document):
    for name in SOURCE.findall(BLOCK.sub("", text_of(document))):
        assert (ROOT / name).exists() or (ROOT / "devpilot" / name).exists(), name


def test_every_document_is_reached_from_the_readme():
    reached, waiting = {"README.md"}, ["README.md"]
    while waiting:
        for target, _ in links_of(waiting.pop()):
            name = target.relative_to(ROOT).as_posix()
            if name.endswith(".md") and name not in reached:
                reached.add(name)
                waiting.append(name)
    assert sorted(reached) == DOCUMENTS


@pytest.fixture
def served(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server.url
    server.stop()


def run(command, folder):
    told = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="the story is told with curl")
def test_the_job_by_curl_ends_with_a_verified_export(served, tmp_path):
    story = shell_in(section("docs/forms.md", "With curl"))
    story = story.replace("http://127.0.0.1:8000", served)
    story = story.replace(".venv/bin/python", sys.executable)
    told = run(["sh", "-eu", "-c", story], tmp_path)
    assert "409" in told.split()
    assert json.loads((tmp_path / "refusal.json").read_text())["code"] == "step_out_of_sequence"
    assert "verified" in told
    blueprint = exported(tmp_path)["steps"]["definition"]
    assert "booked by phone" in blueprint["summary"]
    assert blueprint["deferred"][-1]["question"] == "Do we send letters?"


@pytest.mark.slow
def test_the_job_by_python_ends_with_an_export(served, tmp_path):
    script = section("docs/forms.md", "With Python").partition("```python\n")[2]
    run([sys.executable, "-c", script.partition("```")[0], served], tmp_path)
    for step in exported(tmp_path)["steps"].values():
        assert step["deferred"][-1]["why"] == "No figures yet."


def exported(folder):
    with zipfile.ZipFile(folder / "blueprint.zip") as archive:
        return json.loads(archive.read("blueprint.json"))


def main() -> None:
    for document, (name, made) in GENERATED.items():
        written = region(name).sub(lambda _, made=made: made(), text_of(document))
        (ROOT / document).write_text(written, "utf-8")


if __name__ == "__main__":
    main()
