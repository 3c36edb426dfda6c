"""`chat`: talk to an agent in the terminal, with no channel and no database."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import typer

from agents import errors as agent_errors
from agents.turn import Author, Line, Person, Reply, Surface, Turn
from runtime import bootstrap, config
from runtime.errors import NotFound
from runtime.roster import Agent

from .common import console


def register(app: typer.Typer) -> None:
    app.command("chat")(chat)


def chat(agent: str = typer.Argument("support", help="The agent's id: its folder's name.")) -> None:
    """Talk to an agent here; an empty line ends it."""
    settings = config.from_environment()
    llm = bootstrap.make_llm(settings)
    catalog = bootstrap.find_agents(settings, llm)
    found = catalog.agents.get(agent)
    if found is None:
        why = catalog.broken.get(agent, f"There are: {', '.join(sorted(catalog.agents))}.")
        raise NotFound(f"There is no agent {agent}. {why}")
    console.print(f"[bold]{found.name}[/bold]: {found.description} [dim](empty line: end)[/dim]")
    asyncio.run(_talk(found))


async def _talk(agent: Agent) -> None:
    lines: list[Line] = []
    while True:
        try:
            text = (await asyncio.to_thread(input, "> ")).strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not text:
            return
        lines.append(Line(author=Author.CUSTOMER, text=text, at=datetime.now(UTC)))
        with console.status("…"):
            reply = await _reply(agent, lines)
        said = "\n\n".join(p for p in (reply.text, reply.ask_human and reply.ask_human.text) if p)
        console.print(f"[green]{agent.name}[/green] {said}", highlight=False)
        if reply.ask_human:
            console.print(f"[yellow]→ handed over: {reply.ask_human.reason}[/yellow]")
        if reply.ask_human and reply.ask_human.summary:
            console.print(reply.ask_human.summary, style="dim", markup=False, highlight=False)
        if reply.sources:
            console.print(f"[dim]{', '.join(s.source for s in reply.sources)}[/dim]")
        lines.append(Line(author=Author.AGENT, text=said, at=datetime.now(UTC)))


async def _reply(agent: Agent, lines: list[Line]) -> Reply:
    turn = Turn(
        turn_id="terminal",
        session_id=str(Path.cwd()),
        lines=tuple(lines),
        customer=Person(),
        surface=Surface(markup=False),
        now=datetime.now(UTC),
    )
    try:
        return await agent.reply(turn)
    except agent_errors.AgentError as error:
        return Reply(text=f"(would be handed over: {error.detail})")
