"""The command line: one file for each audience; this one only joins them and renders errors."""

import sys

import typer
from rich.console import Console

from runtime.errors import BatonError

from . import admin, channels, chat, check, demo, export, openapi, serve

app = typer.Typer(
    name="baton",
    help="Baton: AI agents on messaging channels, and the baton between agent and person.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
serve.register(app)
demo.register(app)
chat.register(app)
check.register(app)
openapi.register(app)
app.add_typer(channels.app, name="channels")
app.add_typer(admin.operators, name="operators")
app.add_typer(admin.tokens, name="tokens")
app.add_typer(admin.quarantine, name="quarantine")
app.add_typer(export.app, name="export")


def main() -> None:
    """Run; an error of ours is a sentence and exit code 1, never a traceback."""
    try:
        app()
    except BatonError as error:
        Console(stderr=True).print(f"[red]✗[/red] {error.detail}", highlight=False)
        sys.exit(1)
