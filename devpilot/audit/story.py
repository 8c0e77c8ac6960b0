"""What holds of versions, of each revision's story, and of exports."""

from devpilot.audit.asking import Invariant, sql

STORY = (
    Invariant(
        "versions",
        "A revision's version is at least 1, and nothing of the revision has a later one.",
        sql(
            """
            SELECT 'revision', id, 'its version is ' || version FROM revision WHERE version < 1""",
            """
            SELECT 'locked_text', step.id, 'a lock of step ' || step."order" || ' has version '
                || locked_text.version || ', and the revision ' || revision.version
            FROM locked_text JOIN step ON step.id = locked_text.step_id
            JOIN revision ON revision.id = step.revision_id
            WHERE locked_text.version > revision.version OR locked_text.version < 0""",
            """
            SELECT 'revision_event', revision_event.id, 'it has version '
                || revision_event.version || ', and the revision ' || revision.version
            FROM revision_event JOIN revision ON revision.id = revision_event.revision_id
            WHERE revision_event.version > revision.version OR revision_event.version < 0""",
        ),
    ),
    Invariant(
        "told-created",
        "Every revision's story begins: it was created.",
        sql("""
            SELECT 'revision', id, 'nothing says that it was created' FROM revision
            WHERE NOT EXISTS (SELECT 1 FROM revision_event AS told
                WHERE told.revision_id = revision.id AND told.kind = 'created')"""),
    ),
    Invariant(
        "told-completed",
        "The story of a completed revision says so, at the time of its completion.",
        sql("""
            SELECT 'revision', id, 'it is completed, and its story does not say so' FROM revision
            WHERE status = 'completed' AND NOT EXISTS (SELECT 1 FROM revision_event AS told
                WHERE told.revision_id = revision.id AND told.kind = 'completed'
                AND told.at = revision.completed_at)"""),
    ),
    Invariant(
        "told-restarted",
        "The story of a revision with an invalidated step says from where it was restarted.",
        sql(
            """
            SELECT 'step', step.id, 'step ' || step."order"
                || ' is invalidated, and no restart from an earlier step is told'
            FROM step WHERE status = 'invalidated' AND NOT EXISTS (
                SELECT 1 FROM revision_event AS told WHERE told.revision_id = step.revision_id
                AND told.kind = 'restarted' AND told.step_order < step."order")""",
            """
            SELECT 'revision_event', id, 'it is ' || kind || ' and names '
                || CASE WHEN step_order IS NULL THEN 'no step' ELSE 'step ' || step_order END
            FROM revision_event WHERE (kind = 'restarted') <> (step_order IS NOT NULL)""",
        ),
    ),
    Invariant(
        "told-exported",
        "Every export is told in the story of its own revision, and nothing else is.",
        sql(
            """
            SELECT 'export', id, 'the story of its revision does not tell it' FROM export
            WHERE NOT EXISTS (SELECT 1 FROM revision_event AS told
                WHERE told.export_id = export.id AND told.revision_id = export.revision_id
                AND told.kind = 'exported')""",
            """
            SELECT 'revision_event', told.id, 'it is ' || told.kind
                || CASE WHEN told.export_id IS NULL THEN ' and names no export'
                    ELSE ' and names an export that is not of its revision' END
            FROM revision_event AS told LEFT JOIN export
                ON export.id = told.export_id AND export.revision_id = told.revision_id
            WHERE (told.kind = 'exported') <> (export.id IS NOT NULL)""",
        ),
    ),
    Invariant(
        "exports-of-completed",
        "An export's revision is completed, or was restarted since.",
        sql("""
            SELECT 'export', export.id, 'its revision is a draft that nobody restarted since'
            FROM export JOIN revision ON revision.id = export.revision_id
            WHERE revision.status <> 'completed' AND NOT EXISTS (
                SELECT 1 FROM revision_event AS restart
                WHERE restart.revision_id = revision.id AND restart.kind = 'restarted'
                AND restart.version > COALESCE((SELECT MIN(made.version)
                    FROM revision_event AS made WHERE made.export_id = export.id), -1))"""),
    ),
)  # fmt: skip
