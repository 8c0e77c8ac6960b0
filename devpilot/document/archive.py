"""The ZIP around an export: written in one form only, and read without trust.

Owns the archive's bytes. A newcomer's likely mistake: to compress. Deflate gives other
bytes with other builds of zlib, so entries are stored; and an entry that is not stored is
never unpacked.
"""

import re
import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO

MAX_UNPACKED = 64 * 1024 * 1024
"""Bytes of all entries together; more is refused before anything is unpacked."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a ZIP can name; the export's own time is in its data."""

_UNIX = 3
_FILE_MODE = 0o100644
_ENCRYPTED = 0x1

_SAFE_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""Relative, no part that begins with a dot, nothing that a system reads in its own way."""

_BROKEN = (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, struct.error)
"""What `zipfile` raises for bytes that are not a ZIP, or only nearly (NotImplementedError,
for what it does not support, is a RuntimeError)."""


class NotAnArchive(ValueError):
    """The bytes are not a ZIP that may be unpacked; the message is a sentence that says why."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP in which nothing depends on the machine or the moment."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system = _UNIX
            entry.external_attr = _FILE_MODE << 16
            target.writestr(entry, content)
    return archive.getvalue()


def unpack(content: bytes) -> tuple[dict[str, bytes], list[str]]:
    """The entries by path, and a sentence for each that no export has in that form.

    Of entries with the same path the last counts. Raises NotAnArchive.
    """
    entries: dict[str, bytes] = {}
    problems: list[str] = []
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for info in _within_bounds(archive):
                if info.filename in entries:
                    problems.append(f"{info.filename!a} is in the ZIP more than once.")
                if not _SAFE_PATH.fullmatch(info.filename):
                    problems.append(f"{info.filename!a} is not a path that a file may have.")
                entries[info.filename] = _read(archive, info, problems)
    except _BROKEN as broken:
        if isinstance(broken, NotAnArchive):
            raise
        raise NotAnArchive(f"It is not a well-formed ZIP: {broken}.") from broken
    return entries, problems


def _within_bounds(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise NotAnArchive(f"It unpacks to more than {MAX_UNPACKED:,} bytes.")
    return infos


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, problems: list[str]) -> bytes:
    """An entry's bytes; none, and a problem, when it is not stored or not whole."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & _ENCRYPTED:
        problems.append(f"{info.filename!a} is compressed or encrypted; an export only stores.")
        return b""
    try:
        return archive.read(info)
    except _BROKEN as broken:
        problems.append(f"{info.filename!a} cannot be read from the ZIP: {broken}.")
        return b""
