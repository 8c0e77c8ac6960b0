"""SQL that goes around the code: what the triggers refuse, and what they let through."""

# The rows that the statements below are about: of completed revisions, and of draft ones.
ROWS = {
    "locked": """
        SELECT step.id FROM step JOIN revision ON revision.id = revision_id
        WHERE revision.status = 'draft' AND step.status = 'locked' AND "order" = 2""",
    "closed": """
        SELECT step.id FROM step JOIN revision ON revision.id = revision_id
        WHERE revision.status = 'completed' AND "order" = 4""",
    "draft": """
        SELECT later.id FROM step AS later JOIN step AS earlier
        ON earlier.revision_id = later.revision_id AND earlier."order" = 3
        WHERE later."order" = 4 AND later.status = 'draft' AND earlier.status = 'draft'""",
    "invalidated": "SELECT id FROM step WHERE status = 'invalidated'",
    "begun": """
        SELECT revision_id FROM step WHERE "order" = 2 AND status = 'locked' AND EXISTS (
            SELECT 1 FROM revision WHERE revision.id = revision_id AND status = 'draft')""",
    "completed": """
        SELECT id FROM revision WHERE status = 'completed' AND mode = 'lean' AND (SELECT COUNT(*)
        FROM revision AS other WHERE other.project_id = revision.project_id) = 1""",
    "other_draft": """
        SELECT id FROM revision WHERE status = 'draft' AND number = 1 AND NOT EXISTS (
            SELECT 1 FROM step WHERE revision_id = revision.id AND status <> 'draft')""",
    "passive": "SELECT id FROM revision WHERE NOT is_active AND status = 'draft'",
    "copied": "SELECT project_id FROM revision WHERE NOT is_active AND status = 'draft'",
    "project": """
        SELECT id FROM project WHERE NOT EXISTS (SELECT 1 FROM revision
            WHERE project_id = project.id AND status = 'completed')""",
}

