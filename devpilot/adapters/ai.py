"""Any AI provider that speaks OpenAI's chat completions: one call, and three ways to fail.

`ai_lines` bounds it in time and number, `ai_http` reaches the network, `ai_answer` reads what
came. A newcomer's likely mistake: calling this within a transaction, or on every thread there
is; a call may take half a minute.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog

from devpilot.adapters.ai_answer import (
    AiAnswer,
    AiFailed,
    Cancelled,
    InvalidResponse,
    TimedOut,
    Unavailable,
    read,
)
from devpilot.adapters.ai_http import Endpoint, FormatRefused
from devpilot.adapters.ai_lines import Line, Lines

__all__ = [
    "AiAnswer", "AiFailed", "AiProvider", "AiQuestion", "Cancelled", "InvalidResponse", "TimedOut",
    "Unavailable",
]  # fmt: skip

TOTAL_SECONDS = 30.0
MOST_TOKENS = 4_000

AT_ONCE = 8
"""Calls under way in this process; the next one is refused at once, and holds no thread."""

NO_KEY = "none"
"""Sent where no key is set: servers of one's own ask for none, and the SDK insists on one."""

_IN_WORDS = "Answer with one JSON object and nothing else. It must fit this JSON Schema:"

log = structlog.get_logger("devpilot")


@dataclass(frozen=True, slots=True)
class AiQuestion:
    """What is asked: texts, and the shape of the answer."""

    system: str
    user: str
    schema: dict[str, Any]
    """An object's. Of its keywords `ai_answer` checks those that strict answers need."""
    name: str
    """The schema's: letters, digits, `_` and `-`, at most 64."""
    most_tokens: int = MOST_TOKENS


class AiProvider:
    """Calls to one provider. An empty key is for servers that ask for none."""

    def __init__(
        self,
        api_key: str,
        base_url: str,
        model: str,
        *,
        seconds: float = TOTAL_SECONDS,
        at_once: int = AT_ONCE,
    ) -> None:
        self._model = model
        self._endpoint = Endpoint(api_key or NO_KEY, base_url)
        self._lines = Lines(at_once, seconds)
        # OpenAI's newer models refuse the older name; servers of one's own know that alone.
        is_openai = urlsplit(base_url).hostname == "api.openai.com"
        self._cap = "max_completion_tokens" if is_openai else "max_tokens"

    def ask(self, question: AiQuestion, *, cancelled: Callable[[], bool] | None = None) -> AiAnswer:
        """One answer that fits the question's schema. Raises an AiFailed, or Cancelled.

        `cancelled` is asked now and then, in this thread; an event's `is_set` will do.
        """
        told = log.bind(model=self._model)
        started = time.monotonic()
        told.info("ai_call", state="started")
        try:
            found = self._lines.run(
                lambda line: read(self._post(line, question), question.schema),
                cancelled,
            )
        except (AiFailed, Cancelled) as failure:
            told.warning(
                "ai_call",
                state="failed",
                how=type(failure).__name__,
                why=str(failure),
                seconds=_since(started),
            )
            raise
        answer = AiAnswer(
            found.data,
            found.model or self._model,
            found.prompt_tokens,
            found.completion_tokens,
            _since(started),
        )
        told.info(
            "ai_call",
            state="done",
            seconds=answer.seconds,
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
        )
        return answer

    def _post(self, line: Line, question: AiQuestion) -> bytes:
        request = {
            "model": self._model,
            "messages": _messages(question.system, question.user),
            self._cap: question.most_tokens,
        }
        shape = {"name": question.name, "schema": question.schema, "strict": True}
        structured = {"response_format": {"type": "json_schema", "json_schema": shape}}
        try:
            return self._endpoint.post(line, {**request, **structured})
        except FormatRefused:
            # Once more in words, on the same line and so within the same time.
            schema = json.dumps(question.schema, ensure_ascii=False, separators=(",", ":"))
            system = f"{question.system}\n\n{_IN_WORDS}\n{schema}"
            messages = _messages(system, question.user)
            return self._endpoint.post(line, {**request, "messages": messages})


def _messages(system: str, user: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)
