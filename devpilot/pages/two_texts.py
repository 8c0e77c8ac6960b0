"""What a conflict is about: each place where the saved step and the typed form differ.

A newcomer's likely mistake: comparing posted names. What was typed is read as a save would read
it, so that two spellings of one thing are no difference.
"""

import re
from dataclasses import dataclass
from itertools import takewhile

from devpilot.document.comparison import Change, Kind, changes
from devpilot.models import Step
from devpilot.services import steps
from devpilot.services.step_buttons import Pairs

_WORDS = re.compile(r"\s+|\S+")
AROUND = 60
"""So many characters of a long text are shown on each side of what differs."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text around what differs in it; `part` is "" where only the other one has something."""

    before: str
    part: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs. `take` is "" where what is saved cannot be taken by itself."""

    where: str
    saved: Excerpt
    typed: Excerpt
    take: str


def differences(step: Step, pairs: Pairs) -> list[Difference] | None:
    """None where what was typed cannot be read as a whole."""
    form = steps.read_form(step, pairs)
    if form.data is None or form.problems:
        return None
    upstream = steps.blueprint_before(step)
    saved, typed = {**upstream, step.order: step.data}, {**upstream, step.order: form.data}
    return [difference(change) for change in changes(step.order, saved, typed)]


def difference(change: Change) -> Difference:
    """A change as a page shows it, from what is saved to what was typed."""
    is_new_here = change.kind is Kind.ADDED and bool(change.row)
    key = "" if is_new_here else change.row
    where = " ".join(filter(None, (change.field, key, change.column)))
    saved, typed = excerpts(change.before, change.after)
    return Difference(where, saved, typed, "" if is_new_here else change.place)


def excerpts(one: str, other: str) -> tuple[Excerpt, Excerpt]:
    """Two texts, each cut to the words that differ and a little around them."""
    words, others = _WORDS.findall(one), _WORDS.findall(other)
    head = _alike(words, others)
    tail = _alike(words[head:][::-1], others[head:][::-1])
    before, after = "".join(words[:head]), "".join(words[len(words) - tail :])
    around = _last(before), _first(after)
    return _excerpt(words[head : len(words) - tail], *around), _excerpt(
        others[head : len(others) - tail], *around
    )


def _alike(words: list[str], others: list[str]) -> int:
    """How many words are the same from the start."""
    pairs = zip(words, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _excerpt(words: list[str], before: str, after: str) -> Excerpt:
    return Excerpt(before, "".join(words), after)


def _last(text: str) -> str:
    return text if len(text) <= AROUND else f"… {text[-AROUND:].partition(' ')[2]}"


def _first(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"
