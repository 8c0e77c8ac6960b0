"""What a conflict is about: each place where the saved step and the typed form differ.

A newcomer's likely mistake: comparing posted names. What was typed is read as a save would read
it, so that two spellings of one thing are no difference.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from devpilot.document.comparison import Change, Kind, changes, row_keys
from devpilot.methodology import Data, Matrix, definition, fingerprints
from devpilot.models import Step
from devpilot.services import steps
from devpilot.services.step_buttons import Pairs
from devpilot.services.step_form import StepForm

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
class Opened:
    """Which state of a step its form was drawn from; the form posts it back."""

    version: int
    prints: str | None
    """The fingerprints of what was there; None where the form carried none."""

    @classmethod
    def now(cls, step: Step) -> "Opened":
        return cls(step.revision.version, fingerprints.written(step.order, step.content.data))

    @classmethod
    def posted(cls, form: StepForm, pairs: Pairs) -> "Opened | None":
        """None where the form does not say it in a way that can be read."""
        prints = dict(pairs).get(fingerprints.OPENED)
        return None if form.version is None else cls(form.version, prints)


class By(StrEnum):
    """On which side a place was changed since the form was opened."""

    SAVED = "saved"
    TYPED = "typed"
    BOTH = "both"
    UNKNOWN = ""
    """The form does not say what it showed, as a script's may not, or it is not to be seen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place that differs. `take` is "" where what is saved cannot be taken by itself."""

    where: str
    saved: Excerpt
    typed: Excerpt
    take: str
    by: By = By.UNKNOWN


def differences(step: Step, pairs: Pairs) -> list[Difference] | None:
    """None where what was typed cannot be read as a whole."""
    form = steps.read_form(step, pairs)
    if form.data is None or form.problems:
        return None
    upstream, order = steps.blueprint_before(step), step.order
    both = row_keys(order, step.data) & row_keys(order, form.data)
    both |= {key for before, data in upstream.items() for key in row_keys(before, data)}
    saved, typed = _squared(order, (step.data, form.data), both)
    found = changes(order, {**upstream, order: saved}, {**upstream, order: typed})
    sides = Sides(order, dict(pairs).get(fingerprints.OPENED), step.data, form.data)
    return [difference(change, sides) for change in found]


class Sides:
    """Who changed a place, by the fingerprints of both sides and of what the form showed."""

    def __init__(self, order: int, opened: str | None, saved: Data, typed: Data) -> None:
        """`opened` is what the form carries; None where it carries nothing."""
        self._order = order
        self._opened = None if opened is None else fingerprints.read(opened)
        self._saved, self._typed = (fingerprints.of(order, data) for data in (saved, typed))
        fields = definition(order).fields
        self._put_aside = {f.id for f in fields if f.when is not None and not f.when.holds(saved)}

    def is_put_aside(self, place: str) -> bool:
        """Whether the field does not apply in what is saved: its text there is kept, unseen."""
        return place.partition("-")[0] in self._put_aside

    def was_opened(self, place: str) -> bool:
        """Whether there was something at this place when the form was opened."""
        return bool(self._opened and fingerprints.at(self._order, self._opened, place))

    def changed(self, place: str) -> By:
        if self._opened is None or not place or self.is_put_aside(place):
            return By.UNKNOWN
        opened, saved, typed = (
            fingerprints.at(self._order, known, place)
            for known in (self._opened, self._saved, self._typed)
        )
        return By.SAVED if typed == opened else By.TYPED if saved == opened else By.BOTH


def _squared(order: int, sides: tuple[Data, Data], both: set[str]) -> Iterator[Data]:
    """Both sides with the same cells in each matrix, so that a cell of one alone is a difference.

    A row that is on one side alone is told by its own list; `both` are the keys of all others.
    """
    axes: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for field in definition(order).fields:
        if isinstance(field, Matrix):
            lines = [line for side in sides for line in (side.get(field.id) or {}).items()]
            down = dict.fromkeys(row for row, _ in lines if row in both)
            across = dict.fromkeys(c for _, cells in lines for c in cells if c in both)
            axes[field.id] = down, across
    for side in sides:
        squared = {
            name: {
                row: {c: (side.get(name) or {}).get(row, {}).get(c, {}) for c in across}
                for row in down
            }
            for name, (down, across) in axes.items()
        }
        yield {**side, **squared}


def difference(change: Change, sides: Sides) -> Difference:
    """A change as a page shows it, from what is saved to what was typed."""
    is_typed_alone = change.kind is Kind.ADDED and bool(change.row)
    is_new_here = is_typed_alone and not sides.was_opened(change.place)
    key = "" if is_new_here else change.row
    where = " ".join(filter(None, (change.field, key, change.column)))
    saved, typed = excerpts(change.before, change.after)
    # “Nothing” would be taken from where a text is only put aside, and empty it.
    take = "" if is_new_here or sides.is_put_aside(change.place) else change.place
    return Difference(where, saved, typed, take, sides.changed(change.place))


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
