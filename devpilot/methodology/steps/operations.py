"""Step 10, Operations & Production Safety: who does what when real conditions arrive."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import Choice, Number, Reference, Rows, StepDefinition, Text

AUTHENTICATION = Rows(
    id="authentication",
    label="Authentication",
    hint="Everyone who is not a visitor, systems included.",
    letter="AN",
    minimum=1,
    maximum=20,
    singular="authentication",
    label_column="method",
    columns=(
        Reference(id="who", label="Who", lists=("roles", "dependencies", "services")),
        Text(id="method", label="Proves it by", limit=160),
        Choice(id="second_factor", label="Second factor", options=("required", "optional", "none")),
        Text(id="recovery", label="When that is lost", limit=250),
    ),
)

AUTHORISATION_POINTS = Rows(
    id="authorisation_points",
    label="Where authorisation is enforced",
    hint="Deny by default. A point that no test tries to pass is a guess.",
    letter="AP",
    minimum=1,
    maximum=20,
    singular="authorisation point",
    label_column="decides",
    columns=(
        Reference(id="point", label="In component", lists=("components",)),
        Text(id="decides", label="What it decides", limit=250),
        Text(id="tested_by", label="Tested by", limit=200),
    ),
)

RATE_LIMITS = Rows(
    id="rate_limits",
    label="Rate limits",
    hint="No operation named: the default for all.",
    letter="RT",
    minimum=1,
    maximum=60,
    singular="rate limit",
    label_column="limit",
    columns=(
        Reference(
            id="operations",
            label="For operations",
            lists=("operations",),
            many=True,
            required=False,
        ),
        Choice(
            id="per",
            label="Counted per",
            options=("address", "account", "role", "key", "whole system"),
        ),
        Text(id="limit", label="At most", limit=60),
        Text(id="over_limit", label="Over it", limit=200),
    ),
)

SIGNALS = Rows(
    id="signals",
    label="Logs, metrics, alerts",
    hint="Who is woken, by what? An alert that nobody can act on is noise.",
    letter="SG",
    minimum=3,
    maximum=100,
    singular="signal",
    label_column="event",
    columns=(
        Choice(id="kind", label="Kind", options=("log", "metric", "trace", "audit")),
        Text(id="event", label="What is recorded", limit=160),
        Reference(
            id="shows",
            label="What it shows",
            lists=("failures", "failure_modes", "invariants", "abuse"),
            many=True,
            required=False,
        ),
        Text(id="alert_when", label="Wakes someone when", limit=160, required=False),
    ),
)

THREATS = Rows(
    id="threats",
    label="Threats and treatment",
    hint="What would one valid account try next?",
    letter="TH",
    minimum=6,
    maximum=80,
    singular="threat",
    label_column="threat",
    columns=(
        Choice(
            id="category",
            label="Category",
            options=(
                "spoofing",
                "tampering",
                "repudiation",
                "information disclosure",
                "denial of service",
                "elevation of privilege",
            ),
        ),
        Reference(
            id="on",
            label="Against",
            lists=("clients", "components", "stores", "dependencies", "connections"),
        ),
        Text(id="threat", label="What they do", limit=250),
        Choice(
            id="treatment",
            label="Treatment",
            options=("mitigated", "accepted", "transferred", "avoided", "eliminated"),
        ),
        Text(id="control", label="By what means", limit=250, hint="If accepted: by whom, and why."),
    ),
)

FAILURE_MODES = Rows(
    id="failure_modes",
    label="Failure modes",
    hint="One part at a time: it stops, slows down, fills up or lies.",
    letter="FM",
    minimum=2,
    maximum=60,
    singular="failure mode",
    label_column="failure",
    columns=(
        Reference(id="part", label="Of part", lists=("components", "dependencies", "stores")),
        Text(id="failure", label="How it fails", limit=200),
        Text(id="users_see", label="What users see", limit=200),
        Text(id="contained_by", label="Contained by", limit=250),
    ),
)

LEVELS = Rows(
    id="levels",
    label="Service levels",
    hint="Whose work changes when it is missed?",
    letter="LV",
    minimum=1,
    maximum=20,
    singular="service level",
    label_column="indicator",
    columns=(
        Reference(id="quality", label="Of quality scenario", lists=("qualities",)),
        Text(id="indicator", label="What is measured", limit=160, hint="And where."),
        Text(id="objective", label="Objective", limit=60),
        Text(id="when_missed", label="When it is missed", limit=250),
    ),
)

RECOVERY = Rows(
    id="recovery",
    label="Backups and recovery",
    hint="When was a restore last tried?",
    letter="RC",
    minimum=1,
    maximum=30,
    singular="recovery plan",
    label_column="backup",
    columns=(
        Reference(id="store", label="Of store", lists=("stores",)),
        Number(id="rpo_minutes", label="Minutes of data lost at most"),
        Number(id="rto_minutes", label="Minutes until it is back"),
        Text(id="backup", label="How it is backed up", limit=200),
        Text(id="restore_drill", label="Restore is tried", limit=120, hint="How often, by whom."),
    ),
)

CEILINGS = Rows(
    id="ceilings",
    label="Scaling and cost ceilings",
    hint="The ceiling has a figure.",
    letter="CE",
    minimum=1,
    maximum=20,
    singular="scaling ceiling",
    label_column="resource",
    columns=(
        Text(id="resource", label="What runs out", limit=120),
        Text(id="ceiling", label="At how much", limit=60),
        Text(id="action", label="What is done before that", limit=200),
    ),
)

STEP = StepDefinition(
    order=10,
    code="operations",
    title="Operations & Production Safety",
    kind="mandatory",
    purpose="How the system survives real conditions, and who does what when it does not.",
    fields=(
        AUTHENTICATION,
        AUTHORISATION_POINTS,
        RATE_LIMITS,
        SIGNALS,
        THREATS,
        FAILURE_MODES,
        LEVELS,
        RECOVERY,
        CEILINGS,
        DEFERRED,
    ),
)
