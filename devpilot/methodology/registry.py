"""The steps that are declared, in order, and where each list lives.

A newcomer's likely mistake: to give a list an id that another step uses. References name
a list without naming its step, so list ids are unique across steps (`deferred` excepted).
"""

from collections.abc import Sequence
from typing import Any

from devpilot.methodology.steps import (
    architecture,
    automation,
    implementation,
    interface,
    model,
    operations,
    services,
    workflows,
)
from devpilot.methodology.steps import data as data_model
from devpilot.methodology.steps import definition as project
from devpilot.methodology.vocabulary import Blueprint, Data, Rows, StepDefinition

STEPS: tuple[StepDefinition, ...] = (
    project.STEP,
    model.STEP,
    architecture.STEP,
    workflows.STEP,
    interface.STEP,
    services.STEP,
    data_model.STEP,
    automation.STEP,
    implementation.STEP,
    operations.STEP,
)

LEAN: tuple[int, ...] = (1, 2, 3, 4)
"""The orders of the steps that a lean revision has."""

FULL: tuple[int, ...] = tuple(step.order for step in STEPS)
"""The orders of the steps that a full revision has: all of them."""

_BY_ORDER = {step.order: step for step in STEPS}

_HOMES: dict[str, tuple[int, Rows]] = {
    field.id: (step.order, field)
    for step in reversed(STEPS)  # so that `deferred` is answered with the first step
    for field in step.fields
    if isinstance(field, Rows)
}


def definition(order: int) -> StepDefinition:
    """Raises KeyError for an order that is not declared."""
    return _BY_ORDER[order]


def list_home(list_id: str) -> tuple[int, Rows]:
    """The order of the step that holds the list, and the list.

    `deferred`, which every step holds, is answered with the first step. Raises KeyError
    for a list that is not declared.
    """
    return _HOMES[list_id]


def list_named(step: StepDefinition, list_id: str) -> Rows:
    """The list, from this step if it has it, or else from the step that does."""
    field = step.by_id.get(list_id)
    return field if isinstance(field, Rows) else _HOMES[list_id][1]


def rows_of(
    step: StepDefinition, data: Data, upstream: Blueprint, list_id: str
) -> Sequence[dict[str, Any]]:
    """The rows of a list as `step` sees them: its own from `data`, others from upstream."""
    if list_id in step.by_id:
        return data.get(list_id) or ()
    return upstream.get(_HOMES[list_id][0], {}).get(list_id) or ()
