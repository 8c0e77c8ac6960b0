"""The database fails at every point of every change: all of the change is there, or nothing.

For each operation, the first point fails, then the second, until a request passes without
meeting the fault. After each, every row is as it was (usage too) or the whole change is made;
and the same form, sent once more, leads where it should and has had one effect.
"""

import itertools

import pytest

from devpilot.enforce import policy_of
from tests.faults.injecting import Fault, Kind
from tests.faults.operations import OPERATIONS
from tests.faults.sweeping import Sweep
from tests.snapshots import kept
from tests.soaking import SOAK
from tests.soundness import assert_sound

WAYS = {
    "sqlite": [(Kind.ERROR, False), (Kind.BUG, True)],
    "postgres": [(Kind.CUT, False), (Kind.ERROR, True)],
}
"""How the database fails, and whether it goes on failing until the request is over."""
ALL_WAYS = {
    "sqlite": list(itertools.product((Kind.ERROR, Kind.BUG), (False, True))),
    "postgres": list(itertools.product(Kind, (False, True))),
}
"""A file has no connection that could be cut."""


def test_every_form_of_the_product_is_swept(app):
    rules = app.url_map.iter_rules()
    forms = {rule.endpoint for rule in rules if "POST" in (rule.methods or ())}
    signed = {endpoint for endpoint in forms if policy_of(app, endpoint).signed}
    assert {operation.endpoint for operation in OPERATIONS} == forms - signed
    assert signed == {"billing.webhook"}, "it has a sweep of its own"


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_fault_at_any_point_leaves_all_of_a_change_or_nothing(
    app, own_url, database_kind, stage, operation, *, tell
):
    form, ways = operation.arrange(stage), (ALL_WAYS if SOAK else WAYS)[database_kind]
    with kept(own_url) as put_back:
        sweep = Sweep(app, operation, form, put_back)
        for kind, lasting in ways:
            points = swept(sweep, kind, lasting=lasting)
        assert form.send().status_code == sweep.status
        assert_sound(app)
    tell(f"{points} points, {len(ways)} ways to fail at each")


def swept(sweep, kind, *, lasting):
    """How many points there were to strike at."""
    for at in itertools.count(1):
        fault = Fault(kind, at, lasting)
        try:
            if not sweep.survives(fault):
                return at - 1
        except AssertionError as error:
            error.add_note(str(fault))
            raise
    raise AssertionError
