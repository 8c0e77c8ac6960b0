"""`flask devpilot …`: what an operator runs."""

import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from devpilot import audit, config
from devpilot.adapters.ai import AT_ONCE
from devpilot.config import Settings
from devpilot.db import db, reading
from devpilot.gate import MAX_BODY

MIGRATIONS = Path(__file__).parent.parent / "migrations"
THREADS = 4
"""Requests at once. The interpreter runs one at a time; more threads only wait and cost memory.
Whoever waits for the AI holds a thread for seconds, so that has as many besides."""
_ARENA_MAX = -8
"""What malloc.h calls M_ARENA_MAX."""
GARBAGE_THRESHOLD = 5_000
"""Objects made before the youngest are looked through; Python's own is 700."""

group = AppGroup("devpilot", help="DevPilot: run and look after this installation.")


def init_app(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("serve")
def serve() -> None:
    """Upgrade the database, then serve until stopped."""
    import waitress  # noqa: PLC0415  only the server needs it

    settings: Settings = current_app.extensions["devpilot_settings"]
    migrate()
    _settle()
    click.echo(f"DevPilot is ready on http://{settings.host}:{settings.port}")
    waitress.serve(
        current_app._get_current_object(),  # type: ignore[attr-defined]  # noqa: SLF001  waitress needs the app itself
        host=settings.host,
        port=settings.port,
        threads=THREADS + (AT_ONCE if settings.ai else 0),
        ident="",
        max_request_body_size=4 * MAX_BODY,
        # With proxies in front, ProxyFix reads their headers; without, nobody does.
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )


def _settle() -> None:
    """Take what start-up made out of the garbage collector's sight, and let it run less often.

    It stays until the process ends. Looking through it for each few requests took a fifth of
    the time of a page and a quarter of that of a save. One arena serves all threads, of which
    the interpreter runs one at a time; one for each took three megabytes more.
    """
    with suppress(OSError, AttributeError):  # only the GNU library has arenas
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)


@group.command("upgrade")
def upgrade() -> None:
    """Create the database or bring it to this release's form."""
    migrate()


def migrate() -> None:
    """Run the migrations. Of two processes at once, one waits for the other's transaction."""
    if _schema() == _newest():
        return  # Alembic is slow to import, and most starts have nothing to do
    from flask_migrate import Migrate, upgrade  # noqa: PLC0415

    Migrate(current_app._get_current_object(), db, directory=str(MIGRATIONS))  # type: ignore[attr-defined]  # noqa: SLF001
    upgrade(directory=str(MIGRATIONS))


def _schema() -> str | None:
    """The revision of the database's schema; None before the first migration."""
    with reading() as session:
        try:
            found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
        except (OperationalError, ProgrammingError):
            return None
        return found


def _newest() -> str:
    """Migrations are named by their number, so the last name is the newest."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("0*.py")).partition("_")[0]


@group.command("check")
@with_appcontext
def check() -> None:
    """Verify every invariant of the domain that the database can show. Exits 1 if one is broken."""
    if _schema() != _newest():
        raise click.ClickException(
            "This database does not have this release's form. Run: flask devpilot upgrade"
        )
    found = audit.violations()
    for violation in found:
        click.echo(violation)
    if found:
        violations = "1 violation" if len(found) == 1 else f"{len(found)} violations"
        raise click.ClickException(f"{violations}. Nothing was changed.")
    click.echo(f"{len(audit.INVARIANTS)} invariants hold of {audit.extent()}.")


@group.command("policies")
@with_appcontext
def policies() -> None:
    """Print every endpoint with its stages, as the table in docs/policies.md."""
    from devpilot.policies import table  # noqa: PLC0415

    click.echo(table(current_app), nl=False)


@group.command("config")
def show_config() -> None:
    """Print every setting with its default and meaning."""
    for setting in config.SETTINGS:
        default = setting.default or "(empty)"
        click.echo(f"{setting.name} (default: {default})\n    {setting.meaning}")
    sys.stdout.flush()
