"""Downloading an export: its headers, and that it outlives plan and project."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from devpilot.adapters.artifacts import ArtifactFolder
from tests.refusals import assert_refused

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(completed):
    response = completed.owner.post(f"{completed.revision}/exports")
    return f"{response.headers['Location']}/download"


def test_the_download_is_an_attachment_named_by_its_content(completed, path):
    response = completed.owner.open(path)
    digest = hashlib.sha256(response.data).hexdigest()
    assert response.status_code == 200
    assert response.mimetype == "application/zip"
    assert response.headers["ETag"] == f'"{digest}"'
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.endswith('.zip"')
    assert disposition.isascii()
    assert int(response.headers["Content-Length"]) == len(response.data)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_whoever_holds_the_same_bytes_is_told_so(completed, path):
    etag = completed.owner.open(path).headers["ETag"]
    for value in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        response = completed.owner.open(path, headers={"If-None-Match": value})
        assert (response.status_code, response.data) == (304, b""), value
        assert response.headers["ETag"] == etag
    other = completed.owner.open(path, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_head_tells_the_size_without_the_bytes(completed, path):
    got, headed = completed.owner.client.get(path), completed.owner.client.head(path)
    assert headed.data == b""
    assert headed.headers["Content-Length"] == got.headers["Content-Length"]
    assert headed.headers["ETag"] == got.headers["ETag"]


def test_the_bytes_are_the_same_each_time(completed, path):
    assert completed.owner.open(path).data == completed.owner.open(path).data


def test_it_stays_downloadable_after_the_plan_ended_and_the_project_was_deleted(
    completed, path, nothing_changes
):
    owner = completed.owner
    first = owner.open(path).data
    owner.post("/billing/sandbox", {"event": "period_ended"})
    owner.post(f"{completed.project}/delete")
    with nothing_changes():
        assert owner.open(path).data == first
        assert owner.page(path.removesuffix("/download")).headings


def test_it_is_nobody_elses(stranger, visitor, path):
    assert_refused(stranger.open(path), "not_found")
    assert visitor.open(path).status_code == 303


def verified(file):
    """The verifier's verdict from a folder and an interpreter that know nothing of the server."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; "
    code += "runpy.run_module('devpilot.verify', run_name='__main__')"
    command = [sys.executable, "-I", "-c", code, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=file.parent)


@pytest.mark.slow
def test_the_offline_verifier_finds_nothing_wrong_with_it(completed, path, tmp_path):
    file = tmp_path / "export.zip"
    file.write_bytes(completed.owner.open(path).data)
    found = verified(file)
    assert found.returncode == 0, found.stdout + found.stderr
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    found = verified(file)
    assert found.returncode in {1, 2}
    assert "Traceback" not in found.stderr


def test_an_artifact_that_is_lost_is_no_other_file(completed, path, monkeypatch):
    """The store lost the file: a failure of ours, as a page of ours, and nothing else's bytes."""
    monkeypatch.setattr(ArtifactFolder, "path", lambda self, _sha256: self.root / "gone")
    response = completed.owner.client.get(path)
    assert response.status_code >= 500
    assert response.headers["DevPilot-Error"]
    assert b"Traceback" not in response.data


@pytest.mark.parametrize("name", ["", "..", "../x", "A" * 64, "0" * 63, "0" * 65, "٣" * 64])
def test_the_store_takes_no_name_but_a_hash(tmp_path, name):
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        ArtifactFolder(tmp_path).get(name)


def test_storing_twice_is_one_file_and_leaves_no_draft(tmp_path):
    store = ArtifactFolder(tmp_path)
    digest = hashlib.sha256(b"x").hexdigest()
    for _ in range(2):
        store.put(digest, b"x")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest]
    assert store.get(digest) == b"x"
