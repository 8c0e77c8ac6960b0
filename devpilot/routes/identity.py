"""Public pages, health, sign-up, sign-in and sign-out."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from devpilot import answers, clock, gate, methodology, remembered
from devpilot.answers import Answer, go, page, posted
from devpilot.db import session
from devpilot.enforce import enforce, owns_target
from devpilot.errors import InvalidInput, NotFound, Outdated, Problem, Refusal, published_codes
from devpilot.models import User
from devpilot.pages import examples, prices
from devpilot.services import billing, identity

bp = Blueprint("identity", __name__)

SIGN_UP = gate.Rate("sign-up", 60, 3600)
SIGN_IN = gate.Rate("sign-in", 100, 900)
SIGN_IN_FIELDS = (
    "email", "password", "remember", "next", "carried-from", "carried-name", "carried-value",
)  # fmt: skip
SIGN_IN_TO_ACCOUNT = gate.Rate("sign-in-account", 20, 900, per="email")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A posted sign-in or sign-up form."""

    email: str
    password: str
    remember: bool
    next: str
    carried: tuple[tuple[str, str], ...]
    carried_from: str

    @property
    def values(self) -> dict[str, str | bool]:
        """What the form shows again: everything but the password."""
        return {"email": self.email, "next": self.next, "remember": self.remember}


def read_credentials(_user: object, pairs: list[tuple[str, str]]) -> Credentials:
    fields = dict(reversed(pairs))
    names = [value for name, value in pairs if name == "carried-name"]
    values = [value for name, value in pairs if name == "carried-value"]
    return Credentials(
        email=fields.get("email", ""),
        password=fields.get("password", ""),
        remember=fields.get("remember") == "yes",
        next=fields.get("next", ""),
        carried=tuple(zip(names, values, strict=False)),
        carried_from=fields.get("carried-from", ""),
    )


def verify(_user: object, form: Credentials) -> Callable[[], tuple[str | None, bool]]:
    """Whether the password is right, asked while no transaction is open."""
    account = identity.find_by_email(form.email)
    known = account.password_hash if account else None
    return lambda: (known, identity.matches(known, form.password))


def verify_and_hash(user: object, form: Credentials) -> Callable[[], tuple[str | None, bool, str]]:
    """The same, and the new account's hash where there is none to verify."""
    check = verify(user, form)
    account = identity.find_by_email(form.email)

    def outside() -> tuple[str | None, bool, str]:
        if account is None:  # one hash either way, so that both take the same time
            return None, False, identity.hash_password(form.password)
        return *check(), ""

    return outside


def ensure_can_sign_up(_user: object, form: Credentials | None = None) -> None:
    problems = identity.problems_with_sign_up(form.email, form.password) if form else ()
    if problems:
        raise InvalidInput("identity", problems)


def ensure_development(_resource: object, _form: object = None) -> None:
    """What only who builds the product needs has no address in production."""
    if gate.settings().production:
        raise NotFound


def login_again(_user: object, refusal: Refusal) -> ResponseReturnValue:
    form = read_credentials(None, posted())
    problems = refusal.problems or (Problem("email", refusal.text),)
    return page(
        "identity/login.html", values=form.values, problems=problems,
        carried=form.carried, carried_from=form.carried_from,
    )  # fmt: skip


def register_again(_user: object, refusal: Refusal) -> ResponseReturnValue:
    form = read_credentials(None, posted())
    problems = refusal.problems or (Problem("email", refusal.text),)
    return page("identity/register.html", values=form.values, problems=problems)


@bp.get("/")
@enforce(public=True)
def landing() -> ResponseReturnValue:
    if g.act.user is not None:
        return answers.see_other(url_for("projects.index"))
    return page("identity/landing.html")


@bp.get("/pricing")
@enforce(public=True, prepares=prices.prepare)
def pricing(costs: dict[str, str] | None = None) -> ResponseReturnValue:
    here = gate.settings()
    return page(
        "identity/pricing.html", plans=billing.plans(), prices=costs, ai=here.ai,
        sandbox=here.billing_sandbox,
    )  # fmt: skip


@bp.get("/examples/<code>")
@enforce(public=True)
def example() -> ResponseReturnValue:
    """A finished blueprint, for anyone to read."""
    found = methodology.EXAMPLES.get((request.view_args or {})["code"])
    if found is None:
        raise NotFound
    document, chain = examples.drawn(found.code)
    return page(
        "identity/example.html", packed=document, document=document.place, example=found,
        coverage=chain,
    )  # fmt: skip


@bp.get("/methodology", endpoint="methodology")
@enforce(public=True)
def every_step() -> ResponseReturnValue:
    return page("identity/methodology.html", steps=methodology.STEPS, rules_of=methodology.rules)


@bp.get("/accessibility")
@enforce(public=True)
def accessibility() -> ResponseReturnValue:
    return page("identity/accessibility.html")


