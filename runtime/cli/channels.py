"""`channels`: connect messaging accounts from a shell."""

import secrets
from dataclasses import dataclass
from typing import Annotated

import typer

from runtime import config
from runtime.errors import Conflict, Misconfigured, NotFound
from runtime.storage import channels as stored
from runtime.storage.ids import ChannelId, new_id
from runtime.storage.sealed import Safe
from runtime.storage.sql import Tx

from .common import console, read, show, write

app = typer.Typer(help="Connected messaging accounts.", no_args_is_help=True)
TELEGRAM_API = "https://api.telegram.org"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTelegram:
    """A bot that is about to be connected."""

    name: str
    token: str
    mode: str = "webhook"
    api_base: str = TELEGRAM_API
    agents: tuple[str, ...] = ("support",)


@app.command("add")
def add(  # noqa: PLR0917 - typer reads options from parameters
    kind: Annotated[str, typer.Argument(help="telegram")],
    name: str,
    token: Annotated[str, typer.Option(help="The bot's token, from @BotFather.")],
    agent: Annotated[list[str] | None, typer.Option(help="The first one answers.")] = None,
    mode: Annotated[str, typer.Option(help="webhook or polling")] = "webhook",
    api_base: Annotated[str, typer.Option(help="Another Bot API server.")] = TELEGRAM_API,
) -> None:
    """Connect an account; it starts at once if a replica runs."""
    if kind != "telegram":
        raise Misconfigured(f"There is no kind of channel named {kind}; telegram is one.")
    if mode not in {"webhook", "polling"}:
        raise Misconfigured("The mode is webhook or polling.")
    safe = Safe(config.from_environment().secret_keys)
    agents = tuple(agent or ("support",))
    new = NewTelegram(name=name, token=token, mode=mode, api_base=api_base, agents=agents)
    channel_id = write(lambda tx: insert(tx, safe, new))
    console.print(f"[green]✓[/green] {name} is channel {channel_id}; agents: {', '.join(agents)}.")


def insert(tx: Tx, safe: Safe, new: NewTelegram) -> str:
    """One bot is one channel: a second one with the same token is refused."""
    for channel in stored.every(tx):
        if channel.kind == "telegram" and safe.open(channel.secrets)["token"] == new.token:
            raise Conflict(f"This bot is connected already, as channel {channel.id}.")
    row = stored.Channel(
        id=ChannelId(new_id()),
        kind="telegram",
        name=new.name,
        state=stored.State.STARTING.value,
        error="",
        settings={"mode": new.mode, "api_base": new.api_base},
        secrets=safe.seal({"token": new.token, "secret": secrets.token_urlsafe(32)}),
        worker=None,
    )
    stored.insert(tx, row)
    stored.attach(tx, row.id, list(new.agents))
    return row.id


@app.command("list")
def list_() -> None:
    """Every channel, its state, and why it is not running."""

    def unit(tx: Tx) -> list[tuple[str, ...]]:
        agents = stored.agents_by_channel(tx)
        return [
            (c.id, c.kind, c.name, c.state, ", ".join(agents.get(c.id, ())), c.error)
            for c in stored.every(tx)
        ]

    show("Channels", ["id", "kind", "name", "state", "agents", "error"], read(unit))


@app.command("start")
def start(channel_id: str) -> None:
    """Let a channel run."""
    _set(channel_id, stored.State.STARTING)
    console.print("[green]✓[/green] It starts as soon as a replica sees it.")


@app.command("stop")
def stop(channel_id: str) -> None:
    """Stop a channel; what platforms send meanwhile stays with them."""
    _set(channel_id, stored.State.STOPPED)
    console.print("[green]✓[/green] Stopped.")


def _set(channel_id: str, state: stored.State) -> None:
    if not write(lambda tx: stored.set_state(tx, channel_id, state)):
        raise NotFound(f"There is no channel {channel_id}.")
