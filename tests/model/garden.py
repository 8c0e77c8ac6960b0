"""Where bugs are planted: the running product, changed for a while and put right again.

A newcomer's likely mistake: replacing a guard in its module. A policy holds the function that
it was declared with; `loosen` takes it out of the policy itself.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask

from devpilot.enforce import policy_of


class Garden:
    """The product of one application. What is done to it is undone by its two helpers."""

    def __init__(self, app: Flask, patch: pytest.MonkeyPatch, undo: ExitStack) -> None:
        self.app = app
        self.patch = patch
        self.undo = undo

    def replace(self, where: object, name: str, other: object) -> None:
        self.patch.setattr(where, name, other)

    def amend(self, endpoint: str, **values: Any) -> None:
        """Change an endpoint's policy, which is frozen for everyone else."""
        policy = policy_of(self.app, endpoint)
        assert policy
        for name, value in values.items():
            self.undo.callback(object.__setattr__, policy, name, getattr(policy, name))
            object.__setattr__(policy, name, value)

    def loosen(self, endpoint: str, guard: Callable[..., None]) -> None:
        """Leave a guard out of stage 5."""
        policy = policy_of(self.app, endpoint)
        assert policy
        assert guard in policy.invariants
        self.amend(endpoint, invariants=tuple(g for g in policy.invariants if g is not guard))


Bug = Callable[[Garden], None]


@contextmanager
def planted(app: Flask, bug: Bug) -> Iterator[None]:
    """The product has this bug within the block."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as undo:
        bug(Garden(app, patch, undo))
        yield
