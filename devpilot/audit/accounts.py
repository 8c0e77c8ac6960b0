"""What holds of users, subscriptions, plans and usage.

A newcomer's likely mistake: comparing usage with the user's present plan. Usage stays when a
plan expires; no limit of any plan is ever passed.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from devpilot.audit.asking import Found, Invariant, sql, streamed
from devpilot.models import User


def _unfolded(connection: Connection) -> Iterator[Found]:
    """In Python: SQLite folds ASCII alone."""
    for row, email in streamed(connection, select(User.id, User.email)):
        if email != email.casefold():
            yield User.__tablename__, row, "its e-mail address is not case-folded"


ACCOUNTS = (
    Invariant("folded-emails", "One mailbox has one spelling: case-folded.", _unfolded),
    Invariant(
        "free-plan",
        "There is a Free plan.",
        sql("""
            SELECT 'plan', 'free', 'there is none'
            WHERE NOT EXISTS (SELECT 1 FROM plan WHERE code = 'free')"""),
    ),
    Invariant(
        "one-subscription",
        "Every user has exactly one subscription.",
        sql("""
            SELECT 'user_account', person.id, 'it has ' || COUNT(held.id) || ' subscriptions'
            FROM user_account AS person LEFT JOIN subscription AS held ON held.user_id = person.id
            GROUP BY person.id HAVING COUNT(held.id) <> 1"""),
    ),
    Invariant(
        "subscription-periods",
        "A subscription has a period, which does not end before it begins, unless it is free.",
        sql("""
            SELECT 'subscription', id, 'it is ' || state || ', and its period says otherwise'
            FROM subscription WHERE (state = 'free') <> (current_period_end IS NULL)
                OR (current_period_start IS NULL) <> (current_period_end IS NULL)
                OR current_period_start > current_period_end"""),
    ),
    Invariant(
        "subscription-plans",
        "A free subscription is on the Free plan, and one that is paid is not.",
        sql("""
            SELECT 'subscription', subscription.id, 'it is ' || state || ' on the plan ' || code
            FROM subscription JOIN plan ON plan.id = subscription.plan_id
            WHERE (state = 'free') <> (code = 'free')"""),
    ),
    Invariant(
        "one-storage-count",
        "Every user has exactly one count of storage.",
        sql("""
            SELECT 'user_account', person.id, 'it has ' || COUNT(held.id) || ' counts of storage'
            FROM user_account AS person LEFT JOIN usage AS held
                ON held.user_id = person.id AND held.type = 'storage'
            GROUP BY person.id HAVING COUNT(held.id) <> 1"""),
    ),
    Invariant(
        "text-sizes",
        "The size of a text is its bytes in UTF-8; an empty aside counts nothing.",
        sql("""
            SELECT 'step_content', step_id, 'its size is ' || size || ', and its text has '
                || (octet_length(data)
                    + CASE aside WHEN '{}' THEN 0 ELSE octet_length(aside) END)
            FROM step_content WHERE size <> octet_length(data)
                + CASE aside WHEN '{}' THEN 0 ELSE octet_length(aside) END"""),
    ),
    Invariant(
        "storage-counted",
        "What a user's storage counts is the sum of the sizes of the user's texts.",
        sql("""
            SELECT 'usage', id, 'it counts ' || used || ' bytes, and the texts have ' || held
            FROM (
                SELECT usage.id, usage."count" AS used, COALESCE(SUM(step_content.size), 0) AS held
                FROM usage LEFT JOIN project ON project.user_id = usage.user_id
                LEFT JOIN revision ON revision.project_id = project.id
                LEFT JOIN step ON step.revision_id = revision.id
                LEFT JOIN step_content ON step_content.step_id = step.id
                WHERE usage.type = 'storage' GROUP BY usage.id, usage."count"
            ) AS compared
            WHERE used <> held"""),
    ),
    Invariant(
        "usage-not-negative",
        "No use is below zero.",
        sql("""
            SELECT 'usage', id, 'it counts ' || "count" FROM usage WHERE "count" < 0"""),
    ),
    Invariant(
        "usage-periods",
        "Storage is counted for ever, and AI suggestions may be; all else in a period with its "
        "beginning before its end.",
        sql("""
            SELECT 'usage', id, 'the period of ' || type || ' is not one' FROM usage
            WHERE (type = 'storage' AND period_end IS NOT NULL)
                OR (type NOT IN ('storage', 'ai_suggestion') AND period_end IS NULL)
                OR period_end <= period_start"""),
    ),
    Invariant(
        "periods-apart",
        "Periods of one user and one kind of use do not overlap.",
        sql("""
            SELECT 'usage', later.id, 'its period begins in the one of ' || earlier.id
            FROM usage AS later JOIN usage AS earlier ON earlier.user_id = later.user_id
                AND earlier.type = later.type AND earlier.period_start < later.period_start
            WHERE earlier.period_end > later.period_start"""),
    ),
    Invariant(
        # There is one such row, since no two counts of a kind begin at one moment.
        "ai-count-for-ever",
        "What Free grants of AI suggestions in total is counted in one row, from the account's "
        "beginning.",
        sql("""
            SELECT 'usage', usage.id, 'it counts for ever, and not from the account''s beginning'
            FROM usage JOIN user_account AS person ON person.id = usage.user_id
            WHERE usage.type = 'ai_suggestion' AND usage.period_end IS NULL
                AND usage.period_start <> person.created_at"""),
    ),
    Invariant(
        "ai-count-within-free",
        "AI suggestions that are counted for ever are never more than Free grants.",
        sql("""
            SELECT 'usage', usage.id, 'it counts ' || usage."count" || ' for ever, and Free grants '
                || plan.ai_suggestions
            FROM usage JOIN plan ON plan.code = 'free'
            WHERE usage.type = 'ai_suggestion' AND usage.period_end IS NULL
                AND usage."count" > plan.ai_suggestions"""),
    ),
    Invariant(
        "usage-within-plans",
        "No use in a period is above what the largest plan grants.",
        sql("""
            SELECT 'usage', usage.id, 'it counts ' || usage."count" || ' of ' || usage.type
                || ', and the largest plan grants ' || granted.most
            FROM usage JOIN (
                SELECT 'restart' AS type, MAX(restarts) AS most FROM plan
                UNION ALL SELECT 'ai_suggestion', MAX(ai_suggestions) FROM plan
                UNION ALL SELECT 'ai_regeneration', MAX(ai_regenerations) FROM plan
                UNION ALL SELECT 'storage', MAX(storage_bytes) FROM plan
            ) AS granted ON granted.type = usage.type
            WHERE usage."count" > granted.most"""),
    ),
    Invariant(
        "reserved-kinds",
        "Only what is asked of an AI is reserved.",
        sql("""
            SELECT 'reservation', user_id, 'it holds one of ' || type FROM reservation
            WHERE type NOT IN ('ai_suggestion', 'ai_regeneration')"""),
    ),
    Invariant(
        "projects-within-plans",
        "No user has more active projects than the largest plan grants.",
        sql("""
            SELECT 'user_account', user_id, 'it has ' || COUNT(*) || ' active projects'
            FROM project WHERE status = 'active' GROUP BY user_id HAVING COUNT(*) > (
                SELECT CASE WHEN COUNT(*) = COUNT(COALESCE(max_active_projects, max_total_projects))
                    THEN MAX(COALESCE(max_active_projects, max_total_projects)) END
                FROM plan)"""),
    ),
)  # fmt: skip
