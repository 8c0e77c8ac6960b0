"""The rules of what people look at: pages say what the model says, and change nothing.

What a page offers is asked of the model by a form that it would refuse for its fields alone:
when nothing before that says no, the page has the form. A newcomer's likely mistake: comparing
sentences here; they are for the tests of each page.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.browser import Page
from tests.model.content import parsed
from tests.model.counting import used
from tests.model.driver import BROWSER, SCRIPTS
from tests.model.picking import ACTIONS, Picking
from tests.model.playing import name_of
from tests.model.reference import COMPLETED, LOCKED, Project, Request, Revision, Step, User

numbers, orders, flags = st.integers(0, 11), st.integers(0, 9), st.booleans()
clients = st.sampled_from([BROWSER, SCRIPTS])
STORY = {"completed": "Completed: every step locked", "restarted": "Restarted from step"}


class Pages(Picking):
    """What a GET answers."""

    def look(self, user: User, path: str, *, client: str = BROWSER) -> str:
        """The page, for whoever is signed in; others are led to sign in, and get no text."""
        response = self.driver.get(user, path, client=client)
        if user.number in self.signed_out:
            self.expect(response, 303 if client == BROWSER else 401, "authentication_required")
            return ""
        self.expect(response, 200)
        self.compare_rows()
        return str(response.text)

    def path(self, thing: Project | Revision | Step) -> str:
        return self.driver.address(name_of(thing))

    def offered(self, action: str, target: Any) -> bool:
        """Whether the owner's form would be refused for its fields alone."""
        request = Request(action, target=name_of(target), mode="none")
        answer = ACTIONS[action](self.world, target.owner, target, request, self.now)
        return answer.code == "invalid_input"

    @rule(where=numbers, client=clients)
    @used
    def look_at_a_project(self, where: int, *, client: str) -> None:
        project = self.project(where)
        text = self.look(project.owner, self.path(project), client=client)
        if not text:
            return
        page = Page(text)
        assert page.headings == [project.name]
        for kind, words in STORY.items():
            told = sum(revision.story.count(kind) for revision in project.revisions)
            assert page.text.count(words) == told, (kind, page.text)
        actions = {form.action for form in page.forms}
        assert (f"{self.path(project)}/rename" in actions) == (not project.deleted)
        for revision in project.revisions:
            fit = revision.active and revision.status == COMPLETED and not project.deleted
            fit = fit and project.owner.subscription.pays(self.now)
            assert (f"{self.path(revision)}/exports" in actions) == fit
            other = not revision.active and not project.deleted
            assert (f"{self.path(revision)}/activate" in actions) == other

    @rule(where=numbers, order=orders, client=clients)
    @used
    def look_at_a_step(self, where: int, order: int, *, client: str) -> None:
        step = self.step(where, order)
        text = self.look(step.owner, self.path(step), client=client)
        if not text:
            return
        page = Page(text)
        forms = [form for form in page.forms if form.action == f"{self.path(step)}/draft"]
        assert bool(forms) == self.offered("save", step)
        for form in forms:
            fields = dict(form.fields)
            assert fields["version"] == str(step.revision.version)
            assert any(b.get("formaction") == f"{self.path(step)}/lock" for b in form.buttons)
            assert fields.get("summary", "") == parsed(step.text).get("summary", "")

    @rule(where=numbers, order=orders)
    @used
    def look_at_a_restart(self, where: int, order: int) -> None:
        step = self.locked_step(where, order)
        text = self.look(step.owner, f"{self.path(step)}/restart")
        if not text:
            return
        page = Page(text)
        forms = [form for form in page.forms if form.action == f"{self.path(step)}/restart"]
        assert bool(forms) == self.offered("restart", step)
        for form in forms:
            assert dict(form.fields)["version"] == str(step.revision.version)
            later = [one for one in step.revision.steps[step.order :] if one.status == LOCKED]
            assert page.text.count("is invalidated: it keeps its text") == len(later)

    @rule(where=numbers)
    @used
    def look_at_opening_a_revision(self, where: int) -> None:
        project = self.project(where)
        text = self.look(project.owner, f"{self.path(project)}/revisions/new")
        if text:
            page = Page(text)
            offered = any(f.action == f"{self.path(project)}/revisions" for f in page.forms)
            assert offered == self.offered("open", project)

    @rule(where=numbers)
    @used
    def read_a_revision(self, where: int) -> None:
        revision = self.revision(where)
        self.look(revision.owner, self.path(revision))

    @rule(who=numbers, deleted=flags)
    @used
    def look_at_the_list(self, who: int, *, deleted: bool) -> None:
        user = self.user(who)
        text = self.look(user, "/projects?status=deleted" if deleted else "/projects")
        if text:
            page = Page(text)
            links = [link for link in page.links if link in self.driver.addresses.values()]
            wanted = [self.path(p) for p in user.projects if p.deleted == deleted]
            assert sorted(link for link in links if link.startswith("/projects/")) == sorted(wanted)

    @rule(who=numbers)
    @used
    def look_at_the_usage(self, who: int) -> None:
        user = self.user(who)
        text = self.look(user, "/usage")
        if text:
            page = Page(text)
            plan = self.world.plan(user, self.now)
            assert f"{user.storage:,} {plan.storage:,} bytes" in page.text
            used = user.subscription.restarts_of(self.now)
            if plan.restarts:
                word = "restart" if plan.restarts == 1 else "restarts"
                assert f"{used} of {plan.restarts} {word}" in page.text
            else:
                assert "Restarts None on" in page.text or "Restarts this month None on" in page.text

    @precondition(lambda self: self.exports())
    @rule(which=numbers)
    @used
    def download_an_export(self, which: int) -> None:
        """Whatever happened since, the bytes are those of the first time."""
        found = self.exports()
        name, revision = found[which % len(found)]
        path = f"{self.driver.addresses[name]}/download"
        response = self.driver.get(revision.owner, path)
        if revision.owner.number in self.signed_out:
            self.expect(response, 303, "authentication_required")
            return
        self.expect(response, 200)
        assert self.bytes.setdefault(name, response.data) == response.data

    def exports(self) -> list[tuple[tuple[Any, ...], Revision]]:
        revisions = [revision for project in self.projects() for revision in project.revisions]
        return [
            (("export", *name_of(revision), index), revision)
            for revision in revisions
            for index in range(len(revision.exports))
        ]

    @rule(who=numbers, where=numbers, order=orders, what=st.integers(0, 5), client=clients)
    @used
    def look_at_what_is_not_ones_own(
        self, who: int, where: int, order: int, what: int, *, client: str
    ) -> None:
        step = self.step(where, order)
        project = self.path(step.revision.project)
        paths = [
            project, f"{project}/delete", f"{project}/revisions/new", self.path(step.revision),
            self.path(step), f"{self.path(step)}/restart",
        ]  # fmt: skip
        others = [user for user in self.world.users if user is not step.owner]
        user = others[who % len(others)]
        response = self.driver.get(user, paths[what], client=client)
        if user.number in self.signed_out:
            self.expect(response, 303 if client == BROWSER else 401, "authentication_required")
        else:
            self.expect(response, 404, "not_found")
