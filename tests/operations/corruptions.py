"""For each invariant of the audit, SQL that breaks it and no other in a filled database."""

# Rows of the filled database that the corruptions below speak of.
ROWS = {
    "locked": "SELECT id FROM step WHERE status = 'locked'",
    "draft": """
        SELECT step.id FROM step JOIN revision ON revision.id = revision_id
        WHERE step.status = 'draft' AND "order" = 4 AND mode = 'lean'""",
    "invalidated": "SELECT id FROM step WHERE status = 'invalidated'",
    "completed": """
        SELECT revision.id FROM revision JOIN project ON project.id = project_id
        WHERE revision.status = 'completed' AND project.status = 'active'
        AND revision.mode = 'lean'
        AND (SELECT COUNT(*) FROM revision AS other WHERE other.project_id = project.id) = 1
        AND NOT EXISTS (SELECT 1 FROM export WHERE revision_id = revision.id)""",
    "exported": """
        SELECT revision_id FROM export JOIN revision ON revision.id = revision_id
        WHERE status = 'completed'""",
    "reopened": """
        SELECT revision_id FROM export JOIN revision ON revision.id = revision_id
        WHERE status = 'draft'""",
    "begun": """
        SELECT revision.id FROM revision JOIN revision_event ON revision_id = revision.id
        WHERE kind = 'restarted' AND status = 'draft'
        AND NOT EXISTS (SELECT 1 FROM export WHERE export.revision_id = revision.id)""",
    "two_locked": """
        SELECT revision.id FROM revision WHERE status = 'draft' AND (SELECT COUNT(*)
        FROM step WHERE revision_id = revision.id AND status = 'locked') = 2""",
    "copy": "SELECT id FROM revision WHERE number = 2 AND is_active",
    "original": """
        SELECT revision.id FROM revision JOIN revision AS copy
        ON copy.project_id = revision.project_id AND copy.number = 2 AND copy.status = 'draft'
        WHERE revision.number = 1 AND NOT revision.is_active""",
    "keyed": "SELECT project_id FROM row_key",
    "restarts": "SELECT id FROM usage WHERE type = 'restart'",
    "stored": "SELECT id FROM usage WHERE type = 'storage'",
    "in_total": "SELECT id FROM usage WHERE type = 'ai_suggestion' AND period_end IS NULL",
    "reserving": "SELECT user_id FROM reservation",
    "waiting": "SELECT id FROM suggestion WHERE state = 'pending'",
    "applied": "SELECT id FROM suggestion WHERE state = 'applied'",
    "paid": "SELECT id FROM subscription WHERE state = 'paid_active'",
    "free": "SELECT id FROM subscription WHERE state = 'free'",
    "person": "SELECT id FROM user_account",
    "deleted": "SELECT id FROM project WHERE status = 'soft_deleted'",
    "drafted": "SELECT id FROM revision WHERE status = 'draft' AND mode = 'lean'",
    "session": "SELECT id FROM user_session",
}

OPEN = "UPDATE revision SET status = 'draft', completed_at = NULL WHERE id = "
FREE_PLAN = "(SELECT id FROM plan WHERE code = 'free')"
PRO_PLAN = "(SELECT id FROM plan WHERE code = 'pro')"
OWNER_OF_DRAFT = """(SELECT user_id FROM step JOIN revision ON revision.id = revision_id
    JOIN project ON project.id = project_id WHERE step.id = :draft)"""

