"""`flask devpilot …`: what an operator runs."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from devpilot import config
from devpilot.config import Settings

group = AppGroup("devpilot", help="DevPilot: run and look after this installation.")


def init_app(app: Flask) -> None:
    app.cli.add_command(group)


@group.command("serve")
def serve() -> None:
    """Upgrade the database, then serve until stopped."""
    import waitress  # noqa: PLC0415  only the server needs it

    settings: Settings = current_app.extensions["devpilot_settings"]
    migrate()
    click.echo(f"DevPilot is ready on http://{settings.host}:{settings.port}")
    waitress.serve(
        current_app._get_current_object(),  # type: ignore[attr-defined]  # noqa: SLF001  waitress needs the app itself
        host=settings.host,
        port=settings.port,
        threads=8,
        ident="",
        max_request_body_size=16 * 1024 * 1024,
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        trusted_proxy="*" if settings.trusted_proxies else None,
        trusted_proxy_count=settings.trusted_proxies or None,
        trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"}
        if settings.trusted_proxies
        else None,
    )


@group.command("upgrade")
def upgrade() -> None:
    """Create the database or bring it to this release's form."""
    migrate()


def migrate() -> None:
    """Run the migrations; a second process that starts at the same time waits its turn."""
    from flask_migrate import Migrate  # noqa: PLC0415  Alembic is slow to import
    from flask_migrate import upgrade as run  # noqa: PLC0415

    from devpilot.db import db  # noqa: PLC0415

    folder = str(Path(__file__).parent.parent / "migrations")
    Migrate(current_app._get_current_object(), db, directory=folder)  # type: ignore[attr-defined]  # noqa: SLF001
    run(directory=folder)


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
