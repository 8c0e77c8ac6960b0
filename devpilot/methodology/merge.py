"""A post laid over a stored draft: what the draft becomes, and what is wrong with the post.

Owns the draft's structure: what is kept, replaced, emptied, put aside. A newcomer's likely
mistake: to empty what a post does not mention. Only a list or matrix that it mentions is
replaced, and only a field named by `fields` without content is emptied.

Nothing is raised, whatever was posted; a draft with problems must not be saved.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from devpilot.methodology.cells import read_value
from devpilot.methodology.drafts import Draft, Merged
from devpilot.methodology.matrix import Axis, axes, read_matrix, within
from devpilot.methodology.numbering import Numbering
from devpilot.methodology.posted import Posted, PostedCell
from devpilot.methodology.posted_rows import RowReading
from devpilot.methodology.problems import MAX_PROBLEMS, Problems
from devpilot.methodology.references import split_key
from devpilot.methodology.registry import list_named, rows_of
from devpilot.methodology.vocabulary import (
    Blueprint,
    Data,
    Matrix,
    Rows,
    StepDefinition,
    StepField,
)


def merge(  # noqa: PLR0913 - what the project knows, by name
    step: StepDefinition,
    stored: Draft,
    posted: Posted,
    *,
    upstream: Blueprint,
    allotted: Mapping[str, int],
    tokens: Mapping[str, str],
) -> Merged:
    """Lay the post over the draft.

    `allotted` is the last number allotted in the project per list letter; `tokens` the
    row tokens known in it, with their keys.
    """
    numbering = Numbering(allotted, tokens, upstream)
    merging = _Merging(step, stored, posted, upstream, numbering)
    positions = merging.read_fields()
    data, aside = merging.by_condition()
    problems = (*posted.problems, *merging.problems.found)[:MAX_PROBLEMS]
    return Merged(data, aside, numbering.allotted, numbering.tokens, problems, positions)


class _Merging:
    """One merge under way. `_merged` holds every field, whether it applies or not."""

    __slots__ = ("_merged", "_numbering", "_posted", "_step", "_stored", "_upstream", "problems")

    def __init__(
        self,
        step: StepDefinition,
        stored: Draft,
        posted: Posted,
        upstream: Blueprint,
        numbering: Numbering,
    ) -> None:
        self._step = step
        self._stored = stored
        self._posted = posted
        self._upstream = upstream
        self._numbering = numbering
        self._merged: Data = {}
        self.problems = Problems()

    def read_fields(self) -> dict[tuple[str, int], int]:
        """Read values and rows, then what depends on rows; answers with rows' positions."""
        rows = RowReading(self._step, self._numbering, self.problems)
        for field in self._step.fields:
            if isinstance(field, Rows):
                self._read_rows(field, rows)
            elif not isinstance(field, Matrix):
                self._read_value(field)
        rows.resolve(self._rows_of, self._posted.called)
        for field in self._step.fields:
            if isinstance(field, Matrix):
                self._read_matrix(field)
        return rows.positions()

    def _kept(self, field: StepField) -> Any:  # noqa: ANN401 - the shape is the field's
        """What is not posted stays, unless the form showed the field and sent nothing."""
        return None if field.id in self._posted.shown else self._stored.content(field.id)

    def _read_value(self, field: Any) -> None:  # noqa: ANN401 - any field but rows and matrix
        typed = self._posted.values.get(field.id)
        if typed is None:
            self._merged[field.id] = self._kept(field)
            return
        self._merged[field.id], refusal = read_value(field, typed)
        if refusal:
            self.problems.add(field.id, f"“{field.label}” {refusal}")

    def _read_rows(self, field: Rows, reading: RowReading) -> None:
        posted = self._posted.rows.get(field.id)
        if posted is None:
            self._merged[field.id] = self._kept(field)
            return
        stored = {row["key"] for row in self._stored.content(field.id) or ()}
        self._merged[field.id] = reading.read(field, posted, stored)

    def _rows_of(self, list_id: str) -> Sequence[Mapping[str, Any]]:
        return rows_of(self._step, self._merged, self._upstream, list_id)

    def _read_matrix(self, field: Matrix) -> None:
        down, across = axes(field, lambda list_id: list_named(self._step, list_id), self._rows_of)
        posted = self._posted.matrices.get(field.id)
        if posted is None:
            stored = self._kept(field)
            self._merged[field.id] = within(stored, down, across) if stored else None
            return
        self._merged[field.id], refusals = read_matrix(field, posted, down, across)
        for name, message in refusals:
            self.problems.add(name, message)
        self._refuse_strays(field, posted, down, across)

    def _refuse_strays(
        self,
        matrix: Matrix,
        posted: Mapping[tuple[str, str], PostedCell],
        down: Axis,
        across: Axis,
    ) -> None:
        """Refuse cells that never were; let go those whose row went since, or just now."""
        for row, column in posted:
            known = (row in down or self._was(matrix, matrix.rows, row)) and (
                column in across or self._was(matrix, matrix.columns, column)
            )
            if not known:
                name = f"{matrix.id}-{row}-{column}"
                self.problems.add(name, f"“{matrix.label}” has no cell for {row} and {column}.")

    def _was(self, matrix: Matrix, list_id: str, key: str) -> bool:
        if list_id not in self._step.by_id:
            return key in (self._stored.content(matrix.id) or {})
        letter, number = split_key(key)
        mine = letter == list_named(self._step, list_id).letter
        return mine and number <= self._numbering.allotted.get(letter, 0)

    def by_condition(self) -> tuple[Data, Data]:
        """What applies and what is put aside; what is empty is in neither."""
        data: Data = {}
        aside: Data = {}
        for field in self._step.fields:
            value = self._merged.get(field.id)
            if value in (None, "", [], {}):
                continue
            applies = field.when is None or field.when.holds(self._merged)
            (data if applies else aside)[field.id] = value
        return data, aside
