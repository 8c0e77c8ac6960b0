"""Password hashes that cost nothing, where hundreds are taken and none is guessed.

A newcomer's likely mistake: exchanging the hasher alone. The product keeps the hash that it
compares with where there is no account, and a cheap one would stay for all later tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from devpilot.services import identity

_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_NOBODYS = _QUICK.hash("nobody's password")


@contextmanager
def quick_hashes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "_hasher", _QUICK)
        patch.setattr(identity, "_dummy_hash", lambda: _NOBODYS)
        yield
