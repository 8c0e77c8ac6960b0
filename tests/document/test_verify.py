import io
import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devpilot import verify as verifier
from devpilot.adapters.graphviz import lay_out_patiently as lay_out
from devpilot.document import NotDrawn, build, no_layout, render
from devpilot.document.archive import pack, unpack
from devpilot.document.artifact import bind, pictures_in
from devpilot.document.manifest import manifest_hash
from devpilot.document.pictures import drawings, gallery, read_places
from devpilot.methodology import canonical
from devpilot.verify import NotAnExport, verify

ROOT = Path(__file__).parents[2]

PATHS = [
    "AGENTS.md",
    "BLUEPRINT.md",
    "blueprint.json",
    "blueprint.schema.json",
    "diagrams/architecture.svg",
    "diagrams/positions.json",
    "diagrams/states-T1.svg",
    "diagrams/workflow-W1.svg",
    "manifest.json",
    "steps/01-definition.md",
    "steps/02-model.md",
    "steps/03-architecture.md",
    "steps/04-workflows.md",
]


@pytest.fixture
def entries(artifact):
    return unpack(artifact.content)[0]


def zipped(entries, change=lambda _info: None, comment=b""):
    """A ZIP of these (path, content) pairs in this order, like ours but for the change."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.comment = comment
        for path, content in entries:
            info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            change(info)
            archive.writestr(info, content)
    return target.getvalue()


def with_manifest(entries, change):
    """The entries with a changed manifest, its own hash made right again."""
    manifest = json.loads(entries["manifest.json"])
    change(manifest)
    manifest["hash"] = manifest_hash(manifest)
    return {**entries, "manifest.json": canonical(manifest)}


def said(content):
    return " ".join(verify(content).differences)


def test_an_untouched_export_is_verified(artifact, finished):
    report = verify(artifact.content)
    assert report.differences == []
    assert report.snapshot == finished
    assert (report.export_hash, report.sha256) == (artifact.export_hash, artifact.sha256)


def test_the_test_writes_zips_as_the_product_does(artifact, entries):
    assert zipped(sorted(entries.items())) == artifact.content


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("position", [0, 700, -1])
def test_a_changed_byte_is_found_in_every_file(entries, path, position):
    changed = bytearray(entries[path])
    changed[position] ^= 1
    assert path in said_or_refused(pack({**entries, path: bytes(changed)}))


@pytest.mark.parametrize("path", [path for path in PATHS if path != "manifest.json"])
def test_a_changed_file_is_found_when_the_manifest_was_made_to_fit(entries, finished, path):
    files = {name: entries[name] for name in entries if name != "manifest.json"}
    files[path] = files[path].replace(b"e", b"E", 1)
    assert path in said(bind(finished, files).content)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "manifest.json"])
def test_a_missing_file_is_found(entries, finished, path):
    del entries[path]
    assert f"'{path}' is in the manifest and not in the ZIP" in said(pack(entries))
    fitting = {name: entries[name] for name in entries if name != "manifest.json"}
    assert verify(bind(finished, fitting).content).differences


def test_an_added_file_is_found(entries, finished):
    entries["notes.md"] = b"hello"
    assert "'notes.md' is in the ZIP and not in the manifest" in said(pack(entries))
    fitting = {name: entries[name] for name in entries if name != "manifest.json"}
    assert "manifest.json is not what the data" in said(bind(finished, fitting).content)


def test_another_order_is_found(entries):
    content = zipped(sorted(entries.items(), reverse=True))
    assert said(content) == "Every file is right, but the ZIP around them is not as it was made."


FORMS = {
    "another date": lambda info: setattr(info, "date_time", (2026, 1, 1, 0, 0, 0)),
    "other permissions": lambda info: setattr(info, "external_attr", 0o100755 << 16),
    "a link": lambda info: setattr(info, "external_attr", 0o120777 << 16),
    "another system": lambda info: setattr(info, "create_system", 0),
    "an extra field": lambda info: setattr(info, "extra", b"\xfe\xca\x00\x00"),
    "an entry's comment": lambda info: setattr(info, "comment", b"x"),
}


@pytest.mark.parametrize("change", FORMS.values(), ids=FORMS.keys())
def test_another_form_of_the_zip_is_found(entries, change):
    assert "the ZIP around them" in said(zipped(sorted(entries.items()), change))


def test_bytes_around_the_zip_are_found(artifact, entries):
    assert "the ZIP around them" in said(zipped(sorted(entries.items()), comment=b"x"))
    assert "the ZIP around them" in said(b"#!/bin/sh\n" + artifact.content)


def test_a_compressed_entry_is_not_unpacked(entries):
    def deflate_one(info):
        if info.filename == "AGENTS.md":
            info.compress_type = zipfile.ZIP_DEFLATED

    content = zipped(sorted(entries.items()), deflate_one)
    assert "'AGENTS.md' is compressed or encrypted" in said(content)


def said_or_refused(content):
    try:
        return said(content)
    except NotAnExport as refusal:
        return str(refusal)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_found(entries):
    twice = sorted([*entries.items(), ("AGENTS.md", b"Obey.")])
    assert "'AGENTS.md' is in the ZIP more than once" in said(zipped(twice))


@pytest.mark.parametrize(
    "path",
    ["../evil", "/etc/passwd", "a/../../b", "C:\\evil", "a\\b", "steps/", ".git/config", "a//b"],
)
def test_a_path_that_leads_elsewhere_is_found(entries, path):
    content = zipped([*sorted(entries.items()), (path, b"")])
    assert "is not a path that a file may have" in said(content)


def test_a_wrong_size_is_found(entries):
    def change(manifest):
        manifest["files"][0]["size"] += 1

    assert "the manifest gives another size" in said(pack(with_manifest(entries, change)))


def test_a_wrong_hash_is_found(entries):
    def change(manifest):
        manifest["files"][0]["sha256"] = "0" * 64

    assert "does not have the SHA-256" in said(pack(with_manifest(entries, change)))


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["revision"].update(number=2),
        lambda manifest: manifest["files"].reverse(),
        lambda manifest: manifest["files"].append(manifest["files"][0]),
        lambda manifest: manifest.update(files={}),
        lambda manifest: manifest.update(files=[1]),
        lambda manifest: manifest.update(extra="x"),
        lambda manifest: manifest.pop("revision"),
    ],
)
def test_an_edited_manifest_is_found_when_its_hash_was_made_to_fit(entries, change):
    assert "manifest.json" in said(pack(with_manifest(entries, change)))


def test_a_manifest_whose_hash_is_wrong_is_found(entries):
    manifest = json.loads(entries["manifest.json"]) | {"hash": "0" * 64}
    assert "its hash is not the hash" in said(
        pack({**entries, "manifest.json": canonical(manifest)})
    )


def test_json_in_another_form_is_found(entries):
    for path in ("manifest.json", "blueprint.json"):
        pretty = json.dumps(json.loads(entries[path]), indent=1).encode()
        assert "canonical form" in said(pack({**entries, path: pretty}))


def test_data_that_no_lock_would_take_is_found(with_data):
    content = build(with_data(1, summary=""), lay_out).content
    assert "could not have been locked" in said(content)


def test_data_that_is_no_blueprint_is_found(entries, finished):
    document = json.loads(entries["blueprint.json"])
    document["steps"]["model"]["roles"][0]["key"] = "<b>"
    files = {name: entries[name] for name in entries if name != "manifest.json"}
    files["blueprint.json"] = canonical(document)
    assert "blueprint.json cannot be rendered" in said(bind(finished, files).content)


@pytest.mark.parametrize("name", ["manifest.json", "blueprint.json"])
@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"\xff", b"[" * 100_000, b'{"a":NaN}', b'{"a":1e999}', b'{"a":"\\ud800"}',
     b'{"a":' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_json_that_is_none_is_refused_or_found(entries, name, content):
    assert name in said_or_refused(pack({**entries, name: content}))


@pytest.mark.slow
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_data_with_holes_in_it_is_judged_without_stumbling(with_data, data):
    snapshot = with_data(1)
    for _ in range(data.draw(st.integers(1, 5))):
        fields = snapshot.steps[data.draw(st.sampled_from(sorted(snapshot.steps)))]
        name = data.draw(st.sampled_from(sorted(fields))) if fields else ""
        if name and isinstance(fields[name], list) and fields[name]:
            row = data.draw(st.sampled_from(fields[name]))
            column = data.draw(st.sampled_from(sorted(row.keys() - {"key"})))
            empty = {str: "", list: [], bool: False, int: 0}[type(row[column])]
            dangling = {str: "G9999", list: ["F9999"]}.get(type(row[column]), empty)
            row[column] = data.draw(st.sampled_from([empty, dangling]))
        elif name:
            del fields[name]
    said_or_refused(build(snapshot, lay_out).content)


def test_another_template_version_says_which_one_is_needed(finished, entries):
    document = json.loads(entries["blueprint.json"]) | {"template_version": 7}
    files = {**entries, "blueprint.json": canonical(document)}
    del files["manifest.json"]
    made = bind(finished, files)
    newer = with_manifest(unpack(made.content)[0], lambda m: m.update(template_version=7))
    with pytest.raises(NotAnExport, match=r"template version 7.*version 2 alone"):
        verify(pack(newer))
    newer["AGENTS.md"] = b"Obey."
    assert "'AGENTS.md' does not have the SHA-256" in said(pack(newer))
    assert "template version 7" in said(pack(newer))


@pytest.mark.parametrize("content", [b"", b"PK", b"not a ZIP", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_export_is_refused(content):
    with pytest.raises(NotAnExport):
        verify(content)


def test_what_unpacks_to_too_much_is_refused_unread(entries, monkeypatch):
    monkeypatch.setattr("devpilot.document.archive.MAX_UNPACKED", 1000)
    with pytest.raises(NotAnExport, match="unpacks to more than 1,000 bytes"):
        verify(pack(entries))


@pytest.mark.slow
def test_no_changed_byte_of_the_zip_goes_unnoticed(artifact):
    content = artifact.content
    directory = content.rindex(b"PK\x01\x02")
    positions = [*range(120), *range(200, len(content), 977), *range(directory, len(content))]
    for position in positions:
        changed = bytearray(content)
        changed[position] ^= 0x21
        assert said_or_refused(bytes(changed)), position
        assert said_or_refused(content[:position]), position


BLOCKED = """
import sys
for name in ("flask", "werkzeug", "jinja2", "markupsafe", "sqlalchemy", "sqlite3", "alembic",
             "pydantic", "stripe", "openai", "markdown", "nh3", "structlog", "socket", "ssl"):
    sys.modules[name] = None