REFUSED = {
    # what a locked step holds
    "other text": "UPDATE step_content SET data = '{}' WHERE step_id = :locked",
    "other text, completed": "UPDATE step_content SET data = '{}' WHERE step_id = :closed",
    "other aside": "UPDATE step_content SET aside = '[]' WHERE step_id = :locked",
    "other size": "UPDATE step_content SET size = size + 1 WHERE step_id = :locked",
    "text taken to another step": "UPDATE step_content SET step_id = :new WHERE step_id = :locked",
    "a draft's text taken here": """
        UPDATE step_content SET step_id = :locked WHERE step_id = :draft""",
    "text removed": "DELETE FROM step_content WHERE step_id = :locked",
    "a draft's text removed": "DELETE FROM step_content WHERE step_id = :draft",
    "text inserted": """
        INSERT INTO step_content (step_id, data, aside, size) VALUES (:locked, '{}', '{}', 2)""",
    "text inserted over": """
        INSERT INTO step_content (step_id, data, aside, size) VALUES (:locked, '{}', '{}', 2)
        ON CONFLICT (step_id) DO UPDATE SET data = excluded.data""",
    # what a lock held
    "other kept text": "UPDATE locked_text SET data = '{}' WHERE step_id = :locked",
    "other kept version": "UPDATE locked_text SET version = 99 WHERE step_id = :locked",
    "kept text of another step": "UPDATE locked_text SET step_id = :draft WHERE step_id = :locked",
    "kept text removed": "DELETE FROM locked_text WHERE step_id = :locked",
    "kept text of an open step removed": "DELETE FROM locked_text WHERE step_id = :invalidated",
    "newer kept text": """
        INSERT INTO locked_text (step_id, version, data) VALUES (:locked, 99, '{}')""",
    # a locked step
    "other order": 'UPDATE step SET "order" = 9 WHERE id = :locked',
    "other revision": "UPDATE step SET revision_id = :other_draft WHERE id = :locked",
    "other id": "UPDATE step SET id = :new WHERE id = :locked",
    "other time": "UPDATE step SET locked_at = '2020-01-01 00:00:00' WHERE id = :locked",
    "opened": "UPDATE step SET status = 'draft', locked_at = NULL WHERE id = :locked",
    "opened, completed": "UPDATE step SET status = 'draft', locked_at = NULL WHERE id = :closed",
    "invalidated": """
        UPDATE step SET status = 'invalidated', locked_at = NULL,
            invalidated_at = '2020-01-01 00:00:00' WHERE id = :locked""",
    "removed": "DELETE FROM step WHERE id = :locked",
    "a draft step removed": "DELETE FROM step WHERE id = :draft",
    # any step
    "locked out of sequence": """
        UPDATE step SET status = 'locked', locked_at = '2020-01-01 00:00:00' WHERE id = :draft""",
    "draft to invalidated": """
        UPDATE step SET status = 'invalidated', invalidated_at = '2020-01-01 00:00:00'
        WHERE id = :draft""",
    "invalidated to draft": """
        UPDATE step SET status = 'draft', invalidated_at = NULL WHERE id = :invalidated""",
    "a draft into a completed revision": """
        UPDATE step SET revision_id = :completed, "order" = 5 WHERE id = :draft""",
    "a step for a completed revision": """
        INSERT INTO step (id, revision_id, "order", status)
        VALUES (:new, :completed, 5, 'draft')""",
    "a step that begins locked": """
        INSERT INTO step (id, revision_id, "order", status, locked_at)
        VALUES (:new, :other_draft, 5, 'locked', '2020-01-01 00:00:00')""",
    # a completed revision
    "other mode": "UPDATE revision SET mode = 'full' WHERE id = :completed",
    "other number": "UPDATE revision SET number = 7 WHERE id = :completed",
    "other project": "UPDATE revision SET project_id = :project, number = 7 WHERE id = :completed",
    "other revision id": "UPDATE revision SET id = :new WHERE id = :completed",
    "other completion": """
        UPDATE revision SET completed_at = '2020-01-01 00:00:00' WHERE id = :completed""",
    "other beginning": """
        UPDATE revision SET created_at = '2020-01-01 00:00:00' WHERE id = :completed""",
    "other source": "UPDATE revision SET cloned_from = 1 WHERE id = :completed",
    "other update": "UPDATE revision SET updated_at = '2020-01-01 00:00:00' WHERE id = :completed",
    "newer": "UPDATE revision SET version = version + 1 WHERE id = :completed",
    "older": "UPDATE revision SET version = version - 1 WHERE id = :begun",
    "reopened": "UPDATE revision SET status = 'draft', completed_at = NULL WHERE id = :completed",
    "key without a restart": "UPDATE revision SET reopened_from = 1 WHERE id = :completed",
    "revision removed": "DELETE FROM revision WHERE id = :completed",
    "draft revision removed": "DELETE FROM revision WHERE id = :begun",
    "a revision that begins completed": """
        INSERT INTO revision (id, project_id, number, mode, status, is_active, completed_at,
            created_at, updated_at, version) SELECT :new, project_id, 9, mode, status, false,
            completed_at, created_at, updated_at, 1 FROM revision WHERE id = :completed""",
    "completed with open steps": """
        UPDATE revision SET status = 'completed', completed_at = updated_at WHERE id = :begun""",
    # a restart that is not one
    "restart from a step that is not locked": """
        UPDATE revision SET reopened_from = 3 WHERE id = :begun""",
    "restart from no step": "UPDATE revision SET reopened_from = 0 WHERE id = :begun",
    "a step before the restart opened": """
        UPDATE revision SET reopened_from = 2 WHERE id = :begun;
        UPDATE step SET status = 'draft', locked_at = NULL
        WHERE revision_id = :begun AND "order" = 1""",
    "the step of the restart invalidated": """
        UPDATE revision SET reopened_from = 1 WHERE id = :begun;
        UPDATE step SET status = 'invalidated', locked_at = NULL,
            invalidated_at = '2020-01-01 00:00:00' WHERE revision_id = :begun AND "order" = 1""",
    "a step after the restart made a draft": """
        UPDATE revision SET reopened_from = 1 WHERE id = :begun;
        UPDATE step SET status = 'draft', locked_at = NULL
        WHERE revision_id = :begun AND "order" = 2""",
    "a restart that opens nothing": """
        UPDATE revision SET reopened_from = 2 WHERE id = :begun;
        UPDATE revision SET reopened_from = NULL WHERE id = :begun""",
    "a restart that leaves a later step": """
        UPDATE revision SET reopened_from = 1 WHERE id = :begun;
        UPDATE step SET status = 'draft', locked_at = NULL
        WHERE revision_id = :begun AND "order" = 1;
        UPDATE revision SET reopened_from = NULL WHERE id = :begun""",
    "a restart that moves": """
        UPDATE revision SET reopened_from = 2 WHERE id = :begun;
        UPDATE revision SET reopened_from = 1 WHERE id = :begun""",
    "a completed revision's step, with the key and without the move": """
        UPDATE revision SET status = 'draft', completed_at = NULL, reopened_from = 4
        WHERE id = :completed;
        UPDATE step_content SET data = '{}' WHERE step_id = (
            SELECT id FROM step WHERE revision_id = :completed AND "order" = 4)""",
}  # fmt: skip

