"""Step 1, Project Definition: what is being built, and what is explicitly not."""

from devpilot.methodology.steps.deferred import DEFERRED
from devpilot.methodology.vocabulary import (
    Choice,
    Markdown,
    Reference,
    Rows,
    StepDefinition,
    Text,
)

GOALS = Rows(
    id="goals",
    label="Goals and how they are measured",
    hint="A target has a figure, or an absolute word such as zero, never, every.",
    letter="G",
    minimum=1,
    maximum=7,
    singular="goal",
    label_column="goal",
    columns=(
        Text(id="goal", label="Goal", limit=120),
        Text(id="measure", label="Measured by", limit=160, hint="What you would put on a graph."),
        Text(id="target", label="Target", limit=120, hint="How you will know that it is reached."),
    ),
)

FEATURES = Rows(
    id="features",
    label="Features: first release and later",
    hint="An mvp feature serves at least one goal; if you cannot name the goal, it is later.",
    letter="F",
    minimum=2,
    maximum=40,
    singular="feature",
    label_column="name",
    columns=(
        Text(id="name", label="Name", limit=80),
        Text(id="what", label="What it does", limit=300),
        Choice(id="release", label="Release", options=("mvp", "later")),
        Reference(id="goals", label="Serves goals", lists=("goals",), many=True, required=False),
    ),
)

NON_GOALS = Rows(
    id="non_goals",
    label="Non-goals",
    hint="What looks related and will not be built. Someone will ask for it; answer here.",
    letter="N",
    minimum=1,
    maximum=20,
    singular="non-goal",
    label_column="statement",
    columns=(
        Text(id="statement", label="Will not be built", limit=200),
        Text(id="why", label="Why not", limit=300),
    ),
)

BOUNDARIES = Rows(
    id="boundaries",
    label="Edges of the system",
    hint="What is ours and what is theirs, for each neighbour.",
    letter="B",
    minimum=1,
    maximum=20,
    singular="boundary",
    label_column="neighbour",
    columns=(
        Text(id="neighbour", label="Neighbour", limit=80, hint="A system, a team or a habit."),
        Text(id="ours", label="Ours", limit=300),
        Text(id="theirs", label="Theirs", limit=300),
    ),
)

ASSUMPTIONS = Rows(
    id="assumptions",
    label="Assumptions",
    hint="What you believe and have not checked. What happens if it turns out false?",
    letter="A",
    minimum=1,
    maximum=20,
    singular="assumption",
    label_column="assumption",
    columns=(
        Text(id="assumption", label="We assume", limit=250),
        Text(id="if_wrong", label="If that is wrong", limit=300),
    ),
)

CONSTRAINTS = Rows(
    id="constraints",
    label="Constraints",
    hint="What you may not choose. If there are none, say so in one row.",
    letter="C",
    minimum=1,
    maximum=20,
    singular="constraint",
    label_column="constraint",
    columns=(
        Choice(
            id="kind",
            label="Kind",
            options=("legal", "budget", "time", "technical", "organisational"),
        ),
        Text(id="constraint", label="Constraint", limit=300),
    ),
)

STEP = StepDefinition(
    order=1,
    code="definition",
    title="Project Definition",
    kind="mandatory",
    purpose="What is being built, and what is explicitly not.",
    fields=(
        Markdown(
            id="summary",
            label="What it is",
            limit=900,
            hint="One paragraph that a stranger understands.",
        ),
        Markdown(
            id="problem",
            label="Problem",
            limit=2500,
            hint="Who has it, how often, how much it costs. Figures convince.",
        ),
        GOALS,
        FEATURES,
        NON_GOALS,
        BOUNDARIES,
        ASSUMPTIONS,
        CONSTRAINTS,
        DEFERRED,
    ),
)
