"""Every way in which a provider answers, for each question: nothing at all, or one suggestion."""

import json
import time

import pytest
from markupsafe import escape

from tests.ai.asking import KEY
from tests.ai.suggesting import (
    OPERATIONS,
    answering,
    ask,
    asked,
    elsewhere,
    origins,
    pending,
    suggestions,
    under_way,
    used,
)
from tests.ai.test_ways import GRACE, INVALID, TIMED_OUT, TWICE, UNAVAILABLE, WELL
from tests.ai_server.texts import SCRIPT, good_content, marked
from tests.conftest import all_rows
from tests.page import page_of
from tests.posts import Post
from tests.races.crowd import at_once
from tests.refusals import JSON, assert_problem, assert_refused
from tests.steps.typing_in import stored

pytestmark = pytest.mark.slow

WISH = "More about what fails at <night> & on “Sundays”."
PATIENT = 20.0
"""Seconds for what answers at once: it fails by what it says and never by its time."""
HASTY = 0.4
TOO_LONG = "A text that is longer than every limit there is. " * 100


def every(name, value):
    """A right answer in which each field or column of this name has this value."""

    def change(found):
        if isinstance(found, dict):
            return {key: value if key == name else change(one) for key, one in found.items()}
        return [change(one) for one in found] if isinstance(found, list) else found

    return lambda request: json.dumps(change(json.loads(good_content(request))))


def replaced(**fields):
    """A right answer with these values of its fields."""
    return lambda request: json.dumps({**json.loads(good_content(request)), **fields})


UNFIT = {
    "too long a text": lambda request: marked(request, json.dumps(TOO_LONG)),
    "a control character": lambda request: marked(request, r'"a\u0007b"'),
    "a placeholder": lambda request: marked(request, '"TBD"'),
    "nothing": answering(),
}
UNFIT_DRAFT = {
    "a line break": every("goal", "one\ntwo"),
    "an unknown reference": every("goals", ["No goal of this name"]),
    "a stranger's row": every("goals", ["G1", "G4711"]),
    "an option that is none": every("release", "soon"),
    "more rows than fit": lambda request: replaced(
        deferred=json.loads(good_content(request))["deferred"] * 8
    )(request),
}
UNFIT_CONSIDERATIONS = {
    "too many": lambda request: json.dumps(
        {"considerations": json.loads(good_content(request))["considerations"] * 4}
    ),
    "an unknown row": every("row", "G4711"),
    "a field of another step": every("field", "roles"),
    "an empty text": every("text", " "),
}

FAILURES = {
    "hang": "ai_timeout",
    500: "ai_unavailable",
    429: "ai_unavailable",
    "cut": "ai_unavailable",
    "refusal": "ai_invalid_response",
    "length": "ai_invalid_response",
}
"""Some of each kind, for what is the same in all of a kind."""


@pytest.fixture
def askers(make_asker):
    """Someone for each operation, whose tries are all refused: so each can try again."""
    found = {
        "draft": make_asker("free"),
        "missing": make_asker("free"),
        "regeneration": make_asker(),
    }
    asked(found["regeneration"])
    return found


def fields_of(operation):
    return {"ask": "missing" if operation == "missing" else "draft", "instruction": WISH}


class Tries:
    """The same question of each operation, as often as there are ways in which it fails.

    After each what these people have is compared, and at the end every row of everybody.
    """

    def __init__(self, app, server, askers, seconds) -> None:
        self._app, self._server, self._askers, self._seconds = app, server, askers, seconds
        self._before, self._rows = self._theirs(), all_rows(app)

    def refuse(self, way, code):
        """All operations at once: a way that hangs takes its time once."""
        self._server.way = way
        answers = at_once([self._asks(operation) for operation in self._askers])
        for answer, seconds in answers:
            self._refused(answer, seconds, code)
        self._unchanged()

    def refuse_by(self, operation, way, code):
        self._server.way = way
        self._refused(*self._asks(operation)(), code)
        self._unchanged()

    def _asks(self, operation):
        owned = self._askers[operation]
        send = Post(owned.owner, f"{owned.step(1)}/suggestions", fields_of(operation)).ready()

        def timed():
            started = time.monotonic()
            return send(), time.monotonic() - started

        return timed

    def _refused(self, answer, seconds, code):
        told = self._server.way
        assert answer.headers.get("DevPilot-Error") == code, (told, answer.headers, answer.text)
        assert_refused(answer, code)
        assert f"\n{escape(WISH)}</textarea>" in answer.text, told
        assert "Nothing was changed or counted" in answer.text, told
        assert seconds < self._seconds + GRACE, told
        assert KEY not in answer.text

    def _unchanged(self):
        assert self._theirs() == self._before, self._server.way
        assert not any(under_way(owned) for owned in self._askers.values()), self._server.way

    def _theirs(self):
        return [
            (used(one), [(each.id, each.state) for each in suggestions(one)],
             one.owner.version(one.revision), stored(self._app, one.revision), origins(one))
            for one in self._askers.values()
        ]  # fmt: skip

    def nothing_changed(self):
        assert all_rows(self._app) == self._rows


