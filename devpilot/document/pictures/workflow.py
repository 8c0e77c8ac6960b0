"""Each workflow of step 4 as a path: who acts, what they do, who is refused, what fails.

Owns where a branch leaves the path: a refusal at the first step of a refused role, a
failure at the first step in which its cause takes part; otherwise at the beginning.
"""

from itertools import pairwise

from devpilot.document.pictures.scene import (
    Box,
    Kind,
    Link,
    Picture,
    Scene,
    Shape,
    Stroke,
    Told,
    Weight,
    Words,
)
from devpilot.document.pictures.source import Row, Source, sentence, words

_START, _END = "start", "end"


def workflows(source: Source) -> list[Picture]:
    """A picture of every workflow that has a step."""
    found = [_Path(source, row) for row in source.rows("workflows")]
    return [path.picture() for path in found if path.steps]


class _Path:
    def __init__(self, source: Source, workflow: Row) -> None:
        key = workflow["key"]
        self._source = source
        self._workflow = workflow
        self.steps = source.of("steps", "workflow", key)
        self._branches = source.of("branches", "workflow", key)
        self._failures = source.of("failures", "workflow", key)

    def picture(self) -> Picture:
        key = self._workflow["key"]
        refusals = [self._refusal(row) for row in self._branches]
        failures = [self._failure(row) for row in self._failures]
        scene = Scene(
            kind=Kind.WORKFLOW,
            title=f"{words(self._workflow, 'name')} ({key})",
            boxes=(self._beginning(), *map(self._step, self.steps), self._after(),
                   *refusals, *failures),
            links=(*self._path(), *self._sides()),
        )  # fmt: skip
        return Picture(f"workflow-{key}", 4, "workflows", scene, self._told)

    def _beginning(self) -> Box:
        actor = self._source.name(self._workflow.get("actor") or "")
        trigger = Words(words(self._workflow, "trigger"), most=4)
        return Box(_START, Shape.EDGE, (Words(f"{actor} begins when", Weight.QUIET), trigger))

    def _after(self) -> Box:
        after = Words(words(self._workflow, "after"), most=5)
        return Box(_END, Shape.EDGE, (Words("True at the end", Weight.QUIET), after))

    def _step(self, row: Row) -> Box:
        touched = row.get("touches") or ""
        acts = Words(self._source.name(row.get("by") or ""), Weight.NAME, 2)
        does = Words(words(row, "action"), most=5)
        where = Words(f"{row['key']}, on {self._source.name(touched)}", Weight.QUIET, 2)
        return Box(row["key"], Shape.STEP, (acts, does, where))

    def _refusal(self, row: Row) -> Box:
        roles = ", ".join(map(self._source.name, row.get("roles") or ()))
        said = (
            Words(f"Refused: {roles}" if roles else "Refused", Weight.NAME, 2),
            Words(words(row, "rule"), most=4),
            Words(f"{row['key']}, sees: {words(row, 'refused_sees')}", Weight.QUIET, 4),
        )
        return Box(row["key"], Shape.REFUSAL, said)

    def _failure(self, row: Row) -> Box:
        said = (
            Words(f"Fails: {self._source.name(row.get('cause') or '')}", Weight.NAME, 2),
            Words(words(row, "what"), most=4),
            Words(f"{row['key']}, then: {words(row, 'state_after')}", Weight.QUIET, 4),
            Words(f"Recovery: {words(row, 'recovery')}", Weight.QUIET, 4),
        )
        return Box(row["key"], Shape.FAILURE, said)

    def _path(self) -> list[Link]:
        stops = [_START, *[row["key"] for row in self.steps], _END]
        return [Link(tail, tail, head) for tail, head in pairwise(stops)]

    def _sides(self) -> list[Link]:
        refused = [
            Link(row["key"], self._leaves_at(set(row.get("roles") or ()), ("by",)), row["key"],
                 stroke=Stroke.ASIDE, beside=True)
            for row in self._branches
        ]  # fmt: skip
        failed = [
            Link(row["key"], self._leaves_at({row.get("cause")}, ("touches", "by")), row["key"],
                 stroke=Stroke.ASIDE, beside=True)
            for row in self._failures
        ]  # fmt: skip
        return refused + failed

    def _leaves_at(self, parts: set[str | None], columns: tuple[str, ...]) -> str:
        for step in self.steps:
            if any(step.get(column) and step[column] in parts for column in columns):
                return str(step["key"])
        return _START

    def _told(self) -> tuple[Told, ...]:
        begins = (
            f"Begins: {self._source.called(self._workflow.get('actor') or '')}; "
            f"{words(self._workflow, 'trigger')}"
        )
        told = (
            Told("Path", (begins, *map(self._told_step, self.steps),
                          f"True at the end: {words(self._workflow, 'after')}")),
            Told("Refusals", tuple(map(self._told_refusal, self._branches))),
            Told("Failures", tuple(map(self._told_failure, self._failures))),
        )  # fmt: skip
        return tuple([each for each in told if each.items])

    def _told_step(self, row: Row) -> str:
        called = self._source.called
        by, touched = called(row.get("by") or ""), row.get("touches") or ""
        return f"{row['key']}: {by}: {words(row, 'action')}; on {called(touched)}"

    def _told_refusal(self, row: Row) -> str:
        roles = ", ".join(map(self._source.called, row.get("roles") or ()))
        seen = f"sees: {words(row, 'refused_sees')}"
        return f"{row['key']}: " + sentence(f"refused: {roles}", words(row, "rule"), seen)

    def _told_failure(self, row: Row) -> str:
        cause = self._source.called(row.get("cause") or "")
        after, recovery = words(row, "state_after"), words(row, "recovery")
        what = f"{cause}: {words(row, 'what')}"
        return f"{row['key']}: " + sentence(what, f"then: {after}", f"recovery: {recovery}")
