"""One operation under faults: what is compared after each, and what counts as the same.

A newcomer's likely mistake: expecting the rows of before after every fault. One that strikes
after the COMMIT leaves the whole change; what never may be is a part of it.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import delete, select

from devpilot.db import reading, transaction
from devpilot.models import IdempotencyKey, Reservation
from tests.conftest import all_rows
from tests.faults.injecting import COMMITTED, Fault, injected
from tests.faults.operations import Operation
from tests.likeness import leads, likeness
from tests.page import page_of
from tests.posts import Post

SESSIONS, KEY = "user_session", "idempotency_key"
CODES = {500: "internal_error", 503: "database_unavailable"}


class Sweep:
    """An operation that is tried under faults, always from the same rows."""

    def __init__(
        self, app: Flask, operation: Operation, form: Post, put_back: Callable[[], None]
    ) -> None:
        self.app, self.operation, self.form, self.put_back = app, operation, form, put_back
        self.before = all_rows(app)
        answer = form.send()
        self.status, self.leads = answer.status_code, leads(answer.headers.get("Location"))
        assert self.status in {200, 303}, answer.text[:500]
        self.after = likeness(all_rows(app))
        put_back()

    def survives(self, fault: Fault) -> bool:
        """Try under this fault, then once more without. False when no such point was met."""
        with injected(self.app, fault):
            answer = self.form.send()
        if fault.struck:
            done = self._whole_or_nothing(answer)
            assert not done or COMMITTED in fault.passed, "it is there without a commit"
            self._sent_again(done=done)
        else:
            assert answer.status_code == self.status
            assert likeness(all_rows(self.app)) == self.after
        self.put_back()
        return fault.struck

    def _whole_or_nothing(self, answer: Any) -> bool:
        """Whether the change was made, all of it, under the fault."""
        rows = all_rows(self.app)
        done = rows != self.before
        assert not done or likeness(rows) == self.after, "a part of the change is there"
        if answer.status_code >= 400:
            self._check_page(answer, done=done)
        else:
            assert likeness(rows) == self.after, "a success was answered, and nothing is there"
        return done

    def _check_page(self, answer: Any, *, done: bool) -> None:
        """A page of our own, with what was typed, that says nothing untrue."""
        assert answer.headers.get("DevPilot-Error") == CODES[answer.status_code]
        page = page_of(answer.text)
        assert not page.faults()
        assert self.operation.typed in answer.text
        assert not (done and "Nothing was changed" in page.text), "it was changed"

    def _sent_again(self, *, done: bool) -> None:
        """The same form once more: one effect, and the answer that the first one has."""
        first = self._remembered() if done else ""
        if self.operation.lapses:
            with self.app.app_context(), transaction() as session:
                session.execute(delete(Reservation))
        answer = self.form.send()
        rows = likeness(all_rows(self.app))
        if done and not self.operation.once:
            rows[SESSIONS] = self.after[SESSIONS]
            assert answer.status_code < 500
        else:
            assert (answer.status_code, leads(answer.headers.get("Location"))) == (
                self.status,
                self.leads,
            )
            assert first in answer.headers.get("Location", "")
        assert rows == self.after, "not one effect"

    def _remembered(self) -> str:
        """Where the first answer led, as its key says; "" without a key."""
        wanted = select(IdempotencyKey.location).where(
            IdempotencyKey.user_id == self.form.person.user_id,
            IdempotencyKey.key == self.form.fields.get(KEY),
        )
        with self.app.app_context(), reading() as session:
            found = session.scalars(wanted).one_or_none()
        assert found or KEY not in self.form.fields, "the change is there without its key"
        return found or ""
