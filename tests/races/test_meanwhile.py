"""What others do while an export is rendered or a password hashed: no transaction is open then.

Not left to chance: the other request is made at that very moment.
"""

import pytest

from devpilot.services import identity
from tests.conftest import PASSWORD, all_rows
from tests.posts import Post
from tests.refusals import assert_refused


@pytest.fixture
def while_storing(app, monkeypatch):
    """Calls something while the artifact of the next export is being stored, so many times."""
    artifacts = app.extensions["devpilot_artifacts"]
    put = artifacts.put

    def meanwhile(act, *, times):
        left = [act] * times

        def put_slowly(*given):
            put(*given)
            if left:
                left.pop()()

        monkeypatch.setattr(artifacts, "put", put_slowly)

    return meanwhile


def restarted(owned, *, relocked):
    """The same revision from step 4 on; completed again at another moment when `relocked`."""
    tab = owned.owner.twin()
    version = str(tab.version(owned.revision))
    assert tab.post(f"{owned.step(4)}/restart", {"version": version}).status_code == 303
    if relocked:
        assert tab.lock(owned.revision, 4).status_code == 303


def exports_in(app):
    return all_rows(app)["export"]


def test_a_restart_while_an_export_is_stored_leaves_no_record(app, completed, while_storing):
    before = exports_in(app)
    while_storing(lambda: restarted(completed, relocked=False), times=1)
    assert_refused(completed.owner.post(f"{completed.revision}/exports"), "export_ineligible")
    assert exports_in(app) == before


def test_an_export_is_of_what_was_completed_last(app, completed, while_storing):
    before = exports_in(app)
    while_storing(lambda: restarted(completed, relocked=True), times=1)
    export = completed.owner.post(f"{completed.revision}/exports").headers["Location"]
    again = completed.owner.post(f"{completed.revision}/exports").headers["Location"]
    assert again == export, "what was rendered first is recorded, and is out of date"
    assert len(exports_in(app)) == len(before) + 1


def test_an_export_of_what_never_rests_is_put_off(app, completed, while_storing):
    before = exports_in(app)
    while_storing(lambda: restarted(completed, relocked=True), times=5)
    answer = completed.owner.post(f"{completed.revision}/exports")
    assert (answer.status_code, answer.headers["DevPilot-Error"]) == (503, "database_unavailable")
    assert exports_in(app) == before


def test_an_address_taken_while_its_password_is_hashed_is_one_account(app, visitor, monkeypatch):
    """The same person pressed twice: both are signed in, to the one account."""
    form = Post(visitor, "/register", {"email": "twice@example.com", "password": PASSWORD})
    first, hashed = [form.ready()], identity.hash_password

    def hash_slowly(password):
        if first:
            assert first.pop()().status_code == 303
        return hashed(password)

    monkeypatch.setattr(identity, "hash_password", hash_slowly)
    assert form.send().status_code == 303
    taken = [row for row in all_rows(app)["user_account"] if "twice@example.com" in row]
    assert len(taken) == 1
