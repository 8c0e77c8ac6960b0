import copy
from dataclasses import replace

import pytest

from devpilot.adapters.graphviz import lay_out_patiently as lay_out
from devpilot.document import Snapshot, build
from devpilot.methodology import EXAMPLES

REVISION_ID = "3f2b8c1e-5d70-4c1a-9a51-6f0e8d2b7a44"


@pytest.fixture(scope="session")
def finished():
    """The lean example as a completed revision. Shared: take a copy before changing it."""
    example = EXAMPLES["wellbrook"]
    return Snapshot(
        project_name=example.name,
        mode=example.mode,
        number=1,
        revision_id=REVISION_ID,
        completed_at="2026-11-22T14:03:00Z",
        steps=dict(example.steps),
    )


@pytest.fixture(scope="session")
def artifact(finished):
    return build(finished, lay_out)


@pytest.fixture
def with_data(finished):
    """The example with one step's fields replaced; None removes a field."""

    def change(order, /, **fields: object):
        steps = copy.deepcopy(finished.steps)
        for name, value in fields.items():
            if value is None:
                steps[order].pop(name, None)
            else:
                steps[order][name] = value
        return replace(finished, steps=steps)

    return change


@pytest.fixture
def internal(with_data):
    """The example without a business: the condition of `plans` does not hold."""
    snapshot = with_data(2, business_model="internal", plans=None)
    for role in snapshot.steps[2]["roles"]:
        role["pays"] = False
    return snapshot
