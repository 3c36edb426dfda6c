"""`operators`, `tokens` and `quarantine`: what an admin does from a shell."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from runtime import config, staff
from runtime.errors import NotFound
from runtime.storage import inbound
from runtime.storage import operators as stored
from runtime.storage.audit import SHELL
from runtime.storage.ids import new_id
from runtime.storage.sql import Tx

from .common import console, read, show, write

operators = typer.Typer(help="People who may log in.", no_args_is_help=True)
tokens = typer.Typer(help="Personal bearer tokens for the API.", no_args_is_help=True)
quarantine = typer.Typer(help="Genuine bodies that could not be read.", no_args_is_help=True)

Password = Annotated[
    str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="PASSWORD")
]


def register(app: typer.Typer) -> None:
    app.add_typer(operators, name="operators")
    app.add_typer(tokens, name="tokens")
    app.add_typer(quarantine, name="quarantine")


@operators.command("add")
def add_operator(
    email: str, password: Password, name: str = "", role: stored.Role = stored.Role.OPERATOR
) -> None:
    """Add somebody who may log in."""
    hashed = stored.hashed(password)
    operator = stored.Operator(id=new_id(), email=email, name=name or email, role=role.value)
    write(lambda tx: staff.hire(tx, SHELL, operator, hashed))
    console.print(f"[green]✓[/green] {email} may log in as {role.value}.")


@operators.command("list")
def list_operators() -> None:
    """Everybody who may log in."""
    rows = read(stored.every)
    told = [(o.email, o.name, o.role, o.state) for o in rows]
    show("Operators", ["email", "name", "role", "state"], told)


@operators.command("password")
def set_password(email: str, password: Password) -> None:
    """Give somebody a new password."""
    hashed = stored.hashed(password)

    def unit(tx: Tx) -> None:
        staff.change(tx, SHELL, _operator(tx, email).id, {"password": hashed})

    write(unit)
    console.print(f"[green]✓[/green] {email} has a new password.")


@tokens.command("create")
def create_token(email: str, name: str = "command line") -> None:
    """A new token of an operator; it is shown this once."""

    def unit(tx: Tx) -> str:
        return staff.issue(tx, SHELL, _operator(tx, email), name)[1]

    typer.echo(write(unit))


@tokens.command("list")
def list_tokens() -> None:
    """Every token, without the tokens themselves."""
    rows = [
        (t.id, t.email, t.name, _time(t.created_at), _time(t.revoked_at) if t.revoked_at else "")
        for t in read(stored.every_token)
    ]
    show("Tokens", ["id", "operator", "name", "created", "revoked"], rows)


@tokens.command("revoke")
def revoke_token(token_id: str) -> None:
    """Make a token useless at once."""
    write(lambda tx: staff.revoke(tx, SHELL, token_id))
    console.print("[green]✓[/green] Revoked.")


@quarantine.command("list")
def list_quarantine(many: int = 50) -> None:
    """The newest bodies that were put aside, with the reason."""
    rows = [
        (q.id, q.channel_id, _time(q.received_at), q.error, "yes" if q.replayed_at else "")
        for q in read(lambda tx: inbound.quarantined(tx, many))
    ]
    show("Quarantine", ["id", "channel", "received", "error", "replayed"], rows)


@quarantine.command("show")
def show_quarantined(quarantine_id: str) -> None:
    """One body, as it came."""
    typer.echo(_found(quarantine_id).body.decode(errors="replace"))


@quarantine.command("replay")
def replay(quarantine_id: str) -> None:
    """Hand a body to the inbox again, after the parser was mended."""
    found = _found(quarantine_id)
    asyncio.run(_replay(found))
    console.print("[green]✓[/green] Replayed.")


async def _replay(found: inbound.Quarantined) -> None:
    from runtime import bootstrap

    runtime = bootstrap.build(config.from_environment())
    try:
        await runtime.holders.refresh()
        await runtime.inbox.replay(found)
    finally:
        await runtime.store.aclose()


def _operator(tx: Tx, email: str) -> stored.Operator:
    found = stored.by_email(tx, email)
    if found is None:
        raise NotFound(f"There is no operator {email}.")
    return found[0]


def _found(quarantine_id: str) -> inbound.Quarantined:
    found = read(lambda tx: inbound.one_quarantined(tx, quarantine_id))
    if found is None:
        raise NotFound("There is no such message in the quarantine.")
    return found


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
