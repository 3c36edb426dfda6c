"""`serve`, `migrate` and `secret`: what a deployment runs."""

import asyncio
import contextlib
import secrets
import signal
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any

import typer

from runtime import config, observe, staff
from runtime.errors import Misconfigured
from runtime.storage import engine, migrate, operators
from runtime.storage.audit import SHELL
from runtime.storage.ids import new_id
from runtime.storage.sql import Tx

from .common import console

if TYPE_CHECKING:
    from runtime.bootstrap import Runtime


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)
    app.command("migrate")(migrate_)
    app.command("secret")(secret)


def serve() -> None:
    """Run one replica: webhooks, agents, deliveries. Settings come from the environment."""
    settings = config.from_environment()
    observe.configure_logs(settings.log_format, settings.log_level)
    run(_serve(settings))


def migrate_() -> None:
    """Bring the database to the newest schema."""
    database = engine.database(config.from_environment().database_url)
    before, newest = migrate.revisions(database)
    with console.status("Migrating…"):
        migrate.upgrade(database)
    done = "already at" if before == newest else f"from {before or 'nothing'} to"
    console.print(f"[green]✓[/green] The database is {done} revision {newest}.")


def secret() -> None:
    """Print a new key for BATON_SECRET_KEY."""
    typer.echo(secrets.token_urlsafe(48))


def run(work: Coroutine[Any, Any, None]) -> None:
    """On uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


async def _serve(settings: config.Settings) -> None:
    database = engine.database(settings.database_url)
    current, newest = migrate.revisions(database)
    if current != newest:
        raise Misconfigured("The database has not been migrated. Run: python -m runtime migrate")
    stop = stop_event()
    async with listening(settings) as runtime:
        await first_admin(runtime)
        console.print(f"Baton listens on http://{settings.host}:{settings.port}")
        await stop.wait()
        console.print("Stopping: no new work, finishing what runs.")


def stop_event() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


@contextlib.asynccontextmanager
async def listening(settings: config.Settings) -> "AsyncIterator[Runtime]":
    """A replica with its doors open. Doors close first, then the loops drain."""
    from aiohttp import web

    from runtime import bootstrap

    runtime = bootstrap.build(settings)
    async with runtime.running():
        runner = web.AppRunner(runtime.web(), access_log=None, shutdown_timeout=5)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
            yield runtime
        finally:
            await runner.cleanup()


async def first_admin(runtime: "Runtime") -> None:
    """The admin of the settings, if there is no operator at all."""
    email, password = runtime.settings.admin_email, runtime.settings.admin_password
    if not email or not password:
        return
    stored = await asyncio.to_thread(operators.hashed, password)
    admin = operators.Operator(id=new_id(), email=email, name="Admin", role=operators.Role.ADMIN)

    def unit(tx: Tx) -> None:
        if not operators.every(tx):
            staff.hire(tx, SHELL, admin, stored)

    await runtime.store.write(unit)
