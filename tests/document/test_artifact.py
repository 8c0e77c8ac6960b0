import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from devpilot.adapters.graphviz import lay_out_patiently as lay_out
from devpilot.document import (
    NotDrawn,
    Snapshot,
    blueprint_json,
    build,
    markdown,
    no_layout,
    render,
    step_markdown,
)
from devpilot.document.artifact import pictures_in
from devpilot.document.pictures import gallery
from devpilot.document.pictures.dot import graph_of
from devpilot.methodology import canonical

ROOT = Path(__file__).parents[2]

GOLDEN = "41be805a3a93dd0c63349f16a310ee32925064d197c5114b0807c9fd638e5fe3"
"""SHA-256 of the example's export.

It changes only with what the template version stands for: the definitions, the rules, the
words of the document, the example itself. Once an export has been given to anyone, a
change here needs a new TEMPLATE_VERSION; a change that nobody meant is a bug.
"""

BUILD = """
import json
import sys
from pathlib import Path
from devpilot.adapters.graphviz import lay_out_patiently as lay_out
from devpilot.document import Snapshot, build
document = json.loads(Path(sys.argv[1]).read_bytes())
print(build(Snapshot.from_json(document), lay_out).sha256)
"""

BUILD_BARE = """
import json
import sys
from pathlib import Path
from devpilot.document import Snapshot, build
document = json.loads(Path(sys.argv[1]).read_bytes())
answers = json.loads(Path(sys.argv[2]).read_bytes())
print(build(Snapshot.from_json(document), lambda graphs: answers).sha256)
"""
"""The same where there is no other package: the layout program's answers are handed in."""


def pythons():
    """This Python, and each other supported one that is on the path, or pyenv's, and starts."""
    names = [f"python3.{minor}" for minor in range(11, 15)]
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [sys.executable, *filter(None, map(shutil.which, names))]
    found += [path for name in names for path in versions.glob(f"*/bin/{name}")]
    return [python for python in found if starts(python)]


def starts(python):
    """Whether it runs at all: a shim of pyenv may stand for a version that is not active."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def stored(tmp_path_factory, finished):
    path = tmp_path_factory.mktemp("blueprint") / "blueprint.json"
    path.write_bytes(blueprint_json(finished))
    return path


@pytest.fixture(scope="session")
def answers(tmp_path_factory, finished):
    """What the layout program says of the example's pictures."""
    path = tmp_path_factory.mktemp("layout") / "answers.json"
    graphs = [graph_of(picture.scene) for picture in pictures_in(finished)]
    path.write_text(json.dumps(lay_out(graphs)), encoding="utf-8")
    return path


