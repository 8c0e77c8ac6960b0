"""What holds of projects, revisions and steps: sequence, completion, numbers, locked texts.

Plain SQL, so that no rule of the code is asked whether the code kept it. A newcomer's likely
mistake: deriving a number here from the code. Lean has 4 steps and full has 10, said again.
"""

from devpilot.audit.asking import Invariant, sql

BLUEPRINT = (
    Invariant(
        "locked-in-sequence",
        "A step is locked only if every step before it is.",
        sql("""
            SELECT 'step', later.id, 'step ' || later."order" || ' is locked, and step '
                || earlier."order" || ' is ' || earlier.status
            FROM step AS later JOIN step AS earlier
                ON earlier.revision_id = later.revision_id
                AND earlier."order" = later."order" - 1
            WHERE later.status = 'locked' AND earlier.status <> 'locked'"""),
    ),
    Invariant(
        "completed-iff-locked",
        "A revision is completed if and only if all its steps are locked.",
        sql("""
            SELECT 'revision', revision.id, 'it is ' || revision.status || ', and '
                || SUM(CASE WHEN step.status = 'locked' THEN 1 ELSE 0 END) || ' of '
                || COUNT(*) || ' steps are locked'
            FROM revision JOIN step ON step.revision_id = revision.id
            GROUP BY revision.id, revision.status
            HAVING (revision.status = 'completed')
                <> (SUM(CASE WHEN step.status = 'locked' THEN 1 ELSE 0 END) = COUNT(*))"""),
    ),
    Invariant(
        "step-times",
        "A step has a time of locking if and only if it is locked; likewise invalidated.",
        sql("""
            SELECT 'step', id, 'it is ' || status || ', and its times say otherwise' FROM step
            WHERE (locked_at IS NOT NULL) <> (status = 'locked')
                OR (invalidated_at IS NOT NULL) <> (status = 'invalidated')"""),
    ),
    Invariant(
        "revision-times",
        "A revision has a time of completion if and only if it is completed.",
        sql("""
            SELECT 'revision', id, 'it is ' || status || ', and completed_at says otherwise'
            FROM revision WHERE (completed_at IS NOT NULL) <> (status = 'completed')"""),
    ),
    Invariant(
        "project-times",
        "A project has a time of deletion if and only if it is soft-deleted.",
        sql("""
            SELECT 'project', id, 'it is ' || status || ', and deleted_at says otherwise'
            FROM project WHERE (deleted_at IS NOT NULL) <> (status = 'soft_deleted')"""),
    ),
    Invariant(
        "one-active-revision",
        "A project has exactly one active revision.",
        sql("""
            SELECT 'project', project.id, 'it has ' || COUNT(revision.id) || ' active revisions'
            FROM project LEFT JOIN revision
                ON revision.project_id = project.id AND revision.is_active
            GROUP BY project.id HAVING COUNT(revision.id) <> 1"""),
    ),
    Invariant(
        "one-draft-revision",
        "A project has at most one draft revision.",
        sql("""
            SELECT 'project', project_id, 'it has ' || COUNT(*) || ' draft revisions'
            FROM revision WHERE status = 'draft' GROUP BY project_id HAVING COUNT(*) > 1"""),
    ),
    Invariant(
        "numbered-revisions",
        "The revisions of a project are numbered from 1 without a gap.",
        sql("""
            SELECT 'project', project_id, 'it has ' || COUNT(*) || ' revisions, numbered '
                || MIN(number) || ' to ' || MAX(number)
            FROM revision GROUP BY project_id
            HAVING MIN(number) <> 1 OR MAX(number) <> COUNT(*)"""),
    ),
    Invariant(
        "copied-revisions",
        "Every revision but the first began as a copy of an earlier one, and full stays full.",
        sql("""
            SELECT 'revision', revision.id, 'revision ' || revision.number || ' is a copy of '
                || COALESCE(CAST(revision.cloned_from AS VARCHAR(20)), 'none')
            FROM revision LEFT JOIN revision AS source
                ON source.project_id = revision.project_id
                AND source.number = revision.cloned_from AND source.number < revision.number
            WHERE (revision.number = 1) <> (revision.cloned_from IS NULL)
                OR (revision.cloned_from IS NOT NULL AND source.id IS NULL)
                OR (revision.mode = 'lean' AND source.mode = 'full')"""),
    ),
    Invariant(
        "steps-of-mode",
        "A lean revision has the steps 1 to 4, a full one 1 to 10, each once.",
        sql("""
            SELECT 'revision', id, 'it is ' || mode || ' and has ' || held || ' steps, '
                || COALESCE(CAST(lowest AS VARCHAR(20)), 'none') || ' to '
                || COALESCE(CAST(highest AS VARCHAR(20)), 'none')
            FROM (
                SELECT revision.id, revision.mode, COUNT(step.id) AS held,
                    MIN(step."order") AS lowest, MAX(step."order") AS highest,
                    CASE revision.mode WHEN 'lean' THEN 4 ELSE 10 END AS wanted
                FROM revision LEFT JOIN step ON step.revision_id = revision.id
                GROUP BY revision.id, revision.mode
            ) AS counted
            WHERE held <> wanted OR lowest <> 1 OR highest <> wanted"""),
    ),
    Invariant(
        "one-text",
        "Every step has its text.",
        sql("""
            SELECT 'step', step.id, 'step ' || step."order" || ' has no text'
            FROM step LEFT JOIN step_content ON step_content.step_id = step.id
            WHERE step_content.step_id IS NULL"""),
    ),
    Invariant(
        "locked-text",
        "What a locked step holds is what its last lock kept, byte for byte.",
        sql("""
            SELECT 'step', step.id, 'step ' || step."order" || ' is ' || step.status || ', and '
                || CASE WHEN kept.data IS NULL THEN 'no lock kept its text'
                    ELSE 'it holds another text than its last lock kept' END
            FROM step JOIN step_content ON step_content.step_id = step.id
            LEFT JOIN locked_text AS kept ON kept.step_id = step.id AND kept.version = (
                SELECT MAX(version) FROM locked_text AS each WHERE each.step_id = step.id)
            WHERE (step.status = 'locked' AND kept.data IS DISTINCT FROM step_content.data)
                OR (step.status = 'invalidated' AND kept.data IS NULL)"""),
    ),
    Invariant(
        "no-open-restart",
        "No restart is left half done: its key is in no row that was committed.",
        sql("""
            SELECT 'revision', id, 'reopened_from is ' || reopened_from
            FROM revision WHERE reopened_from IS NOT NULL"""),
    ),
)  # fmt: skip
