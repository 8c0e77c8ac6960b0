"""How a request reaches a row: the session by its token, everything else through its owner.

Each statement binds `user_id`, so another user's row is simply not found. They are built
once, because building one for each request costs more than running it. The `_LOCKED` ones
hold the rows in the order user, project, revision, steps (PostgreSQL; on SQLite the whole
database is held by BEGIN IMMEDIATE).
"""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager

from devpilot.models.billing import Subscription
from devpilot.models.export import Export
from devpilot.models.project import Project
from devpilot.models.revision import Revision
from devpilot.models.step import Step, StepContent
from devpilot.models.user import User, UserSession

_OWNER = Project.user_id == bindparam("user_id")

SESSION = (
    select(UserSession)
    .join(UserSession.user)
    .join(User.subscription)
    .join(Subscription.plan)
    .options(
        contains_eager(UserSession.user)
        .contains_eager(User.subscription)
        .contains_eager(Subscription.plan)
    )
    .where(UserSession.token_hash == bindparam("token_hash"))
)
SESSION_LOCKED = SESSION.with_for_update(of=[User, UserSession])

PROJECT = select(Project).where(Project.id == bindparam("project_id"), _OWNER)
PROJECT_LOCKED = PROJECT.with_for_update()

STEPS = (
    select(Step)
    .join(Step.revision)
    .join(Revision.project)
    .options(contains_eager(Step.revision).contains_eager(Revision.project))
    .where(Revision.id == bindparam("revision_id"), _OWNER)
    .order_by(Step.order)
)
STEPS_LOCKED = STEPS.with_for_update(of=[Project, Revision, Step])

CONTENTS = (
    select(StepContent)
    .join(Step, Step.id == StepContent.step_id)
    .where(Step.revision_id == bindparam("revision_id"), Step.order <= bindparam("last"))
)

EXPORT = (
    select(Export)
    .join(Export.revision)
    .join(Revision.project)
    .options(contains_eager(Export.revision).contains_eager(Revision.project))
    .where(Export.id == bindparam("export_id"), _OWNER)
)
