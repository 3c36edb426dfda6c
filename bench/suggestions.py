"""From a takeover to the first words of a suggestion: `python -m bench.suggestions`.

One replica in this process, with the API and the emulated Telegram over HTTP, and a model of 0 ms.
Measured is the time from the takeover's 200 to the moment when the first words are at the operator's
socket: all but the model's own time.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from agents.llm.base import Ask, Chunk
from agents.llm.scripted import ScriptedLlm
from runtime.storage import engine, migrate
from tests.operators import Desk, desk
from tests.portal import Portal, portal
from tests.servers import running_postgres
from tests.story import World, world


class Endless(ScriptedLlm):
    """A model of 0 ms that writes its second word only when the operator has seen the first."""

    def __init__(self) -> None:
        super().__init__(["Hello there"])
        self.seen = asyncio.Event()

    async def stream(self, ask: Ask) -> AsyncIterator[Chunk]:
        suggests = "not speaking to the customer now" in ask.messages[0].content
        first = True
        async for chunk in super().stream(ask):
            if suggests and not first:
                await self.seen.wait()
            first = False
            yield chunk


async def once(
    w: World, one: Desk, window: Portal, llm: Endless, number: int
) -> tuple[float, float]:
    """Milliseconds of a takeover, and from its 200 to the first words."""
    name = f"P{number}"
    w.write("Where is my parcel?", name)
    await w.until(lambda: w.heard(name), "the agent's answer")
    session_id = max(row[0] for row in await w.rows("sessions", "id"))
    llm.seen.clear()
    await window.say(type="looking", session_id=session_id)
    await window.until(lambda: (one.id, session_id, False) in window.present(), "he looks")
    window.others.clear()
    began = time.perf_counter()
    got = await one.post(f"/sessions/{session_id}/takeover")
    answered = time.perf_counter()
    assert got.status == 200
    await window.until(lambda: "Hello" in [d["text"] for d in window.of_type("draft")], "words")
    there = time.perf_counter()
    llm.seen.set()
    await w.until_rows(lambda rows: (session_id,) in rows, "suggestions", "session_id")
    return (answered - began) * 1000, max(0.0, there - answered) * 1000


async def measure(url: str, many: int) -> None:
    llm = Endless()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            world(url, Path(folder), llm, quiet_seconds=0.0) as w,
            desk(w) as one,
            portal(one) as window,
        ):
            for number in range(5):
                await once(w, one, window, llm, -number - 1)
            found = [await once(w, one, window, llm, number) for number in range(many)]
    for what, index in (("takeover", 0), ("its 200 to the first words", 1)):
        times = sorted(times[index] for times in found)
        p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
        print(f"| {what} | {statistics.median(times):.1f} | {p99:.1f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=300)
    many = parser.parse_args().many
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        for name, url in (("SQLite", f"sqlite:///{folder}/bench.db"), ("PostgreSQL", postgres)):
            migrate.upgrade(engine.database(url))
            print(f"\n{name}: ms, p50, p99")
            asyncio.run(measure(url, many))


if __name__ == "__main__":
    main()
