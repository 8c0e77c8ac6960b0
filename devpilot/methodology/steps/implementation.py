"""Step 9, Implementation Strategy: what it is built with, in which order, what proves it."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import (
    Choice,
    Condition,
    Reference,
    Rows,
    StepDefinition,
    Text,
    YesNo,
)

_DEGREES = ("low", "medium", "high")

STATUS = Choice(
    id="status",
    label="Is the stack chosen?",
    hint="No default: decide. Pre-decided means that someone else decided it, or that it stands.",
    options=("undecided", "partly", "pre-decided"),
    meanings=("all of it is decided here", "some of it stands already", "all of it stands already"),
)

STACK = Rows(
    id="stack",
    label="Stack",
    hint="Which could you not undo in a month?",
    letter="TK",
    minimum=2,
    maximum=40,
    singular="stack choice",
    label_column="choice",
    columns=(
        Choice(
            id="layer",
            label="Layer",
            options=(
                "frontend",
                "backend",
                "database",
                "queue",
                "cache",
                "search",
                "storage",
                "hosting",
                "identity",
                "ai",
                "observability",
                "delivery",
            ),
        ),
        Text(id="choice", label="What is used", limit=120),
        Choice(id="state", label="Decided?", options=("decided here", "pre-decided", "open")),
        Reference(
            id="for",
            label="Used for",
            lists=("components", "stores", "clients"),
            many=True,
            required=False,
        ),
        Text(id="because", label="Because", limit=300),
    ),
)

COMPATIBILITY = Rows(
    id="compatibility",
    label="Does it fit what is locked?",
    hint="Each pre-decided choice against what it has to keep. A gap has an action.",
    letter="CM",
    minimum=1,
    maximum=60,
    singular="compatibility check",
    label_column="gap",
    when=Condition(field="status", values=("partly", "pre-decided")),
    columns=(
        Reference(id="stack", label="Stack choice", lists=("stack",)),
        Reference(
            id="against",
            label="Against",
            lists=("qualities", "constraints", "invariants", "business_rules"),
        ),
        Choice(id="fit", label="Does it fit?", options=("meets", "partly", "fails")),
        Text(
            id="gap",
            label="Gap and action",
            limit=250,
            required=False,
            hint="Needed unless it meets.",
        ),
    ),
)

ENVIRONMENTS = Rows(
    id="environments",
    label="Environments",
    hint="Exactly one is production.",
    letter="EV",
    minimum=2,
    maximum=8,
    singular="environment",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=40),
        Text(id="purpose", label="Purpose", limit=160),
        YesNo(id="production", label="Production?"),
        Choice(id="data", label="Data in it", options=("synthetic", "masked", "real")),
    ),
)

PIPELINE = Rows(
    id="pipeline",
    label="Delivery pipeline",
    hint="In order. What 'roll back' means once data has changed shape.",
    letter="PL",
    minimum=2,
    maximum=20,
    singular="pipeline stage",
    label_column="stage",
    columns=(
        Text(id="stage", label="Pipeline stage", limit=80),
        Text(id="check", label="What is checked", limit=200),
        YesNo(id="blocks", label="Blocks?"),
        Text(id="undo", label="How it is undone", limit=160),
    ),
)

PROOF = Rows(
    id="proof",
    label="What proves each invariant",
    hint="Every invariant and every quality scenario.",
    letter="PF",
    minimum=3,
    maximum=80,
    singular="proof",
    label_column="how",
    columns=(
        Reference(id="proves", label="What is proved", lists=("invariants", "qualities")),
        Choice(
            id="level",
            label="Level",
            options=(
                "unit",
                "property",
                "integration",
                "end to end",
                "load",
                "fault injection",
                "manual drill",
            ),
        ),
        Text(id="how", label="How exactly", limit=250, hint="And what makes it fail."),
    ),
)

SLICES = Rows(
    id="slices",
    label="Release slices",
    hint="The riskiest first. Each can be shown to someone who will use it.",
    letter="SL",
    minimum=1,
    maximum=20,
    singular="release slice",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Reference(id="features", label="Delivers features", lists=("features",), many=True),
        Text(id="done_when", label="Done when", limit=250),
    ),
)

DELIVERY_RISKS = Rows(
    id="delivery_risks",
    label="Risks",
    hint="The first sign, and the answer.",
    letter="DR",
    minimum=2,
    maximum=30,
    singular="delivery risk",
    label_column="risk",
    columns=(
        Text(id="risk", label="What may go wrong", limit=250),
        Choice(id="likelihood", label="How likely", options=_DEGREES),
        Choice(id="impact", label="How bad", options=_DEGREES),
        Text(id="response", label="First sign and answer", limit=250),
    ),
)

STEP = StepDefinition(
    order=9,
    code="implementation",
    title="Implementation Strategy",
    kind="conditional",
    purpose="What it is built with, in which order, and what proves that it holds.",
    fields=(
        STATUS,
        STACK,
        COMPATIBILITY,
        ENVIRONMENTS,
        PIPELINE,
        PROOF,
        SLICES,
        DELIVERY_RISKS,
        DEFERRED,
    ),
)
