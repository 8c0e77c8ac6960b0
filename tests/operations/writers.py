"""People who change things without pause over HTTP, and know what must be stored for it.

A `Writer` has one request under way at a time. So what is stored is either what its last
answer acknowledged, or that and the one change that nobody answered. A newcomer's likely
mistake: looking at a page for what is stored; `observed` reads the rows.
"""

import http.client
import random
import threading
import uuid
from collections import Counter
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlencode

from flask import Flask

from tests.conftest import Owned
from tests.operations.stored import DRAFT, INVALIDATED, LOCKED, Move, State, observed

SECONDS = 20
RESTARTS = 20
"""How many the Pro plan has in a month. A month begins anew with a payment."""
PROJECTS = 8
PUT_OFF = "pictures of an export cannot be drawn on this server now"
"""What a machine says that is too busy to draw in time. It stores nothing."""


class Writer:
    """One paying person with a project, who makes one move after the other."""

    def __init__(self, app: Flask, owned: Owned, number: int) -> None:
        person = owned.owner
        assert person.user_id
        self.user_id, self.project, self._revision = person.user_id, owned.project, owned.revision
        self._token, self._cookie = person.token(), person.cookie()
        self._name = app.config["SESSION_COOKIE_NAME"]
        self._dice = random.Random(number)  # noqa: S311  which move comes next
        self.state = observed(app, self.user_id, self.project)
        self.pending: Move | None = None
        self.moves: Counter[str] = Counter()
        self.failures: list[str] = []
        self._paid_for, self._exported = RESTARTS, False
        self._others: list[str] = []

    def write(self, address: str, stop: threading.Event) -> None:
        """Until told to stop, or until the server is gone."""
        try:
            with closing(http.client.HTTPConnection(address, timeout=SECONDS)) as connection:
                while not stop.is_set():
                    self.pending = self._dice.choice(self._moves())
                    self._make(connection, self.pending)
        except (OSError, http.client.HTTPException):
            pass  # the server was killed under this request
        except AssertionError as error:
            self.failures.append(str(error))

    def finish(self, address: str) -> None:
        """Send what nobody answered once more, as a person does who saw an error."""
        if self.pending is not None:
            with closing(http.client.HTTPConnection(address, timeout=SECONDS)) as connection:
                self._make(connection, self.pending)

    def _make(self, connection: http.client.HTTPConnection, move: Move) -> None:
        headers = {
            "Cookie": f"{self._name}={self._cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({**move.fields, "csrf_token": self._token})
        connection.request("POST", move.path, body, headers)
        response = connection.getresponse()
        page = response.read().decode()
        if PUT_OFF in page:
            self.pending = None
            return
        assert response.status == 303, (move, self.state, page[:600])
        self.state, self.pending = move.after, None
        self.moves[move.name] += 1
        self._learn(move.name, response.headers["Location"])

    def _learn(self, done: str, location: str) -> None:
        """What the next moves need to know beside what is stored."""
        if done == "open":
            self._revision = location.removesuffix("/steps/1")
        elif done == "create":
            self._others.append(location)
        elif done == "delete":
            self._others.pop()
        elif done == "pay":
            self._paid_for = RESTARTS
        elif done == "restart":
            self._paid_for -= 1
        self._exported = done == "export" or (self._exported and done not in {"open", "restart"})

    def _moves(self) -> list[Move]:
        """What can be done now, the likelier the more often."""
        state, moves = self.state, []
        still_open = [n for n, status in enumerate(state.statuses, 1) if status != LOCKED]
        if still_open:
            moves += 6 * [self._lock(still_open[0])]
        if 1 in still_open:
            moves += 4 * [self._save()]
        if 1 not in still_open and self._paid_for:
            last = still_open[0] - 1 if still_open else len(state.statuses)
            moves += 3 * [self._restart(self._dice.randint(1, last))]
        if not still_open:
            moves += [self._open()] + ([] if self._exported else 2 * [self._export()])
        if not self._paid_for:
            moves += 3 * [self._pay()]
        return moves + self._project_moves()

    def _project_moves(self) -> list[Move]:
        """A project more or less beside the one that is written."""
        state = self.state
        if self._others and self._dice.random() < len(self._others) / PROJECTS:
            path, fewer = f"{self._others[-1]}/delete", state.projects - 1
            return [self._keyed("delete", path, replace(state, projects=fewer))]
        more = replace(state, projects=state.projects + 1)
        return [self._keyed("create", "/projects", more, name="Another", mode="lean")]

    def _save(self) -> Move:
        """Without a key: the same text again changes nothing."""
        state, number = self.state, self.state.text + 1
        fields = {"version": str(state.version), "summary": f"Text number {number}"}
        after = replace(state, text=number, version=state.version + 1)
        return Move("save", f"{self._revision}/steps/1/draft", fields, after)

    def _lock(self, order: int) -> Move:
        after = self.state.with_step(order, LOCKED)
        path = f"{self._revision}/steps/{order}/lock"
        return self._keyed("lock", path, after, version=str(self.state.version))

    def _restart(self, order: int) -> Move:
        """What is open after the locked ones stays as it is."""
        later = [s if s != LOCKED else INVALIDATED for s in self.state.statuses[order:]]
        after = self.state.with_step(order, DRAFT, *later)
        after = replace(after, restarts=after.restarts + 1)
        path = f"{self._revision}/steps/{order}/restart"
        return self._keyed("restart", path, after, version=str(self.state.version))

    def _open(self) -> Move:
        state = self.state
        drafts = (DRAFT,) * len(state.statuses)
        after = replace(state, revisions=state.revisions + 1, version=1, statuses=drafts)
        return self._keyed("open", f"{self.project}/revisions", after)

    def _export(self) -> Move:
        after = replace(self.state, exports=self.state.exports + 1)
        return self._keyed("export", f"{self._revision}/exports", after)

    def _pay(self) -> Move:
        return self._keyed("pay", "/billing/sandbox", self.state, event="paid")

    def _keyed(self, name: str, path: str, after: State, /, **fields: str) -> Move:
        return Move(name, path, {**fields, "idempotency_key": uuid.uuid4().hex}, after)
