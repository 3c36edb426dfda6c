"""Servers in processes of their own, at once: forked from one that has imported all that a server needs,
which takes a fresh Python seconds.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        __name__,
        "agents.llm.offline",
        "agents.llm.openai",
        "aiogram",
        "channels.email.channel",
        "channels.telegram.channel",
        "channels.whatsapp.channel",
        "runtime.bootstrap",
        "runtime.cli.serve",
    ]
)


class Fork:
    """One server, started once and ended by a signal."""

    def __init__(self, environment: Mapping[str, str], log: Path | None) -> None:
        """`log`: where standard error goes; none: to ours."""
        self._process = _CONTEXT.Process(
            target=_serve, args=(dict(environment), log and str(log)), daemon=True
        )

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    async def start(self) -> None:
        await asyncio.to_thread(self._process.start)

    async def end(self, number: signal.Signals) -> int:
        """Its exit code."""
        if self._process.is_alive():
            os.kill(self.pid, number)
        await asyncio.to_thread(self._process.join)
        return self._process.exitcode or 0


def _serve(environment: Mapping[str, str], log: str | None) -> None:
    """As `python -m runtime serve`."""
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if log:
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), 2)
    sys.argv[1:] = ["serve"]
    from runtime import cli

    cli.main()
