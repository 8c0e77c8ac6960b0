"""What would stop with Pro, in the very words that would refuse it then.

The guards of each policy are asked as if the plan had ended, so that this list cannot promise
or threaten what the server does not do.
"""

from types import SimpleNamespace
from typing import Any

from flask import current_app

from devpilot.enforce import policy_of
from devpilot.errors import Refusal
from devpilot.models import Step
from devpilot.policy import Policy
from devpilot.services import billing
from devpilot.services.billing import Standing


def what_stops(now: Standing) -> list[str]:
    """One sentence for each thing that the present plan allows and an ended one does not."""
    then = billing.standing_after_end()
    found: dict[str, None] = {}
    for endpoint in current_app.view_functions:
        policy = policy_of(current_app, endpoint)
        if policy is not None and policy.owns is not None and policy.subscription is not None:
            for resource in _samples(policy, then):
                sentence = _refused(policy, then, resource)
                if sentence and not _refused(policy, now, resource):
                    found[sentence] = None
    return sorted(found)


def _samples(policy: Policy, then: Standing) -> list[Any]:
    """What the guards look at of a step: one beyond the plan, and the last."""
    if policy.owns is not Step:
        return [None]
    first_closed = (then.plan.max_step_order or 0) + 1
    return [
        SimpleNamespace(order=first_closed, is_last=False),
        SimpleNamespace(order=1, is_last=True),
    ]


def _refused(policy: Policy, standing: Standing, resource: Any) -> str:  # noqa: ANN401  any owned row
    if policy.subscription is None:
        return ""
    try:
        policy.subscription(standing, resource)
    except Refusal as refusal:
        return refusal.sentence
    return ""
