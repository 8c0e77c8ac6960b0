"""The database fails while a request is being refused: a page of ours all the same, and no row.

A refusal draws pages too, and reads for them; some are made before a view is found.
"""

import itertools

import pytest

from tests.conftest import all_rows
from tests.faults.injecting import Fault, Kind, injected
from tests.page import page_of
from tests.posts import Post, on_step
from tests.snapshots import kept

FAILURES = {500: "internal_error", 503: "database_unavailable"}


def unknown_address(stage):
    return "not_found", Post(stage.make_person(), "/nowhere", {})


def wrong_method(stage):
    return "method_not_allowed", Post(stage.make_person(), "/healthz", {})


def no_token(stage):
    return "csrf_failed", Post(stage.make_person(), "/projects", {"csrf_token": "", "name": "x"})


def signed_out(stage):
    return "authentication_required", Post(stage.visitor, "/projects", {"name": "x"})


def not_theirs(stage):
    owned = stage.project()
    return "not_found", Post(stage.make_person(), f"{owned.project}/delete", {})


def not_paid(stage):
    owned = stage.make_project(stage.make_person("free"), locked=3)
    return "subscription_required", on_step(owned, 4, "lock")


def at_the_limit(stage):
    person = stage.make_person("free")
    person.create_project(example="")
    return "quota_exceeded", Post(person, "/projects", {"name": "Second", "mode": "lean"})


def out_of_date(stage):
    form = on_step(stage.project(), 1, "lock", version="0", summary="A text that was typed")
    return "stale_version", form


def not_valid(stage):
    return "step_validation_failed", on_step(stage.project(example=""), 1, "lock")


def not_locked(stage):
    return "step_not_locked", on_step(stage.project(), 1, "restart")


def wrong_password(stage):
    fields = {"email": "nobody@example.com", "password": "a wrong password"}
    return "invalid_credentials", Post(stage.visitor, "/login", fields)


REFUSED = (
    unknown_address, wrong_method, no_token, signed_out, not_theirs, not_paid, at_the_limit,
    out_of_date, not_valid, not_locked, wrong_password,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("arrange", REFUSED, ids=lambda arrange: arrange.__name__)
def test_a_fault_within_a_refusal_is_answered_and_changes_nothing(app, own_url, stage, arrange):
    code, form = arrange(stage)
    before = all_rows(app)
    assert form.send().headers["DevPilot-Error"] == code
    with kept(own_url) as put_back:
        for kind, lasting in ((Kind.ERROR, False), (Kind.BUG, True)):
            for at in itertools.count(1):
                fault = Fault(kind, at, lasting)
                with injected(app, fault):
                    answer = form.send()
                assert_answered(answer, code, fault)
                assert all_rows(app) == before
                put_back()
                if not fault.struck:
                    break


def assert_answered(answer, code, fault):
    """Either what is true of the request, or that something of ours failed."""
    found = answer.headers.get("DevPilot-Error")
    assert found in {code, FAILURES.get(answer.status_code)}, (answer.status_code, str(fault))
    assert not page_of(answer.text).faults(), str(fault)
