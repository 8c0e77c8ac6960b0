"""Step 5, Interface Layer: how people use the system, or the plain statement that they do not."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import (
    Choice,
    Condition,
    Markdown,
    Matrix,
    Reference,
    Rows,
    StepDefinition,
    Text,
)

_WITH_INTERFACE = Condition(field="has_interface", values=("yes",))

HAS_INTERFACE = Choice(
    id="has_interface",
    label="Is there a user-facing interface?",
    hint="No default: decide.",
    options=("yes", "no"),
)

SURFACES = Rows(
    id="surfaces",
    label="Surfaces",
    hint="Route, screen or command. One row for what someone would call a place.",
    letter="SF",
    minimum=1,
    maximum=60,
    singular="surface",
    label_column="name",
    when=_WITH_INTERFACE,
    columns=(
        Text(id="name", label="Name", limit=80),
        Reference(id="client", label="On client", lists=("clients",)),
        Text(id="address", label="Address", limit=120, hint="/orders/{id}, or the command."),
        Text(id="responsibility", label="What it is for", limit=250),
        Reference(
            id="workflows",
            label="Reaches workflows",
            lists=("workflows",),
            many=True,
            required=False,
        ),
    ),
)

VISIBILITY = Matrix(
    id="visibility",
    label="Visibility matrix",
    hint="Who sees and does what where. Hidden means that they cannot tell it is there.",
    rows="surfaces",
    columns="roles",
    options=("hidden", "read", "act"),
    when=_WITH_INTERFACE,
)

SURFACE_STATES = Rows(
    id="surface_states",
    label="States of a surface",
    hint="What an empty account sees on day one, and what everyone sees on the worst day.",
    letter="SS",
    minimum=2,
    maximum=200,
    singular="surface state",
    label_column="shown",
    when=_WITH_INTERFACE,
    columns=(
        Reference(id="surface", label="On surface", lists=("surfaces",)),
        Choice(
            id="state",
            label="When it is",
            options=("empty", "loading", "error", "refused", "limit reached", "offline", "stale"),
        ),
        Text(id="shown", label="What is shown", limit=250, hint="And the way on from there."),
    ),
)

COMMITMENTS = Rows(
    id="commitments",
    label="Access and language commitments",
    hint="One of kind accessibility is required. A promise that nobody checks is a wish.",
    letter="SC",
    minimum=1,
    maximum=15,
    singular="commitment",
    label_column="commitment",
    when=_WITH_INTERFACE,
    columns=(
        Choice(
            id="kind",
            label="Kind",
            options=(
                "accessibility",
                "no-script",
                "keyboard",
                "language",
                "device",
                "low bandwidth",
                "print",
            ),
        ),
        Text(id="commitment", label="What is promised", limit=200),
        Text(id="checked_by", label="Checked by", limit=200, hint="A test, a tool or a person."),
    ),
)

ABSENCE = Markdown(
    id="absence",
    label="Statement of absence",
    hint="Who would expect an interface, and why there is none.",
    limit=800,
    when=Condition(field="has_interface", values=("no",)),
)

MECHANISMS = Rows(
    id="mechanisms",
    label="How systems use it",
    hint="One row per consumer; needed when there is no interface.",
    required=False,
    letter="SM",
    minimum=0,
    maximum=15,
    singular="mechanism",
    label_column="contract",
    columns=(
        Choice(
            id="mechanism",
            label="By way of",
            options=("api", "events", "cli", "files", "library"),
        ),
        Reference(id="consumer", label="Used by", lists=("roles", "dependencies")),
        Text(id="contract", label="What is agreed", limit=250),
        Text(id="proves_identity_by", label="Proves who it is by", limit=200),
    ),
)

STEP = StepDefinition(
    order=5,
    code="interface",
    title="Interface Layer",
    kind="conditional",
    purpose="How people use the system, or the plain statement that they do not.",
    fields=(
        HAS_INTERFACE,
        SURFACES,
        VISIBILITY,
        SURFACE_STATES,
        COMMITMENTS,
        ABSENCE,
        MECHANISMS,
        DEFERRED,
    ),
)
