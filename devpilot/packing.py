"""Gzip of an answer, where a long part of a page may have been compressed before.

The fields of a step's form are most of its page, and are kept while the step's text stays the
same. To encode and compress them again each time took a fourth of the time of the page. A
newcomer's likely mistake: keeping a part that holds a token; see `Kept`.
"""

import secrets
import struct
import zlib
from collections.abc import Iterable

from markupsafe import Markup

LEVEL = 1
"""Where the time that compression takes still pays on a fast line."""

KEPT_LEVEL = 6
"""A fifth less to send, for two milliseconds of a long step or document. A step takes them once."""

_MEMORY = 6
"""A quarter of the usual: clearing that took as long as compressing a page. No page is larger."""

_RAW = -zlib.MAX_WBITS
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\x04\xff"
"""Gzip without a name and a time, made for speed on a system that is not said."""

# Drawn at start, so that nobody can type it.
_PLACE = Markup(f"kept-{secrets.token_hex(8)}")  # noqa: S704  hexadecimal digits


class Kept(bytes):
    """A part of a page in UTF-8, and the same compressed: in whole blocks, on their own.

    What is kept must follow from content alone: no token, no moment, nobody's name.
    """

    deflated: bytes

    @classmethod
    def of(cls, part: str) -> "Kept":
        kept = cls(part.encode())
        packer = _packer(KEPT_LEVEL)
        kept.deflated = packer.compress(kept) + packer.flush(zlib.Z_FULL_FLUSH)
        return kept

    @property
    def place(self) -> Markup:
        """What a template prints where this part will stand."""
        return _PLACE

    def within(self, page: str) -> list[bytes]:
        """The page in pieces, this part in its place."""
        before, _, after = page.partition(_PLACE)
        return [before.encode(), self, after.encode()]


def gzipped(parts: Iterable[bytes]) -> bytes:
    """The parts as one gzip file."""
    packer, crc, size = _packer(), 0, 0
    packed = [_HEADER]
    for part in parts:
        crc, size = zlib.crc32(part, crc), size + len(part)
        if isinstance(part, Kept):
            # A full flush ends on a byte, and nothing after it refers to what was before.
            packed += (packer.flush(zlib.Z_FULL_FLUSH), part.deflated)
        else:
            packed.append(packer.compress(part))
    packed += (packer.flush(), struct.pack("<II", crc, size))
    return b"".join(packed)


def _packer(level: int = LEVEL) -> "zlib._Compress":
    return zlib.compressobj(level, zlib.DEFLATED, _RAW, _MEMORY)
