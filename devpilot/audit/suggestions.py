"""What holds of suggestions: none waits beside a locked step, and each was counted.

A newcomer's likely mistake: expecting as many suggestions as were counted. A count of an account
that was restored from a backup may be higher; it is never lower.
"""

from devpilot.audit.asking import Invariant, sql

SUGGESTIONS = (
    Invariant(
        "pending-beside-open",
        "A suggestion waits for a decision only beside a step that is not locked.",
        sql("""
            SELECT 'suggestion', suggestion.id, 'it is pending beside the locked step '
                || step."order"
            FROM suggestion JOIN step ON step.id = suggestion.step_id
            WHERE suggestion.state = 'pending' AND step.status = 'locked'"""),
    ),
    Invariant(
        "one-pending",
        "A step has at most one suggestion that waits for a decision.",
        sql("""
            SELECT 'step', step_id, 'it has ' || COUNT(*) || ' pending suggestions'
            FROM suggestion WHERE state = 'pending' GROUP BY step_id HAVING COUNT(*) > 1"""),
    ),
    Invariant(
        "suggestions-counted",
        "Every suggestion was counted when it was written.",
        sql("""
            SELECT 'user_account', made.user_id, 'it has ' || made.number || ' of ' || made.type
                || ', and ' || COALESCE(counted.number, 0) || ' are counted'
            FROM (
                SELECT project.user_id, 'ai_' || suggestion.kind AS type, COUNT(*) AS number
                FROM suggestion JOIN step ON step.id = suggestion.step_id
                JOIN revision ON revision.id = step.revision_id
                JOIN project ON project.id = revision.project_id
                GROUP BY project.user_id, suggestion.kind
            ) AS made
            LEFT JOIN (
                SELECT user_id, type, SUM("count") AS number FROM usage GROUP BY user_id, type
            ) AS counted ON counted.user_id = made.user_id AND counted.type = made.type
            WHERE made.number > COALESCE(counted.number, 0)"""),
    ),
)  # fmt: skip
