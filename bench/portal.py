"""`python -m bench.portal`: two operators before a real Chromium, and twenty customers who all write.

The windows go from conversation to conversation, answer, and resolve one now and then, whose customer
comes back. After each minute everything rests, and what could leak is counted: the first time after a
minute of warming up. It fails when something has grown. The runtime is a process of its own.
"""

import argparse
import asyncio
import contextlib
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, CDPSession, Error, WebSocket, async_playwright, expect

from bench.live import resident_kb
from runtime.storage import engine, migrate
from tests.browser.conftest import ARGUMENTS
from tests.browser.portal import Seat, seat
from tests.operators import hire
from tests.processes import Stage, serving

Figures = dict[str, float]
Opening = tuple[float, float]
"""Milliseconds from having a conversation to showing it, and from the click to that."""
OPENINGS = 100
WATCHED = 50
CONVERSATIONS = 20
MINUTE = 60.0
REST = 3.0
"""Seconds, until what was on its way has come."""
RATIO = 1.3
SEEN_MS = 1000
"""What one operator does is to be seen by the other within this."""
SLACK = {"heap MB": 2, "nodes": 300, "listeners": 60, "resident MB": 16, "files": 10, "sockets": 8}
"""By how much a figure may grow, whatever its ratio: the portal's caches and kept connections breathe."""
SHOWN = """
Object.assign(globalThis, { shown: [], clicked: 0 })
addEventListener('pointerdown', ({ timeStamp }) => { globalThis.clicked = timeStamp }, true)
addEventListener('keydown', () => { globalThis.pressed = Date.now() }, true)
new PerformanceObserver((list) => {
  for (const one of list.getEntriesByName('conversation:shown'))
    shown.push([one.duration, one.startTime + one.duration - clicked])
}).observe({ type: 'measure' })
"""
SEEN = """(words) => new Promise((seen) => {
  const look = () => document.querySelector('main').textContent.includes(words) && seen(Date.now())
  new MutationObserver((_, watch) => look() && watch.disconnect()).observe(document.body, { childList: true, subtree: true })
})"""
TEXT = "I want to talk to a person: where is order {}?"
ANSWERS = ("One moment, I look.", "It left our house this morning, and is with you in two days.")


@dataclass(kw_only=True)
class Window:
    """An operator at work."""

    name: str
    seat: Seat
    cdp: CDPSession
    dice: random.Random
    sockets: list[WebSocket] = field(default_factory=list)
    shown: list[Opening] = field(default_factory=list)
    answered: int = 0
    missed: int = 0
    """What moved away under the hand: a card that somebody resolved, a list in a new order."""

    def connected(self, socket: WebSocket) -> None:
        self.sockets.append(socket)

    async def work(self, until: float) -> None:
        while time.monotonic() < until:
            try:
                await self.open()
                await self.answer()
            except (Error, AssertionError):
                self.missed += 1
                await self.seat.press("Escape")

    async def open(self) -> None:
        cards = self.seat.page.locator("[data-session]:not([aria-current])")
        ids = await cards.evaluate_all("all => all.map(one => one.dataset.session)")
        if not ids:
            return await asyncio.sleep(0.2)
        await self.seat.page.evaluate("() => { shown.length = 0 }")
        card = self.seat.page.locator(f'[data-session="{self.dice.choice(ids)}"]')
        await card.click(timeout=2000)
        for _ in range(100):
            for data, click in await self.seat.page.evaluate("() => shown.splice(0)"):
                self.shown.append((data, click))
                return None
            await asyncio.sleep(0.03)
        raise AssertionError("nothing was shown")

    def openings(self) -> list[Opening]:
        """Those since this was last asked."""
        found, self.shown = self.shown, []
        return found

    async def answer(self) -> None:
        words = self.seat.page.get_by_label("Type your message")
        if await words.count() == 0:
            if await self.seat.button("Take over").count() == 0:
                return  # a colleague's
            await self.seat.press("t")
        await words.fill(self.dice.choice(ANSWERS), timeout=2000)
        await words.press("Enter")
        self.answered += 1
        if self.dice.random() < 0.06:
            await self.seat.press("Escape", "x")
            await self.seat.button("Yes").click(timeout=2000)
            await expect(self.seat.page.get_by_role("dialog")).to_have_count(0)

    async def close(self) -> None:
        """No conversation is open."""
        await self.seat.page.get_by_role("link", name=re.compile("^Human Agents")).click()
        await expect(self.seat.page.get_by_text("Select a conversation")).to_be_visible()

    async def count(self) -> Figures:
        for _ in range(3):
            await self.cdp.send("HeapProfiler.collectGarbage")
            await asyncio.sleep(0.2)
        got = await self.cdp.send("Performance.getMetrics")
        found = {one["name"]: one["value"] for one in got["metrics"]}
        return {
            f"{self.name}: heap MB": found["JSHeapUsedSize"] / 1e6,
            f"{self.name}: nodes": found["Nodes"],
            f"{self.name}: listeners": found["JSEventListeners"],
            f"{self.name}: websockets": sum(not one.is_closed() for one in self.sockets),
        }