@pytest.fixture
def tries(app, server, askers, hasty):
    made = []

    def make(seconds):
        hasty(seconds)
        made.append(Tries(app, server, askers, seconds))
        return made[-1]

    yield make
    for trying in made:
        trying.nothing_changed()


@pytest.mark.slow
@pytest.mark.usefixtures("stays_sound")
def test_no_answer_in_time(tries):
    trying = tries(HASTY)
    for way in TIMED_OUT:
        trying.refuse(way, "ai_timeout")


@pytest.mark.slow
@pytest.mark.usefixtures("stays_sound")
def test_no_provider(tries, server):
    trying = tries(PATIENT)
    for way in (*UNAVAILABLE, "refuses all"):
        trying.refuse(way, "ai_unavailable")
    with server.stopped():
        trying.refuse("good", "ai_unavailable")


@pytest.mark.slow
@pytest.mark.usefixtures("stays_sound")
def test_an_answer_of_another_kind(tries):
    trying = tries(PATIENT)
    for way in INVALID:
        trying.refuse(way, "ai_invalid_response")


@pytest.mark.usefixtures("stays_sound")
def test_an_answer_of_the_right_shape_that_does_not_fit_the_step(tries):
    trying = tries(PATIENT)
    for way in UNFIT.values():
        trying.refuse(way, "ai_invalid_response")
    for way in UNFIT_DRAFT.values():
        trying.refuse_by("draft", way, "ai_invalid_response")
        trying.refuse_by("regeneration", way, "ai_invalid_response")
    for way in UNFIT_CONSIDERATIONS.values():
        trying.refuse_by("missing", way, "ai_invalid_response")


def test_these_are_all_the_ways_there_are():
    assert len([*TIMED_OUT, *UNAVAILABLE, *INVALID, *TWICE]) > 80


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_program_is_told_as_json(server, askers, hasty, nothing_changes, operation):
    owned = askers[operation]
    with nothing_changes():
        for way, code in FAILURES.items():
            hasty(HASTY if code == "ai_timeout" else PATIENT)
            server.way = way
            body = assert_problem(ask(owned, headers=JSON, **fields_of(operation)), code)
            assert "Nothing was changed or counted" in body["detail"]
            assert under_way(owned) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_page_of_a_failure_offers_to_ask_again_in_the_same_words(server, askers, operation):
    owned, server.way = askers[operation], "length"
    page = page_of(ask(owned, **fields_of(operation)).text)
    form = page.form("/suggestions")
    assert page.title.startswith("Error: ")
    server.way = "good"
    again = form.filled(ask=fields_of(operation)["ask"])
    assert owned.owner.post(form.action, again).status_code == 303
    assert json.loads(server.requests[-1].json["messages"][1]["content"])["wish"] == WISH


GOOD = [*WELL, "refuses the format", "injection", "ids of another"]


@pytest.mark.usefixtures("stays_sound")
def test_a_good_answer_in_every_form_is_one_suggestion_and_counted_once(app, server, asker):
    before = elsewhere(app, "suggestion", "usage")
    for count, way in enumerate(GOOD):
        server.way = way
        for what, more in (("draft", 0), ("missing", len(GOOD))):
            assert len(suggestions(asker)) == count * 2 + bool(more), way
            found = asked(asker, ask=what, instruction=WISH)
            assert (found.ask, found.kind) == (what, "suggestion")
            dismissed = asker.owner.post(f"/suggestions/{found.id}/dismiss")
            assert dismissed.status_code == 303, dismissed.text[:500]
        assert used(asker) == (2 * count + 2, 0), way
        assert under_way(asker) == []
    assert elsewhere(app, "suggestion", "usage") == before


@pytest.mark.usefixtures("stays_sound")
def test_asked_again_it_replaces_what_was_pending_and_counts_as_a_regeneration(app, server, asker):
    asked(asker)
    before = elsewhere(app, "suggestion", "usage")
    for count, way in enumerate([*GOOD, "script"]):
        server.way = way
        found = asked(asker, instruction=WISH) if way != "script" else asked(asker, ask="missing")
        assert (found.kind, pending(asker).id) == ("regeneration", found.id), way
        assert [one.state for one in suggestions(asker)[:-1]] == ["dismissed"] * (count + 1)
        assert used(asker) == (1, count + 1)
    assert json.loads(found.content)["considerations"][0]["text"] == SCRIPT
    assert elsewhere(app, "suggestion", "usage") == before
