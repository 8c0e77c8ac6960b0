"""Every change that a person can make, each as one post that is about to succeed.

The list is complete: `test_sweep` compares its endpoints with the application's own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.browser import Browser
from tests.conftest import PASSWORD, Owned
from tests.operations.filled import suggestion_of
from tests.posts import Post, keyed, on_step
from tests.refusals import HTMX
from tests.steps.typing_in import goal


@dataclass(frozen=True, slots=True)
class Stage:
    """What an operation may arrange beforehand."""

    visitor: Browser
    make_person: Callable[..., Browser]
    make_project: Callable[..., Owned]
    wait: Callable[..., None]

    def project(self, *, locked: int = 0, example: str = "wellbrook") -> Owned:
        return self.make_project(self.make_person("paying"), locked=locked, example=example)


@dataclass(frozen=True, slots=True)
class Operation:
    """A change, the endpoint that makes it, and what leads up to it."""

    name: str
    endpoint: str
    arrange: Callable[[Stage], Post]
    typed: str = ""
    """Text of the form that every answer must give back which did not take it."""
    once: bool = True
    """Whether sending it again has no second effect. Signing in twice is two sessions."""
    lapses: bool = False
    """Whether a fault may leave a reservation, which has to end before it can be sent again."""


def register(stage: Stage) -> Post:
    fields = {"email": "someone@example.com", "password": PASSWORD}
    return Post(stage.visitor, "/register", fields)


def sign_in(stage: Stage) -> Post:
    form = register(stage)
    assert form.send().status_code == 303
    return replace(form, path="/login")


def sign_out(stage: Stage) -> Post:
    return Post(stage.make_person(), "/logout", {})


def create(stage: Stage) -> Post:
    fields = {"name": "A name that was typed", "mode": "lean", "example": "wellbrook"}
    return keyed(stage.make_person(), "/projects", **fields)


def create_in_full(stage: Stage) -> Post:
    fields = {"name": "A name that was typed", "mode": "full"}
    return keyed(stage.make_person(), "/projects", **fields)


def rename(stage: Stage) -> Post:
    owned = stage.project()
    return keyed(owned.owner, f"{owned.project}/rename", name="A name that was typed")


def rename_after_a_while(stage: Stage) -> Post:
    """The session was last seen a while ago, so that is written too, after the answer."""
    form = rename(stage)
    stage.wait(minutes=6)
    return form


def delete(stage: Stage) -> Post:
    owned = stage.project()
    return keyed(owned.owner, f"{owned.project}/delete")


def restore(stage: Stage) -> Post:
    owned = stage.project()
    owned.owner.post(f"{owned.project}/delete")
    return keyed(owned.owner, f"{owned.project}/restore")


def open_revision(stage: Stage) -> Post:
    owned = stage.project(locked=4)
    return keyed(owned.owner, f"{owned.project}/revisions")


def open_a_wider_revision(stage: Stage) -> Post:
    form = open_revision(stage)
    return replace(form, fields={**form.fields, "mode": "full"})


def activate(stage: Stage) -> Post:
    owned = stage.project(locked=4)
    owned.owner.post(f"{owned.project}/revisions")
    return keyed(owned.owner, f"{owned.revision}/activate")


def save(stage: Stage) -> Post:
    """A text, and a new row with a token instead of a key."""
    owned = stage.project(example="")
    version = str(owned.owner.version(owned.revision))
    fields = {"version": version, "summary": "A text that was typed", **goal(0, new="a-token")}
    return Post(owned.owner, f"{owned.step(1)}/draft", fields)


def save_with_script(stage: Stage) -> Post:
    """The same by htmx: the answer is drawn after the commit."""
    return replace(save(stage), headers=HTMX)


def lock(stage: Stage) -> Post:
    return on_step(stage.project(), 1, "lock")


def lock_with_text(stage: Stage) -> Post:
    return on_step(stage.project(), 1, "lock", summary="A text that was typed")


def complete(stage: Stage) -> Post:
    return on_step(stage.project(locked=3), 4, "lock")


def relock(stage: Stage) -> Post:
    """A step that a restart invalidated."""
    owned = stage.project(locked=4)
    version = str(owned.owner.version(owned.revision))
    owned.owner.post(f"{owned.step(1)}/restart", {"version": version})
    owned.owner.lock(owned.revision, 1)
    return on_step(owned, 2, "lock")


def restart(stage: Stage) -> Post:
    return on_step(stage.project(locked=4), 2, "restart")


def restart_a_draft(stage: Stage) -> Post:
    return on_step(stage.project(locked=2), 1, "restart")


def export(stage: Stage) -> Post:
    owned = stage.project(locked=4)
    return keyed(owned.owner, f"{owned.revision}/exports")


def check_out(stage: Stage) -> Post:
    return keyed(stage.make_person(), "/billing/checkout", interval="yearly")


def manage(stage: Stage) -> Post:
    return Post(stage.make_person("paying"), "/billing/portal", {})


def pay(stage: Stage) -> Post:
    return keyed(stage.make_person(), "/billing/sandbox", event="paid")


def billed(event: str) -> Callable[[Stage], Post]:
    """What the provider says of somebody who pays."""
    return lambda stage: keyed(stage.make_person("paying"), "/billing/sandbox", event=event)


def ask(stage: Stage) -> Post:
    owned = stage.project(example="")
    _agreed(owned)
    return keyed(owned.owner, f"{owned.step(1)}/suggestions", instruction=TEXT)


def ask_again(stage: Stage) -> Post:
    form = ask(stage)
    assert replace(form, fields={}).send().status_code == 303
    return form


def agree(stage: Stage) -> Post:
    owned = stage.project(example="")
    return Post(owned.owner, f"{owned.step(1)}/suggestions/agreement", {})


def cancel(stage: Stage) -> Post:
    owned = stage.project(example="")
    return Post(owned.owner, f"{owned.step(1)}/suggestions/cancel", {})


def use(stage: Stage) -> Post:
    """A text and a row, beside a text that was typed."""
    owned, suggestion = _suggested(stage)
    version = str(owned.owner.version(owned.revision))
    fields = {"version": version, "field": "goals-0", "problem": TEXT}
    return keyed(owned.owner, f"{suggestion}/apply", **fields)


def undo(stage: Stage) -> Post:
    owned, suggestion = _suggested(stage)
    fields = {"version": str(owned.owner.version(owned.revision))}
    assert owned.owner.post(f"{suggestion}/apply", fields).status_code == 303
    version = str(owned.owner.version(owned.revision))
    return keyed(owned.owner, f"{suggestion}/undo", version=version)


def dismiss(stage: Stage) -> Post:
    owned, suggestion = _suggested(stage)
    return keyed(owned.owner, f"{suggestion}/dismiss")


def _suggested(stage: Stage) -> tuple[Owned, str]:
    owned = stage.project(example="")
    _agreed(owned)
    step = owned.step(1)
    assert owned.owner.post(f"{step}/suggestions").status_code == 303
    return owned, suggestion_of(owned.owner, step)


def _agreed(owned: Owned) -> None:
    path = f"{owned.step(1)}/suggestions/agreement"
    assert owned.owner.post(path).status_code == 303


TEXT = "A text that was typed"
NAME = "A name that was typed"
OPERATIONS = (
    Operation("register", "identity.create_account", register, once=False),
    Operation("sign in", "identity.sign_in", sign_in, once=False),
    Operation("sign out", "identity.logout", sign_out, once=False),
    Operation("create", "projects.create", create, NAME),
    Operation("create in full", "projects.create", create_in_full, NAME),
    Operation("rename", "projects.rename", rename, NAME),
    Operation("rename after a while", "projects.rename", rename_after_a_while, NAME),
    Operation("delete", "projects.delete", delete),
    Operation("restore", "projects.restore", restore),
    Operation("open a revision", "revisions.create", open_revision),
    Operation("open a wider revision", "revisions.create", open_a_wider_revision),
    Operation("activate", "revisions.activate", activate),
    Operation("save", "steps.save", save, TEXT),
    Operation("save with script", "steps.save", save_with_script, TEXT),
    Operation("lock", "steps.lock", lock),
    Operation("lock with text", "steps.lock", lock_with_text, TEXT),
    Operation("complete", "steps.lock", complete),
    Operation("relock", "steps.lock", relock),
    Operation("restart", "steps.restart", restart),
    Operation("restart a draft", "steps.restart", restart_a_draft),
    Operation("export", "exports.create", export),
    Operation("agree to ask", "ai.agree", agree),
    Operation("ask", "ai.ask", ask, TEXT, lapses=True),
    Operation("ask again", "ai.ask", ask_again, TEXT, lapses=True),
    Operation("cancel asking", "ai.cancel", cancel),
    Operation("use", "ai.apply", use, TEXT),
    Operation("undo", "ai.undo", undo),
    Operation("dismiss", "ai.dismiss", dismiss),
    Operation("check out", "billing.checkout", check_out),
    Operation("manage", "billing.portal", manage),
    Operation("pay", "billing.sandbox_event", pay),
    Operation("fail to pay", "billing.sandbox_event", billed("payment_failed")),
    Operation("cancel", "billing.sandbox_event", billed("cancelled")),
    Operation("end", "billing.sandbox_event", billed("period_ended")),
)
