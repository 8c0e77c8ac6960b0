"""Step 2, Users & Business Model: who uses it, who pays, what each may do, how it is abused."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import (
    Choice,
    Condition,
    Matrix,
    Reference,
    Rows,
    StepDefinition,
    Text,
    YesNo,
)

ROLES = Rows(
    id="roles",
    label="Roles",
    hint="A visitor is not signed in. Everyone else is.",
    letter="R",
    minimum=2,
    maximum=15,
    singular="role",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Choice(
            id="kind",
            label="Kind",
            options=("person", "administrator", "operator", "system", "visitor"),
        ),
        Text(id="does", label="What they do here", limit=250),
        YesNo(id="pays", label="Pays", hint="Whose money keeps it running."),
    ),
)

BUSINESS_MODEL = Choice(
    id="business_model",
    label="Business model",
    hint="The one that keeps the lights on.",
    options=("subscription", "usage", "one-off", "marketplace", "internal", "funded", "none"),
    meanings=(
        "paid by the month or year",
        "paid by what is used",
        "paid once",
        "a share of what others sell",
        "whoever runs it pays",
        "grants, donors or investors pay",
        "nobody pays",
    ),
)

PLANS = Rows(
    id="plans",
    label="Plans and what happens when they lapse",
    hint="What a customer gets, and what happens to existing data when the money stops.",
    letter="P",
    minimum=1,
    maximum=8,
    singular="plan",
    label_column="name",
    when=Condition(
        field="business_model",
        values=("subscription", "usage", "one-off", "marketplace"),
    ),
    columns=(
        Text(id="name", label="Name", limit=60),
        Text(id="price", label="Price", limit=120),
        Text(id="limits", label="Limits", limit=300),
        Text(id="on_lapse", label="When it lapses", limit=300),
    ),
)

CAPABILITIES = Matrix(
    id="capabilities",
    label="Role capability matrix",
    hint=(
        "none; view what is not personal; act on own records; act on any record; "
        "only if (say the condition)."
    ),
    rows="features",
    rows_where=("release", "mvp"),
    columns="roles",
    options=("none", "view", "own", "all", "if"),
    conditional="if",
    condition_limit=250,
)

ABUSE = Rows(
    id="abuse",
    label="Abuse and misuse",
    hint="How would you get the paid part for nothing?",
    letter="U",
    minimum=2,
    maximum=20,
    singular="abuse case",
    label_column="abuse",
    columns=(
        Choice(
            id="by",
            label="By",
            options=("outsider", "insider", "paying customer", "automated client"),
        ),
        Text(id="abuse", label="What they try", limit=300),
        Text(id="control", label="What stops them", limit=300, hint="A mechanism, not a policy."),
    ),
)

BUSINESS_RULES = Rows(
    id="business_rules",
    label="Business rules with technical effect",
    hint="Something to be built, stored, logged or refused.",
    letter="L",
    minimum=1,
    maximum=20,
    singular="business rule",
    label_column="rule",
    columns=(
        Choice(
            id="source",
            label="Source",
            options=("law", "contract", "cost", "market", "policy"),
        ),
        Text(id="rule", label="Rule", limit=300),
        Text(id="effect", label="Technical effect", limit=300),
        Reference(
            id="from",
            label="Carries constraints",
            lists=("constraints",),
            many=True,
            required=False,
        ),
    ),
)

STEP = StepDefinition(
    order=2,
    code="model",
    title="Users & Business Model",
    kind="mandatory",
    purpose="Who uses the system, who pays, what each may do, and how it will be abused.",
    fields=(ROLES, BUSINESS_MODEL, PLANS, CAPABILITIES, ABUSE, BUSINESS_RULES, DEFERRED),
)
