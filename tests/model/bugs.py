"""The bugs that are planted: each a mistake that somebody could make, in a few lines.

A newcomer's likely mistake: planting what a CHECK or an import contract would refuse anyway.
The best of these leave a database that looks whole.
"""

from collections.abc import Mapping
from typing import Any

from devpilot import clock, invariants
from devpilot.models import EventKind, Project, Revision
from devpilot.services import (
    projects,
    restart,
    revisions,
    row_keys,
    steps,
)
from tests.model import pipeline_bugs
from tests.model.garden import Bug, Garden


def cascade_misses_the_last_step(garden: Garden) -> None:
    cascade = restart.cascade
    garden.replace(restart, "cascade", lambda step: cascade(step)[:-1])
    garden.replace(invariants, "ensure_consistent", lambda _revision: None)


def lock_out_of_order(garden: Garden) -> None:
    garden.loosen("steps.lock", steps.ensure_in_sequence)


def lock_keeps_no_text(garden: Garden) -> None:
    """Nothing is left of what a step held when it was locked."""
    garden.replace(steps, "rows", lambda _statement, _values: None)


def stale_form_overwrites(garden: Garden) -> None:
    garden.loosen("steps.save", revisions.ensure_current_or_equal)


def stale_restart(garden: Garden) -> None:
    """A restart is done though the page showed another version's consequences."""
    garden.loosen("steps.restart", revisions.ensure_current)


def second_active_revision(garden: Garden) -> None:
    garden.replace(revisions, "_deactivate", lambda _project: None)


def no_active_revision(garden: Garden) -> None:
    garden.replace(revisions, "activate", lambda revision: revisions._deactivate(revision.project))


def completed_revision_restarts_beside_a_draft(garden: Garden) -> None:
    garden.replace(revisions, "_has_draft", lambda _project_id: False)


def deleted_project_changes(garden: Garden) -> None:
    garden.replace(projects, "ensure_active", lambda _project: None)


def token_makes_a_row_twice(garden: Garden) -> None:
    give_out = row_keys.give_out

    def without_tokens(project_id: Any, keys: Any) -> None:
        give_out(project_id, dict.fromkeys(keys))

    garden.replace(row_keys, "give_out", without_tokens)


def equal_save_raises_the_version(garden: Garden) -> None:
    save = steps.save

    def always(step: Any, form: Any) -> None:
        save(step, form)
        if form.changes_nothing:
            steps.touch(step.revision, clock.now())

    garden.replace(steps, "save", always)


def clone_of_the_first_revision(garden: Garden) -> None:
    """A new revision copies the oldest completed revision, and not the latest."""
    latest = revisions.latest_completed

    def oldest(project: Project) -> Revision | None:
        found = latest(project)
        first = min(project.revisions, key=lambda revision: revision.number)
        if found is None or not first.is_completed:
            return found
        steps.load_texts(first)
        return first

    garden.replace(revisions, "latest_completed", oldest)


def story_forgets_the_restart(garden: Garden) -> None:
    tell_story = Revision.tell

    def forgetful(self: Revision, kind: Any, at: Any, **more: Any) -> None:
        if kind is not EventKind.RESTARTED:
            tell_story(self, kind, at, **more)

    garden.replace(Revision, "tell", forgetful)


BUGS: Mapping[str, Bug] = {
    bug.__name__: bug
    for bug in (
        cascade_misses_the_last_step,
        pipeline_bugs.usage_before_success,
        pipeline_bugs.usage_never_counted,
        pipeline_bugs.ownership_forgotten_on_one_route,
        pipeline_bugs.subscription_forgotten_on_one_route,
        lock_out_of_order,
        lock_keeps_no_text,
        stale_form_overwrites,
        stale_restart,
        second_active_revision,
        no_active_revision,
        completed_revision_restarts_beside_a_draft,
        deleted_project_changes,
        pipeline_bugs.expiry_waits_for_the_provider,
        pipeline_bugs.limit_off_by_one,
        pipeline_bugs.calendar_months,
        pipeline_bugs.another_period_counts_anew,
        pipeline_bugs.storage_counts_no_shrinking,
        pipeline_bugs.key_acts_again,
        pipeline_bugs.key_takes_other_fields,
        token_makes_a_row_twice,
        equal_save_raises_the_version,
        clone_of_the_first_revision,
        story_forgets_the_restart,
        pipeline_bugs.state_before_quota,
    )
}