@bp.get("/privacy")
@enforce(public=True)
def privacy() -> ResponseReturnValue:
    return page("identity/privacy.html", ai=gate.settings().ai)


@bp.get("/errors")
@enforce(public=True)
def errors() -> ResponseReturnValue:
    return page("identity/errors.html", errors=published_codes())


@bp.get("/_components")
@enforce(public=True, invariants=(ensure_development,))
def components() -> ResponseReturnValue:
    from devpilot.pages.specimens import page as specimens  # noqa: PLC0415  for this page alone

    return specimens.shown()


@bp.get("/healthz")
@enforce(public=True)
def healthz() -> ResponseReturnValue:
    return "ok", {"Content-Type": "text/plain"}


@bp.get("/readyz")
@enforce(public=True)
def readyz() -> ResponseReturnValue:
    session().execute(text("SELECT 1"))
    return "ok", {"Content-Type": "text/plain"}


@bp.get("/register")
@enforce(public=True)
def register() -> ResponseReturnValue:
    if g.act.user is not None:
        return answers.see_other(url_for("projects.index"))
    return page("identity/register.html", values={"email": ""}, problems=())


@bp.post("/register")
@enforce(
    public=True,
    rates=(SIGN_UP, SIGN_IN_TO_ACCOUNT),
    reads=read_credentials,
    fields=("email", "password"),
    invariants=(ensure_can_sign_up,),
    prepares=verify_and_hash,
    again=register_again,
)
def create_account(form: Credentials, verified: tuple[str | None, bool, str]) -> Answer:
    known, right, new_hash = verified
    account = identity.find_by_email(form.email)
    if account is not None and known is None:  # made since the password was looked at
        raise Outdated
    identity.ensure_can_register(
        account,
        password_matches=right and account is not None and account.password_hash == known,
    )
    account = account or identity.register(form.email, new_hash)
    _start_session(account, remember=False)
    return go("projects.index")


@bp.get("/login")
@enforce(public=True)
def login() -> ResponseReturnValue:
    target = request.args.get("next", "")
    if g.act.user is not None:
        return answers.see_other(_safe(target))
    return page(
        "identity/login.html", values={"email": "", "next": target, "remember": False},
        problems=(), carried=(), carried_from="",
    )  # fmt: skip


@bp.post("/login")
@enforce(
    public=True,
    rates=(SIGN_IN, SIGN_IN_TO_ACCOUNT),
    reads=read_credentials,
    fields=SIGN_IN_FIELDS,
    prepares=verify,
    again=login_again,
)
def sign_in(form: Credentials, verified: tuple[str | None, bool]) -> ResponseReturnValue | Answer:
    known, right = verified
    account = identity.find_by_email(form.email)
    right = right and account is not None and account.password_hash == known
    account = identity.ensured(account, password_matches=right)
    came_from = gate.last_user()
    _start_session(account, remember=form.remember)
    if form.carried and _may_carry_on(account, form.carried_from, came_from):
        return Answer(_safe(form.next), page=functools.partial(_offer_again, form))
    return Answer(_safe(form.next))


@bp.post("/logout")
@enforce()
def logout(_user: object) -> Answer:
    token = gate.sign_out()
    if token:
        identity.end_session(token)
    return go("identity.landing")


def _offer_again(form: Credentials) -> ResponseReturnValue:
    """What was typed before the sign-in, with the button that sends it."""
    gate.authenticate(hold=False)  # the page is of whom the form has just signed in
    return page("identity/continue.html", carried=form.carried, action=form.carried_from)


def _may_carry_on(account: User, target: str, came_from: str) -> bool:
    """Whether what was typed before the sign-in is this user's to send: same user, own row."""
    return _safe(target) == target and owns_target(
        account.id, target, same_user=came_from == gate.code_of(account.id)
    )


def _start_session(account: User, *, remember: bool) -> None:
    previous = gate.sign_out()
    if previous:
        identity.end_session(previous)
    token = identity.open_session(
        account,
        at=clock.now(),
        absolute_hours=gate.settings().session_absolute_hours,
        address=request.remote_addr or "",
        agent=request.user_agent.string,
    )
    remembered.forget_old(account.id)
    identity.forget_ended(account.id, at=clock.now(), idle_hours=gate.settings().session_idle_hours)
    gate.sign_in(token, account.id, remember=remember)


def _safe(target: str) -> str:
    r"""`target` if it is a path on this site, the project list otherwise.

    Browsers read `//host`, `/\host` and paths with control characters as other sites.
    """
    ours = target.startswith("/") and target.isprintable() and "\\" not in target
    parts = urlsplit(target) if ours and not target.startswith("//") else None
    if parts is None or parts.scheme or parts.netloc:
        return url_for("projects.index")
    return target
