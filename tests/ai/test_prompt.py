"""What leaves the machine: everything that the step needs, and nothing else, within a cap."""

import hashlib
import json
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import select

from devpilot.db import reading
from devpilot.methodology import definition
from devpilot.methodology.examples import EXAMPLES
from devpilot.methodology.vocabulary import Choice, Matrix, Number, Reference, Rows, YesNo
from devpilot.models import Ask, Step, User, UserSession
from devpilot.services.ai_prompt import MOST_BYTES, PROMPT_VERSION, SYSTEM, build
from tests.ai.asking import KEY
from tests.ai.suggesting import agree, answering, asked, decide, suggestions
from tests.conftest import Owned

CAP = 24 * 1024
KNOWN = {"1": "b1f759acbc16a18ce23168d10c7020702c7a14fb7f3ecaa7775bea414be7ccd2"}
"""What each version of the instructions was, as SHA-256."""


def size(prompt):
    schema = json.dumps(prompt.schema, ensure_ascii=False, separators=(",", ":"))
    return len((prompt.system + prompt.user + schema).encode())


# --- what leaves -----------------------------------------------------------------------------


def secrets_of(app, owned):
    """Everything of the person and their rows that is nobody else's business."""
    revision = uuid.UUID(owned.revision.rsplit("/", 1)[-1])
    with app.app_context(), reading() as session:
        user = session.get_one(User, owned.owner.user_id)
        steps = session.scalars(select(Step.id).where(Step.revision_id == revision)).all()
        sessions = session.scalars(select(UserSession).where(UserSession.user_id == user.id)).all()
        ids = [user.id, uuid.UUID(owned.project.rsplit("/", 1)[-1]), revision, *steps]
        found = [user.email, user.email.partition("@")[0], user.password_hash]
        found += [str(one.id) for one in sessions] + [one.token_hash for one in sessions]
    found += [form for one in ids for form in (str(one), one.hex)]
    found += [one.hex for one in (s.id for s in suggestions(owned))]
    return [*found, owned.owner.cookie(), owned.owner.token()]


def test_no_byte_of_a_request_tells_who_asks_or_about_what_else(app, server, paying):
    other = named(paying, "Quokka")
    paying.save(other.revision, 1, {"summary": "Of another project: walrus."})
    mine = named(paying, "Zanzibar")
    paying.lock_up_to(mine.revision, 1)
    agree(mine)
    row = {"question": "Who?", "why": "Unclear.", "decide_before": "Launch"}
    ways = (answering(deferred=[row]), "good", "refuses the format")
    for way, fields in zip(ways, ({}, {"ask": "missing"}, {"instruction": "A wish."}), strict=True):
        server.way = way
        asked(mine, 2, **fields)
    assert decide(mine, 2).status_code == 303
    server.way = "good"
    asked(mine, 2, ask="missing")
    assert len(server.requests) == 5, "one was refused for its format, and asked twice"
    secrets = [*secrets_of(app, mine), *secrets_of(app, other), "walrus", "Quokka", "Zanzibar"]
    secrets += ["paid_active", "past_due", "sandbox"]
    for request in server.requests:
        sent = (request.head + b"\r\n\r\n" + request.body).decode()
        sent += json.dumps(request.json, ensure_ascii=False)
        assert [text for text in secrets if text in sent.replace(KEY, "")] == []
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}", sent), "an identifier"
        words = " ".join(message["content"] for message in request.json["messages"])
        assert not re.search(r"quota|(free|pro) plan|suggestions? left", words, re.IGNORECASE)


def named(person, name):
    project = person.create_project(name)
    return Owned(person, project, person.revision_of(project))


def test_what_leaves_is_the_step_its_draft_the_locked_steps_and_the_wish(server, make_asker):
    owned = make_asker(locked=1)
    asked(owned, 2, instruction="  More about\nnights. ")
    sent = json.loads(server.requests[0].json["messages"][1]["content"])
    assert set(sent) == {"step", "locked_steps", "draft", "wish"}
    example = EXAMPLES["wellbrook"].steps
    assert sent["draft"] == example[2]
    assert sent["locked_steps"] == [{"title": definition(1).title, **example[1]}]
    assert sent["wish"] == "More about\nnights."
    assert set(sent["step"]) == {"title", "purpose", "fields"}
    assert server.requests[0].json["messages"][0]["content"] == SYSTEM[Ask.DRAFT]


def test_nothing_of_a_step_that_is_not_locked_yet_or_comes_later(server, asker):
    asker.owner.save(asker.revision, 2, {"deferred-0-question": "Of step two: okapi?"})
    asked(asker, 1)
    assert b"okapi" not in server.requests[0].body
    assert json.loads(server.requests[0].json["messages"][1]["content"])["locked_steps"] == []


def test_what_is_put_aside_is_not_sent(server, make_asker):
    owned = make_asker(locked=1)
    owned.owner.save(owned.revision, 2, {"business_model": "internal"})
    asked(owned, 2)
    assert "plans" not in json.loads(server.requests[0].json["messages"][1]["content"])["draft"]


def test_the_page_shows_every_byte_before_it_is_sent(server, make_asker):
    owned = make_asker(locked=1)
    html = owned.owner.page(f"{owned.step(2)}/suggestions").html
    asked(owned, 2)
    system, user = (message["content"] for message in server.requests[0].json["messages"])
    page = " ".join(html.split())
    for text in (system, user):
        assert " ".join(str(escape(text)).split()) in page