CORRUPTIONS = [
    ("locked-in-sequence", """
        UPDATE step SET status = 'draft', locked_at = NULL
        WHERE revision_id = :two_locked AND "order" = 1"""),
    ("completed-iff-locked", f"{OPEN} :completed"),
    ("completed-iff-locked", """
        UPDATE step SET status = 'draft', locked_at = NULL
        WHERE revision_id = :completed AND "order" = 4"""),
    ("step-times", "UPDATE step SET locked_at = NULL WHERE id = :locked"),
    ("step-times", "UPDATE step SET invalidated_at = locked_at WHERE id = :locked"),
    ("revision-times", "UPDATE revision SET completed_at = created_at WHERE id = :drafted"),
    ("project-times", "UPDATE project SET deleted_at = NULL WHERE id = :deleted"),
    ("project-times", "UPDATE project SET status = 'active' WHERE id = :deleted"),
    ("one-active-revision", "UPDATE revision SET is_active = false WHERE id = :completed"),
    ("one-active-revision", "UPDATE revision SET is_active = true WHERE id = :original"),
    ("one-draft-revision", f"""{OPEN} :original;
        UPDATE step SET status = 'draft', locked_at = NULL
        WHERE revision_id = :original AND "order" = 4"""),
    ("numbered-revisions", "UPDATE revision SET number = 3 WHERE id = :copy"),
    ("copied-revisions", "UPDATE revision SET cloned_from = NULL WHERE id = :copy"),
    ("copied-revisions", "UPDATE revision SET cloned_from = 2 WHERE id = :copy"),
    ("copied-revisions", "UPDATE revision SET cloned_from = 1 WHERE id = :completed"),
    ("steps-of-mode", "UPDATE revision SET mode = 'full' WHERE id = :drafted"),
    ("steps-of-mode", """UPDATE step SET "order" = 9 WHERE id = :draft"""),
    ("one-text", f"""
        UPDATE usage SET "count" = "count"
            - (SELECT size FROM step_content WHERE step_id = :draft)
        WHERE type = 'storage' AND user_id = {OWNER_OF_DRAFT};
        DELETE FROM step_content WHERE step_id = :draft"""),
    ("locked-text", "UPDATE locked_text SET data = '{}' WHERE step_id = :locked"),
    ("locked-text", "DELETE FROM locked_text WHERE step_id = :locked"),
    ("locked-text", "DELETE FROM locked_text WHERE step_id = :invalidated"),
    ("no-open-restart", "UPDATE revision SET reopened_from = 1 WHERE id = :begun"),
    ("versions", "UPDATE revision SET version = 0 WHERE id = :drafted"),
    ("versions", "UPDATE locked_text SET version = 999 WHERE step_id = :invalidated"),
    ("versions", """
        UPDATE revision_event SET version = 999
        WHERE revision_id = :drafted AND kind = 'created'"""),
    ("told-created", """
        DELETE FROM revision_event WHERE revision_id = :completed AND kind = 'created'"""),
    ("told-completed", """
        DELETE FROM revision_event WHERE revision_id = :completed AND kind = 'completed'"""),
    ("told-completed", "UPDATE revision SET completed_at = created_at WHERE id = :completed"),
    ("told-restarted", """
        DELETE FROM revision_event WHERE revision_id = :begun AND kind = 'restarted'"""),
    ("told-restarted", """
        UPDATE revision_event SET step_order = 1
        WHERE revision_id = :completed AND kind = 'created'"""),
    ("told-exported", """
        DELETE FROM revision_event WHERE revision_id = :exported AND kind = 'exported'"""),
    ("told-exported", """
        UPDATE revision_event SET export_id = NULL
        WHERE revision_id = :exported AND kind = 'exported'"""),
    ("exports-of-completed", """
        UPDATE revision_event SET version = 1
        WHERE revision_id = :reopened AND kind = 'restarted'"""),
    ("canonical-texts", "UPDATE locked_text SET data = data || ' ' WHERE step_id = :invalidated"),
    ("canonical-texts", "UPDATE locked_text SET data = '[]' WHERE step_id = :invalidated"),
    ("canonical-texts", "UPDATE locked_text SET data = '{' WHERE step_id = :invalidated"),
    ("known-row-keys", """
        DELETE FROM row_key WHERE project_id = :keyed AND letter = 'G' AND number = 1"""),
    ("folded-emails", "UPDATE user_account SET email = upper(email) WHERE id = :person"),
    ("free-plan", f"""
        UPDATE subscription SET plan_id = {PRO_PLAN}, state = 'paid_active',
            current_period_start = created_at, current_period_end = created_at
        WHERE id = :free;
        DELETE FROM plan WHERE code = 'free'"""),
    ("one-subscription", "DELETE FROM subscription WHERE id = :free"),
    ("subscription-periods",
        "UPDATE subscription SET current_period_start = NULL WHERE id = :paid"),
    ("subscription-periods", """
        UPDATE subscription SET current_period_start = current_period_end,
            current_period_end = current_period_start WHERE id = :paid"""),
    ("subscription-plans", f"UPDATE subscription SET plan_id = {FREE_PLAN} WHERE id = :paid"),
    ("one-storage-count", "DELETE FROM usage WHERE id = :stored"),
    ("text-sizes", f"""
        UPDATE step_content SET size = size + 1 WHERE step_id = :draft;
        UPDATE usage SET "count" = "count" + 1
        WHERE type = 'storage' AND user_id = {OWNER_OF_DRAFT}"""),
    ("storage-counted", """UPDATE usage SET "count" = "count" + 1 WHERE id = :stored"""),
    ("usage-not-negative", """UPDATE usage SET "count" = -1 WHERE id = :restarts"""),
    ("usage-periods", "UPDATE usage SET period_end = NULL WHERE id = :restarts"),
    ("usage-periods", "UPDATE usage SET period_end = period_start WHERE id = :restarts"),
    ("usage-periods", """
        UPDATE usage SET period_end = (SELECT expires_at FROM user_session LIMIT 1)
        WHERE id = :stored"""),
    ("periods-apart", """
        INSERT INTO usage (id, user_id, type, period_start, period_end, "count")
        VALUES (:nobody, (SELECT user_id FROM usage WHERE id = :restarts), 'restart',
            (SELECT created_at FROM user_account
            WHERE id = (SELECT user_id FROM usage WHERE id = :restarts)),
            (SELECT period_end FROM usage WHERE id = :restarts), 1)"""),
    ("ai-count-for-ever", """
        UPDATE usage SET period_start = (SELECT MIN(expires_at) FROM user_session)
        WHERE id = :in_total"""),
    ("ai-count-within-free", """UPDATE usage SET "count" = 11 WHERE id = :in_total"""),
    ("reserved-kinds", "UPDATE reservation SET type = 'restart' WHERE user_id = :reserving"),
    ("pending-beside-open", """
        UPDATE suggestion SET step_id = :locked WHERE id = :waiting;
        UPDATE usage SET "count" = 10 WHERE type = 'ai_suggestion';
        INSERT INTO usage (id, user_id, type, period_start, "count")
        SELECT :nobody, user_id, 'ai_suggestion', person.created_at, 9
        FROM step JOIN revision ON revision.id = revision_id
        JOIN project ON project.id = project_id JOIN user_account AS person ON person.id = user_id
        WHERE step.id = :locked AND NOT EXISTS (SELECT 1 FROM usage AS counted
            WHERE counted.user_id = person.id AND counted.type = 'ai_suggestion')"""),
    ("one-pending", """
        DROP INDEX uq_suggestion_one_pending;
        UPDATE suggestion SET state = 'pending' WHERE id = :applied"""),
    ("suggestions-counted", "UPDATE suggestion SET kind = 'regeneration' WHERE id = :waiting"),
    ("usage-within-plans", """UPDATE usage SET "count" = 21 WHERE id = :restarts"""),
    ("usage-within-plans", "UPDATE plan SET storage_bytes = 1"),
    ("projects-within-plans", "UPDATE plan SET max_active_projects = 1"),
    ("no-orphans", "UPDATE user_session SET user_id = :nobody WHERE id = :session"),
    ("nothing-twice", """
        CREATE TABLE loose AS SELECT * FROM user_session; DROP TABLE user_session;
        ALTER TABLE loose RENAME TO user_session;
        UPDATE user_session SET token_hash = 'the same'"""),
    ("listed-statuses", "UPDATE user_account SET account_status = 'gone' WHERE id = :person"),
]  # fmt: skip