def built_by(python, program, *files, **environment: str):
    """The export's hash as another process makes it."""
    paths = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-c", program, *files],
        env={**os.environ, **paths, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_example_gives_the_bytes_it_always_gave(artifact):
    assert artifact.sha256 == GOLDEN


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Kiritimati"},
        {"LC_ALL": "C", "TZ": "America/St_Johns"},
        {"LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    ],
)
def test_no_setting_of_the_machine_changes_a_byte(artifact, stored, environment):
    assert built_by(sys.executable, BUILD, stored, **environment) == artifact.sha256


@pytest.mark.slow
def test_every_python_builds_the_same_bytes(artifact, stored, answers):
    built = {built_by(python, BUILD_BARE, stored, answers) for python in pythons()}
    assert built == {artifact.sha256}


def test_an_export_has_all_its_pictures_or_is_not_made(finished, answers):
    gallery.kept.clear()
    said = json.loads(answers.read_text(encoding="utf-8"))
    missing = graph_of(pictures_in(finished)[3].scene).name
    with pytest.raises(NotDrawn, match="Not laid out: workflow-W3"):
        build(finished, lambda _graphs: {k: v for k, v in said.items() if k != missing})
    gallery.kept.clear()
    with pytest.raises(NotDrawn, match="architecture, workflow-W1"):
        build(finished, no_layout)


@pytest.mark.skipif(
    not all(map(shutil.which, ["unzip", "sha256sum", "jq"])),
    reason="the manual's tools are not here",
)
def test_the_commands_of_the_manual_agree(artifact, tmp_path):
    manual = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    commands = manual.split("```sh\n")[1].split("```")[0]
    (tmp_path / "wellbrook.zip").write_bytes(artifact.content)
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert artifact.sha256 in done.stdout
    assert done.stdout.count(": OK\n") == len(artifact.manifest["files"]) == 19
    assert done.stdout.count(artifact.export_hash) == 2


def test_building_twice_gives_the_same_and_changes_nothing(finished):
    before = canonical(finished.to_json())
    assert build(finished, lay_out) == build(finished, lay_out)
    assert canonical(finished.to_json()) == before


def test_the_order_in_which_data_is_held_does_not_matter(finished, artifact):
    steps = {
        order: dict(reversed(data.items())) for order, data in reversed(finished.steps.items())
    }
    assert build(replace(finished, steps=steps), lay_out).sha256 == artifact.sha256


@pytest.mark.parametrize(
    "change",
    [
        {"project_name": "Another"},
        {"number": 2},
        {"revision_id": "00000000-0000-4000-8000-000000000000"},
        {"completed_at": "2026-11-22T14:03:01Z"},
    ],
)
def test_all_metadata_is_in_the_hash(finished, artifact, change):
    assert build(replace(finished, **change), lay_out).export_hash != artifact.export_hash


def test_the_archive_has_one_form(artifact):
    with zipfile.ZipFile(io.BytesIO(artifact.content)) as archive:
        entries = archive.infolist()
        assert archive.comment == b""
    assert [entry.filename for entry in entries] == [
        "AGENTS.md",
        "BLUEPRINT.md",
        "blueprint.json",
        "blueprint.schema.json",
        "diagrams/architecture.svg",
        "diagrams/positions.json",
        "diagrams/states-T1.svg",
        "diagrams/states-T9.svg",
        *[f"diagrams/workflow-W{number}.svg" for number in range(1, 8)],
        "manifest.json",
        "steps/01-definition.md",
        "steps/02-model.md",
        "steps/03-architecture.md",
        "steps/04-workflows.md",
    ]
    for entry in entries:
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.create_system == 3
        assert entry.external_attr >> 16 == 0o100644
        assert (entry.extra, entry.comment, entry.flag_bits) == (b"", b"", 0)


def test_the_manifest_lists_every_file_but_itself(finished, artifact):
    files = render(finished, lay_out)
    assert artifact.manifest["files"] == [
        {
            "path": path,
            "size": len(files[path]),
            "sha256": hashlib.sha256(files[path]).hexdigest(),
        }
        for path in sorted(files)
    ]
    assert artifact.manifest["revision"]["id"] == finished.revision_id
    assert artifact.manifest["template_version"] == 2


def test_the_hashes_are_what_they_are_said_to_be(artifact):
    manifest = {k: v for k, v in artifact.manifest.items() if k != "hash"}
    assert artifact.manifest["hash"] == artifact.export_hash
    assert artifact.export_hash == hashlib.sha256(canonical(manifest)).hexdigest()
    assert artifact.sha256 == hashlib.sha256(artifact.content).hexdigest()
    assert artifact.size == len(artifact.content)


def test_the_files_are_what_the_single_renderings_give(finished):
    files = render(finished, lay_out)
    assert files["BLUEPRINT.md"].decode() == markdown(finished)
    assert files["steps/03-architecture.md"].decode() == step_markdown(finished, 3)
    assert files["blueprint.json"] == blueprint_json(finished)
    assert json.loads(files["blueprint.schema.json"])["title"].startswith("DevPilot blueprint")


def test_text_files_end_with_one_newline_and_have_no_carriage_return(finished):
    for path, content in render(finished, lay_out).items():
        if path.endswith(".md"):
            assert content.endswith(b"\n")
            assert not content.endswith(b"\n\n")
            assert b"\r" not in content


def test_the_json_of_an_export_gives_the_export_again(finished, artifact):
    document = json.loads(render(finished, lay_out)["blueprint.json"])
    assert build(Snapshot.from_json(document), lay_out) == artifact
