"""Step 7, Data Model & Constraints: what is stored, what is unique, how invariants are kept."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import (
    Choice,
    Reference,
    Rows,
    StepDefinition,
    Text,
    YesNo,
)

CLASSES = ("public", "internal", "personal", "special", "secret")
"""How much harm data can do, from none to most."""


def _entity() -> Reference:
    """The column that says which entity a row is about, the same in four lists."""
    return Reference(id="entity", label="Of entity", lists=("entities",))


TENANCY = Choice(
    id="tenancy",
    label="How owners are kept apart",
    hint="One answer for the whole system.",
    options=(
        "owner column",
        "tenant column",
        "schema per tenant",
        "database per tenant",
        "single tenant",
    ),
    meanings=(
        "each row names its user",
        "each row names its customer",
        "tables of their own in one database",
        "a database for each customer",
        "an installation for each customer",
    ),
)

ENTITIES = Rows(
    id="entities",
    label="Entities",
    hint="Singular names. Whatever changes state in step 4 is one of them, under the same name.",
    letter="EN",
    minimum=2,
    maximum=60,
    singular="entity",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=60),
        Text(id="purpose", label="Purpose", limit=200),
        Reference(id="store", label="In store", lists=("stores",)),
        Reference(id="service", label="Of service", lists=("services",)),
        Choice(id="class", label="Data class", options=CLASSES, hint="By the worst thing in it."),
        Text(
            id="owner_field",
            label="Owner field",
            limit=60,
            required=False,
            hint="The column that says whose it is.",
        ),
    ),
)

ATTRIBUTES = Rows(
    id="attributes",
    label="Attributes that carry rules",
    hint="Leave out what any reader would guess. An enum lists its values, separated by commas.",
    letter="AT",
    minimum=2,
    maximum=300,
    singular="attribute",
    label_column="name",
    unique_within="entity",
    columns=(
        _entity(),
        Text(id="name", label="Name", limit=60),
        Choice(
            id="type",
            label="Type",
            options=(
                "id",
                "text",
                "long text",
                "number",
                "money",
                "date",
                "time",
                "boolean",
                "enum",
                "json",
                "file",
                "reference",
            ),
        ),
        YesNo(id="required", label="Required?"),
        Text(id="rule", label="Rule", limit=600, required=False),
    ),
)

RELATIONS = Rows(
    id="relations",
    label="Relationships",
    hint="From parent to child. What happens to the children?",
    letter="RL",
    minimum=1,
    maximum=100,
    singular="relationship",
    label_column="",
    columns=(
        Reference(id="from", label="From", lists=("entities",)),
        Reference(id="to", label="To", lists=("entities",)),
        Choice(id="cardinality", label="How many", options=("1-1", "1-many", "many-many")),
        Choice(
            id="on_delete",
            label="When the first is deleted",
            options=("refuse", "cascade", "clear", "keep", "anonymise"),
        ),
    ),
)

UNIQUENESS = Rows(
    id="uniqueness",
    label="Unique constraints",
    hint="Which columns together never repeat.",
    letter="UQ",
    minimum=1,
    maximum=60,
    singular="unique constraint",
    label_column="columns",
    columns=(
        _entity(),
        Text(id="columns", label="On columns", limit=160),
        Text(
            id="only_when",
            label="Only when",
            limit=160,
            required=False,
            hint="A condition, such as: deleted_at is null.",
        ),
    ),
)

INDEXES = Rows(
    id="indexes",
    label="Indexes and the question each answers",
    hint="No index without a reader.",
    letter="IX",
    minimum=1,
    maximum=80,
    singular="index",
    label_column="columns",
    columns=(
        _entity(),
        Text(id="columns", label="On columns", limit=160),
        Reference(id="serves", label="Read by", lists=("operations", "workflows"), many=True),
    ),
)

ENFORCEMENT = Rows(
    id="enforcement",
    label="Where each invariant is enforced",
    hint="One row for each invariant of step 4. The lower the place, the fewer the ways around it.",
    letter="EF",
    minimum=3,
    maximum=60,
    singular="enforcement",
    label_column="how",
    columns=(
        Reference(id="invariant", label="Of invariant", lists=("invariants",)),
        Choice(
            id="by",
            label="Enforced by",
            options=(
                "database constraint",
                "trigger",
                "transaction",
                "application check",
                "network or platform",
                "not storable",
            ),
            hint="Not storable: the wrong value has no form in which it could be written.",
        ),
        Text(id="how", label="How exactly", limit=250),
    ),
)

LIFECYCLE = Rows(
    id="lifecycle",
    label="Lifecycle, deletion, retention",
    hint="One row for each entity: how it goes, and when.",
    letter="LC",
    minimum=2,
    maximum=60,
    singular="lifecycle",
    label_column="kept_for",
    columns=(
        _entity(),
        Choice(id="deletion", label="Deletion", options=("hard", "soft", "anonymise", "never")),
        Text(id="kept_for", label="Kept for", limit=120),
        Choice(
            id="on_account_deletion",
            label="When its account is deleted",
            options=("delete", "anonymise", "keep by law", "not personal"),
        ),
    ),
)

STEP = StepDefinition(
    order=7,
    code="data",
    title="Data Model & Constraints",
    kind="mandatory",
    purpose=("What is stored, who owns it, what must be unique, and how each invariant is kept."),
    fields=(
        TENANCY,
        ENTITIES,
        ATTRIBUTES,
        RELATIONS,
        UNIQUENESS,
        INDEXES,
        ENFORCEMENT,
        LIFECYCLE,
        DEFERRED,
    ),
)
