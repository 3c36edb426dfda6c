"""A line to a PostgreSQL that goes dead at the worst moment: the commit is done, and nobody hears."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

COMMIT = b"COMMIT\0"


class Line:
    """Relays bytes. `losing`: which part of all commits takes its connection along."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self._port = port
        self._chance = chance
        self._open: set[asyncio.StreamWriter] = set()
        self.losing = 0.0
        self.lost = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """On a port of its own."""
        server = await asyncio.start_server(self._connected, "127.0.0.1")
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in self._open:
                writer.close()
            while self._open:
                await asyncio.sleep(0.01)

    async def _connected(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        answers, there = await asyncio.open_connection("127.0.0.1", self._port)
        deaf = asyncio.Event()
        self._open |= {back, there}
        pumps = [
            asyncio.create_task(self._ask(client, there, deaf)),
            asyncio.create_task(_answer(answers, back, deaf)),
        ]
        with contextlib.suppress(OSError):
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for writer in (there, back):
            writer.close()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._open -= {back, there}

    async def _ask(
        self, client: asyncio.StreamReader, there: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        while data := await client.read(65536):
            if COMMIT in data and self._chance.random() < self.losing:
                self.lost += 1
                deaf.set()
            there.write(data)
            await there.drain()


async def _answer(
    answers: asyncio.StreamReader, back: asyncio.StreamWriter, deaf: asyncio.Event
) -> None:
    while data := await answers.read(65536):
        if deaf.is_set():
            return
        back.write(data)
        await back.drain()
