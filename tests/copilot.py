"""What stories of Copilot begin with: a session that an operator has taken over, and its suggestions."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from agents.llm.base import Ask, Chunk
from agents.llm.scripted import Answer, ScriptedLlm
from emulators.control import Fault
from runtime.storage import operators
from runtime.storage.sql import Tx
from tests.operators import Desk
from tests.story import World


class Dictated(ScriptedLlm):
    """Says each word when the story lets it: `words.release()`; the first `free` answers flow."""

    def __init__(self, answers: Sequence[Answer | str], free: int = 1) -> None:
        super().__init__(answers)
        self.words = asyncio.Semaphore(0)
        self.free = free

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        held = len(self.asked) >= self.free
        async for chunk in super().stream(ask):
            if held:
                await self.words.acquire()
            yield chunk


async def written(w: World, text: str = "Where is my parcel?") -> str:
    """A customer wrote and the agent answered; the session's id."""
    w.write(text)
    await w.until(w.heard, "the agent's answer")
    return str((await w.rows("sessions", "id"))[0][0])


async def taken(w: World, one: Desk, text: str = "Where is my parcel?") -> str:
    """And the operator has taken over."""
    id_ = await written(w, text)
    got = await one.post(f"/sessions/{id_}/takeover")
    assert got.status == 200, got.body
    return id_


async def listed(one: Desk, id_: str, many: int) -> list[dict[str, Any]]:
    """The suggestions of a session, oldest first, as soon as there are so many."""
    while True:
        got = await one.get(f"/sessions/{id_}/suggestions")
        assert got.status == 200, got.body
        found: list[dict[str, Any]] = got.body["items"][::-1]
        if len(found) >= many:
            return found
        await asyncio.sleep(0.02)


def states(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["text"], one["state"]) for one in found]


def nothing_leaves(w: World) -> None:
    """The platform puts off the next message, so that it stays in the outbox."""
    fault = Fault(kind="status", method="sendmessage", status=429, seconds=30)
    w.platform.telegram.control.faults.append(fault)


async def machine(w: World, one: Desk) -> dict[str, str]:
    """The headers of a program that acts for this operator."""

    def unit(tx: Tx) -> str:
        operator = operators.get(tx, one.id)
        assert operator is not None
        return operators.new_token(tx, operator, "program")[1]

    return {"Authorization": f"Bearer {await w.runtime.store.write(unit)}"}