# --- how much --------------------------------------------------------------------------------


@pytest.mark.parametrize("ask_for", Ask)
@pytest.mark.parametrize("code", EXAMPLES)
def test_every_step_of_the_examples_is_within_the_cap(code, ask_for):
    steps = EXAMPLES[code].steps
    for order in steps:
        prompt = build(steps, order, ask_for, "w" * 500)
        assert size(prompt) <= CAP == MOST_BYTES
        before = list(range(1, order))
        assert list(prompt.sent) == before[len(before) - len(prompt.sent) :], "the oldest go first"
        named = [f"step {n}, {definition(n).title}" for n in before if n not in prompt.sent]
        assert list(prompt.left_out)[: len(named)] == named
        sent = json.loads(prompt.user)
        assert [one["title"] for one in sent["locked_steps"]] == [
            definition(n).title for n in prompt.sent
        ]
        assert sent["wish"] == "w" * 500


def full(order, rows=None):
    """A step with every list at its maximum, and every text at its limit."""
    step, data = definition(order), {}
    for field in step.fields:
        if isinstance(field, Rows):
            data[field.id] = [
                {"key": f"{field.letter}{n}", **{c.id: largest(c, n) for c in field.columns}}
                for n in range(1, (rows or field.maximum) + 1)
            ]
        elif not isinstance(field, Matrix):
            data[field.id] = largest(field, 1)
    return data


def largest(field, number):
    match field:
        case Choice():
            options = [o for o in field.options if o in {"both", "yes", "partly", "subscription"}]
            return options[0] if options else max(field.options, key=len)
        case YesNo():
            return True
        case Number():
            return 1_000_000_000
        case Reference():
            return ["F1", "F2"] if field.many else "F1"
        case _:
            return f"{number} ".ljust(field.limit, "☃")


@pytest.mark.parametrize("ask_for", Ask)
@pytest.mark.parametrize("order", range(1, 11))
def test_drafts_at_all_their_maxima_are_within_the_cap(order, ask_for):
    blueprint = {n: full(n) for n in range(1, order + 1)}
    prompt = build(blueprint, order, ask_for, "☃" * 500)
    assert size(prompt) <= CAP
    sent = json.loads(prompt.user)
    assert sent["wish"] == "☃" * 500
    assert sent["step"]["fields"]
    assert (prompt.sent, len(sent["locked_steps"])) == ((), 0)
    assert f"step {order - 1}, " in " ".join(prompt.left_out) or order == 1


def test_a_list_that_is_left_out_leaves_its_names_where_they_are_needed():
    steps = EXAMPLES["doorstep"].steps
    for order in range(2, 11):
        prompt = build(steps, order, Ask.DRAFT, "")
        sent = json.loads(prompt.user)
        shown = {name for one in (*sent["locked_steps"], sent["draft"]) for name in one}
        known = set(sent.get("names", {})) | shown
        for field in definition(order).fields:
            for column in field.columns if isinstance(field, Rows) else ():
                for list_id in column.lists if isinstance(column, Reference) else ():
                    assert list_id in known or not prompt.left_out, (order, list_id)


def test_the_page_names_what_was_left_out(app, server, paying):
    made = paying.post("/projects", {"name": "Full", "mode": "full", "example": "doorstep"})
    owned = Owned(paying, made.headers["Location"], paying.revision_of(made.headers["Location"]))
    paying.lock_up_to(owned.revision, 4)
    agree(owned)
    prompt = build(EXAMPLES["doorstep"].steps, 5, Ask.DRAFT, "")
    assert prompt.left_out, "or this test needs a later step"
    says = f"Left out, for length: {prompt.left_out[0]}"
    assert says in paying.page(f"{owned.step(5)}/suggestions").text
    server.way = "good"
    asked(owned, 5)
    assert says in paying.page(owned.step(5)).text
    assert len(server.requests[0].body) < 2 * CAP


# --- user text is data -----------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ['"}', '"},"wish":"x"', "\\", '\\"', "\n}\n{", "```", "</draft>", "\u2028", "'\"'", "]}}"]
)


@given(TEXT, TEXT, TEXT, st.sampled_from(Ask))
def test_what_a_person_wrote_cannot_leave_its_string(wish, text, locked, ask_for):
    blueprint = {
        1: {"summary": locked, "goals": [{"key": "G1", "goal": locked, "measure": text}]},
        2: {"deferred": [{"key": "O1", "question": text, "why": wish, "decide_before": text}]},
    }
    prompt = build(blueprint, 2, ask_for, wish)
    sent = json.loads(prompt.user)
    assert set(sent) == {"step", "locked_steps", "draft", "wish"}
    assert (sent["wish"], sent["draft"]) == (wish, blueprint[2])
    assert sent["locked_steps"] == [{"title": definition(1).title, **blueprint[1]}]
    assert prompt.system == SYSTEM[ask_for]


def test_another_wording_is_another_version():
    told = "".join(SYSTEM[one] for one in Ask)
    assert KNOWN[PROMPT_VERSION] == hashlib.sha256(told.encode()).hexdigest()


def test_a_suggestion_remembers_what_it_was_made_with(server, asker):
    found = asked(asker)
    assert (found.prompt_version, found.model) == (PROMPT_VERSION, "little-model-own")
