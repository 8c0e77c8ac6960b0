"""Step 8, Automation & Intelligence: a conscious decision about jobs and AI."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import (
    Choice,
    Condition,
    Markdown,
    Reference,
    Rows,
    StepDefinition,
    Text,
    YesNo,
)

_WITH_EITHER = Condition(field="choice", values=("simple automation", "ai", "both"))


def _subject() -> Reference:
    """The column that says which job or AI feature a row is about, the same in three lists."""
    return Reference(id="subject", label="Of job or AI feature", lists=("jobs", "ai_features"))


CHOICE = Choice(
    id="choice",
    label="Decision",
    hint="No default: decide.",
    options=("none", "simple automation", "ai", "both"),
    meanings=(
        "nothing runs by itself",
        "jobs and rules, without AI",
        "AI features, without jobs",
        "jobs and AI features",
    ),
)

JUSTIFICATION = Markdown(
    id="justification",
    label="Why",
    hint="For any choice, none included. What would change your mind?",
    limit=1500,
)

NO_AI_COST = Choice(
    id="no_ai_cost",
    label="No AI cost exposure",
    hint="Confirm it: no part of this can run up a bill with a model provider.",
    options=("confirmed",),
    when=Condition(field="choice", values=("none", "simple automation")),
)

JOBS = Rows(
    id="jobs",
    label="Jobs and rules",
    hint="What runs with nobody watching. What if it runs twice?",
    letter="JB",
    minimum=1,
    maximum=30,
    singular="job",
    label_column="name",
    when=Condition(field="choice", values=("simple automation", "both")),
    columns=(
        Text(id="name", label="Name", limit=60),
        Choice(
            id="starts_on",
            label="Starts on",
            options=("schedule", "event", "threshold", "manual"),
        ),
        Text(id="does", label="What it does", limit=250),
        Reference(id="component", label="In component", lists=("components",)),
        YesNo(id="repeat_safe", label="Safe to run twice?"),
        Text(id="on_failure", label="When it fails", limit=250),
    ),
)

AI_FEATURES = Rows(
    id="ai_features",
    label="AI features",
    hint="What may it read, and who checks it?",
    letter="AI",
    minimum=1,
    maximum=15,
    singular="AI feature",
    label_column="name",
    when=Condition(field="choice", values=("ai", "both")),
    columns=(
        Text(id="name", label="Name", limit=60),
        Reference(id="features", label="Part of features", lists=("features",), many=True),
        Reference(id="provider", label="Model run by", lists=("dependencies", "components")),
        Text(id="input", label="What it reads", limit=250, hint="And what is left out."),
        Choice(
            id="input_class",
            label="Class of what it reads",
            options=("public", "internal", "personal", "special"),
        ),
        Choice(
            id="authority",
            label="What it may do",
            options=("suggests", "acts after approval", "acts alone"),
        ),
        Reference(id="checked_by", label="Checked by", lists=("roles", "components")),
    ),
)

CAPS = Rows(
    id="caps",
    label="Limits and cost",
    hint=("What does one runaway day cost? Every AI feature, and every job that costs or deletes."),
    required=False,
    letter="CP",
    minimum=0,
    maximum=45,
    singular="cap",
    label_column="cost_per_unit",
    when=_WITH_EITHER,
    columns=(
        _subject(),
        Text(id="cost_per_unit", label="Cost of one", limit=60),
        Text(id="hard_cap", label="Stops at", limit=80),
        Text(id="at_cap", label="What happens then", limit=200),
    ),
)

RISKS = Rows(
    id="risks",
    label="Risks",
    hint="The worst answer that someone would believe; the job that stopped a month ago.",
    letter="RK",
    minimum=1,
    maximum=120,
    singular="risk",
    label_column="control",
    when=_WITH_EITHER,
    columns=(
        _subject(),
        Choice(
            id="risk",
            label="What may go wrong",
            options=(
                "prompt injection",
                "data leakage",
                "wrong output believed",
                "bias",
                "cost abuse",
                "provider lock-in",
                "runaway job",
                "double run",
                "silent stop",
            ),
        ),
        Text(id="control", label="What stops it", limit=300, hint="A mechanism, not a hope."),
    ),
)

FALLBACKS = Rows(
    id="fallbacks",
    label="When it fails",
    hint="What still works with this switched off.",
    letter="FB",
    minimum=1,
    maximum=120,
    singular="fallback",
    label_column="fallback",
    when=_WITH_EITHER,
    columns=(
        _subject(),
        Choice(
            id="failure",
            label="How it fails",
            options=("timeout", "error", "invalid output", "cap reached", "late", "stopped"),
        ),
        Text(id="fallback", label="What happens instead", limit=250),
    ),
)

STEP = StepDefinition(
    order=8,
    code="automation",
    title="Automation & Intelligence",
    kind="explicit optional",
    purpose="A conscious decision about jobs and AI. Silence is not allowed.",
    fields=(
        CHOICE,
        JUSTIFICATION,
        NO_AI_COST,
        JOBS,
        AI_FEATURES,
        CAPS,
        RISKS,
        FALLBACKS,
        DEFERRED,
    ),
)
