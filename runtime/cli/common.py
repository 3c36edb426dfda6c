"""What every command needs: settings, a store for a moment, and a console."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from runtime import config
from runtime.storage import engine
from runtime.storage.sql import Tx
from runtime.storage.work import Store

T = TypeVar("T")
console = Console()


class _Deaf:
    """Rings of a command reach nobody: replicas notice at their next poll."""

    def ring(self, topics: set[str]) -> None:
        """Nobody listens here."""


@contextlib.asynccontextmanager
async def opened(settings: config.Settings) -> AsyncIterator[Store]:
    """A store, and a bus on which what changed is rung for the replicas that run."""
    bus = None
    if settings.redis_url:
        from runtime.bootstrap import make_bus

        bus = make_bus(settings)
        await bus.open()
    store = Store(engine.database(settings.database_url), bus or _Deaf())
    try:
        yield store
    finally:
        await store.aclose()
        if bus is not None:
            await asyncio.sleep(0.05)  # the ring leaves with the next tick of the loop
            await bus.aclose()


def write(unit: Callable[[Tx], T]) -> T:
    """One unit of work, from a command."""

    async def run() -> T:
        async with opened(config.from_environment()) as store:
            return await store.write(unit)

    return asyncio.run(run())


def read(unit: Callable[[Tx], T]) -> T:
    async def run() -> T:
        async with opened(config.from_environment()) as store:
            return await store.read(unit)

    return asyncio.run(run())


def show(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table, or a line that says that there is nothing."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    if table.row_count:
        console.print(table)
    else:
        console.print(f"No {title.lower()} yet.")
