"""Bugs in who may, who pays and how much is left: the stages of the pipeline."""

from contextlib import suppress
from typing import Any

from flask import request

from devpilot import act, enforce, finders, remembered
from devpilot.act import Act
from devpilot.db import session, transaction
from devpilot.errors import NothingToDo
from devpilot.models import Project
from devpilot.policy import Policy
from devpilot.routes.steps import RESTARTS
from devpilot.services import (
    billing,
    metering,
    quota,
    subscriptions,
)
from devpilot.services.metering import Period
from devpilot.states import SubscriptionState
from tests.model.garden import Garden


def usage_before_success(garden: Garden) -> None:
    """A restart is counted although a later stage refuses it."""
    refused = enforce._refused

    def counted(tried: Act, refusal: Any) -> Any:
        if request.endpoint == "steps.restart" and tried.stage == "state invariants":
            with transaction():
                tried.enter(hold=True)
                RESTARTS.count(tried.signed_in, tried.standing, None)
        return refused(tried, refusal)

    garden.replace(enforce, "_refused", counted)


def usage_never_counted(garden: Garden) -> None:
    garden.replace(metering, "count_one", lambda _user_id, _allowance: None)


def ownership_forgotten_on_one_route(garden: Garden) -> None:
    find = finders.FINDERS[Project]

    def anyones(user_id: Any, args: Any, *, hold: bool) -> Any:
        if request.endpoint == "projects.rename":
            return session().get(Project, args["project_id"])
        return find(user_id, args, hold=hold)

    garden.patch.setitem(finders.FINDERS, Project, anyones)  # type: ignore[arg-type]


def subscription_forgotten_on_one_route(garden: Garden) -> None:
    garden.amend("revisions.create", subscription=None)


def expiry_waits_for_the_provider(garden: Garden) -> None:
    """A lapsed subscription stays Pro until somebody writes it down."""

    def as_written(state: SubscriptionState, *_end_at_and_whose: object) -> SubscriptionState:
        return state

    garden.replace(billing, "resolved_state", as_written)


def limit_off_by_one(garden: Garden) -> None:
    ensure = quota.ensure_room_for_project

    def one_more(user_id: Any, plan: Any) -> None:
        counted = quota.count_projects(user_id)
        if counted.active != plan.max_active_projects:
            ensure(user_id, plan)

    garden.replace(quota, "ensure_room_for_project", one_more)


def calendar_months(garden: Garden) -> None:
    """Months of use begin on the first, and not with the billing period."""
    month_of = metering.month_of

    def of_the_calendar(_billed: Any, at: Any) -> Period:
        first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return month_of(Period(first, None), at)

    garden.replace(metering, "month_of", of_the_calendar)


def another_period_counts_anew(garden: Garden) -> None:
    """Each period of Pro that begins closes the month before it, though Pro never ended."""
    garden.replace(subscriptions, "_goes_on", lambda *_what: False)


def storage_counts_no_shrinking(garden: Garden) -> None:
    count = quota.count_storage
    garden.replace(
        quota, "count_storage", lambda user, plan, delta: count(user, plan, max(delta, 0))
    )


def key_acts_again(garden: Garden) -> None:
    garden.replace(remembered, "answer", lambda _user, *, keyed: None)  # noqa: ARG005


def key_takes_other_fields(garden: Garden) -> None:
    garden.replace(remembered, "_fingerprint", lambda: request.path)


def state_before_quota(garden: Garden) -> None:
    """Stage 5 is judged before stage 4."""
    judge = act.judge

    def turned(policy: Policy, tried: Act, resource: Any, form: Any, **more: Any) -> None:
        if policy.subscription is not None:
            policy.subscription(tried.standing, resource)
        with suppress(NothingToDo):
            for guard in policy.invariants:
                guard(resource, form)
        judge(policy, tried, resource, form, **more)

    garden.replace(act, "judge", turned)
