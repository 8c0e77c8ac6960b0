"""Step 3, High-Level Architecture: the parts, what each owns, how they talk, where trust ends."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import Choice, Reference, Rows, StepDefinition, Text

PARTS = ("clients", "components", "dependencies", "stores")
"""The lists whose rows can be an end of a connection."""

STRUCTURE = Choice(
    id="structure",
    label="Backend structure",
    hint="Justify it among the decisions.",
    options=("monolith", "modular monolith", "services", "serverless", "mixed"),
    meanings=(
        "one program, deployed as one",
        "deployed as one, in parts that keep to themselves",
        "deployed in parts that call each other",
        "functions that a provider runs",
        "more than one of these",
    ),
)

ZONES = Rows(
    id="zones",
    label="Trust zones",
    hint="At least one untrusted and one trusted. A zone ends where you stop believing the input.",
    letter="Z",
    minimum=2,
    maximum=8,
    singular="trust zone",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Choice(
            id="trust",
            label="Trust",
            options=("untrusted", "third-party", "trusted", "restricted"),
        ),
    ),
)

CLIENTS = Rows(
    id="clients",
    label="Clients",
    hint="What people and systems hold in their hands.",
    letter="K",
    minimum=1,
    maximum=12,
    singular="client",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Choice(
            id="kind",
            label="Kind",
            options=("web", "mobile", "desktop", "cli", "api-client", "device"),
        ),
        Reference(id="roles", label="Used by", lists=("roles",), many=True),
        Reference(id="zone", label="Zone", lists=("zones",)),
    ),
)

COMPONENTS = Rows(
    id="components",
    label="Components",
    hint="A responsibility, not a technology. What may only this part change?",
    letter="M",
    minimum=1,
    maximum=20,
    singular="component",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Text(id="owns", label="Owns", limit=300),
        Reference(
            id="features",
            label="Serves features",
            lists=("features",),
            many=True,
            required=False,
        ),
        Reference(id="zone", label="Zone", lists=("zones",)),
    ),
)

DEPENDENCIES = Rows(
    id="dependencies",
    label="External dependencies",
    hint="What our users can still do when it is down.",
    required=False,
    letter="E",
    minimum=0,
    maximum=20,
    singular="dependency",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Choice(
            id="kind",
            label="Kind",
            options=(
                "payment",
                "messaging",
                "identity",
                "ai",
                "data",
                "hosting",
                "customer system",
                "other",
            ),
        ),
        Text(id="purpose", label="Purpose", limit=250),
        Text(id="data_sent", label="Data sent", limit=200, hint="And what is left out on purpose."),
        Choice(
            id="criticality",
            label="When it is missing",
            options=("blocks", "degrades", "cosmetic"),
        ),
        Text(id="if_down", label="If it is down", limit=300),
        Reference(id="zone", label="Zone", lists=("zones",)),
    ),
)

STORES = Rows(
    id="stores",
    label="Data stores",
    hint="Each store has one owner: the only component that writes it.",
    letter="S",
    minimum=1,
    maximum=15,
    singular="data store",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Choice(
            id="kind",
            label="Kind",
            options=(
                "relational",
                "document",
                "key-value",
                "object",
                "queue",
                "search",
                "cache",
                "log",
            ),
        ),
        Text(id="holds", label="Holds", limit=250),
        Choice(
            id="sensitivity",
            label="Sensitivity",
            options=("public", "internal", "personal", "special", "secret"),
            hint="By the worst thing in it.",
        ),
        Reference(id="owner", label="Owner", lists=("components",)),
        Reference(id="zone", label="Zone", lists=("zones",)),
    ),
)

CONNECTIONS = Rows(
    id="connections",
    label="Connections",
    hint="Who calls whom. The control is required where a connection crosses zones.",
    letter="X",
    minimum=2,
    maximum=60,
    singular="connection",
    label_column="carries",
    columns=(
        Reference(id="from", label="From", lists=PARTS),
        Reference(id="to", label="To", lists=PARTS),
        Choice(id="mode", label="Mode", options=("sync", "async", "batch", "event")),
        Text(id="carries", label="Carries", limit=200),
        Text(
            id="control",
            label="Control",
            limit=200,
            required=False,
            hint="What keeps the other side honest.",
        ),
    ),
)

QUALITIES = Rows(
    id="qualities",
    label="Quality scenarios",
    hint="The measure has a figure or an absolute word.",
    letter="Q",
    minimum=3,
    maximum=15,
    singular="quality scenario",
    label_column="scenario",
    columns=(
        Choice(
            id="attribute",
            label="Attribute",
            options=(
                "availability",
                "latency",
                "throughput",
                "integrity",
                "security",
                "privacy",
                "cost",
                "operability",
                "accessibility",
                "change",
            ),
        ),
        Text(id="scenario", label="Scenario", limit=300, hint="Who does what, under which load."),
        Text(id="measure", label="Measure", limit=160),
    ),
)

DECISIONS = Rows(
    id="decisions",
    label="Decisions",
    hint="At least two options, separated by semicolons; what is given up.",
    letter="D",
    minimum=1,
    maximum=20,
    singular="decision",
    label_column="decision",
    columns=(
        Text(id="decision", label="Decision", limit=250),
        Text(
            id="options",
            label="Options weighed",
            limit=400,
            hint="Separated by semicolons, the chosen one included.",
        ),
        Text(id="because", label="Because", limit=400),
        Text(id="cost", label="What is given up", limit=300),
    ),
)

STEP = StepDefinition(
    order=3,
    code="architecture",
    title="High-Level Architecture",
    kind="mandatory",
    purpose="The parts, what each owns, how they talk, and where trust ends.",
    fields=(
        STRUCTURE,
        ZONES,
        CLIENTS,
        COMPONENTS,
        DEPENDENCIES,
        STORES,
        CONNECTIONS,
        QUALITIES,
        DECISIONS,
        DEFERRED,
    ),
)
