"""`check`: is this deployment sound? Each line says so, or what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import aiohttp
import typer

from agents import errors as agent_errors
from agents.llm.base import Ask, Message, Role
from runtime import bootstrap, config
from runtime.errors import BatonError
from runtime.storage import channels, engine, migrate
from runtime.storage.sealed import Safe

from .common import console, opened

Probe = Callable[[config.Settings], Awaitable[str]]


class Unsound(Exception):
    """Something to mend; the sentence says how."""


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check() -> None:
    """Look at the database, Redis, agents, the model and every channel; exit code 1 if one is unsound."""
    settings = config.from_environment()
    sound = asyncio.run(_check(settings))
    raise typer.Exit(0 if sound else 1)


async def _check(settings: config.Settings) -> bool:
    sound = True
    for name, probe in _PROBES.items():
        try:
            with console.status(f"{name}…"):
                found = await probe(settings)
        except (Unsound, BatonError, agent_errors.AgentError) as error:
            sound = False
            console.print(f"[red]✗[/red] {name}: {error}", highlight=False)
        else:
            console.print(f"[green]✓[/green] {name}: {found}", highlight=False)
    return sound


async def _database(settings: config.Settings) -> str:
    database = engine.database(settings.database_url)
    try:
        current, newest = await asyncio.to_thread(migrate.revisions, database)
    except Exception as error:
        raise Unsound(
            f"cannot be reached ({type(error).__name__}). Check BATON_DATABASE_URL."
        ) from error
    if current != newest:
        raise Unsound("is not migrated. Run: python -m runtime migrate")
    return f"{database.dialect}, revision {current}"


async def _secret(settings: config.Settings) -> str:
    Safe(settings.secret_keys)
    return f"{len(settings.secret_keys)} key(s)"


async def _redis(settings: config.Settings) -> str:
    if not settings.redis_url:
        return "not set: fine for one replica"
    bus = bootstrap.make_bus(settings)
    await bus.open()
    for _ in range(40):
        if bus.healthy:
            break
        await asyncio.sleep(0.05)
    healthy = bus.healthy
    await bus.aclose()
    if not healthy:
        raise Unsound("cannot be reached. Check BATON_REDIS_URL; without it everything is slower.")
    return "answers"


async def _agents(settings: config.Settings) -> str:
    catalog = bootstrap.find_agents(settings, bootstrap.make_llm(settings))
    if catalog.broken:
        raise Unsound("; ".join(catalog.broken.values()))
    return ", ".join(sorted(catalog.agents))


async def _model(settings: config.Settings) -> str:
    if not settings.has_model:
        return "none: agents answer offline. Set OPENAI_API_KEY or OPENAI_BASE_URL for a real one."
    llm = bootstrap.make_llm(settings)
    ask = Ask(messages=[Message(role=Role.USER, content="Say: ok")], max_tokens=200, seconds=20)
    try:
        async for _ in llm.stream(ask):
            pass
    finally:
        await llm.aclose()
    return f"{settings.model} answers"


async def _channels(settings: config.Settings) -> str:
    async with opened(settings) as store:
        rows = await store.read(channels.every)
    wrong = [f"{row.name} ({row.state}): {row.error}" for row in rows if row.error]
    if wrong:
        raise Unsound("; ".join(wrong))
    hooked = [row for row in rows if row.settings.get("mode") == "webhook"]
    if hooked:
        await _reachable(settings.public_url)
    return f"{len(rows)} connected" if rows else "none. Add one: python -m runtime channels add"


async def _reachable(public_url: str) -> None:
    if not public_url:
        raise Unsound("webhooks need BATON_PUBLIC_URL, where platforms reach this machine.")
    timeout = aiohttp.ClientTimeout(total=10)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.get(f"{public_url.rstrip('/')}/healthz") as answer,
        ):
            if answer.status == HTTPStatus.OK:
                return
            found = f"answers {answer.status}"
    except (aiohttp.ClientError, TimeoutError) as error:
        found = f"cannot be reached ({type(error).__name__})"
    raise Unsound(f"BATON_PUBLIC_URL {found}. Is `serve` running, and the proxy in front of it?")


_PROBES: dict[str, Probe] = {
    "Database": _database,
    "Secret key": _secret,
    "Redis": _redis,
    "Agents": _agents,
    "Model": _model,
    "Channels": _channels,
}
