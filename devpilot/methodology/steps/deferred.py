"""The list that ends every step: questions that can wait.

Owns one field. A newcomer's likely mistake: to look for its rows in one step. Each step
has a list of its own, and their keys (Y1, Y2, …) count across all steps.
"""

from devpilot.methodology.vocabulary import Rows, Text

DEFERRED = Rows(
    id="deferred",
    label="Deferred",
    hint="A question that can wait, and why. It never stands in for a required cell.",
    required=False,
    letter="Y",
    minimum=0,
    maximum=7,
    singular="deferred question",
    label_column="question",
    columns=(
        Text(id="question", label="Question", limit=200),
        Text(id="why", label="Why it can wait", limit=300),
        Text(id="decide_before", label="Decide before", limit=200, hint="An event or a date."),
    ),
)