ALLOWED = {
    "no change": "UPDATE step_content SET data = data, size = size WHERE step_id = :locked",
    "another active revision": """
        UPDATE revision SET is_active = false WHERE project_id = :copied AND is_active;
        UPDATE revision SET is_active = true WHERE id = :passive""",
    "another text of an open step": """
        UPDATE step_content SET data = '{}' WHERE step_id = :invalidated""",
    "a restart": """
        UPDATE revision SET status = 'draft', completed_at = NULL, reopened_from = 4,
            version = version + 1 WHERE id = :completed;
        UPDATE step SET status = 'draft', locked_at = NULL
        WHERE revision_id = :completed AND "order" = 4;
        UPDATE revision SET reopened_from = NULL WHERE id = :completed""",
}  # fmt: skip

# Ways around on SQLite: a row that is replaced is removed without a delete trigger.
REPLACING = {
    "text": """
        INSERT OR REPLACE INTO step_content (step_id, data, aside, size)
        VALUES (:locked, '{}', '{}', 2)""",
    "a draft's text": """
        UPDATE OR REPLACE step_content SET step_id = :locked WHERE step_id = :draft""",
    "text by row number": """
        INSERT OR REPLACE INTO step_content (rowid, step_id, data, aside, size)
        SELECT rowid, :new, '{}', '{}', 2 FROM step_content WHERE step_id = :locked""",
    "a draft's row number": """
        UPDATE OR REPLACE step_content
        SET rowid = (SELECT rowid FROM step_content WHERE step_id = :locked)
        WHERE step_id = :draft""",
    "a step's row number": """
        UPDATE OR REPLACE step SET rowid = (SELECT rowid FROM step WHERE id = :locked)
        WHERE id = :draft""",
    "a revision's row number": """
        UPDATE OR REPLACE revision
        SET rowid = (SELECT rowid FROM revision WHERE id = :completed) WHERE id = :begun""",
    "a kept text's row number": """
        UPDATE OR REPLACE locked_text
        SET rowid = (SELECT rowid FROM locked_text WHERE step_id = :locked)
        WHERE step_id = :invalidated""",
    "kept text": """
        REPLACE INTO locked_text (step_id, version, data)
        SELECT step_id, version, '{}' FROM locked_text WHERE step_id = :invalidated""",
    "kept text by row number": """
        REPLACE INTO locked_text (rowid, step_id, version, data)
        SELECT rowid, :draft, 1, '{}' FROM locked_text WHERE step_id = :locked""",
    "step": """
        REPLACE INTO step (id, revision_id, "order", status)
        SELECT id, revision_id, "order", 'draft' FROM step WHERE id = :locked""",
    "step in another revision": """
        REPLACE INTO step (id, revision_id, "order", status)
        VALUES (:closed, :other_draft, 9, 'draft')""",
    "step of the same order": """
        REPLACE INTO step (id, revision_id, "order", status)
        SELECT :new, revision_id, "order", 'draft' FROM step WHERE id = :locked""",
    "step by row number": """
        REPLACE INTO step (rowid, id, revision_id, "order", status)
        SELECT rowid, :new, :other_draft, 9, 'draft' FROM step WHERE id = :closed""",
    "order of a draft": """
        UPDATE OR REPLACE step SET "order" = 1 WHERE id = :draft""",
    "revision": """
        REPLACE INTO revision (id, project_id, number, mode, status, is_active, created_at,
            updated_at, version) SELECT id, project_id, number, mode, 'draft', is_active,
            created_at, updated_at, version FROM revision WHERE id = :completed""",
    "revision of the same number": """
        REPLACE INTO revision (id, project_id, number, mode, status, is_active, created_at,
            updated_at, version) SELECT :new, project_id, number, mode, 'draft', false,
            created_at, updated_at, version FROM revision WHERE id = :completed""",
    "active revision": """
        REPLACE INTO revision (id, project_id, number, mode, status, is_active, created_at,
            updated_at, version) SELECT :new, project_id, 9, mode, 'draft', true,
            created_at, updated_at, version FROM revision WHERE id = :completed""",
    "active revision by an update":
        "UPDATE OR REPLACE revision SET is_active = true WHERE id = :passive",
    "refusals ignored": "UPDATE OR IGNORE step_content SET data = '{}' WHERE step_id = :locked",
}  # fmt: skip
