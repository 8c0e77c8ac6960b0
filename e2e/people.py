"""People at every point of the story, made when a test first asks for them.

A newcomer's likely mistake: changing anything as one of them. They are shared by all tests
of a worker, which only look.
"""

from dataclasses import dataclass
from functools import cached_property

from e2e.forms import pairs_with_keys
from e2e.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Author:
    """Someone with one project, and where it is found."""

    visitor: Visitor
    revision: str
    project: str
    export: str = ""

    def step(self, order: int) -> str:
        return f"{self.revision}/steps/{order}"


class People:
    def __init__(self, url: str) -> None:
        self.url = url
        self._full: dict[int, Author] = {}

    @cached_property
    def stranger(self) -> Visitor:
        """Not signed in."""
        return Visitor(self.url)

    @cached_property
    def newcomer(self) -> Visitor:
        """Signed up, and nothing more."""
        return self._somebody()

    @cached_property
    def beginner(self) -> Author:
        """An empty project."""
        return self._author(example="")

    @cached_property
    def writer(self) -> Author:
        """The example, with nothing locked."""
        return self._author()

    @cached_property
    def leaver(self) -> Author:
        """The example, in a project that is deleted."""
        author = self._author()
        assert author.visitor.post(f"{author.project}/delete").status == 303
        return author

    @cached_property
    def second(self) -> Author:
        """The example, with step 2 open."""
        return self._author(locked=1)

    @cached_property
    def third(self) -> Author:
        """The example, with step 3 open."""
        return self._author(locked=2)

    @cached_property
    def free(self) -> Author:
        """The example, locked as far as Free goes."""
        return self._author(locked=3)

    @cached_property
    def paying(self) -> Author:
        """The example under Pro, with the last step open."""
        return self._author(locked=3, pays=True)

    @cached_property
    def finished(self) -> Author:
        """The example, completed and exported."""
        author = self._author(locked=4, pays=True)
        export = author.visitor.export(author.revision)
        return Author(author.visitor, author.revision, author.project, export)

    @cached_property
    def restarted(self) -> Author:
        """Completed, exported, restarted from step 1; a feature has another name since."""
        author = self._author(locked=4, pays=True)
        export = author.visitor.export(author.revision)
        author.visitor.restart(author.revision, 1)
        pairs = [
            (name, "Find a slot" if name == "features-0-name" else value)
            for name, value in pairs_with_keys(1)
        ]
        assert author.visitor.lock(author.revision, 1, pairs).status == 303
        return Author(author.visitor, author.revision, author.project, export)

    @cached_property
    def copied(self) -> Author:
        """A completed revision and its copy, which is the active one; step 1 is locked again."""
        author = self._author(locked=4, pays=True)
        copy = author.visitor.open_revision(author.project)
        author.visitor.lock_up_to(copy, 1)
        return Author(author.visitor, copy, author.project)

    @cached_property
    def owing(self) -> Author:
        """On Pro, with a payment that failed, and cancelled for the period's end."""
        author = self._author(locked=1, pays=True)
        for event in ("cancelled", "payment_failed"):
            author.visitor.tell_sandbox(event)
        return author

    @cached_property
    def lapsed(self) -> Author:
        """Whose Pro has ended, with an export that stays."""
        author = self._author(locked=4, pays=True)
        export = author.visitor.export(author.revision)
        author.visitor.tell_sandbox("period_ended")
        return Author(author.visitor, author.revision, author.project, export)

    def full(self, order: int) -> Author:
        """The example of ten steps under Pro, open at this step; after the last, completed."""
        if order not in self._full:
            self._full[order] = self._author(example="doorstep", locked=order - 1, pays=True)
        return self._full[order]

    def _somebody(self) -> Visitor:
        return Visitor(self.url).sign_up()

    def _author(self, *, example: str = "wellbrook", locked: int = 0, pays: bool = False) -> Author:
        visitor = self._somebody()
        if pays:
            visitor.pay()
        revision = visitor.create_project("Wellbrook Appointments", example)
        visitor.lock_up_to(revision, locked)
        return Author(visitor, revision, visitor.project_of(revision))
