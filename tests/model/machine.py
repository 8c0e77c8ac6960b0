"""The machine: several users do legal and illegal things, in any order, for as long as it is let.

Each rule is one thing that a person does, named for it. What it needs is picked by numbers from
what the model holds, so that a story reads as a list of names and numbers. A newcomer's likely
mistake: a precondition that leaves out illegal moves; most moves here are there to be refused.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.model.accounts import Accounts, clients, flags, numbers, orders
from tests.model.counting import used
from tests.model.driver import BROWSER
from tests.model.pages import Pages
from tests.model.picking import numbered
from tests.model.reference import LOCKED
from tests.model.setting import MODE_OF, SMALL, TEXTS
from tests.model.typing_in import SOUND, TYPINGS

seldom = st.sampled_from([False] * 9 + [True])
versions = st.sampled_from(["now"] * 6 + ["old", "old", "later", "none"])
typings = st.lists(st.sampled_from(sorted(TYPINGS)), max_size=2, unique=True)
sound = st.lists(st.sampled_from(SOUND), max_size=1)
names = st.sampled_from(["Clinic", "Wärd — 7", "x" * 120, "x" * 121, "", " "])
examples_of_all = st.sampled_from([SMALL] * 2 + sorted(TEXTS))
examples = st.sampled_from([SMALL] * 2 + sorted(TEXTS) + [""])
modes = st.sampled_from(["lean"] * 6 + ["full", "none"])


class Machine(Accounts, Pages):
    """What users do to their blueprints; the two above have the account and what they look at."""

    @initialize(
        paying=st.lists(st.sampled_from([True, True, False]), min_size=3, max_size=3),
        done=st.integers(0, 2),
        example=examples_of_all,
    )
    def begin(self, paying: list[bool], done: int, example: str) -> None:
        """Each user has an example's project; one, if it pays, completes and exports it."""
        for user, pays in zip(self.world.users, paying, strict=True):
            if pays:
                self.pay(user, "paid", "monthly")
            name = example if pays else SMALL
            self.create(user, "Clinic", MODE_OF[name], example=name)
        first = self.world.users[done].projects[0].revisions[0]
        for step in first.steps:
            self.do("lock", step, version=first.version)
        self.do("export", first)

    @rule(who=numbers, name=names, example=examples, keyed=flags, mode=modes)
    @used
    def create_project(self, who: int, name: str, mode: str, *, example: str, keyed: bool) -> None:
        # An example brings its own mode; what another mode beside it means is not said.
        mode = MODE_OF.get(example, mode)
        self.create(self.user(who), name, mode, example=example, key=self.key(keyed=keyed))

    @rule(where=numbers, name=names, keyed=flags, bogus=seldom, client=clients)
    @used
    def rename(self, where: int, name: str, *, keyed: bool, **more: Any) -> None:
        self.do("rename", self.project(where), name=name, key=self.key(keyed=keyed), **more)

    @rule(where=numbers, keyed=flags, bogus=seldom, client=clients)
    @used
    def delete(self, where: int, *, keyed: bool, **more: Any) -> None:
        self.do("delete", self.project(where), key=self.key(keyed=keyed), **more)

    @rule(where=numbers, keyed=flags, bogus=seldom, client=clients)
    @used
    def restore(self, where: int, *, keyed: bool, **more: Any) -> None:
        deleted = [project for project in self.projects() if project.deleted]
        project = deleted[where % len(deleted)] if deleted else self.project(where)
        self.do("restore", project, key=self.key(keyed=keyed), **more)

    @rule(
        where=numbers, order=orders, typed=typings, version=versions, bogus=seldom, client=clients
    )
    @used
    def save_anywhere(
        self, where: int, order: int, typed: list[str], version: str, **more: Any
    ) -> None:
        self.on_step("save", self.step(where, order), version, typed, **more)

    @rule(where=numbers, typed=typings, version=versions, client=clients)
    @used
    def save_the_open_step(
        self, where: int, typed: list[str], version: str, *, client: str
    ) -> None:
        self.on_step("save", self.open_step(where), version, typed, client=client)

    @rule(where=numbers, client=clients)
    @used
    def save_without_hearing_the_answer(self, where: int, *, client: str) -> None:
        """The page still has the row's token and not its key: the row must not come twice."""
        step = self.open_step(where)
        self.on_step("save", step, "now", ["a row with a token"], client=client)
        self.on_step("save", step, "now", ["the same token"], client=client)

    @rule(where=numbers, name=st.sampled_from(SOUND), client=clients)
    @used
    def write_on(self, where: int, name: str, *, client: str) -> None:
        self.on_step("save", self.open_step(where), "now", [name], client=client)

    @rule(
        where=numbers, order=orders, typed=typings, version=versions, bogus=seldom, client=clients,
        keyed=flags,
    )  # fmt: skip
    @used
    def lock_anywhere(
        self, where: int, order: int, typed: list[str], version: str, *, keyed: bool, **more: Any
    ) -> None:
        step, key = self.step(where, order), self.key(keyed=keyed)
        self.on_step("lock", step, version, typed, key=key, **more)

    @rule(where=numbers, typed=sound, version=versions, client=clients, keyed=flags)
    @used
    def lock_the_open_step(
        self, where: int, typed: list[str], version: str, *, keyed: bool, client: str
    ) -> None:
        step, key = self.open_step(where), self.key(keyed=keyed)
        self.on_step("lock", step, version, typed, key=key, client=client)

    @rule(where=numbers, most=st.integers(1, 4))
    @used
    def lock_the_next_ones(self, where: int, most: int) -> None:
        steps = self.open_step(where).revision.steps
        for step in [step for step in steps if step.status != LOCKED][:most]:
            self.on_step("lock", step, "now", [], client=BROWSER)

    @rule(where=numbers, version=versions, keyed=flags, bogus=seldom, client=clients)
    @used
    def export(self, where: int, version: str, *, keyed: bool, **more: Any) -> None:
        revision, key = self.finished_revision(where), self.key(keyed=keyed)
        self.do("export", revision, version=numbered(version, revision), key=key, **more)

    @rule(where=numbers)
    @used
    def export_anywhere(self, where: int) -> None:
        self.do("export", self.revision(where))

    @rule(where=numbers, order=orders, version=versions, keyed=flags, bogus=seldom, client=clients)
    @used
    def restart(self, where: int, order: int, version: str, *, keyed: bool, **more: Any) -> None:
        step, key = self.locked_step(where, order), self.key(keyed=keyed)
        self.on_step("restart", step, version, [], key=key, **more)

    @rule(where=numbers, order=orders, version=versions)
    @used
    def restart_anywhere(self, where: int, order: int, version: str) -> None:
        self.on_step("restart", self.step(where, order), version, [], client=BROWSER)

    @rule(where=numbers, mode=modes, keyed=flags, bogus=seldom, client=clients)
    @used
    def open_a_revision(self, where: int, mode: str, *, keyed: bool, **more: Any) -> None:
        self.do("open", self.finished_project(where), mode=mode, key=self.key(keyed=keyed), **more)

    @rule(where=numbers, name=st.sampled_from(SOUND))
    @used
    def complete_another_revision(self, where: int, name: str) -> None:
        """A whole round, so that projects come to have several completed revisions."""
        project = self.finished_project(where, paid=True)
        if project.draft is None:
            self.do("open", project, mode=project.revisions[-1].mode)
        revision = project.revisions[-1]
        self.on_step("save", revision.steps[0], "now", [name], client=BROWSER)
        for step in revision.steps:
            if step.status != LOCKED:
                self.on_step("lock", step, "now", [], client=BROWSER)

    @rule(where=numbers, version=versions, keyed=flags, bogus=seldom, client=clients)
    @used
    def activate(self, where: int, version: str, *, keyed: bool, **more: Any) -> None:
        revision, key = self.revision(where), self.key(keyed=keyed)
        self.do("activate", revision, version=numbered(version, revision), key=key, **more)
