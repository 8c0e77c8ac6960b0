"""Reading cannot write, a change is one commit, and the number of statements is fixed."""

import itertools
import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from devpilot.app import create_app
from devpilot.db import db, session
from devpilot.enforce import enforce, ensure_all_enforced
from devpilot.models import Project
from devpilot.services import quota
from devpilot.states import Mode
from tests.browser import Browser
from tests.conftest import settings_for
from tests.observing import observed
from tests.steps.typing_in import goal


def add_by_orm(user):
    now = user.seen_at
    row = Project(id=uuid.uuid4(), user_id=user.id, name="x", mode=Mode.LEAN, updated_at=now)
    session().add(row)
    session().flush()
    return "written"


def add_by_sql(_user):
    session().execute(text("UPDATE project SET name = 'written by a GET'"))
    return "written"


def drop_a_table(_user):
    session().execute(text("DROP TABLE rate_counter"))
    return "written"


@pytest.fixture
def writing_app(app, database_url, tmp_path):
    """The product with views that write under GET, on the same database."""
    own = create_app(settings_for(database_url, tmp_path))
    for view in (add_by_orm, add_by_sql, drop_a_table):
        own.add_url_rule(f"/{view.__name__}", view.__name__, enforce()(view))
    ensure_all_enforced(own)
    yield own
    with own.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.mark.parametrize("name", ["add_by_orm", "add_by_sql", "drop_a_table"])
def test_a_view_that_writes_under_get_fails(writing_app, free, nothing_changes, name):
    free.create_project()
    other = Browser(writing_app, "127.9.9.9")
    other.client.set_cookie("devpilot", free.cookie())
    with nothing_changes():
        for method in ("GET", "HEAD"):
            response = other.client.open(f"/{name}", method=method)
            assert response.status_code >= 500, "it could write"
            assert response.headers["DevPilot-Error"] in {"internal_error", "database_unavailable"}
            assert b"written" not in response.data
    assert free.open("/projects").status_code == 200


def test_the_reading_engine_takes_no_statement_that_writes(app):
    with app.app_context(), db.engines["reader"].connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        with pytest.raises(DBAPIError, match=r"(?i)read-?\s?only"):
            connection.execute(text("UPDATE plan SET name = 'x'"))


def test_no_get_commits(app, completed):
    owner = completed.owner
    export = owner.post(f"{completed.revision}/exports").headers["Location"]
    paths = (
        "/", "/projects", "/projects/new", "/usage", "/billing", "/billing/sandbox", "/readyz",
        completed.project, f"{completed.project}/delete", completed.revision, completed.step(1),
        export, f"{export}/download", "/pricing", "/methodology", "/errors",
    )  # fmt: skip
    for path in paths:
        with observed(app) as seen:
            assert owner.open(path).status_code in {200, 303}
        assert seen.commits == 0, path


def test_every_change_is_one_commit(app, paying, make_project):
    owned = make_project(paying, locked=2)
    page = paying.page(owned.step(3))
    counted: dict[str, int] = {}

    def change(name, path, fields=None):
        with observed(app) as seen:
            response = paying.post(path, {**(fields or {}), "csrf_token": token})
        assert response.status_code == 303, (name, response.text[:500])
        counted[name] = seen.commits

    token = dict(page.form("/draft").fields)["csrf_token"]

    def version():
        return {"version": str(paying.version(owned.revision))}

    change("save", f"{owned.step(3)}/draft", {**version(), "fields": "deferred"})
    change("lock", f"{owned.step(3)}/lock", {**version(), "idempotency_key": "k1"})
    change("complete", f"{owned.step(4)}/lock", version())
    change("export", f"{owned.revision}/exports", {"idempotency_key": "k2"})
    change("rename", f"{owned.project}/rename", {"name": "New name"})
    change("delete", f"{owned.project}/delete")
    change("restore", f"{owned.project}/restore")
    change("pay", "/billing/sandbox", {"event": "paid"})
    change("create", "/projects", {"name": "x", "mode": "lean"})
    # The rate of creations is counted on its own, so that a refused one counts too.
    assert counted.pop("create") == 2
    assert set(counted.values()) == {1}, counted


