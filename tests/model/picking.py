"""How a rule picks what it acts on, by numbers, and how it posts the common forms.

A newcomer's likely mistake: picking only what an action could succeed on. `open_step` and
`locked_step` lead a story forward; the others pick from everything that there is.
"""

from typing import Any

from tests.model import operations, steps
from tests.model.driver import BROWSER
from tests.model.playing import Playing, name_of
from tests.model.reference import (
    COMPLETED,
    DRAFT,
    LOCKED,
    Answer,
    Operation,
    Project,
    Request,
    Revision,
    Step,
    User,
)
from tests.model.typing_in import TYPINGS

ACTIONS: dict[str, Operation] = {
    "rename": operations.rename,
    "delete": operations.delete,
    "restore": operations.restore,
    "open": operations.open_revision,
    "activate": operations.activate,
    "export": operations.export,
    "save": steps.save,
    "lock": steps.lock,
    "restart": steps.restart,
}
OF_PROJECT, OF_REVISION = {"rename", "delete", "restore", "open"}, {"activate", "export"}


def numbered(version: str, revision: Revision) -> int | None:
    """The version that a form posts, by what it is to the present one."""
    now = revision.version
    return {"now": now, "old": now - 1, "later": now + 1, "none": None}[version]


class Picking(Playing):
    """Picks from the model; a number beyond the end begins again at the start."""

    def __init__(self) -> None:
        super().__init__()
        self.made = 0

    def fresh(self) -> int:
        """A number that no form of this story has had."""
        self.made += 1
        return self.made

    def key(self, *, keyed: bool) -> str:
        return f"key-{self.fresh()}" if keyed else ""

    def user(self, who: int) -> User:
        return self.world.users[who % len(self.world.users)]

    def projects(self) -> list[Project]:
        return [project for user in self.world.users for project in user.projects]

    def project(self, where: int) -> Project:
        found = self.projects()
        return found[where % len(found)]

    def revision(self, where: int) -> Revision:
        found = [revision for project in self.projects() for revision in project.revisions]
        return found[where % len(found)]

    def step(self, where: int, order: int) -> Step:
        found = self.revision(where).steps
        return found[order % len(found)]

    def open_step(self, where: int) -> Step:
        """The step that its user would go on with; any step when there is none."""
        drafts = [
            revision
            for project in self.projects()
            if not project.deleted
            for revision in project.revisions
            if revision.active and revision.status == DRAFT
        ]
        if not drafts:
            return self.step(where, where)
        wanted = drafts[where % len(drafts)]
        return next(step for step in wanted.steps if step.status != LOCKED)

    def locked_step(self, where: int, order: int) -> Step:
        """A locked step of an active revision; any step when there is none."""
        found = [
            step
            for project in self.projects()
            if not project.deleted and project.owner.subscription.pays(self.now)
            for revision in project.revisions
            if revision.active
            for step in revision.steps
            if step.status == LOCKED
        ]
        return found[(where + 5 * order) % len(found)] if found else self.step(where, order)

    def finished_project(self, where: int, *, paid: bool = False) -> Project:
        """A project without a draft; with `paid`, of someone who pays. Any when there is none."""
        finished = [
            project
            for project in self.projects()
            if project.draft is None
            if not paid or (project.owner.subscription.pays(self.now) and not project.deleted)
        ]
        return finished[where % len(finished)] if finished else self.project(where)

    def finished_revision(self, where: int) -> Revision:
        """An active, completed revision; any when there is none."""
        finished = [
            revision
            for project in self.projects()
            for revision in project.revisions
            if revision.active and revision.status == COMPLETED
        ]
        return finished[where % len(finished)] if finished else self.revision(where)

    def target(self, action: str, where: int, order: int) -> Project | Revision | Step:
        """Something that the action could be about."""
        if action in OF_PROJECT:
            return self.project(where)
        return self.revision(where) if action in OF_REVISION else self.step(where, order)

    def do(
        self,
        action: str,
        target: Project | Revision | Step,
        *,
        client: str = BROWSER,
        **fields: Any,
    ) -> Answer:
        """The form of an action, posted by the owner of what it is about."""
        request = self.request(action, target, **fields)
        return self.play(target.owner, target, request, ACTIONS[action], client=client)

    def request(self, action: str, target: Project | Revision | Step, **fields: Any) -> Request:
        return Request(action, target=name_of(target), **fields)

    def on_step(
        self, action: str, step: Step, version: str, typed: list[str], *, client: str, **fields: Any
    ) -> Answer:
        """A form of a step, with what is typed into it."""
        edits = [TYPINGS[name](step, str(self.fresh())) for name in typed]
        return self.do(
            action, step, client=client, version=numbered(version, step.revision),
            edits=tuple({edit.field: edit for edit in edits}.values()), **fields,
        )  # fmt: skip

    def create(
        self, user: User, name: str, mode: str = "lean", *, example: str, key: str = ""
    ) -> Answer:
        request = Request("create", name=name, mode=mode, example=example, key=key)
        return self.play(user, user, request, operations.create_project)

    def pay(self, user: User, event: str, interval: str, *, key: str = "") -> Answer:
        request = Request("bill", name=event, mode=interval, key=key)
        return self.play(user, user, request, operations.bill)