from devpilot.verify import main
sys.exit(main(sys.argv[1:]))
"""


def run(*arguments: object):
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_it_needs_neither_server_nor_database_nor_network(tmp_path, artifact):
    path = tmp_path / "export.zip"
    path.write_bytes(artifact.content)
    status, output = run("-c", BLOCKED, path)
    assert status == 0, output
    assert "export.zip: verified" in output


@pytest.mark.slow
def test_the_command_reports_and_gives_the_exit_status(tmp_path, artifact, entries):
    path = tmp_path / "export.zip"
    path.write_bytes(artifact.content)
    status, output = run("-m", "devpilot.verify", path)
    assert status == 0
    assert artifact.export_hash in output
    assert artifact.sha256 in output
    assert "Wellbrook Appointments" in output
    path.write_bytes(pack({**entries, "AGENTS.md": b"Obey."}))
    status, output = run("-m", "devpilot.verify", path)
    assert status == 1
    assert "- 'AGENTS.md' does not have the SHA-256" in output
    assert run("-m", "devpilot.verify", tmp_path)[0] == 2
    assert run("-m", "devpilot.verify", tmp_path / "absent.zip")[0] == 2
    assert run("-m", "devpilot.verify")[0] == 2


def test_a_project_name_cannot_command_the_terminal(tmp_path, finished, capsys):
    path = tmp_path / "export.zip"
    path.write_bytes(
        build(replace(finished, project_name="\x1b]0;owned\x07\u202e"), lay_out).content
    )
    assert verifier.main([str(path)]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.fixture
def altered(entries, finished):
    """An export whose places were changed, everything else made to fit."""

    def make(change):
        kept = json.loads(entries["diagrams/positions.json"])
        change(kept["pictures"])
        files = {path: entries[path] for path in entries if path != "manifest.json"}
        pictures = pictures_in(finished)
        with suppress(NotDrawn):
            files |= drawings(pictures, read_places(pictures, kept))
        files["diagrams/positions.json"] = canonical(kept)
        return bind(finished, files).content

    return make


def test_pictures_are_verified_without_the_layout_program(artifact, altered):
    gallery.kept.clear()
    report = verify(artifact.content, no_layout)
    assert (report.differences, report.laid_out) == ([], False)
    assert verify(artifact.content).laid_out


def test_other_places_are_found_where_the_layout_program_is(altered):
    def nudge(pictures):
        pictures["states-T1"]["boxes"][1][0] += 2

    content = altered(nudge)
    gallery.kept.clear()
    assert verify(content, no_layout).differences == [], "consistent, and nobody can say more"
    assert said(content) == (
        "diagrams/positions.json has other places than the layout gives: states-T1."
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda pictures: pictures.pop("architecture"),
        lambda pictures: pictures["architecture"]["boxes"].pop(),
        lambda pictures: pictures["architecture"]["boxes"][0].append(1),
        lambda pictures: pictures["architecture"].update(size=[10**30, 1]),
        lambda pictures: pictures["architecture"].update(size=[1, 1]),
        lambda pictures: pictures["architecture"]["boxes"].__setitem__(0, [-5000, 10]),
        lambda pictures: pictures["architecture"]["boxes"].__setitem__(0, [True, 10]),
        lambda pictures: pictures["architecture"]["lines"][0].update(curves=[]),
        lambda pictures: pictures["architecture"]["lines"][0].update(curves=[[[1, 2], [3, 4]]]),
        lambda pictures: pictures["architecture"]["lines"][0].update(label=[]),
        lambda pictures: pictures["architecture"]["lines"][0].update(more=1),
        lambda pictures: pictures["architecture"].update(zones=[None] * 4),
        lambda pictures: pictures.update(architecture=[[]]),
        lambda pictures: pictures["architecture"].update(lines="<svg onload='alert(1)'>"),
    ],
)
def test_places_that_are_none_are_found_and_nothing_is_drawn_there(altered, change):
    assert "diagrams/positions.json has no places to draw at" in said(altered(change))


def test_more_places_than_pictures_are_found(altered):
    content = altered(lambda pictures: pictures.update(more=pictures["architecture"]))
    assert "diagrams/positions.json is not what the data" in said(content)


def test_files_and_rendering_agree(finished, entries):
    assert render(finished, lay_out).items() <= entries.items()
