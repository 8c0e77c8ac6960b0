"""The Usage page shows every limit, in meters and in a table; and each act says what it takes."""

import re
from datetime import timedelta

import pytest

from devpilot import clock
from devpilot.models import UsageType
from devpilot.services import reservations
from tests.quota.counting import REGENERATION, RESTART, SUGGESTION, as_person, use
from tests.refusals import assert_refused

SHOWN = {
    "free": [
        "Projects, in total, ever 1 of 1 project",
        "Most revisions in one project 1 of 1 revision",
        "Restarts None on Free",
        "AI suggestions, in total, ever 0 of 10 AI suggestions",
        "AI regenerations None on Free",
        "Storage of step text 23 KiB of 1 MiB",
        "1,048,576 bytes",
    ],
    "paying": [
        "Active projects 1 of 20 projects",
        "Most revisions in one project 1 revision, unlimited",
        "Restarts this month 0 of 20 restarts",
        "AI suggestions this month 0 of 200 AI suggestions",
        "AI regenerations this month 0 of 100 AI regenerations",
        "Storage of step text 23 KiB of 100 MiB",
        "104,857,600 bytes",
    ],
}


@pytest.mark.parametrize(("part", "plan"), [*zip(SHOWN, SHOWN, strict=True), ("expired", "free")])
def test_every_limit_is_shown_with_its_unit(make_person, make_project, part, plan):
    person = make_person(part)
    make_project(person)
    text = person.page("/usage").text
    for words in SHOWN[plan]:
        assert words in text


def test_a_limit_of_nothing_has_words_and_no_meter(free):
    html = free.open("/usage").text
    assert html.count("<meter") == 4
    assert 'max="0"' not in html
    assert html.count("None on Free") == 4, "as a meter and in the table"


def test_when_it_resets_is_a_time(app, paying):
    html = paying.open("/usage").text
    with as_person(app, paying) as account:
        end = account.period_end
    assert html.count(f'<time datetime="{end:%Y-%m-%dT%H:%M:%S}Z">') == 3


def test_what_is_used_is_shown(app, paying, make_project):
    make_project(paying, example="")
    for kind, times in ((RESTART, 1), (SUGGESTION, 12), (REGENERATION, 3)):
        use(app, paying, kind, times)
    text = paying.page("/usage").text
    for words in ("1 of 20 restarts", "12 of 200 AI suggestions", "3 of 100 AI regenerations"):
        assert words in text
    assert re.search(r"12 200 AI suggestions \d+ \w{3} \d{4}, \d\d:\d\d UTC No plan has more", text)


def test_what_is_under_way_is_shown_beside_what_is_used(app, free):
    with as_person(app, free, write=True) as account:
        reservations.reserve(account.id, UsageType.AI_SUGGESTION, timedelta(minutes=1))
    until = clock.now() + timedelta(minutes=1)
    text = free.page("/usage").text
    assert "0 of 10 AI suggestions, and 1 more under way until" in text
    assert f"{until:%Y}, " in text


def test_a_lowered_limit_says_what_was_used_above_it(app, paying, limited):
    use(app, paying, RESTART, 2)
    limited("pro", restarts=0)
    assert "Restarts this month None on Pro, and 2 used" in paying.page("/usage").text


def test_a_new_project_says_what_it_takes(free, paying):
    only = "It is the one project that there may be in total, ever."
    assert only in free.page("/projects/new").text
    paying.create_project(example="")
    said = "It takes 1 of the 19 left of 20 projects active at once."
    assert said in paying.page("/projects/new").text
    again = paying.post("/projects", {"name": "", "mode": "lean"})
    assert_refused(again, "invalid_input")
    assert said in again.text


def test_a_new_revision_says_what_it_takes(completed, limited):
    path = f"{completed.project}/revisions/new"
    text = completed.owner.page(path).text
    assert "A project may have any number of revisions on the Pro plan." in text
    assert re.search(
        r"adds [\d,]+ bytes to your storage of step text, where 104,8\d\d,\d+ are", text
    )
    limited("pro", revisions_per_project=3)
    said = "It takes 1 of the 2 left of 3 revisions for this project."
    assert said in completed.owner.page(path).text


def test_a_restart_says_when_its_count_begins_again_as_a_time(completed):
    html = completed.owner.open(f"{completed.step(1)}/restart").text
    assert "1 of this month’s 20 restarts; 19 will be left" in html
    assert 'The count begins again on <time datetime="' in html


def test_what_is_refused_says_how_much_is_used_when_it_resets_and_what_raises_it(
    completed, free, make_project, limited
):
    make_project(free)
    refused = free.post("/projects", {"name": "x", "mode": "lean"}).text
    assert "The Free plan has 1 project in total, ever, and 1 of 1 is used." in refused
    assert "This limit does not reset." in refused
    assert "The Pro plan holds more" in refused
    limited("pro", revisions_per_project=1)
    refused = completed.owner.post(f"{completed.project}/revisions").text
    assert "The Pro plan has 1 revision for each project, and 1 of 1 is used." in refused
    assert "This limit does not reset." in refused
    assert "Each project has its own count." in refused
