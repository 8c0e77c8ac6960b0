"""`create_app()`: settings, database, blueprints, refusals.

A newcomer's likely mistake: adding a route without `enforce()`; the application then
refuses to start.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, g, has_app_context
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined, Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.typing import EventDict
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    RequestEntityTooLarge,
    SecurityError,
)
from werkzeug.exceptions import MethodNotAllowed as WrongMethod
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from devpilot import (
    answers,
    assets,
    cli,
    cli_billing,
    config,
    db,
    enforce,
    gate,
    headers,
    remembered,
)
from devpilot import invariants as _invariants  # noqa: F401  listens to every flush
from devpilot.adapters.ai import AiProvider
from devpilot.adapters.artifacts import ArtifactFolder
from devpilot.errors import (
    DatabaseUnavailable,
    InternalError,
    MethodNotAllowed,
    NotFound,
    Refusal,
    UntrustedHost,
)
from devpilot.models import Account
from devpilot.pages import drawing, frame, listing, sizes, times
from devpilot.pages.prices import Prices
from devpilot.routes import ai, billing, exports, identity, projects, quota, revisions, steps

if TYPE_CHECKING:
    from devpilot.adapters.stripe_api import StripeApi

ROOT = Path(__file__).parent.parent

log = structlog.get_logger("devpilot")


class PlainTemplate(Template):
    """A template whose macros are imported as they are, whatever the importing page was given.

    Jinja first compares the two sets of globals, at each import of each page. No page here adds
    one, and that took a tenth of the time of a step's page.
    """

    def _get_default_module(self, _ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class OrderConverter(BaseConverter):
    """A step's order: 1 to 10 in plain digits, and nothing that only looks like it."""

    regex = "(?:10|[1-9])"

    def to_python(self, value: str) -> int:
        return int(value)


def create_app(settings: config.Settings | None = None) -> Flask:
    """The whole application. Raises SettingError or UnenforcedEndpointError."""
    settings = settings or config.load()
    app = Flask("devpilot", static_folder=None, template_folder=str(ROOT / "templates"))
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # every answer goes through enforce()
    app.url_map.converters["order"] = OrderConverter
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.template_class = PlainTemplate
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _log_as(production=settings.production)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    settings.data.mkdir(parents=True, exist_ok=True)
    db.init_app(app, settings.database_url)
    app.extensions["devpilot_artifacts"] = ArtifactFolder(settings.artifacts)
    payments = _payments_of(settings)
    app.extensions["devpilot_payments"] = payments
    app.extensions["devpilot_prices"] = Prices(payments)
    app.extensions["devpilot_ai"] = _ai_of(settings)
    headers.init_app(
        app,
        production=settings.production,
        payment_pages=settings.stripe.pages if settings.stripe else (),
    )
    gate.init_app(app, settings)
    assets.init_app(app, ROOT / "static")
    cli.init_app(app)
    cli_billing.init_app(app)
    for module in (identity, billing, projects, revisions, steps, exports, ai, quota):
        app.register_blueprint(module.bp)
    _refuse(app)
    _give_templates(app)
    enforce.ensure_all_enforced(app)
    return app


def _payments_of(settings: config.Settings) -> "StripeApi | None":
    found = settings.stripe
    if found is None:
        return None
    # Ten megabytes and a tenth of a second, which only those pay who set Stripe up.
    from devpilot.adapters.stripe_api import StripeApi  # noqa: PLC0415

    return StripeApi(found.secret_key, found.webhook_secret, found.prices, found.api_base)


def _ai_of(settings: config.Settings) -> AiProvider | None:
    found = settings.ai
    return AiProvider(found.api_key, found.base_url, found.model) if found else None


def _give_templates(app: Flask) -> None:
    app.jinja_env.globals["refusal"] = enforce.refusal
    app.jinja_env.globals["frame_links"] = frame.links
    app.jinja_env.globals["frame_top"] = frame.top
    app.jinja_env.globals["frame_foot"] = frame.foot
    app.jinja_env.globals["frame_ending"] = frame.ending
    app.jinja_env.globals["draw_rows"] = drawing.draw_rows
    app.jinja_env.globals["reading_of"] = drawing.reading_of
    app.jinja_env.globals["draw_projects"] = listing.draw_projects
    app.jinja_env.globals["fresh_key"] = remembered.fresh_key
    app.jinja_env.globals["size"] = sizes.size
    app.jinja_env.globals["is_just_now"] = times.is_just_now
    app.jinja_env.globals["when"] = times.when
    app.jinja_env.globals["day"] = times.day
    app.jinja_env.globals["url_for"] = _url_for_of(app)

    @app.context_processor
    def who() -> dict[str, object]:
        found = g.get("_login_user")
        return {"user": found if isinstance(found, Account) else None, "htmx": False}


def _url_for_of(app: Flask) -> Callable[..., str]:
    """`url_for` that makes an address without values once, and not a dozen times a page."""
    fixed: dict[str, str] = {}

    def url_for(endpoint: str, **values: Any) -> str:  # noqa: ANN401  the URL's values
        if values:
            return app.url_for(endpoint, **values)
        if endpoint not in fixed:
            fixed[endpoint] = app.url_for(endpoint)
        return fixed[endpoint]

    return url_for


def _refuse(app: Flask) -> None:
    """What is refused before a view is found, and what should never happen, as our own pages."""

    @app.errorhandler(HTTPException)
    def plain(error: HTTPException) -> ResponseReturnValue:
        if isinstance(error, InternalServerError):  # a refusal's own page failed
            return failed(error.original_exception or error)
        if isinstance(error, SecurityError):
            return answers.refused_plainly(UntrustedHost())
        if isinstance(error, RequestEntityTooLarge):
            return _answered(gate.too_large())
        if isinstance(error, WrongMethod):
            return _answered(MethodNotAllowed(error.valid_methods or ()))
        return _answered(NotFound()) if error.code == 404 else error

    @app.errorhandler(Refusal)
    def refusal(error: Refusal) -> ResponseReturnValue:
        return _answered(error)

    @app.errorhandler(Exception)
    def failed(error: BaseException) -> ResponseReturnValue:
        if isinstance(error, OperationalError | PoolTimeout):
            log.error("database", error=str(error))
            return answers.refused_plainly(DatabaseUnavailable())
        log.error("bug", exc_info=error)
        return answers.refused_plainly(InternalError())


def _answered(refusal: Refusal) -> ResponseReturnValue:
    with db.reading():
        gate.authenticate(hold=False)
        return answers.refused(refusal)


def _with_request_id(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Each line of one request carries its number, which the answer carries too."""
    if has_app_context() and "request_id" in g:
        line["request_id"] = g.request_id
    return line


def _log_as(*, production: bool) -> None:
    """JSON lines in production, readable lines in development."""
    renderer = (
        structlog.processors.JSONRenderer()
        if production
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    structlog.configure(
        processors=[
            _with_request_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
