"""Storage: the bytes of a person's step data, counted exactly and refused only when they grow."""

import random
import re

import pytest

from devpilot.db import transaction
from devpilot.models import Usage, UsageType
from tests.refusals import assert_refused
from tests.steps.typing_in import goal, storage_held, storage_used, stored

PRO = 100 * 1024 * 1024
WORDS = ("x", "ä", "中", "\U0001f600", '"', "\\", "\n", "a long sentence ")


def set_used(app, person, count):
    """Pretend that the person stores this many bytes elsewhere."""
    with app.app_context(), transaction() as session:
        row = session.query(Usage).filter_by(user_id=person.user_id, type=UsageType.STORAGE).one()
        row.count = count


def test_after_many_edits_the_count_is_the_sum_of_the_bytes(app, paying, make_project):
    one, two = make_project(paying), make_project(paying, example="")
    chance = random.Random(7)  # noqa: S311  a repeatable story, not a secret
    for _ in range(25):
        owned = chance.choice((one, two))
        text = "".join(chance.choices(WORDS, k=chance.randrange(0, 60)))
        fields = chance.choice((
            {"summary": text}, {"problem": text}, {"fields": "goals"}, {"fields": "summary"},
            goal(0, text.replace("\n", " ") or "x"), {"remove": "goals-0"},
        ))  # fmt: skip
        response = paying.save(owned.revision, 1, fields)
        assert response.status_code in {303, 422}
        assert storage_used(app, paying.user_id) == storage_held(app, paying.user_id), fields
    three = make_project(paying, locked=2)
    assert paying.save(three.revision, 3, {"fields": "components"}).status_code == 303
    paying.post(f"{one.project}/delete")
    assert storage_used(app, paying.user_id) == storage_held(app, paying.user_id)


def test_only_growth_is_refused_at_the_limit(app, paying, make_project, nothing_changes):
    owned = make_project(paying, example="")
    paying.save(owned.revision, 1, {"summary": "x" * 500})
    set_used(app, paying, PRO)
    with nothing_changes():
        grown = paying.save(owned.revision, 1, {"summary": "x" * 501})
        assert_refused(grown, "quota_exceeded")
        assert "x" * 501 in grown.text, "what was typed comes back"
        assert "104,857,601" in grown.text
        equal = paying.save(owned.revision, 1, {"summary": "x" * 500})
        assert equal.status_code == 303
    same_size = paying.save(owned.revision, 1, {"summary": "y" * 500})
    assert same_size.status_code == 303
    assert paying.save(owned.revision, 1, {"summary": "x"}).status_code == 303
    assert storage_used(app, paying.user_id) == PRO - 499


def test_growth_to_the_very_limit_is_let_in(app, paying, make_project, nothing_changes):
    owned = make_project(paying, example="")
    paying.save(owned.revision, 1, {"summary": "x"})
    set_used(app, paying, PRO - 9)
    with nothing_changes():
        refused = paying.save(owned.revision, 1, {"summary": "x" * 11})
        assert_refused(refused, "quota_exceeded")
    assert paying.save(owned.revision, 1, {"summary": "x" * 10}).status_code == 303
    assert storage_used(app, paying.user_id) == PRO


def test_whoever_stores_more_than_a_lapsed_plan_holds_may_still_shorten(
    app, paying, make_project, nothing_changes
):
    owned = make_project(paying, example="")
    paying.save(owned.revision, 1, {"summary": "x" * 500})
    set_used(app, paying, 2 * 1024 * 1024)
    paying.post("/billing/sandbox", {"event": "period_ended"})
    with nothing_changes():
        refused = paying.save(owned.revision, 1, {"summary": "x" * 501})
        assert_refused(refused, "quota_exceeded")
    assert paying.save(owned.revision, 1, {"summary": "x"}).status_code == 303


def test_a_lock_with_fields_counts_what_it_saves(app, free, make_project, nothing_changes):
    owned = make_project(free)
    set_used(app, free, 1024 * 1024)
    grown = {"summary": stored(app, owned.revision)["summary"] + " more"}
    with nothing_changes():
        assert_refused(free.lock(owned.revision, 1, grown), "quota_exceeded")
    assert free.lock(owned.revision, 1).status_code == 303, "a lock stores nothing more"


def test_a_project_that_does_not_fit_is_not_created(app, paying, nothing_changes):
    paying.create_project(example="")
    set_used(app, paying, PRO - 1000)
    with nothing_changes():
        refused = paying.post("/projects", {"name": "x", "mode": "lean", "example": "wellbrook"})
        assert_refused(refused, "quota_exceeded")
    assert paying.post("/projects", {"name": "x", "mode": "lean"}).status_code == 303


@pytest.mark.parametrize("part", ["free", "paying", "expired"])
def test_the_usage_page_says_what_is_used_of_what(app, make_person, make_project, part):
    person = make_person(part)
    make_project(person)
    page = person.page("/usage")
    used = storage_used(app, person.user_id)
    digits = re.sub(r"[^\d ]", "", page.text)
    assert str(used) in digits, (used, page.text[:600])
    limit = PRO if part == "paying" else 1024 * 1024
    assert str(limit) in digits or str(limit // 1024**2) in digits
    name = "Pro" if part == "paying" else "Free"
    assert name in page.text
    assert "does not reset" in page.text
