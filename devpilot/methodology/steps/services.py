"""Step 6, Backend Services: who owns what, what it offers, to whom, and how it says no."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import Choice, Number, Reference, Rows, StepDefinition, Text

SERVICES = Rows(
    id="services",
    label="Service domains",
    hint="What each owns. What it may never touch matters as much.",
    letter="SV",
    minimum=1,
    maximum=25,
    singular="service domain",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Reference(id="component", label="In component", lists=("components",)),
        Text(id="owns", label="Owns", limit=250),
        Text(id="may_not_change", label="May not change", limit=250),
        Reference(id="uses", label="Uses services", lists=("services",), many=True, required=False),
    ),
)

OPERATIONS = Rows(
    id="operations",
    label="Operations",
    hint="Verb first. What can be asked of a service, by whom, and whether asking twice is safe.",
    letter="OP",
    minimum=2,
    maximum=150,
    singular="operation",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=80),
        Reference(id="service", label="Of service", lists=("services",)),
        Choice(
            id="exposure",
            label="Exposure",
            options=(
                "public",
                "signed-in",
                "administrator",
                "operator",
                "internal",
                "inbound callback",
            ),
        ),
        Choice(id="kind", label="Kind", options=("query", "command")),
        Reference(
            id="workflows",
            label="Carries workflows",
            lists=("workflows",),
            many=True,
            required=False,
        ),
        Choice(id="idempotent", label="Idempotent?", options=("naturally", "by key", "no")),
    ),
)

AUTHORISATION = Rows(
    id="authorisation",
    label="Authorisation rules",
    hint="Ownership, status, plan, quota: what is looked at before anything happens.",
    required=False,
    letter="AU",
    minimum=0,
    maximum=150,
    singular="authorisation rule",
    label_column="rule",
    columns=(
        Reference(id="operations", label="For operations", lists=("operations",), many=True),
        Reference(id="roles", label="Roles let in", lists=("roles",), many=True, required=False),
        Text(id="rule", label="Rule", limit=250),
        Choice(
            id="on_refusal",
            label="Refused with",
            options=("not found", "forbidden", "sign in", "limit reached", "invalid signature"),
        ),
    ),
)

ERRORS = Rows(
    id="errors",
    label="Error strategy",
    hint="All eight classes, once each: what a caller can tell apart, and what to do next.",
    letter="ER",
    minimum=8,
    maximum=8,
    singular="error class",
    label_column="caller_sees",
    one_per="class",
    columns=(
        Choice(
            id="class",
            label="Error class",
            options=(
                "invalid input",
                "not signed in",
                "forbidden",
                "not found",
                "conflict",
                "limit reached",
                "dependency failed",
                "internal",
            ),
        ),
        Text(id="caller_sees", label="What the caller sees", limit=200),
        Choice(id="may_retry", label="May they retry?", options=("yes", "no", "after a delay")),
    ),
)

TRANSACTIONS = Rows(
    id="transactions",
    label="What commits together",
    hint="One row per command: all of it, or none of it.",
    required=False,
    letter="TX",
    minimum=0,
    maximum=150,
    singular="transaction",
    label_column="unit",
    columns=(
        Reference(id="operation", label="Of operation", lists=("operations",)),
        Text(id="unit", label="Commits together", limit=250),
        Choice(
            id="concurrency",
            label="When two come at once",
            options=(
                "unique constraint",
                "row lock",
                "conditional update",
                "version check",
                "serial queue",
                "none (delegates)",
            ),
        ),
    ),
)

LIMITS = Rows(
    id="limits",
    label="Limits on calls",
    hint="How long to wait, how often to try. No retries of a command that is not idempotent.",
    letter="LM",
    minimum=1,
    maximum=80,
    singular="call limit",
    label_column="when_full",
    columns=(
        Reference(id="subject", label="Of calls to", lists=("operations", "dependencies")),
        Number(id="timeout_ms", label="Timeout in ms", hint="All tries together."),
        Number(id="retries", label="Retries at most"),
        Text(id="when_full", label="When it is full or slow", limit=200),
    ),
)

CONTRACTS = Rows(
    id="contracts",
    label="Interface contracts",
    hint="How callers learn of a change before it breaks them.",
    letter="CT",
    minimum=1,
    maximum=15,
    singular="contract",
    label_column="interface",
    columns=(
        Text(id="interface", label="Of interface", limit=80),
        Choice(id="audience", label="For callers", options=("internal", "external")),
        Text(id="versioning", label="How it is versioned", limit=200),
        Text(id="breaking_change", label="A breaking change", limit=200, hint="Notice and help."),
    ),
)

STEP = StepDefinition(
    order=6,
    code="services",
    title="Backend Services",
    kind="mandatory",
    purpose="Who owns which responsibility, what it offers, to whom, and how it says no.",
    fields=(
        SERVICES,
        OPERATIONS,
        AUTHORISATION,
        ERRORS,
        TRANSACTIONS,
        LIMITS,
        CONTRACTS,
        DEFERRED,
    ),
)
