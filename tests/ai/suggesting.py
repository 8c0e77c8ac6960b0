"""What people post to have suggestions, and what is stored of it.

A newcomer's likely mistake: expecting a second question to be one more suggestion. While one is
pending it is a regeneration, which Free does not have.
"""

import json
import uuid

from sqlalchemy import select

from devpilot.db import reading
from devpilot.models import Origin, Reservation, Step, Suggestion
from devpilot.states import SuggestionState
from tests.ai_server.texts import good_content
from tests.conftest import all_rows
from tests.quota.counting import REGENERATION, SUGGESTION, counts
from tests.steps.typing_in import stored

OPERATIONS = ("draft", "missing", "regeneration")
"""Texts and rows; considerations; texts and rows while a suggestion is pending."""


def agree(owned):
    answer = owned.owner.post(f"{owned.step(1)}/suggestions/agreement")
    assert answer.status_code == 303, answer.text[:600]


def ask(owned, order=1, *, headers=None, **fields):
    """Whatever the answer is. Without `ask`, for a draft."""
    return owned.owner.post(f"{owned.step(order)}/suggestions", fields, headers=headers)


def asked(owned, order=1, **fields):
    """The suggestion of a question that succeeded."""
    answer = ask(owned, order, **fields)
    assert answer.status_code == 303, answer.text[:800]
    return pending(owned, order)


def suggestions(owned, order=1):
    """All of the step, the oldest first."""
    wanted = uuid.UUID(owned.revision.rsplit("/", 1)[-1])
    mine = select(Suggestion).join(Step).where(Step.revision_id == wanted, Step.order == order)
    with owned.owner.app.app_context(), reading() as session:
        found = list(session.scalars(mine.order_by(Suggestion.created_at)))
        session.expunge_all()
    return found


def pending(owned, order=1):
    """The one that waits."""
    [found] = [one for one in suggestions(owned, order) if one.state is SuggestionState.PENDING]
    return found


def proposed(suggestion):
    """What it proposes, by field."""
    return json.loads(suggestion.content)["values"]


def decided(suggestion):
    return json.loads(suggestion.decided)


def origins(owned, order=1):
    """The places of the step that came from a suggestion."""
    wanted = uuid.UUID(owned.revision.rsplit("/", 1)[-1])
    mine = select(Origin.place).join(Step).where(Step.revision_id == wanted, Step.order == order)
    with owned.owner.app.app_context(), reading() as session:
        return sorted(session.scalars(mine))


def under_way(owned):
    """What is reserved for the person, its time over or not."""
    mine = select(Reservation.id).where(Reservation.user_id == owned.owner.user_id)
    with owned.owner.app.app_context(), reading() as session:
        return list(session.scalars(mine))


def used(owned):
    """How many suggestions and regenerations are counted, over all months."""
    person = owned.owner
    return tuple(sum(counts(person.app, person, kind)) for kind in (SUGGESTION, REGENERATION))


def elsewhere(app, *tables):
    """Every row that is in none of these tables."""
    return {name: rows for name, rows in all_rows(app).items() if name not in tables}


def answering(**fields):
    """What a provider says that proposes these fields and nothing else."""

    def said(request):
        found = json.loads(good_content(request))
        nothing = {name: [] if isinstance(v, list) else "" for name, v in found.items()}
        return json.dumps({**nothing, **fields})

    return said


def decide(owned, order=1, *, typed=None, headers=None, **choice):
    """Post the step's own form, with what was typed into it, by a button of the suggestion.

    `field` and `dismiss` name what is used and what is not; without them all is used.
    """
    form = owned.owner.page(owned.step(order)).form("/draft")
    pairs = form.filled(idempotency_key=None, **(typed or {}))
    for name, values in choice.items():
        pairs += [(name, one) for one in ([values] if isinstance(values, str) else values)]
    path = f"/suggestions/{suggestions(owned, order)[-1].id}/apply"
    return owned.owner.post(path, pairs, headers=headers)


def taken(owned, order=1, **more):
    """Like `decide`, and it succeeded. What the step holds then."""
    answer = decide(owned, order, **more)
    assert answer.status_code == 303, answer.text[:1500]
    return stored(owned.owner.app, owned.revision, order)


def undo(owned, order=1, **typed):
    form = owned.owner.page(owned.step(order)).form("/draft")
    path = f"/suggestions/{suggestions(owned, order)[-1].id}/undo"
    return owned.owner.post(path, form.filled(idempotency_key=None, **typed))
