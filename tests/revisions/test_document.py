"""A revision as one readable document."""

from tests.refusals import HTMX, assert_refused


def test_it_holds_what_was_typed_in_every_step(written):
    page = written.owner.page(written.revision)
    fields = dict(written.owner.page(written.step(1)).form("/draft").fields)
    assert fields["summary"].split(".")[0] in page.text
    assert fields["goals-0-goal"] in page.text
    for title in ("Project Definition", "Users & Business Model", "Workflows"):
        assert title in page.text, title


def test_typed_markup_is_text_and_makes_no_element(free, make_project):
    owned = make_project(free, example="")
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    free.save(owned.revision, 1, {"summary": hostile, "problem": "# A heading\n\n- a list"})
    html = free.open(owned.revision).text
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_reading_changes_nothing(completed, nothing_changes):
    with nothing_changes():
        for headers in ({}, HTMX):
            response = completed.owner.open(completed.revision, headers=headers)
            assert response.status_code == 200
            assert response.headers["Cache-Control"] == "no-store"


def test_it_stays_readable_when_the_plan_has_ended(paying, make_project):
    owned = make_project(paying, locked=4)
    paying.post("/billing/sandbox", {"event": "period_ended"})
    paying.post(f"{owned.project}/delete")
    for path in (owned.revision, *(owned.step(order) for order in (1, 2, 3, 4))):
        assert paying.open(path).status_code == 200, path


def test_an_address_that_is_no_identifier_is_not_found(paying):
    for path in ("/revisions/x", "/revisions/1", "/revisions/%00", "/projects/" + "a" * 4000):
        assert_refused(paying.open(path), "not_found")
