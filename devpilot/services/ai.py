"""Asking the AI: what may be asked, what is sent, what an answer must be, and keeping it.

An answer becomes a Suggestion and nothing else. Whether the plan grants it is the pipeline's to
ask. A newcomer's likely mistake: calling what `prepared` returns within a transaction; the
pipeline calls it between two.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy import bindparam, select, text

from devpilot import clock
from devpilot.adapters.ai import AiProvider, AiQuestion, Cancelled, InvalidResponse, TimedOut
from devpilot.adapters.ai import Unavailable as NotReached
from devpilot.db import rows, session
from devpilot.errors import AiInvalidResponse, AiTimeout, AiUnavailable, InvalidInput, Problem
from devpilot.methodology import canonical, definition
from devpilot.methodology.suggested import UnfitAnswer, read_considerations, read_draft
from devpilot.methodology.text import clean
from devpilot.methodology.vocabulary import Blueprint
from devpilot.models import AiAgreement, Ask, Step, Suggestion, SuggestionKind, UsageType
from devpilot.services import steps, suggestions
from devpilot.services.ai_prompt import PROMPT_VERSION, Prompt, build
from devpilot.services.step_buttons import Pairs
from devpilot.states import SuggestionState

log = structlog.get_logger("devpilot")

WISH_LIMIT = 500

NOT_SET_UP = "AI suggestions are not set up on this installation."
AGREE_FIRST = "Read who gets your text and what is sent, and agree, before the first use."

_agreement = AiAgreement.__table__
_AGREED = select(_agreement.c.agreed_at).where(
    _agreement.c.user_id == bindparam("user"), _agreement.c.provider == bindparam("provider")
)
_AGREE = text(
    "INSERT INTO ai_agreement (user_id, provider, agreed_at) VALUES (:user, :provider, :at) "
    "ON CONFLICT (user_id) DO UPDATE SET provider = excluded.provider, "
    "agreed_at = excluded.agreed_at WHERE ai_agreement.provider <> excluded.provider"
).bindparams(
    bindparam("user", type_=_agreement.c.user_id.type),
    bindparam("at", type_=_agreement.c.agreed_at.type),
)


@dataclass(frozen=True, slots=True)
class AskForm:
    """What a person asks for, and whether it is asked again while another one is pending."""

    ask: Ask
    wish: str
    kind: SuggestionKind
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A good answer, before it is kept."""

    content: str
    """Canonical JSON: the values or considerations, and what was sent."""
    draft_hash: str
    model: str


def read_ask(step: Step, pairs: Pairs) -> AskForm:
    """The posted question. Without `ask`, it is for a draft."""
    fields = dict(reversed(pairs))
    asked, typed = fields.get("ask", Ask.DRAFT), fields.get("instruction", "")
    wish, refusal = clean(typed, limit=WISH_LIMIT, lines=True)
    problems = []
    if asked not in set(Ask):
        problems.append(Problem("ask", f"Choose one of: {', '.join(Ask)}."))
    if refusal:
        problems.append(Problem("instruction", f"“What you would like” {refusal}"))
    return AskForm(
        Ask(asked) if asked in set(Ask) else Ask.DRAFT, wish, kind_of(step), tuple(problems)
    )


def kind_of(step: Step) -> SuggestionKind:
    """Asking while one is pending is a regeneration, and replaces it."""
    return SuggestionKind.REGENERATION if step.pending else SuggestionKind.SUGGESTION


def asked_as(form: AskForm, of: UsageType) -> AskForm:
    """The question as the kind that was reserved for it."""
    return replace(form, kind=SuggestionKind(of.removeprefix("ai_")))


def ensure_well_asked(_step: Step, form: AskForm | None = None) -> None:
    if form is not None and form.problems:
        raise InvalidInput("ai", form.problems)


def has_agreed(user_id: uuid.UUID, provider: str) -> bool:
    """Whether the user agreed that this provider gets what they write."""
    return rows(_AGREED, {"user": user_id, "provider": provider}).one_or_none() is not None


def agree(user_id: uuid.UUID, provider: str) -> None:
    rows(_AGREE, {"user": user_id, "provider": provider, "at": clock.now()})


def ensure_agreed(user_id: uuid.UUID, provider: str) -> None:
    """Raises InvalidInput for whoever has not agreed yet."""
    if not has_agreed(user_id, provider):
        problem = Problem("agree", "Agree on the step’s page, under “Ask the AI”.")
        raise InvalidInput("ai", [problem], AGREE_FIRST, "Nothing was sent.")


def prompt_for(step: Step, ask: Ask, wish: str) -> Prompt:
    """What would be sent for this step now: its draft, and the locked steps before it."""
    return build(_blueprint(step), step.order, ask, wish)


def _blueprint(step: Step) -> Blueprint:
    return {**steps.blueprint_before(step), step.order: step.data}


def prepared(
    provider: AiProvider, step: Step, form: AskForm, cancelled: Callable[[], bool]
) -> Callable[[], Proposal]:
    """The call, ready to be made while no transaction is open. It reads no row any more."""
    blueprint, order = _blueprint(step), step.order
    prompt = build(blueprint, order, form.ask, form.wish)
    made_for = suggestions.draft_hash(step.content.data)

    def call() -> Proposal:
        name = f"step_{order}_{form.ask}"
        question = AiQuestion(prompt.system, prompt.user, prompt.schema, name)
        answer = _answered(provider, question, cancelled)
        try:
            found = _read(form.ask, blueprint, order, answer.data)
        except UnfitAnswer as unfit:
            log.warning("ai_answer", state="refused", why=str(unfit), model=answer.model)
            raise AiInvalidResponse from unfit
        sent = {"steps": list(prompt.sent), "left_out": list(prompt.left_out)}
        content = canonical({**found, "sent": sent}).decode()
        return Proposal(content, made_for, answer.model)

    return call


def _answered(provider: AiProvider, question: AiQuestion, cancelled: Callable[[], bool]) -> Any:  # noqa: ANN401  the adapter's answer
    try:
        return provider.ask(question, cancelled=cancelled)
    except TimedOut as failure:
        raise AiTimeout from failure
    except NotReached as failure:
        raise AiUnavailable from failure
    except InvalidResponse as failure:
        raise AiInvalidResponse from failure
    except Cancelled as failure:
        raise AiUnavailable(
            "You cancelled this request.", "Nothing was changed or counted. Ask again any time."
        ) from failure


def _read(ask: Ask, blueprint: Blueprint, order: int, data: dict[str, Any]) -> dict[str, Any]:
    if ask is Ask.MISSING:
        return {"considerations": read_considerations(blueprint[order], data)}
    values = read_draft(definition(order), blueprint, data)
    if not values:
        log.warning("ai_answer", state="refused", why="nothing new")
        raise AiInvalidResponse(
            "The AI proposed nothing that the draft does not say already.",
            "Nothing was changed or counted. Say what you would like, and ask again.",
        )
    return {"values": values}


def keep(step: Step, form: AskForm, proposal: Proposal) -> None:
    """Write the suggestion; one that was pending is closed."""
    suggestions.end_pending(step)
    session().add(
        Suggestion(
            id=uuid.uuid4(), step=step, kind=form.kind, ask=form.ask,
            state=SuggestionState.PENDING, content=proposal.content,
            draft_hash=proposal.draft_hash, model=proposal.model, prompt_version=PROMPT_VERSION,
            created_at=clock.now(),
        )
    )  # fmt: skip
