"""What Free grants in total, ever: one count from the account's beginning, which nothing resets."""

import pytest

from devpilot.errors import QuotaExceeded
from devpilot.models import UsageType
from tests.quota.counting import (
    REGENERATION,
    RESTART,
    SUGGESTION,
    allowance,
    as_person,
    counts,
    left,
    periods,
    use,
)


def refused(app, person, kind):
    with pytest.raises(QuotaExceeded) as found:
        use(app, person, kind)
    return found.value.text


def test_the_count_begins_with_the_account_at_the_first_use(app, free):
    assert periods(app, free, SUGGESTION) == []
    use(app, free, SUGGESTION, 2)
    with as_person(app, free) as account:
        assert periods(app, free, SUGGESTION) == [(account.created_at, None, 2)]


def test_ten_in_total_and_never_again(app, free, at_time):
    use(app, free, SUGGESTION, 10)
    said = refused(app, free, SUGGESTION)
    assert said == (
        "The Free plan has 10 AI suggestions in total, ever, and 10 of 10 are used. "
        "This limit does not reset. The Pro plan raises it."
    )
    at_time(days=4000)
    assert refused(app, free, SUGGESTION) == said
    assert counts(app, free, SUGGESTION) == [10]


@pytest.mark.usefixtures("stays_sound")
def test_pro_does_not_touch_it_and_whoever_returns_finds_it(app, free, at_time):
    use(app, free, SUGGESTION, 9)
    free.post("/billing/sandbox", {"event": "paid"})
    assert left(app, free, SUGGESTION) == 200
    use(app, free, SUGGESTION, 30)
    free.post("/billing/sandbox", {"event": "period_ended"})
    assert left(app, free, SUGGESTION) == 1
    use(app, free, SUGGESTION)
    refused(app, free, SUGGESTION)
    assert counts(app, free, SUGGESTION) == [10, 30]
    at_time(days=1)
    free.post("/billing/sandbox", {"event": "paid"})
    assert left(app, free, SUGGESTION) == 200, "paid for anew, so counted anew"


def test_a_lapsed_plan_counts_as_free_without_a_word_from_the_provider(app, paying, at_time):
    use(app, paying, SUGGESTION, 3)
    at_time(days=40)
    with as_person(app, paying) as account:
        found = allowance(account, SUGGESTION)
    assert (found.plan.name, found.left, found.resets_at) == ("Free", 10, None)


@pytest.mark.parametrize("part", ["free", "expired"])
@pytest.mark.parametrize(
    ("kind", "things"), [(RESTART, "restarts"), (REGENERATION, "AI regenerations")]
)
def test_none_is_said_as_none(app, make_person, part, kind, things):
    person = make_person(part)
    assert refused(app, person, kind) == (
        f"The Free plan has no {things}. This limit does not reset. The Pro plan raises it."
    )
    assert counts(app, person, kind) == []


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ((0, 0), "The Pro plan has no restarts."),
        ((0, 1), "The Pro plan has no restarts, and 1 is used."),
        ((0, 2), "The Pro plan has no restarts, and 2 are used."),
        ((1, 1), "The Pro plan has 1 restart a month, and 1 of 1 is used."),
        ((2, 2), "The Pro plan has 2 restarts a month, and 2 of 2 are used."),
    ],
)
def test_a_limit_is_said_in_good_english(app, paying, limited, counted, said):
    """A limit that an operator lowered may be below what was used under it."""
    limit, used = counted
    use(app, paying, RESTART, used)
    limited("pro", restarts=limit)
    text = refused(app, paying, RESTART)
    assert text.startswith(f"{said} The count begins again on ")
    assert text.endswith(" UTC. No plan has more.")
    assert counts(app, paying, RESTART) == ([used] if used else [])


def test_every_kind_but_storage_is_metered(app, paying):
    with as_person(app, paying) as account:
        granted = {kind: allowance(account, kind).limit for kind in UsageType if kind != "storage"}
    assert granted == {RESTART: 20, SUGGESTION: 200, REGENERATION: 100}
