"""Every page of the story by name, and how to come to it.

Owns the list that the tests of accessibility, weight and width go through. A newcomer's
likely mistake: adding a page to one of those tests alone; add it here. Pages that need a
provider behind the product are in `pages_of_ai.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from playwright.sync_api import Page

from e2e import doings
from e2e.people import Author, People
from e2e.visitor import Visitor

Who: TypeAlias = Callable[[People], Visitor | Author]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the product: whose it is, its path, and what to do there first."""

    who: Who
    path: str
    then: Callable[[Page], None] | None = None
    is_long: bool = False
    """Hundreds of rows or a whole document: it may weigh more than other pages."""
    code: str = ""
    """The published error that the page tells of."""

    def visitor(self, people: People) -> Visitor:
        found = self.who(people)
        return found.visitor if isinstance(found, Author) else found

    def address(self, people: People) -> str:
        """The path, with the project's, the revision's or the export's own put in."""
        found = self.who(people)
        if isinstance(found, Visitor):
            return self.path
        return self.path.format(project=found.project, revision=found.revision, export=found.export)

    def open(self, page: Page, people: People) -> None:
        page.goto(self.address(people))
        if self.then is not None:
            self.then(page)


PAGES = {
    "landing": Shown(lambda p: p.stranger, "/"),
    "pricing": Shown(lambda p: p.stranger, "/pricing"),
    "methodology": Shown(lambda p: p.stranger, "/methodology"),
    "accessibility": Shown(lambda p: p.stranger, "/accessibility"),
    "privacy": Shown(lambda p: p.stranger, "/privacy"),
    "error codes": Shown(lambda p: p.stranger, "/errors"),
    "components": Shown(lambda p: p.stranger, "/_components", is_long=True),
    "register": Shown(lambda p: p.stranger, "/register"),
    "register refused": Shown(lambda p: p.stranger, "/register", doings.refused_sign_up),
    "login": Shown(lambda p: p.stranger, "/login"),
    "login refused": Shown(
        lambda p: p.stranger, "/login", doings.refused_sign_in, code="invalid_credentials"
    ),
    "login paused": Shown(
        lambda p: p.stranger, "/login", doings.too_many_tries, code="rate_limited"
    ),
    "sign-in on the way": Shown(
        lambda p: p.stranger, "/pricing", doings.ask_for_projects, code="authentication_required"
    ),
    "not found": Shown(lambda p: p.newcomer, "/projects/nothing", code="not_found"),
    "form's own address": Shown(lambda p: p.newcomer, "/logout", code="method_not_allowed"),
    "no projects": Shown(lambda p: p.newcomer, "/projects"),
    "new project": Shown(lambda p: p.newcomer, "/projects/new"),
    "new project refused": Shown(
        lambda p: p.newcomer, "/projects/new", doings.refused_name, code="invalid_input"
    ),
    "new project with a wrong token": Shown(
        lambda p: p.newcomer, "/projects/new", doings.forged, code="csrf_failed"
    ),
    "new project above the limit": Shown(lambda p: p.writer, "/projects/new"),
    "new project refused above the limit": Shown(
        lambda p: p.beginner,
        "/projects",
        doings.send(name="Clinic", mode="lean"),
        code="quota_exceeded",
    ),
    "projects": Shown(lambda p: p.writer, "/projects"),
    "deleted projects": Shown(lambda p: p.leaver, "/projects?status=deleted"),
    "deleted project": Shown(lambda p: p.leaver, "{project}"),
    "step of a deleted project": Shown(lambda p: p.leaver, "{revision}/steps/1"),
    "save in a deleted project": Shown(
        lambda p: p.leaver,
        "{revision}/steps/1",
        doings.send("/draft", version="1", summary="Kept"),
        code="project_deleted",
    ),
    "project": Shown(lambda p: p.writer, "{project}"),
    "project with a refused name": Shown(lambda p: p.writer, "{project}", doings.send("/rename")),
    "delete project": Shown(lambda p: p.writer, "{project}/delete"),
    "empty step": Shown(lambda p: p.beginner, "{revision}/steps/1"),
    "blank row": Shown(lambda p: p.writer, "{revision}/steps/1?blank=goals"),
    "step 1": Shown(lambda p: p.writer, "{revision}/steps/1"),
    "step 2": Shown(lambda p: p.second, "{revision}/steps/2"),
    "step 3": Shown(lambda p: p.third, "{revision}/steps/3"),
    "refused save": Shown(lambda p: p.writer, "{revision}/steps/1", doings.refused_save),
    "signed out while writing": Shown(lambda p: p.writer, "{revision}/steps/1", doings.signed_out),
    "sign-in that carries a text": Shown(
        lambda p: p.writer, "{revision}/steps/1", doings.sign_in_on_the_way
    ),
    "text carried through a sign-in": Shown(
        lambda p: p.writer, "{revision}/steps/1", doings.signed_in_again
    ),
    "conflict": Shown(
        lambda p: p.writer, "{revision}/steps/1", doings.conflict, code="stale_version"
    ),
    "refused lock": Shown(
        lambda p: p.beginner,
        "{revision}/steps/1",
        doings.refused_lock,
        code="step_validation_failed",
    ),
    "out of sequence": Shown(lambda p: p.beginner, "{revision}/steps/3"),
    "save out of sequence": Shown(
        lambda p: p.beginner,
        "{revision}/steps/3",
        doings.send("/draft", version="1"),
        code="step_out_of_sequence",
    ),
    "suggestions not set up": Shown(
        lambda p: p.beginner,
        "{revision}/steps/1/suggestions",
        doings.send(ask="draft"),
        code="ai_unavailable",
    ),
    "locked step": Shown(lambda p: p.free, "{revision}/steps/2"),
    "save of a locked step": Shown(
        lambda p: p.free,
        "{revision}/steps/2",
        doings.send("/draft", version="1", value="Kept"),
        code="step_locked",
    ),
    "step above the plan": Shown(lambda p: p.free, "{revision}/steps/4"),
    "export above the plan": Shown(
        lambda p: p.free, "{revision}", doings.send("/exports"), code="subscription_required"
    ),
    "export of a draft": Shown(
        lambda p: p.paying, "{revision}", doings.send("/exports"), code="export_ineligible"
    ),
    "step 4": Shown(lambda p: p.paying, "{revision}/steps/4"),
    "restart": Shown(lambda p: p.finished, "{revision}/steps/1/restart"),
    "restart not in the plan": Shown(lambda p: p.free, "{revision}/steps/1/restart"),
    "restart refused": Shown(
        lambda p: p.finished, "{revision}/steps/2/restart", doings.stale_restart
    ),
    "restart of an open step": Shown(
        lambda p: p.paying,
        "{revision}/steps/4/restart",
        doings.send(version="4"),
        code="step_not_locked",
    ),
    "restarted project": Shown(lambda p: p.restarted, "{project}"),
    "step to lock again": Shown(lambda p: p.restarted, "{revision}/steps/2"),
    "invalidated step out of sequence": Shown(lambda p: p.restarted, "{revision}/steps/4"),
    "new revision": Shown(lambda p: p.finished, "{project}/revisions/new"),
    "new revision not now": Shown(lambda p: p.copied, "{project}/revisions/new"),
    "new revision refused": Shown(
        lambda p: p.copied, "{project}", doings.send("/revisions"), code="revision_invalid_state"
    ),
    "project with a copy": Shown(lambda p: p.copied, "{project}"),
    "step of a copy": Shown(lambda p: p.copied, "{revision}/steps/2"),
    **{
        f"step {order}": Shown(
            lambda p, order=order: p.full(order),
            f"{{revision}}/steps/{order}",
            is_long=order in {6, 7, 10},
        )
        for order in range(5, 11)
    },
    "empty step of full mode": Shown(lambda p: p.full(5), "{revision}/steps/6"),
    "full project": Shown(lambda p: p.full(11), "{project}"),
    "full document": Shown(lambda p: p.full(11), "{revision}", is_long=True),
    "list as a table": Shown(lambda p: p.writer, "{revision}/steps/1/table?list=features"),
    "refused table": Shown(lambda p: p.beginner, "{revision}/steps/1", doings.refused_table),
    "example": Shown(lambda p: p.stranger, "/examples/wellbrook"),
    "full example": Shown(lambda p: p.newcomer, "/examples/doorstep", is_long=True),
    "document": Shown(lambda p: p.paying, "{revision}"),
    "usage": Shown(lambda p: p.free, "/usage"),
    "billing": Shown(lambda p: p.free, "/billing"),
    "sandbox": Shown(lambda p: p.free, "/billing/sandbox"),
    "sandbox refused": Shown(lambda p: p.free, "/billing/sandbox", doings.send(event="x")),
    "billing of Pro": Shown(lambda p: p.paying, "/billing"),
    "sandbox of Pro": Shown(lambda p: p.paying, "/billing/sandbox"),
    "usage of Pro": Shown(lambda p: p.paying, "/usage"),
    "billing with a failed payment": Shown(lambda p: p.owing, "/billing"),
    "billing after Pro": Shown(lambda p: p.lapsed, "/billing"),
    "project after Pro": Shown(lambda p: p.lapsed, "{project}"),
    "locked step after Pro": Shown(lambda p: p.lapsed, "{revision}/steps/4"),
    "back from payment": Shown(lambda p: p.free, "/billing/return"),
    "back from payment on Pro": Shown(lambda p: p.paying, "/billing/return"),
    "finished project": Shown(lambda p: p.finished, "{project}"),
    "export": Shown(lambda p: p.finished, "{export}"),
}