def test_a_refused_change_commits_nothing(app, completed):
    token = completed.owner.token()
    with observed(app) as seen:
        completed.owner.post(f"{completed.step(1)}/lock", {"version": "1", "csrf_token": token})
        completed.owner.post(f"{completed.step(1)}/draft", {"version": "x", "csrf_token": token})
    assert seen.commits == 0


def test_a_failure_after_the_mutation_leaves_nothing_of_it(
    free, make_project, nothing_changes, monkeypatch
):
    """Stage 8 fails: stages 6 and 7 are undone with it."""
    owned = make_project(free, example="")
    version = str(free.version(owned.revision))
    token = free.token()

    def fail(*_args: object) -> None:
        raise RuntimeError("stage 8 failed")

    monkeypatch.setattr(quota, "count_storage", fail)
    with nothing_changes():
        fields = {"version": version, "csrf_token": token, **goal(0, "A goal")}
        response = free.client.post(f"{owned.step(1)}/draft", data=fields)
        assert response.status_code == 500
        assert response.headers["DevPilot-Error"] == "internal_error"


def many_rows(owner, revision):
    """Fill step 1 with 87 rows that refer to one another."""
    fields = {"summary": "x"}
    for index in range(7):
        fields |= goal(index, f"Goal {index}")
    for index in range(40):
        fields |= {
            f"features-{index}-name": f"Feature {index}",
            f"features-{index}-release": "later",
            f"features-{index}-goals": f"Goal {index % 7}",
        }
    for index in range(20):
        fields |= {f"non_goals-{index}-statement": f"Not {index}"}
        fields |= {f"assumptions-{index}-assumption": f"Assumed {index}"}
    assert owner.save(revision, 1, fields).status_code == 303


def statements(app, act):
    with observed(app) as seen:
        response = act()
    assert response.status_code in {200, 303}, response.text[:400]
    return len(seen.statements)


def counts_of_step(app, person, owned, order):
    """Statements of the page, of a save, of a save with a new row, and of an equal save."""
    path = owned.step(order)
    counted = [statements(app, lambda: person.open(path))]
    row = {"question": f"New in {order}", "why": "x", "decide_before": "x", "new": f"token-{order}"}
    for changes in ({f"deferred-9-{name}": value for name, value in row.items()}, {}):
        form = person.page(path).form("/draft")
        pairs = [*form.fields, *changes.items()]
        counted.append(statements(app, lambda p=pairs: person.post(f"{path}/draft", p)))
    return counted


def test_the_statements_of_a_step_do_not_grow_with_its_rows(app, paying, make_project):
    few, many = (make_project(paying, example="") for _ in range(2))
    paying.save(few.revision, 1, {**goal(0, "Goal 0"), "summary": "x"})
    many_rows(paying, many.revision)
    counted = [counts_of_step(app, paying, owned, 1) for owned in (few, many)]
    assert counted[0] == counted[1]
    assert counted[1][0] <= 8
    assert max(counted[1][1:]) <= 12


def test_the_statements_of_the_example_stay_within_what_is_promised(app, paying, make_project):
    owned = make_project(paying)
    for order in (1, 2, 3, 4):
        show, *saves = counts_of_step(app, paying, owned, order)
        assert show <= 8, order
        assert max(saves) <= 12, order
        form = paying.page(owned.step(order)).form("/draft")
        pairs = form.filled(summary="Changed by the lock") if order == 1 else form.fields
        lock = f"{owned.step(order)}/lock"
        assert statements(app, lambda p=pairs, at=lock: paying.post(at, p)) <= 14, order


def test_the_statements_of_the_project_list_do_not_grow_with_the_projects(app, paying):
    counted = []
    for wanted in (1, 12):
        for _ in itertools.repeat(None, wanted):
            paying.create_project(example="")
        counted.append(statements(app, lambda: paying.open("/projects")))
    assert counted[0] == counted[1]
    with app.app_context():
        assert session().scalar(select(1)) == 1
