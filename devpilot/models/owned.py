"""How a request reaches a row of the blueprint: always through its owner.

Each statement binds `user_id`, so another user's row is simply not found. They are built
once, because building one for each request costs more than running it. The `_LOCKED` ones
hold the rows in the order project, revision, steps, after the user's own (PostgreSQL; on
SQLite the whole database is held by BEGIN IMMEDIATE). They read a revision and its steps in
two statements: what a waiting statement joins to the row that it waited for may be old.
"""

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import contains_eager

from devpilot.models.export import Export
from devpilot.models.project import Project
from devpilot.models.revision import Revision
from devpilot.models.step import Step, StepContent

_OWNER = Project.user_id == bindparam("user_id")

PROJECT = select(Project).where(Project.id == bindparam("project_id"), _OWNER)
PROJECT_LOCKED = PROJECT.with_for_update()

REVISION_LOCKED = (
    select(Revision)
    .join(Revision.project)
    .options(contains_eager(Revision.project))
    .where(Revision.id == bindparam("revision_id"), _OWNER)
    .with_for_update(of=[Project, Revision])
)

# The texts come along up to the step `last`; the others' stay where they are.
_STEPS = (
    select(Step)
    .outerjoin(StepContent, and_(StepContent.step_id == Step.id, Step.order <= bindparam("last")))
    .where(Step.revision_id == bindparam("revision_id"))
    .order_by(Step.order)
)
STEPS = (
    _STEPS.join(Step.revision)
    .join(Revision.project)
    .where(_OWNER)
    .options(
        contains_eager(Step.content),
        contains_eager(Step.revision).contains_eager(Revision.project),
    )
)
STEPS_LOCKED = _STEPS.options(contains_eager(Step.content)).with_for_update(of=Step)

CONTENTS = (
    select(StepContent)
    .join(Step, Step.id == StepContent.step_id)
    .where(Step.revision_id == bindparam("revision_id"))
)

EXPORT = (
    select(Export)
    .join(Export.revision)
    .join(Revision.project)
    .options(contains_eager(Export.revision).contains_eager(Revision.project))
    .where(Export.id == bindparam("export_id"), _OWNER)
)
