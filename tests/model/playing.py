"""One move of the machine: the same form to the model and to the application, then everything
compared: status, error code, where it leads, and every row of every user of the story.

A newcomer's likely mistake: letting a rule look at the application to decide what to do. A
rule looks at the model; else a difference could hide itself.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from devpilot import clock
from devpilot.db import reading, rows
from devpilot.models import Revision as RevisionRow
from tests.browser import Browser
from tests.model.counting import compared, outcomes
from tests.model.driver import BROWSER, PROGRAM, SCRIPTS, Driver
from tests.model.reference import Answer, Operation, Project, Request, Revision, Step, User, World
from tests.model.rows import expected, stored
from tests.model.setting import MODES, SPAN, START, TEXTS, TICK, small_free, small_pro

Sent = tuple[User, Any, Request, Operation]


class Playing(RuleBasedStateMachine):
    """The world of the model beside the application; a rule's every form goes through `play`."""

    app: ClassVar[Flask]

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.world = World(small_free(), small_pro(), MODES, TEXTS)
        self.driver = Driver(self.app)
        self.ids: dict[tuple[Any, ...], uuid.UUID] = {}
        self.signed_out: set[int] = set()
        self.last: Sent | None = None
        self.acted = False
        self.keyed: list[Sent] = []
        self.bytes: dict[tuple[Any, ...], bytes] = {}
        self.set_clock()
        self.driver.limit("free", self.world.free)
        self.driver.limit("pro", self.world.pro)
        for _ in range(3):
            self.admit()

    def teardown(self) -> None:
        clock.shift(timedelta(0))

    def admit(self) -> User:
        """One more user of the story."""
        user = User(len(self.world.users))
        self.world.users.append(user)
        self.driver.admit(user, sessions=SPAN + timedelta(days=1))
        self.ids["user", user.number] = self.driver.identify(user)
        return user

    def set_clock(self) -> None:
        """The application's clock at the story's moment, however long the last step took."""
        clock.shift(self.now - datetime.now(UTC))

    def play(
        self,
        user: User,
        target: Any,
        request: Request,
        operation: Operation,
        *,
        client: str = BROWSER,
    ) -> Answer:
        """One form, to both; fails where they differ."""
        self.now += TICK
        self.set_clock()
        actor = None if user.number in self.signed_out else user
        wanted = operation(self.world, actor, target, request, self.now)
        response = self.driver.send(user, request, client=client)
        outcomes[request.action, wanted.code or "done"] += 1
        self.compare(user, request, wanted, response, client)
        self.last = (user, target, request, operation)
        self.keyed += [self.last] if request.key else []
        self.acted = True
        self.compare_rows()
        return wanted

    def compare(
        self, user: User, request: Request, wanted: Answer, response: Any, client: str
    ) -> None:
        """Status, code, and where it leads; with scripts, also that a fragment follows."""
        small = client == SCRIPTS and request.action == "save" and not wanted.code
        self.expect(response, 200 if small else wanted.status, wanted.code)
        if small:
            assert 'id="save-state"' in response.text
        elif wanted.code:
            self.compare_refusal(wanted.code, response, client)
        else:
            location = response.headers["Location"]
            assert location == self.address(wanted.leads, location), (location, wanted.leads)
            if client == SCRIPTS:
                page = self.driver.get(user, location, client=SCRIPTS)
                assert page.status_code == 200
                assert "<html" not in page.text

    def compare_refusal(self, code: str, response: Any, client: str) -> None:
        """The form of a refusal: a page or fragment for people, a problem for programs."""
        leads_away = client == SCRIPTS and code == "authentication_required"
        assert ("HX-Redirect" in response.headers) == leads_away
        if client == PROGRAM:
            assert response.mimetype == "application/problem+json"
            assert response.json["code"] == code
        elif client == SCRIPTS:
            assert "<html" not in response.text

    def expect(self, response: Any, status: int, code: str = "", *, location: str = "") -> None:
        """For what the model has no operation for."""
        compared[response.status] += 1
        got = response.status_code, response.headers.get("DevPilot-Error", "")
        assert got == (status, code), (got, response.request.path, response.text[:300])
        if location:
            assert response.headers["Location"] == location

    def browser(self, user: User) -> Browser:
        return self.driver.browsers[user.number]

    def address(self, leads: tuple[Any, ...], location: str) -> str:
        """Where the model says that an answer leads. What is new is learned from `location`."""
        kind, *rest = leads
        if kind in {"projects", "billing"}:
            return f"/{kind}"
        if kind == "step":
            revision, order = rest
            return f"{self.address(('revision', revision), location)}/steps/{order}"
        name = name_of(rest[0]) if kind != "export" else ("export", *name_of(rest[0]), rest[1])
        if name not in self.driver.addresses:
            self.learn(kind, name, rest[0], location)
        return self.driver.addresses[name]

    def learn(self, kind: str, name: tuple[Any, ...], new: Any, location: str) -> None:
        """The address of something new: a well-formed one that nothing else has."""
        _, folder, identifier, *_ = location.split("/")
        assert folder == f"{kind}s", location
        found = uuid.UUID(identifier)
        assert found not in self.ids.values(), location
        self.ids[name] = found
        self.driver.addresses[name] = f"/{folder}/{identifier}"
        if kind == "project":
            self.learn_first_revision(new)

    def learn_first_revision(self, project: Project) -> None:
        table = RevisionRow.__table__
        with self.app.app_context(), reading():
            wanted = select(table.c.id).where(table.c.project_id == self.ids[name_of(project)])
            found = rows(wanted, {}).scalar_one()
        self.ids[name_of(project.revisions[0])] = found
        self.driver.addresses[name_of(project.revisions[0])] = f"/revisions/{found}"

    def compare_rows(self) -> None:
        """Every row of every user of the story, not only of who acted."""
        users = [self.ids["user", user.number] for user in self.world.users]
        got, wanted = stored(self.app, users), expected(self.world, self.ids)
        for kind, facts in wanted.items():
            assert got[kind] == facts, {
                name: (got[kind].get(name), facts.get(name))
                for name in {*got[kind], *facts}
                if got[kind].get(name) != facts.get(name)
            }


def name_of(thing: Project | Revision | Step) -> tuple[Any, ...]:
    """What the driver calls a thing of the model."""
    if isinstance(thing, Project):
        return ("project", thing.number)
    if isinstance(thing, Revision):
        return ("revision", thing.project.number, thing.number)
    return ("step", *name_of(thing.revision)[1:], thing.order)
