"""The command line: one file for each audience; this one only joins them and renders errors.

What makes a replica takes a second to import, so only the file of the command that is asked for is
imported, and files with quick commands import `bootstrap` where they need it.
"""

import importlib
import sys

import typer
from rich.console import Console

from runtime.errors import BatonError

FILES = {
    "serve": ("serve", "migrate", "secret"),
    "demo": ("demo",),
    "chat": ("chat",),
    "check": ("check",),
    "openapi": ("openapi",),
    "channels": ("channels",),
    "admin": ("operators", "tokens", "quarantine"),
    "export": ("export",),
}
"""And the commands in each."""


def commands(asked: str = "") -> typer.Typer:
    """Those of the file that has the one that is asked for; if none has it, all of them."""
    app = typer.Typer(
        name="baton",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(_baton)
    for file in [one for one, names in FILES.items() if asked in names] or FILES:
        importlib.import_module(f"{__name__}.{file}").register(app)
    return app


def _baton() -> None:
    """Baton: AI agents on messaging channels, and the baton between agent and person."""


def main() -> None:
    """Run; an error of ours is a sentence and exit code 1, never a traceback."""
    try:
        commands(*sys.argv[1:2])()
    except BatonError as error:
        Console(stderr=True).print(f"[red]✗[/red] {error.detail}", highlight=False)
        sys.exit(1)
