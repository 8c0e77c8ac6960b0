"""The one script of others that DevPilot serves is the one that was published."""

import base64
import gzip
import hashlib
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
VENDOR = STATIC / "vendor"


def test_htmx_is_byte_for_byte_the_published_file() -> None:
    release, file, recorded = (VENDOR / "VERSION").read_text("utf-8").split()[1:]
    digest = base64.b64encode(hashlib.sha384((VENDOR / file).read_bytes()).digest()).decode()
    assert recorded == f"sha384-{digest}"
    assert f'version:"{release}"' in (VENDOR / file).read_text("utf-8")


def test_htmx_comes_with_its_licence() -> None:
    assert "Zero-Clause BSD" in (VENDOR / "LICENSE").read_text("utf-8")


def test_nothing_else_of_others_is_served() -> None:
    assert {path.name for path in VENDOR.rglob("*")} == {"htmx.min.js", "LICENSE", "VERSION"}


def test_no_script_of_ours_holds_a_minified_line() -> None:
    ours = [path for path in STATIC.rglob("*.js") if VENDOR not in path.parents]
    assert not [
        path
        for path in ours
        if max(map(len, path.read_text("utf-8").splitlines()), default=0) > 300
    ]


def test_the_style_sheet_and_the_script_stay_small() -> None:
    """Unpacked for the one, as it is sent for the other."""
    assert len((STATIC / "devpilot.css").read_bytes()) < 30_000
    assert len(gzip.compress((STATIC / "devpilot.js").read_bytes())) < 6_000
