"""How DevPilot answers: pages, fragments, redirects and refusals, for people and scripts.

A page and its htmx fragment come from the same template: with `HX-Request`, the layout
prints `<main>` alone and the headers tell htmx to put it in place. A newcomer's likely
mistake: setting headers on a 303; htmx follows it and never sees them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flask import current_app, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from devpilot.errors import (
    AuthenticationRequired,
    CsrfFailed,
    MethodNotAllowed,
    Problem,
    RateLimited,
    Refusal,
)
from devpilot.methodology import definition, posted_label
from devpilot.methodology.fingerprints import OPENED
from devpilot.methodology.posted import CALLED, PLACE
from devpilot.methodology.text import presentable
from devpilot.packing import Kept
from devpilot.services.form_parts import THEN
from devpilot.services.step_buttons import BUTTONS
from devpilot.services.two_texts import TAKE

HTML = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A mutation's answer: a place to go, or something drawn after the commit.

    `fragment` is for htmx alone, `page` for everyone.
    """

    location: str
    fragment: Callable[[], ResponseReturnValue] | None = None
    page: Callable[[], ResponseReturnValue] | None = None


def go(endpoint: str, **values: Any) -> Answer:  # noqa: ANN401  the URL's values
    return Answer(url_for(endpoint, **values))


def page(
    template: str,
    status: int = 200,
    *,
    packed: Kept | None = None,
    **context: Any,  # noqa: ANN401
) -> Response:
    """A whole page, or its `<main>` alone for htmx; `packed` is put where the template says."""
    htmx = wants_fragment()
    drawn = render_template(template, htmx=htmx, **context)
    response = current_app.response_class(packed.within(drawn) if packed else drawn, status)
    if htmx and request.method == "GET":
        response.headers["HX-Push-Url"] = here()
    if htmx:
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "outerHTML show:none"
    return response


def here() -> str:
    """The address of this request, in characters that a header may carry."""
    query = quote(request.query_string, safe="%&=+;,:@/?!$'()*~")
    path = quote(request.path, safe="/%:@!$&'()*+,;=~")
    return f"{path}?{query}" if query else path


def posted() -> list[tuple[str, str]]:
    """The posted fields in order; none where the body is larger than is read."""
    try:
        return list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []


def wants_fragment() -> bool:
    """Htmx asks for a region, unless it restores history or boosts a whole page."""
    headers = request.headers
    return "HX-Request" in headers and not (
        "HX-Boosted" in headers or "HX-History-Restore-Request" in headers
    )


def wants_json() -> bool:
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json", PROBLEM])
    return best in {"application/json", PROBLEM} and accepted[best] > accepted["text/html"]


def see_other(location: str) -> Response:
    response = current_app.response_class(status=303)
    response.headers["Location"] = location
    return response


def finished(answer: Any) -> ResponseReturnValue:  # noqa: ANN401  a view's answer of any kind
    """Draw a view's answer. After a mutation this runs when the commit is done."""
    if not isinstance(answer, Answer):
        return answer  # type: ignore[no-any-return]  # a view's own response
    if answer.page is not None:
        return answer.page()
    if answer.fragment is not None and wants_fragment():
        return answer.fragment()
    return see_other(answer.location)


def refused(refusal: Refusal, *, signed_out: bool = False) -> Response:
    """The answer to a refusal that has no form of its own to show again.

    `signed_out` says that the endpoint is for signed-in people and nobody is.
    """
    if wants_json():
        response = _problem_json(refusal)
    elif isinstance(refusal, AuthenticationRequired):
        response = _sign_in_first()
    elif signed_out and isinstance(refusal, CsrfFailed):
        response = _sign_in_page()
    else:
        response = page(
            "identity/error.html", error=refusal, kept=kept_texts(), action=_way_out(refusal)
        )
    return _marked(response, refusal)


def refused_to_program(refusal: Refusal) -> Response:
    """The answer to a program that signs what it posts: no page, whatever it accepts."""
    return _marked(_problem_json(refusal), refusal)


def refused_plainly(refusal: Refusal) -> Response:
    """A refusal when nothing else can be relied on: no database, perhaps not even a route."""
    if wants_json():
        return _marked(_problem_json(refusal), refusal)
    number = g.get("request_id", "")
    html = render_template(
        "identity/plain_error.html", error=refusal, kept=kept_texts(), number=number
    )
    return _marked(make_response(html), refusal)