@contextlib.asynccontextmanager
async def window(chromium: Browser, stage: Stage, name: str) -> AsyncIterator[Window]:
    async with seat(chromium, stage.base) as one:
        one.id, one.email = await hire(stage, name), f"{name}@b.example"
        await one.log_in()
        cdp = await one.context.new_cdp_session(one.page)
        await cdp.send("Performance.enable")
        found = Window(name=name, seat=one, cdp=cdp, dice=random.Random(name))
        one.page.on("websocket", found.connected)
        await one.context.add_init_script(SHOWN)
        await one.go("/human-agents")
        yield found
        one.problems[:] = [said for said in one.problems if "409" not in said]  # a colleague's hand
        for said in one.problems:
            print(f"{name}'s window complains: {said}")


async def customers(stage: Stage, pause: float, until: float) -> None:
    for number in range(sys.maxsize):
        if time.monotonic() > until:
            return
        stage.write(TEXT.format(number), f"Customer {number % CONVERSATIONS}")
        await asyncio.sleep(pause)


async def minute(stage: Stage, windows: Sequence[Window], pause: float) -> Figures:
    """A minute's work, and then what there is when everything rests."""
    until = time.monotonic() + MINUTE
    async with asyncio.TaskGroup() as everybody:
        everybody.create_task(customers(stage, pause, until))
        for one in windows:
            everybody.create_task(one.work(until))
    for one in windows:
        await one.close()
    await asyncio.sleep(REST)
    found: Figures = {}
    for one in windows:
        found |= await one.count()
    return found | _runtime(stage.first.pid)


async def watched(writer: Window, reader: Window) -> list[float]:
    """Milliseconds from a key that sends to the words on a colleague's screen."""
    found, words = [], writer.seat.page.get_by_label("Type your message")
    while not await words.count():
        await writer.open()
        await writer.answer()
    await reader.seat.go(writer.seat.page.url.removeprefix(writer.seat.base))
    await expect(reader.seat.page.get_by_text(f"{writer.name} has this conv")).to_be_visible()
    for number in range(WATCHED):
        seen = asyncio.create_task(reader.seat.page.evaluate(SEEN, f"Watched {number}."))
        await words.fill(f"Watched {number}.")
        await words.press("Enter")
        found.append(await seen - await writer.seat.page.evaluate("pressed"))
    return found


def _runtime(pid: int) -> Figures:
    files = [one.readlink() for one in Path(f"/proc/{pid}/fd").iterdir()]
    return {
        "runtime: resident MB": resident_kb(pid) / 1000,
        "runtime: files": len(files),
        "runtime: sockets": sum(str(one).startswith("socket:") for one in files),
    }


def leaks(first: Mapping[str, float], last: Mapping[str, float]) -> list[str]:
    found = []
    for name, before in first.items():
        now, slack = last[name], SLACK.get(name.partition(": ")[2])
        if (slack is None and now != 1) or (
            slack is not None and now > RATIO * before and now - before > slack
        ):
            found.append(name)
    return found


async def run(minutes: int, pause: float) -> int:
    found = shutil.which("chromium")
    assert found, "There is no Chromium on this machine: `make browser` installs it."
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/portal.db"
        migrate.upgrade(engine.database(url))
        async with (
            serving(url, folder) as stage,
            async_playwright() as playwright,
            await playwright.chromium.launch(executable_path=found, args=ARGUMENTS) as chromium,
            window(chromium, stage, "Olga") as olga,
            window(chromium, stage, "Paul") as paul,
        ):
            windows = (olga, paul)
            told = [await minute(stage, windows, pause)]
            for number in range(1, minutes + 1):
                told.append(await minute(stage, windows, pause))
                print(number, {what: round(many, 1) for what, many in told[-1].items()}, flush=True)
            busy = [*olga.openings(), *paul.openings()]
            for _ in range(OPENINGS):
                await olga.open()
            openings = {"while all write": busy, "at rest": olga.openings()}
            seen = await watched(olga, paul)
            print(
                f"answered {[one.answered for one in windows]}, missed {[one.missed for one in windows]}"
            )
            return _report(told[0], told[-1], openings, seen)


def _report(
    first: Figures, last: Figures, openings: Mapping[str, Sequence[Opening]], seen: list[float]
) -> int:
    print("\n| | first | last | ratio |\n|---|--:|--:|--:|")
    for name, before in first.items():
        print(f"| {name} | {before:,.1f} | {last[name]:,.1f} | {last[name] / before:.2f} |")
    print("\n| ms | openings | median | p95 |\n|---|--:|--:|--:|")
    for when, found in openings.items():
        for what, times in zip(
            ("data to shown", "click to shown"), zip(*found, strict=True), strict=True
        ):
            print(f"| {what}, {when} | {len(times)} | {_middle(times)} |")
    print(f"| a key to a colleague's screen | {len(seen)} | {_middle(seen)} |")
    late = sum(one > SEEN_MS for one in seen)
    print(f"seen too late: {late}")
    grown = leaks(first, last)
    print(f"grown: {', '.join(grown) or 'nothing'}")
    return len(grown) + late


def _middle(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.0f} | {statistics.quantiles(times, n=20)[18]:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=20, help="after one of warming up")
    parser.add_argument(
        "--pause", type=float, default=0.7, help="seconds between customers' messages"
    )
    options = parser.parse_args()
    sys.exit(min(1, asyncio.run(run(options.minutes, options.pause))))


if __name__ == "__main__":
    main()
