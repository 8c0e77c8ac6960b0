"""Finished blueprints that anyone may read."""

import pytest

from devpilot.methodology import EXAMPLES


@pytest.mark.parametrize("code", ["wellbrook", "doorstep"])
def test_anyone_may_read_a_finished_blueprint(visitor, free, code):
    for person in (visitor, free):
        text = person.page(f"/examples/{code}").text
        assert EXAMPLES[code].name in text
        assert EXAMPLES[code].steps[4]["invariants"][0]["statement"] in text
        assert "Coverage" in text
    assert f"/examples/{code}" in visitor.page("/").links
    assert f"/examples/{code}" in free.page("/projects/new").links


@pytest.mark.parametrize("code", ["nothing", "Wellbrook", "%2e%2e", "a" * 5000])
def test_there_is_no_other(visitor, code):
    response = visitor.open(f"/examples/{code}")
    assert response.status_code == 404
    assert response.headers["DevPilot-Error"] == "not_found"
