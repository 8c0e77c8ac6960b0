"""What the machine's users type into a step: each entry makes the fields of one form.

The rows of a list are posted whole, as the form does: with their keys, new ones with a token
or without. A newcomer's likely mistake: typing a row key that the step does not hold; what a
form means by it is not said.
"""

from collections.abc import Callable, Mapping

from tests.model.content import PLACEHOLDER, Edit, Row, parsed, posted
from tests.model.reference import Step

COLUMNS = ("question", "why", "decide_before")
EXTRA = (("name", "Extra"), ("what", "One more."), ("release", "mvp"))

Typing = Callable[[Step, str], Edit]
"""Makes an edit of the step; the text is one that no form has had before."""


def _text(field: str, text: str) -> Typing:
    """A text of step 1; in the other steps a row, which all have."""
    return lambda step, new: Edit(field, text) if step.order == 1 else _add_row(step, new)


def _rows(step: Step, field: str = "deferred") -> tuple[Row, ...]:
    return posted(parsed(step.text).get(field, []))


def _row(*texts: str, token: str = "") -> Row:
    return Row(tuple(zip(COLUMNS, texts, strict=True)), token=token)


def _token(step: Step, new: str) -> str:
    return f"{step.order}-{new}"


def _add_row(step: Step, new: str) -> Edit:
    return Edit("deferred", (*_rows(step), _row("Who?", "Not known", new)))


def _add_row_with_token(step: Step, new: str) -> Edit:
    row = _row("Who — é?", "Not known", new, token=_token(step, new))
    return Edit("deferred", (*_rows(step), row))


def _add_unfinished_row(step: Step, new: str) -> Edit:
    return Edit("deferred", (*_rows(step), _row("Who?", "", new)))


def _add_blank_row(step: Step, _new: str) -> Edit:
    return Edit("deferred", (*_rows(step), _row("", "", "")))


def _remove_rows(step: Step, _new: str) -> Edit:
    return Edit("deferred", _rows(step)[1:])


def _reorder_rows(step: Step, _new: str) -> Edit:
    return Edit("deferred", tuple(reversed(_rows(step))))


def _too_many_rows(_step: Step, _new: str) -> Edit:
    return Edit("deferred", (_row("Who?", "Not known", "Soon"),) * 8)


def _same_token_again(step: Step, new: str) -> Edit:
    """The row of the newest token, from a page that never heard its key."""
    tokens = step.revision.project.keys.tokens
    own = [token for token in tokens if token.startswith(f"{step.order}-")]
    if not own:
        return _add_row_with_token(step, new)
    again = _row("Who?", "Said again", "Soon", token=own[-1])
    rows = [again if row.key == tokens[own[-1]] else row for row in _rows(step)]
    return Edit("deferred", tuple(rows if again in rows else [*rows, again]))


def _feature(goals: str) -> Typing:
    """One feature more, which the matrix of step 2 has no place for; only ever one."""

    def typed(step: Step, new: str) -> Edit:
        if step.order != 1 or not _rows(step, "features"):
            return _add_row(step, new)
        return Edit("features", (*_own_features(step), Row((*EXTRA, ("goals", goals)))))

    return typed


def _remove_feature(step: Step, _new: str) -> Edit:
    if step.order != 1 or not _rows(step, "features"):
        return _remove_rows(step, _new)
    return Edit("features", _own_features(step))


def _own_features(step: Step) -> tuple[Row, ...]:
    return tuple(row for row in _rows(step, "features") if EXTRA[0] not in row.cells)


TYPINGS: Mapping[str, Typing] = {
    "a summary": _text("summary", "Patients book a slot."),
    "another summary": _text("summary", "Patients move a booking — 予約 too."),
    "no summary": _text("summary", ""),
    "the longest summary": _text("summary", "s" * 900),
    "too long a summary": _text("summary", "s" * 901),
    "a placeholder": _text("problem", f"{PLACEHOLDER} by the clinics"),
    "a problem": _text("problem", "Calls take 4 minutes each."),
    "a long problem": _text("problem", "Calls take 4 minutes each; " * 90 + "always."),
    "a field of no step": lambda _step, _new: Edit("nothing", "x"),
    "a row": _add_row,
    "a row with a token": _add_row_with_token,
    "the same token": _same_token_again,
    "an unfinished row": _add_unfinished_row,
    "a blank row": _add_blank_row,
    "one row less": _remove_rows,
    "rows the other way": _reorder_rows,
    "too many rows": _too_many_rows,
    "a feature": _feature("G1"),
    "a feature without a goal": _feature(""),
    "one feature less": _remove_feature,
}
SOUND = ("a summary", "a problem", "a row with a token", "one row less", "one feature less")
"""What leaves a step of the example fit to be locked, unless the storage is full."""