def refused_with(refusal: Refusal, drawn: ResponseReturnValue) -> Response:
    """The form again, under the refusal's own status and header."""
    return _marked(make_response(drawn), refusal)


def _marked(response: Response, refusal: Refusal) -> Response:
    if response.status_code != 303:
        response.status_code = refusal.status
    response.headers["DevPilot-Error"] = refusal.code
    if isinstance(refusal, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(refusal.allowed))
    if isinstance(refusal, RateLimited):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _problem_json(refusal: Refusal) -> Response:
    body = {
        "type": f"/errors#{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.text,
        "code": refusal.code,
        "service": refusal.service,
    }
    if refusal.problems:
        body["errors"] = [{"field": p.field, "message": p.message} for p in refusal.problems]
    return current_app.response_class(json.dumps(body), mimetype=PROBLEM)


def _sign_in_first() -> Response:
    login = url_for("identity.login")
    if "HX-Request" in request.headers:
        response = current_app.response_class(status=401)
        page_url = request.headers.get("HX-Current-URL", "")
        response.headers["HX-Redirect"] = f"{login}?{urlencode({'next': _path_of(page_url)})}"
        return response
    if request.method in {"GET", "HEAD"}:
        return see_other(f"{login}?{urlencode({'next': here()})}")
    return _sign_in_page()


def _sign_in_page() -> Response:
    """The sign-in form with everything that was posted, so that no text is lost."""
    return page(
        "identity/login.html",
        values={"email": "", "next": "", "remember": False},
        problems=(),
        carried=carried_pairs(),
        carried_from=request.path,
    )


def _path_of(url: str) -> str:
    _, _, rest = url.partition("://")
    return "/" + rest.partition("/")[2].lstrip("/")  # two slashes would name another host


def carried_pairs() -> list[tuple[str, str]]:
    """What was posted, without what belongs to the old form alone."""
    own = {"csrf_token", "idempotency_key"}
    return [pair for pair in posted() if pair[0] not in own]


def kept_texts() -> list[tuple[str, str]]:
    """Typed text worth keeping on an error page: nothing secret, nothing technical."""
    if request.method in {"GET", "HEAD"}:
        return []
    hidden = {
        "version", "fields", "password", "current_password", "next",
        OPENED, CALLED, THEN, TAKE, *BUTTONS,
    }  # fmt: skip
    return [
        (_label(name), value)
        for name, value in carried_pairs()
        if value.strip()
        and name not in hidden
        and not name.startswith(PLACE)
        and not name.endswith(("-key", "-new"))
    ]


def _label(name: str) -> str:
    """What the page called the posted field `name`, as far as its address tells."""
    order = (request.view_args or {}).get("order")
    called = posted_label(definition(order), name, request.form) if order else name
    if called == name:
        called = presentable(name.replace("_", " ").strip()).capitalize()
    return called or "Unnamed"


_MENDED_AT = {
    "subscription_required": ("billing.show", "See Billing"),
    "quota_exceeded": ("quota.usage", "See Usage"),
}
"""Where a refusal of this code is mended, and what leads there."""


def _way_out(refusal: Refusal) -> tuple[str, str]:
    """Where to go on from an error page: where it is mended, else back to the form."""
    if refusal.code in _MENDED_AT:
        endpoint, words = _MENDED_AT[refusal.code]
        return url_for(endpoint), words
    if request.method == "POST" and (before := _page_before()):
        return before, "Back to the page before"
    return url_for("projects.index"), "Go to your projects"


def _page_before() -> str:
    """The page of ours that a form was posted from; "" where none is named that can be opened."""
    try:
        named = urlsplit(request.referrer or "")
    except ValueError:  # such as half an IPv6 address
        return ""
    if (named.scheme, named.netloc) != (request.scheme, request.host):
        return ""
    adapter = current_app.create_url_adapter(request)
    try:
        opens = adapter is not None and adapter.match(named.path, method="GET")
    except HTTPException:
        return ""  # such as the address of a refused form, which answers posts alone
    return _path_of(named.geturl()) if opens else ""


def problem_for(problems: tuple[Problem, ...], name: str) -> str:
    """What is wrong with the field `name`, or ""."""
    return next((p.message for p in problems if p.field == name), "")
