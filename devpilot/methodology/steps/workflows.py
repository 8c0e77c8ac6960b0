"""Step 4, Product Workflows: the happy path, who is refused, what fails, what must always hold."""

from devpilot.methodology.steps.architecture import PARTS
from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import Choice, Reference, Rows, StepDefinition, Text


def _workflow() -> Reference:
    """The column that says which workflow a row belongs to, the same in four lists."""
    return Reference(id="workflow", label="Workflow", lists=("workflows",))


WORKFLOWS = Rows(
    id="workflows",
    label="Workflows",
    hint="One thing that someone gets done, from the trigger to what is true at the end.",
    letter="W",
    minimum=2,
    maximum=30,
    singular="workflow",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=80),
        Reference(id="features", label="Realises features", lists=("features",), many=True),
        Reference(id="actor", label="Actor", lists=("roles", "dependencies", "components")),
        Text(id="trigger", label="Trigger", limit=200),
        Text(id="after", label="True at the end", limit=250),
    ),
)

STEPS = Rows(
    id="steps",
    label="Happy path",
    hint="In order; at least two for each workflow.",
    letter="H",
    minimum=4,
    maximum=200,
    singular="happy-path step",
    label_column="action",
    columns=(
        _workflow(),
        Reference(id="by", label="By", lists=("roles", "dependencies", "components", "clients")),
        Text(id="action", label="Action", limit=250),
        Reference(id="touches", label="Touches", lists=PARTS),
    ),
)

BRANCHES = Rows(
    id="branches",
    label="Permission branches",
    hint="Who is refused, by which rule, and what they see.",
    required=False,
    letter="J",
    minimum=0,
    maximum=60,
    singular="permission branch",
    label_column="rule",
    columns=(
        _workflow(),
        Reference(id="roles", label="Roles refused", lists=("roles",), many=True),
        Text(id="rule", label="Rule", limit=250),
        Text(id="refused_sees", label="What they see", limit=200),
    ),
)

FAILURES = Rows(
    id="failures",
    label="Failures and recovery",
    hint="What is guaranteed after it, whoever is asleep at the time.",
    letter="O",
    minimum=2,
    maximum=100,
    singular="failure",
    label_column="what",
    columns=(
        _workflow(),
        Reference(
            id="cause",
            label="Cause",
            lists=("dependencies", "components", "stores", "clients", "roles"),
        ),
        Text(id="what", label="What fails", limit=250),
        Text(id="state_after", label="State after it", limit=250),
        Text(id="recovery", label="Recovery", limit=300),
    ),
)

EDGES = Rows(
    id="edges",
    label="Edge cases",
    hint="An observable result: what a tester would see, not what the code intends.",
    letter="I",
    minimum=3,
    maximum=100,
    singular="edge case",
    label_column="case",
    columns=(
        _workflow(),
        Choice(
            id="kind",
            label="Kind",
            options=(
                "timeout",
                "retry",
                "duplicate",
                "out of order",
                "late",
                "lost",
                "concurrency",
                "invalid state",
                "empty",
                "limit",
                "clock",
            ),
        ),
        Text(id="case", label="Case", limit=250),
        Text(id="expected", label="Expected", limit=250),
    ),
)

TRANSITIONS = Rows(
    id="transitions",
    label="State changes",
    hint="'(start)' for creation. The forbidden ones are worth as much as the allowed.",
    letter="T",
    minimum=2,
    maximum=100,
    singular="state change",
    label_column="thing",
    columns=(
        Text(id="thing", label="Thing", limit=60),
        Text(id="from", label="From", limit=40),
        Text(id="to", label="To", limit=40),
        Choice(id="allowed", label="Allowed?", options=("allowed", "forbidden")),
        Text(id="guard", label="Guard", limit=250, hint="When it may happen, or why it may not."),
    ),
)

INVARIANTS = Rows(
    id="invariants",
    label="Invariants",
    hint="Must always hold; how a test would try to break it.",
    letter="V",
    minimum=3,
    maximum=40,
    singular="invariant",
    label_column="statement",
    columns=(
        Text(id="statement", label="Always true", limit=300),
        Reference(id="enforced_by", label="Enforced by", lists=("components",)),
        Text(id="proof", label="How a test tries to break it", limit=250),
    ),
)

STEP = StepDefinition(
    order=4,
    code="workflows",
    title="Product Workflows",
    kind="mandatory",
    purpose=(
        "How people and systems move through it: the happy path, who is refused, "
        "what fails, what must always hold."
    ),
    fields=(
        WORKFLOWS,
        STEPS,
        BRANCHES,
        FAILURES,
        EDGES,
        TRANSITIONS,
        INVARIANTS,
        DEFERRED,
    ),
)
