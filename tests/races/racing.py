"""One race: the outcomes that it may have, and rounds of it.

What is allowed is what some order of the same requests, one after the other, leads to: the
same answers and the same rows. `Race` tries every order first. How many may win is written
down beside it, so that a rule that is wrong in every order is seen as well.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask import Flask

from tests.conftest import all_rows
from tests.likeness import Rows, leads, likeness
from tests.posts import Post
from tests.races.crowd import DONE, Answer, Crowd, answered

Wins = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """Equal posts that take part together."""

    post: Post
    count: int


@dataclass(frozen=True, slots=True)
class Field:
    """All who take part, and how many of each kind may succeed together."""

    kinds: Sequence[Kind]
    wins: set[Wins]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answers to each kind of post, and the rows after them."""

    answers: list[Counter[tuple[str, str]]]
    rows: Rows

    @property
    def wins(self) -> Wins:
        """How many of each kind succeeded."""
        return tuple(
            sum(count for (code, _), count in kind.items() if code == DONE) for kind in self.answers
        )


class Race:
    """A field that races as often as is wanted, always from the same rows."""

    def __init__(
        self, app: Flask, crowd: Crowd, field: Field, put_back: Callable[[], None]
    ) -> None:
        self._app, self._crowd, self._field, self._put_back = app, crowd, field, put_back
        counts = [kind.count for kind in field.kinds]
        self._allowed = [self._one_by_one(order) for order in orders(counts)]
        assert {outcome.wins for outcome in self._allowed} == field.wins
        self._start = [number for number, count in enumerate(counts) for _ in range(count)]

    def run(self) -> tuple[Wins, list[Answer]]:
        """All at once. Raises where the outcome is none that an order of them could have."""
        answers = self._crowd.send([self._field.kinds[number].post for number in self._start])
        assert max(answer.status for answer in answers) < 500, answers
        outcome = self._outcome(self._start, answers)
        assert outcome.wins in self._field.wins, answers
        assert outcome in self._allowed, answers
        return outcome.wins, answers

    def _one_by_one(self, order: Sequence[int]) -> Outcome:
        sent = [self._field.kinds[number].post.send() for number in order]
        outcome = self._outcome(order, [answered(one.status_code, one.headers) for one in sent])
        self._put_back()
        return outcome

    def _outcome(self, order: Sequence[int], answers: Sequence[Answer]) -> Outcome:
        told: list[Counter[tuple[str, str]]] = [Counter() for _ in self._field.kinds]
        for number, answer in zip(order, answers, strict=True):
            told[number][answer.code, leads(answer.location)] += 1
        return Outcome(told, likeness(all_rows(self._app)))


def orders(counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every order of so many equal things of each kind, as the kinds' numbers."""
    if not any(counts):
        yield ()
    for kind, count in enumerate(counts):
        if count:
            fewer = [left - (other == kind) for other, left in enumerate(counts)]
            yield from ((kind, *rest) for rest in orders(fewer))
