"""`export`: what is stored, as files for other programs."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer

from runtime import config
from runtime.ledger import EVER, Ledger, Selection

from .common import opened

export = typer.Typer(help="Write out what is stored, for other programs.", no_args_is_help=True)

Since = Annotated[datetime, typer.Option(help="From this moment on, in UTC.")]
AgentId = Annotated[str, typer.Option(help="Of this agent only.")]


def register(app: typer.Typer) -> None:
    app.add_typer(export, name="export")


@export.callback()
def _group() -> None:
    """Each kind of thing is a command of its own."""


@export.command("suggestions")
def suggestions(since: Since = EVER, agent: AgentId = "") -> None:
    """Every suggestion with what the agent was shown and what was sent, as lines of JSON."""
    asyncio.run(_write(Selection(since=since, agent_id=agent)))


async def _write(selection: Selection) -> None:
    async with opened(config.from_environment()) as store:
        async for line in Ledger(store).lines(selection):
            typer.echo(line)
