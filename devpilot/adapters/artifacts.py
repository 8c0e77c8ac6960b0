"""Where export files are kept: a folder, each file under the SHA-256 of its own bytes."""

import os
import re
import secrets
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class ArtifactFolder:
    """A content-addressed folder. Writing the same bytes twice is one file."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Raises ValueError for anything that is not a SHA-256 in hex."""
        if not _SHA256.fullmatch(sha256):
            message = "an artifact is named by 64 hexadecimal digits"
            raise ValueError(message)
        return self.root / sha256[:2] / sha256

    def put(self, sha256: str, content: bytes) -> None:
        """Store durably: when this returns, a power cut does not lose the file.

        A crash in the middle leaves at most a stray temporary file, never a half artifact.
        """
        target = self.path(sha256)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{sha256}.{secrets.token_hex(8)}")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def get(self, sha256: str) -> bytes:
        """Raises FileNotFoundError when the store has no such artifact."""
        return self.path(sha256).read_bytes()
