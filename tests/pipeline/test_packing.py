"""Gzip of pages, of which a part may have been compressed before."""

import gzip

import pytest

from devpilot.packing import Kept, gzipped

WORDS = "“Slots” for 3 clinics, naïve 🩺 " * 400


def fields_of(page):
    """The part that is kept: from the first field to the lock button."""
    return page[page.index('name="fields"') : page.index('class="lock-bar"')]


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


def test_a_step_page_is_the_same_with_and_without_gzip(written):
    get = written.owner.client.get
    plain = get(written.step(1), headers={"Accept-Encoding": "identity"})
    packed = [get(written.step(1), headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert "Content-Encoding" not in plain.headers
    for response in packed:
        assert int(response.headers["Content-Length"]) == len(response.data)
        assert fields_of(gzip.decompress(response.data).decode()) == fields_of(plain.text)
