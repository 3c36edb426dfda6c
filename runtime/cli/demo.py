"""`demo`: everything on this machine: database, emulated platforms, an agent, a phone to write from."""

import asyncio
import contextlib
import dataclasses
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import typer
from aiohttp import web

from runtime import bootstrap, config, observe, staff
from runtime.accounts import Accounts, New
from runtime.errors import Misconfigured
from runtime.storage import channels as stored_channels
from runtime.storage import engine, migrate, operators
from runtime.storage.audit import SHELL
from runtime.storage.ids import new_id
from runtime.storage.sealed import Safe
from runtime.storage.sql import Tx

from . import serve
from .common import console, opened
from .stages import NAME, STAGES, Stage

LEASE = 1.0
"""Seconds. Nobody else works here, so a start after a crash waits no longer for those who are gone."""
LOGIN = "admin@example.com"


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo() -> None:
    """A working Baton on this machine: write in as the customer, and an agent answers."""
    settings = _settings(config.from_environment())
    observe.configure_logs(settings.log_format, settings.log_level)
    serve.run(_demo(settings))


def _settings(given: config.Settings) -> config.Settings:
    """What the environment leaves open is kept under `var/`, so that a second start goes on."""
    folder = config.VAR / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    default = config.Settings()
    database = given.database_url
    if database == default.database_url:
        database = f"sqlite:///{folder / 'baton.db'}"
    return dataclasses.replace(
        given,
        database_url=database,
        media_path=str(folder / "media"),
        lease_seconds=LEASE
        if given.lease_seconds == default.lease_seconds
        else given.lease_seconds,
        secret_key=given.secret_key or _kept(folder / "secret.key"),
        public_url=f"http://127.0.0.1:{given.port}",
        admin_email=given.admin_email or LOGIN,
        admin_password=given.admin_password or _kept(folder / "admin.password", 12),
    )


def _kept(path: Path, length: int = 48) -> str:
    """A secret of this machine, made once."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(length))
    return path.read_text().strip()


async def _demo(settings: config.Settings) -> None:
    await asyncio.to_thread(migrate.upgrade, engine.database(settings.database_url))
    stop = serve.stop_event()
    ports = range(settings.port + 1, settings.port + 1 + len(STAGES))
    stages = [make(port) for make, port in zip(STAGES, ports, strict=True)]
    placed = [
        (stage, f"http://127.0.0.1:{port}") for stage, port in zip(stages, ports, strict=True)
    ]
    await _seed(settings, placed)
    async with contextlib.AsyncExitStack() as stack:
        for stage, port in zip(stages, ports, strict=True):
            await stack.enter_async_context(_served(stage, port))
        try:
            async with serve.listening(settings):
                for stage in stages:
                    stage.begin()
                _welcome(settings, placed)
                await stop.wait()
                console.print("Stopping…")
        except OSError as error:
            raise _taken(settings.port, error) from error


@contextlib.asynccontextmanager
async def _served(stage: Stage, port: int) -> AsyncIterator[None]:
    runner = web.AppRunner(stage.app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError as error:
        await runner.cleanup()
        raise _taken(port, error) from error
    try:
        yield
    finally:
        await runner.cleanup()


def _taken(port: int, error: OSError) -> Misconfigured:
    return Misconfigured(
        f"Port {port} cannot be used ({os.strerror(error.errno or 0)}). Set BATON_PORT to another."
    )


async def _seed(settings: config.Settings, stages: Sequence[tuple[Stage, str]]) -> None:
    """The channels and the login, unless they are there from an earlier start."""
    safe = Safe(settings.secret_keys)
    hashed = await asyncio.to_thread(operators.hashed, settings.admin_password)
    admin = operators.Operator(
        id=new_id(), email=settings.admin_email, name="Admin", role=operators.Role.ADMIN
    )

    def unit(tx: Tx) -> None:
        if operators.by_email(tx, admin.email) is None:
            staff.hire(tx, SHELL, admin, hashed)

    async with opened(settings) as store:
        await store.write(unit)
        there = {row.kind: row.id for row in await store.read(stored_channels.every)}
        accounts = Accounts(store=store, safe=safe, kinds=bootstrap.channel_kinds())
        for stage, api in stages:
            id_ = there.get(stage.kind) or await accounts.connect(
                New(
                    kind=stage.kind,
                    name=NAME,
                    settings=stage.settings(api),
                    agent_ids=["support"],
                )
            )
            stage.hook(f"{settings.public_url}/webhooks/{stage.kind}/{id_}")


def _welcome(settings: config.Settings, stages: Sequence[tuple[Stage, str]]) -> None:
    brain = f"model {settings.model}" if settings.has_model else "offline (no model is set)"
    console.print()
    console.print("[bold]Baton is running.[/bold]", highlight=False)
    for label, value in (
        ("Portal", f"http://127.0.0.1:{settings.port}/"),
        ("Login", f"{settings.admin_email}  /  {settings.admin_password}"),
        *((f"Your {stage.label}", f"{api}{stage.page}") for stage, api in stages),
        ("Agent", f"support, {brain}"),
        ("Try", "write from your phone: How long is delivery?  Then: I want to talk to a human"),
        ("Stop", "Ctrl+C"),
    ):
        console.print(f"  {label:<14} {value}", highlight=False, soft_wrap=True)
    console.print()
