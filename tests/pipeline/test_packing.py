"""Gzip of pages, of which a part may have been compressed before."""

import gzip

import pytest

from devpilot.packing import Kept, gzipped

WORDS = "“Slots” for 3 clinics, naïve 🩺 " * 400


@pytest.mark.parametrize("before", ["", "<p>short", WORDS])
@pytest.mark.parametrize("kept", ["", "<p>short", WORDS])
@pytest.mark.parametrize("after", ["", "<p>short", WORDS])
def test_what_is_unpacked_is_the_page(before, kept, after):
    part = Kept.of(kept)
    pieces = part.within(f"{before}{part.place}{after}")
    assert b"".join(pieces).decode() == before + kept + after
    assert gzip.decompress(gzipped(pieces)).decode() == before + kept + after


def test_a_kept_part_stands_in_one_page_after_another():
    part = Kept.of(WORDS)
    pages = [gzipped(part.within(f"{name}{part.place}{name}")) for name in ("one", "two")]
    assert [gzip.decompress(page).decode() for page in pages] == [
        f"{name}{WORDS}{name}" for name in ("one", "two")
    ]


def test_several_kept_parts_stand_in_one_page():
    parts = [Kept.of(WORDS), b"between", Kept.of("<p>short"), Kept.of(WORDS)]
    assert gzip.decompress(gzipped(parts)) == b"".join(parts)


def test_a_step_page_is_the_same_with_and_without_gzip(paying):
    owned = paying.with_example()
    plain = paying.client.get(owned.step(1), headers={"Accept-Encoding": "identity"})
    packed = paying.client.get(owned.step(1), headers={"Accept-Encoding": "gzip"})
    again = paying.client.get(owned.step(1), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    fields = [
        text[text.index('name="fields"') : text.index('class="lock-bar"')]
        for text in (plain.text, *(gzip.decompress(r.data).decode() for r in (packed, again)))
    ]
    assert fields[0] == fields[1] == fields[2]
    assert int(packed.headers["Content-Length"]) == len(packed.data)
