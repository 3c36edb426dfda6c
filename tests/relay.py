"""A line to a server that goes wrong at the right moment: cut, dead without a word, or with an answer that
never arrives. What it relays is not encrypted, so that it can be understood.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Relay:
    """In front of one port."""

    to: int
    port: int = 0
    dead: bool = False
    """Nothing goes through any more, and nobody is told."""
    swallow_after: bytes = b""
    """Once the client has said this, the server hears it, but its answer is lost with the connection."""
    refuse: dict[bytes, bytes] = field(default_factory=dict)
    """What is answered in the server's place, by what the client says; `%` is an IMAP command's tag."""
    refuse_once: dict[bytes, bytes] = field(default_factory=dict)
    heard: bytearray = field(default_factory=bytearray)
    """All that clients have said."""
    connections: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Every connection, at once."""
        for writer in self._open:
            writer.transport.abort()

    async def connected(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.connections += 1
        answers, there = await asyncio.open_connection("127.0.0.1", self.to)
        deaf = asyncio.Event()
        mine = {back, there}
        self._open |= mine
        pumps = [
            asyncio.create_task(self._ask(client, there, back, deaf)),
            asyncio.create_task(self._answer(answers, back, deaf)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for writer in mine:
            writer.transport.abort()
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._open -= mine

    async def _ask(
        self,
        client: asyncio.StreamReader,
        there: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
        deaf: asyncio.Event,
    ) -> None:
        while data := await client.read(65536):
            self.heard += data
            if self.dead:
                continue
            refusal = self._refusal(data)
            if refusal:
                back.write(refusal)
                continue
            if self.swallow_after and self.swallow_after in self.heard:
                deaf.set()
            there.write(data)
            await there.drain()

    def _refusal(self, data: bytes) -> bytes:
        tag = re.match(rb"\S+", data)
        for answers in (self.refuse_once, self.refuse):
            for said, answer in answers.items():
                if said in data:
                    if answers is self.refuse_once:
                        del answers[said]
                    return answer.replace(b"%", tag[0] if tag else b"")
        return b""

    async def _answer(
        self, answers: asyncio.StreamReader, back: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        while data := await answers.read(65536):
            if deaf.is_set():
                self.swallow_after = b""
                return
            if not self.dead:
                back.write(data)
                await back.drain()


@contextlib.asynccontextmanager
async def relaying(to: int) -> AsyncIterator[Relay]:
    relay = Relay(to=to)
    server = await asyncio.start_server(relay.connected, "127.0.0.1")
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        while relay._open:
            relay.cut()
            await asyncio.sleep(0.01)
