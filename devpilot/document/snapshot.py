"""The one input of everything here: a revision's data at one moment, and its JSON form.

Owns `blueprint.json`. A newcomer's likely mistake: to look something up while rendering
(a plan, the clock, another revision). What is not in the snapshot is not in the document:
that is what makes an export's bytes provable.
"""

from dataclasses import dataclass
from typing import Any

from devpilot.document.shape import (
    NotABlueprint,
    ensure_object,
    ensure_stored_shape,
    ensure_text,
)
from devpilot.methodology import LEAN, STEPS, Blueprint, Data, Finding, Severity, canonical, check

BLUEPRINT_FORMAT = "devpilot-blueprint"

TEMPLATE_VERSION = 2
"""Goes up when the same data would give other bytes: wording, definitions or rules changed."""

_IDENTITY = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision. `completed_at` is ISO 8601 in UTC with a Z, or `""` for a draft."""

    project_name: str
    mode: str
    number: int
    revision_id: str
    completed_at: str
    steps: dict[int, Data]

    @property
    def revision(self) -> dict[str, Any]:
        """The revision's metadata, as the blueprint and the manifest give it."""
        return {
            "id": self.revision_id,
            "number": self.number,
            "mode": self.mode,
            "completed_at": self.completed_at,
        }

    def to_json(self) -> dict[str, Any]:
        """The blueprint without its warnings, which follow from the rest."""
        return {
            "format": BLUEPRINT_FORMAT,
            "template_version": TEMPLATE_VERSION,
            "project": {"name": self.project_name},
            "revision": self.revision,
            "steps": {step.code: self.steps[step.order] for step in _steps_of(self.steps)},
        }

    @classmethod
    def from_json(cls, document: object) -> "Snapshot":
        """Raises NotABlueprint, with a sentence, for anything a blueprint cannot be."""
        blueprint = ensure_object(document, "The blueprint")
        if blueprint.get("format") != BLUEPRINT_FORMAT:
            raise NotABlueprint(f"Its format is not {BLUEPRINT_FORMAT}.")
        project = ensure_object(blueprint.get("project"), "The project")
        revision = ensure_object(blueprint.get("revision"), "The revision")
        return cls(
            project_name=ensure_text(project.get("name"), "The project's name"),
            mode=ensure_text(revision.get("mode"), "The mode", "lean|full"),
            number=_ensure_number(revision.get("number")),
            revision_id=ensure_text(revision.get("id"), "The revision's id", _IDENTITY),
            completed_at=ensure_text(revision.get("completed_at"), "completed_at", _MOMENT),
            steps=_read_steps(blueprint.get("steps")),
        )


def _steps_of(blueprint: Blueprint) -> list[Any]:
    return [step for step in STEPS if step.order in blueprint]


def _ensure_number(value: object) -> int:
    if type(value) is not int or not 0 < value < 2**53:
        raise NotABlueprint("The revision's number is not a whole number from 1.")
    return value


def _read_steps(value: object) -> dict[int, Data]:
    by_code = {step.code: step for step in STEPS}
    steps: dict[int, Data] = {}
    for code, data in ensure_object(value, "The list of steps").items():
        if code not in by_code:
            raise NotABlueprint(f"There is no step “{code}”.")
        step = by_code[code]
        steps[step.order] = ensure_stored_shape(step, data)
    return dict(sorted(steps.items()))


def ensure_complete(snapshot: Snapshot) -> None:
    """Raises NotABlueprint unless the snapshot is of a completed revision, every step in it."""
    expected = LEAN if snapshot.mode == "lean" else tuple(step.order for step in STEPS)
    if tuple(sorted(snapshot.steps)) != expected:
        raise NotABlueprint(f"A {snapshot.mode} blueprint has the steps {expected}, and no other.")
    if not snapshot.completed_at:
        raise NotABlueprint("The revision is not completed.")


def findings(snapshot: Snapshot, severity: Severity) -> tuple[Finding, ...]:
    """What the checks say of every step, in step order, of one severity."""
    return tuple(
        finding
        for order in sorted(snapshot.steps)
        for finding in check(snapshot.steps, order)
        if finding.severity is severity
    )


def accepted_warnings(snapshot: Snapshot) -> tuple[Finding, ...]:
    """The warnings that were open when the steps were locked.

    Checks are a function of the data, and locked data does not change: so they are worked
    out again here instead of being stored a second time.
    """
    return findings(snapshot, Severity.WARNING)


def blueprint_json(snapshot: Snapshot, warnings: tuple[Finding, ...] | None = None) -> bytes:
    """`blueprint.json`. `warnings` may be passed by who has worked them out already."""
    found = accepted_warnings(snapshot) if warnings is None else warnings
    document = snapshot.to_json()
    document["warnings"] = [
        {
            "rule": finding.rule,
            "step": finding.step,
            "field": finding.field,
            "row": finding.row,
            "column": finding.column,
            "message": finding.message,
            "mend": finding.mend,
        }
        for finding in found
    ]
    return canonical(document)
