"""The one pipeline: every endpoint but static files goes through `enforce()`.

    gate · 1 authenticate · 2 ownership · 3 subscription · 4 quota · 5 state invariants
    · 6 mutation · 7 persist · 8 usage counters

A policy is data beside its route; this module and `act` alone read it. Stages 1 to 8 of a
mutation are one transaction with one commit, so a failure anywhere leaves the database as
it was. A newcomer's likely mistake: checking a permission in a view or a template. Put a
guard into the policy, and let the template ask `refusal()`.
"""

import functools
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from devpilot import answers, gate, remembered
from devpilot.act import Act, judge
from devpilot.db import reading, session, transaction
from devpilot.errors import (
    DatabaseUnavailable,
    Outdated,
    Refusal,
)
from devpilot.finders import FINDERS
from devpilot.policy import Policy

log = structlog.get_logger("devpilot")


View = Callable[..., Any]
Endpoint = Callable[..., ResponseReturnValue]


def enforce(**declared: Any) -> Callable[[View], Endpoint]:  # noqa: ANN401  fields of Policy
    """Put the view behind the pipeline under this policy; see `Policy` for the fields."""
    policy = Policy(**declared)

    def decorate(view: View) -> Endpoint:
        @functools.wraps(view)
        def endpoint(**args: Any) -> ResponseReturnValue:  # noqa: ANN401  the URL's values
            act = g.act = Act(policy, args)
            try:
                if policy.signed is None:
                    gate.ensure_admitted(policy.rates)
                else:
                    gate.ensure_fits()
                answer = _run(act, view)
            except Refusal as refusal:
                return _refused(act, refusal)
            gate.note_use(act.user)
            return answer

        endpoint.policy = policy  # type: ignore[attr-defined]  # read back by policy_of
        return endpoint

    return decorate


def _run(act: Act, view: View) -> ResponseReturnValue:
    with suppress(Outdated):
        return _tried(act, view)
    try:
        return _tried(act, view)
    except Outdated:
        raise DatabaseUnavailable("This is being changed by someone else all the time.") from None


def _tried(act: Act, view: View) -> ResponseReturnValue:
    """The stages once; what was reserved for them does not outlive their failure."""
    try:
        return _staged(act, view)
    except BaseException:
        act.release()
        raise


def _staged(act: Act, view: View) -> ResponseReturnValue:
    """The stages once, with what is called outside a transaction before the last of them."""
    outside = _prepared(act)
    if isinstance(outside, Response):
        return outside
    result = (outside(),) if outside is not None else ()
    if request.method in {"GET", "HEAD"}:
        with reading():
            act.enter(hold=False)
            act.judge()
            return answers.finished(_called(act, view, *result))
    with transaction():
        act.enter(hold=True)
        answer = remembered.answer(act.user, keyed=act.policy.keyed)
        if answer is None:
            answer = _mutated(act, view, *result)
    log.info("done", endpoint=request.endpoint, user=str(act.user_id))
    return answers.finished(answer)


def _mutated(act: Act, view: View, *result: Any) -> Any:  # noqa: ANN401  the view's answer
    """Stages 3 to 8, within the transaction that the caller commits."""
    act.read()
    act.judge()
    answer = _called(act, view, *result)
    session().flush()
    act.count()
    remembered.remember(act.user, answer, keyed=act.policy.keyed)
    return answer


def _prepared(act: Act) -> Callable[[], Any] | Response | None:
    """Stages 1 to 5 before an outside call, in a transaction that ends before the call.

    It writes where a use is reserved, and cannot otherwise.
    """
    if act.policy.prepares is None:
        return None
    reserves = act.policy.reserves is not None
    with transaction() if reserves else reading():
        act.enter(hold=reserves)
        replay = remembered.answer(act.user, keyed=act.policy.keyed)
        if replay is not None:
            return replay
        if request.method == "POST":
            act.read()
        act.judge()
        outside = act.policy.prepares(act.resource, act.form)
        act.reserve()
        return outside


def _called(act: Act, view: View, *results: Any) -> Any:  # noqa: ANN401  whatever the view answers
    given = [act.form] if act.policy.reads is not None else []
    first = [act.resource] if act.resource is not None and not act.policy.public else []
    return view(*first, *given, *results)


def _refused(act: Act, refusal: Refusal) -> ResponseReturnValue:
    """Log the refusal and answer it, with the form and what was typed where there is one."""
    log.info(
        "refused",
        endpoint=request.endpoint,
        stage=act.stage,
        code=refusal.code,
        user=str(act.user_id),
    )
    if act.policy.again is not None and not answers.wants_json():
        try:
            with reading():
                act.enter(hold=False)
                return answers.refused_with(refusal, act.policy.again(act.resource, refusal))
        except Refusal:
            pass  # not signed in, or not theirs: the plain page says so below
    if act.policy.signed is not None:
        return answers.refused_to_program(refusal)
    with reading():
        signed_out = gate.authenticate(hold=False) is None and not act.policy.public
        return answers.refused(refusal, signed_out=signed_out)


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    return getattr(app.view_functions[endpoint], "policy", None)


def refusal(endpoint: str, resource: Any, form: Any = None) -> Refusal | None:  # noqa: ANN401  any
    """What `endpoint` would answer for this resource now: stages 3 to 5, without acting.

    With a form, what it would answer to that form.
    """
    policy = policy_of(current_app, endpoint)
    if policy is None:
        raise LookupError(endpoint)
    try:
        judge(policy, g.act, resource, form)
    except Refusal as found:
        return found
    return None


def owns_target(user_id: uuid.UUID, path: str, *, same_user: bool) -> bool:
    """Whether a form posted to `path` reaches a row of this user's, or they are who typed it."""
    try:
        endpoint, args = current_app.url_map.bind(request.host).match(path, method="POST")
    except HTTPException:
        return False
    policy = policy_of(current_app, endpoint)
    if policy is None or policy.public:
        return False
    if policy.owns is None:
        return same_user
    return FINDERS[policy.owns](user_id, args, hold=False) is not None


class UnenforcedEndpointError(RuntimeError):
    """An endpoint has no policy. The application does not start."""


def ensure_all_enforced(app: Flask) -> None:
    bare = [e for e in app.view_functions if e != "static" and policy_of(app, e) is None]
    if bare:
        raise UnenforcedEndpointError(f"no policy on: {', '.join(sorted(bare))}")
