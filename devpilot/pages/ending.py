"""What would stop with Pro, in the very words that would refuse it then.

The guards and the quotas of each policy are asked as if the plan had ended, so that this list
cannot promise or threaten what the server does not do. A newcomer's likely mistake: adding a
sentence here. It belongs to the guard that refuses.
"""

import uuid
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask import current_app, g

from devpilot.enforce import policy_of
from devpilot.errors import Refusal
from devpilot.models import Step, Suggestion
from devpilot.policy import Policy
from devpilot.services import ai, billing, new_steps
from devpilot.services.billing import Standing

NO_ROW = uuid.UUID(int=0)


def what_stops(now: Standing) -> list[str]:
    """What an ended plan refuses the user, and the present one does not in these words."""
    then = billing.standing_after_end()
    found = set()
    for endpoint in current_app.view_functions:
        policy = policy_of(current_app, endpoint)
        if policy is not None and (policy.subscription is not None or policy.spends):
            found |= {_first_refused(policy, each, now, then) for each in _samples(policy)}
    return sorted(found - {""})


def _samples(policy: Policy) -> Sequence[Sequence[Any]]:
    """What guards look at: of steps all that a mode has, in order, and one with a suggestion that
    waits; of the rest a deleted row.
    """
    if policy.owns not in {Step, Suggestion}:
        return [[SimpleNamespace(id=NO_ROW, is_active=False)]]
    steps = [
        [
            SimpleNamespace(order=order, is_last=order == orders[-1], pending=None)
            for order in orders
        ]
        for orders in new_steps.ORDERS.values()
    ]
    steps.append([SimpleNamespace(order=1, is_last=False, pending=Suggestion())])
    if policy.owns is Step:
        return steps
    return [[SimpleNamespace(step=step) for step in each] for each in steps]


def _first_refused(policy: Policy, samples: Sequence[Any], now: Standing, then: Standing) -> str:
    for resource in samples:
        sentence = _refused(policy, then, resource)
        if sentence and sentence != _refused(policy, now, resource):
            return sentence
    return ""


def _refused(policy: Policy, standing: Standing, resource: Any) -> str:  # noqa: ANN401  any owned row
    """What stages 3 and 4 say, to a form that adds one byte of text where it adds any."""
    form = SimpleNamespace(storage_delta=1) if policy.reads is not None else None
    if form is not None and policy.owns is Step:
        form.kind = ai.kind_of(resource)
    try:
        if policy.subscription is not None:
            policy.subscription(standing, resource)
        for spend in policy.spends:
            spend.ensure(g.act.signed_in, standing, resource, form)
    except Refusal as refusal:
        return refusal.sentence
    return ""
