"""`channels`: connect messaging accounts from a shell. What a kind must be told, the kind says itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from runtime import config
from runtime.errors import Misconfigured
from runtime.storage import channels as stored
from runtime.storage.sealed import Safe
from runtime.storage.sql import Tx

from .common import console, opened, read, show

if TYPE_CHECKING:
    from runtime.accounts import Accounts

T = TypeVar("T")
DEFAULT_AGENT = "support"
channels = typer.Typer(help="Connected messaging accounts.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(channels, name="channels")


@channels.command(
    "add", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}
)
def add(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="One of `channels kinds`.")],
    name: str,
    agent: Annotated[list[str] | None, typer.Option(help="The first one answers.")] = None,
) -> None:
    """Connect an account; it starts at once if a replica runs. Then its settings, as `channels kinds`
    lists them, such as `--token 123:abc`.
    """
    from runtime.accounts import New

    agents = agent or [DEFAULT_AGENT]
    new = New(kind=kind, name=name, settings=_settings([name, *context.args]), agent_ids=agents)
    channel_id = _run(lambda accounts: accounts.connect(new))
    console.print(f"[green]✓[/green] {name} is channel {channel_id}; agents: {', '.join(agents)}.")


def _settings(words: Sequence[str]) -> dict[str, str]:
    """The name, then `--api-base URL` or `--api-base=URL` for each setting."""
    found: dict[str, str] = {}
    name, *rest = words
    left = [part for word in rest for part in (word.split("=", 1) if word[:2] == "--" else [word])]
    if name.startswith("--") or len(left) % 2 or not all(n[:2] == "--" for n in left[::2]):
        raise Misconfigured("After the name come settings, such as: --token 123:abc")
    for option, value in zip(left[::2], left[1::2], strict=True):
        found[option[2:].replace("-", "_")] = value
    return found


@channels.command("kinds")
def kinds() -> None:
    """What can be connected, and what each kind must be told."""
    from runtime import bootstrap

    rows = [
        (
            name,
            f"--{one.name.replace('_', '-')}",
            "needed" if one.default is None else one.default,
            " ".join([one.what, *(f"{value}: {what}." for value, what in one.choices.items())]),
        )
        for name, kind in bootstrap.channel_kinds().items()
        for one in kind.settings
        if not one.ours
    ]
    show("Kinds", ["kind", "setting", "default", "what it is"], rows)


@channels.command("list")
def list_() -> None:
    """Every channel, its state, and why it is not running."""

    def unit(tx: Tx) -> list[tuple[str, ...]]:
        agents = stored.agents_by_channel(tx)
        return [
            (c.id, c.kind, c.name, c.state, ", ".join(agents.get(c.id, ())), c.error)
            for c in stored.every(tx)
        ]

    show("Channels", ["id", "kind", "name", "state", "agents", "error"], read(unit))


@channels.command("start")
def start(channel_id: str) -> None:
    """Let a channel run."""
    _run(lambda accounts: accounts.start(channel_id))
    console.print("[green]✓[/green] It starts as soon as a replica sees it.")


@channels.command("stop")
def stop(channel_id: str) -> None:
    """Stop a channel; what platforms send meanwhile stays with them."""
    _run(lambda accounts: accounts.stop(channel_id))
    console.print("[green]✓[/green] Stopped.")


@channels.command("test")
def test(channel_id: str) -> None:
    """Ask the platform whether the credentials work."""
    tried = _run(lambda accounts: accounts.try_out(channel_id))
    if not tried.ok:
        raise Misconfigured(f"{tried.detail} {tried.advice}")
    console.print(f"[green]✓[/green] {tried.detail}")


def _run(act: "Callable[[Accounts], Awaitable[T]]") -> T:
    from runtime import bootstrap
    from runtime.accounts import Accounts

    settings = config.from_environment()
    safe = Safe(settings.secret_keys)

    async def run() -> T:
        async with opened(settings) as store:
            return await act(Accounts(store=store, safe=safe, kinds=bootstrap.channel_kinds()))

    return asyncio.run(run())
