"""The method: what each step asks, how a post becomes a draft, and what a lock demands.

The public names of the package. Nothing here knows a database, HTTP or Flask.

Where to look: the questions are in `steps`, the rules in `rules`; a post is read by
`posted`, laid over a draft by `merge`, drawn by `form`, and judged by `checks`. A
newcomer's likely mistake is to judge in two places: `merge` asks only whether data has the
right shape, `checks` only whether it is complete and consistent.
"""

from devpilot.methodology.canonical import canonical
from devpilot.methodology.checks import Standing, blocks, check, standing
from devpilot.methodology.controls import (
    CellState,
    FormState,
    MatrixCell,
    MatrixRow,
    MatrixState,
    RowState,
    Section,
)
from devpilot.methodology.drafts import Draft, Merged
from devpilot.methodology.examples import EXAMPLES, Example
from devpilot.methodology.form import control_name, form_state, form_state_from_post
from devpilot.methodology.labels import sentence_name
from devpilot.methodology.merge import merge
from devpilot.methodology.posted import Posted, PostedRow, posted_label, read_post
from devpilot.methodology.problems import Problem
from devpilot.methodology.registry import FULL, LEAN, STEPS, definition, list_home
from devpilot.methodology.rows import move_row, remove_row
from devpilot.methodology.rules import Rule, rules
from devpilot.methodology.vocabulary import (
    Blueprint,
    Choice,
    Column,
    Condition,
    Data,
    Field,
    Finding,
    Markdown,
    Matrix,
    Number,
    Reference,
    Rows,
    Severity,
    StepDefinition,
    StepField,
    Text,
    YesNo,
)

__all__ = [
    "EXAMPLES",
    "FULL",
    "LEAN",
    "STEPS",
    "Blueprint",
    "CellState",
    "Choice",
    "Column",
    "Condition",
    "Data",
    "Draft",
    "Example",
    "Field",
    "Finding",
    "FormState",
    "Markdown",
    "Matrix",
    "MatrixCell",
    "MatrixRow",
    "MatrixState",
    "Merged",
    "Number",
    "Posted",
    "PostedRow",
    "Problem",
    "Reference",
    "RowState",
    "Rows",
    "Rule",
    "Section",
    "Severity",
    "Standing",
    "StepDefinition",
    "StepField",
    "Text",
    "YesNo",
    "blocks",
    "canonical",
    "check",
    "control_name",
    "definition",
    "form_state",
    "form_state_from_post",
    "list_home",
    "merge",
    "move_row",
    "posted_label",
    "read_post",
    "remove_row",
    "rules",
    "sentence_name",
    "standing",
]
